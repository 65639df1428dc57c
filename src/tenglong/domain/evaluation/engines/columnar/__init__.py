"""One definition of an evaluation for large tables, which Polars, DuckDB and PySpark carry out."""

from tenglong.domain.evaluation.engines.columnar.evaluating import evaluate_frame, evaluated

__all__ = ["evaluate_frame", "evaluated"]
