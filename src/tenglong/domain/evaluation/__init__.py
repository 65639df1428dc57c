"""Score, rank, grade, screen and explain firms: the meaning stands in docs/algorithms/evaluation.md."""
