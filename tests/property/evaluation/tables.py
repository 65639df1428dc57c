"""Cases as tables, and the judge's results as the rows that the columnar engines should give."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import polars as pl

from tenglong.domain.evaluation.results import Evaluation, Outcome
from tenglong.domain.evaluation.rounding import rounded
from tenglong.domain.evaluation.schemes import Scheme
from tests.property.evaluation.expressions import FLAGS, NUMBERS, TEXTS


def native_table(rows: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """The rows as a table with typed columns."""
    schema: dict[str, Any] = {"id": pl.String, "year": pl.Int64}
    schema |= (
        dict.fromkeys(NUMBERS, pl.Float64)
        | dict.fromkeys(TEXTS, pl.String)
        | dict.fromkeys(FLAGS, pl.Boolean)
    )
    return pl.DataFrame(list(rows), schema=schema)


def expected(scheme: Scheme, evaluation: Evaluation) -> list[dict[str, Any]]:
    """The result columns of `evaluate_frame`, by id."""
    return [_row(scheme, outcome) for outcome in sorted(evaluation.outcomes, key=lambda outcome: outcome.id)]


def _row(scheme: Scheme, outcome: Outcome) -> dict[str, Any]:
    rated = outcome.status == "rated"
    row: dict[str, Any] = {
        "id": outcome.id,
        "status": outcome.status,
        "reason": outcome.reason,
        **outcome.group,
    }
    for item in outcome.items:
        row[f"value_{item.indicator}"] = _double(item.value, 6)
        row[f"score_{item.indicator}"] = _double(item.score, 4)
        row[f"how_{item.indicator}"] = item.how
    row["points"] = _double(outcome.bonus - outcome.deduction, 4) if rated else None
    row["total"] = None if outcome.total is None else float(outcome.total)
    return row | {
        "rank": outcome.rank,
        "peers": outcome.peers,
        "grade_by_quota": outcome.grade_by_quota,
        "adjustments": " ".join(outcome.adjustments),
        "grade": outcome.grade,
    }


def _double(value: Fraction | None, places: int) -> float | None:
    return None if value is None else float(rounded(value, places))
