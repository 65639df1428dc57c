"""The files of a roadmap: problem, plan and facts as JSON or Parquet, and problems of the literature."""
