"""Who and where: places valid in time, codes, industries, names, addresses."""
