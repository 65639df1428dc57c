"""The demonstration: a seeded campaign of invented firms, written as the workbooks that offices would send."""
