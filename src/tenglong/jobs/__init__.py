"""Background work: imports, bulletins, evaluations, roadmaps and what is due by itself."""
