"""The result table (docs/algorithms/evaluation.md §8) as a frame, also with the rows that could not be read."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import polars as pl

from tenglong.domain.evaluation.engines.columnar.results import SCORE_PLACES, VALUE_PLACES, Detail
from tenglong.domain.evaluation.results import Evaluation, Outcome
from tenglong.domain.evaluation.rounding import rounded
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.evaluation.tables.found import FirmTable
from tenglong.domain.evaluation.tables.parquet import scan
from tenglong.domain.evaluation.tables.wanted import Wanted
from tenglong.domain.evaluation.tables.workbooks import TYPES

MOST_ORDERED = 1_000_000
Row = Mapping[str, Any]


def rows_of(path: Path, wanted: Wanted) -> Sequence[Row]:
    """The rows of a table of firms for engines that take rows; texts as texts, whatever they are stored as."""
    frame = scan(path)
    kept = [pl.col("id").cast(pl.String), pl.col("year").cast(pl.Int64)]
    there = frame.collect_schema()
    kept += [pl.col(id).cast(TYPES[column.type]) for id, column in wanted.column.items() if id in there]
    return frame.select(kept).collect().to_dicts()


def names_of(path: Path) -> dict[str, str]:
    """The names of the firms of a table that has a column `name`, by their id."""
    frame = pl.scan_parquet(path, glob=False).select("id", "name").collect().cast(pl.String)
    return {id: name for id, name in frame.iter_rows() if name}


def frame_of(scheme: Scheme, evaluation: Evaluation, detail: Detail) -> pl.DataFrame:
    """The outcomes in the columns that the columnar engines write, in the order of the rows."""
    schema = result_schema(scheme, detail)
    rows = [dict(_cells(scheme, outcome)) for outcome in evaluation.outcomes]
    return pl.DataFrame([[row[name] for name in schema] for row in rows], schema=schema, orient="row")


def result_schema(scheme: Scheme, detail: Detail) -> dict[str, Any]:
    """The columns of the result table with their types."""
    schema: dict[str, Any] = {"id": pl.String, "status": pl.String, "reason": pl.String}
    schema |= dict.fromkeys(scheme.grades.peers if scheme.grades else (), pl.String)
    for one in scheme.indicator:
        if detail == "all":
            schema[f"value_{one.id}"] = pl.Float64
        if detail != "grades":
            schema[f"score_{one.id}"] = pl.Float64
        if detail == "all":
            schema[f"how_{one.id}"] = pl.String
    if detail != "grades":
        schema["points"] = pl.Float64
    schema |= {"total": pl.Float64, "rank": pl.Int32, "peers": pl.Int32}
    return schema | dict.fromkeys(("grade_by_quota", "adjustments", "grade"), pl.String)


def whole_result(results: pl.LazyFrame, firms: FirmTable, year: int) -> pl.LazyFrame:
    """The results with the rows that could not be read, words as texts, rows as they stand in the input.

    Only a table of more than a million rows keeps the order in which its engine left it.
    """
    schema = results.collect_schema()
    words = [pl.col(n).cast(pl.String) for n, t in schema.items() if n != "id" and not t.is_numeric()]
    results = results.with_columns(*words, pl.col("id").cast(pl.String))
    if firms.rows <= MOST_ORDERED:
        rows = scan(firms.path).filter(pl.col("year") == year)
        places = rows.select(pl.col("id").cast(pl.String)).with_row_index("_at")
        results = results.join(places, on="id", how="left").sort("_at").drop("_at")
    left = [row for row in firms.unread if row.year in (year, None)]
    if not left:
        return results
    lost = pl.DataFrame(
        [(row.id or None, "not_rated", row.reason, "", "", "") for row in left],
        schema=dict.fromkeys(("id", "status", "reason", "grade_by_quota", "adjustments", "grade"), pl.String),
        orient="row",
    )
    return pl.concat([results, lost.lazy()], how="diagonal")


def _cells(scheme: Scheme, outcome: Outcome) -> Iterator[tuple[str, Any]]:
    rated = outcome.status == "rated"
    yield from (("id", outcome.id), ("status", outcome.status), ("reason", outcome.reason))
    yield from outcome.group.items()
    for item in outcome.items:
        yield f"value_{item.indicator}", _double(item.value, VALUE_PLACES)
        yield f"score_{item.indicator}", _double(item.score, SCORE_PLACES) if rated else None
        yield f"how_{item.indicator}", item.how if rated else None
    yield "points", _double(outcome.bonus - outcome.deduction, SCORE_PLACES) if rated else None
    yield "total", None if outcome.total is None else float(outcome.total)
    yield from (("rank", outcome.rank), ("peers", outcome.peers))
    yield "grade_by_quota", outcome.grade_by_quota
    yield "adjustments", " ".join(outcome.adjustments)
    yield "grade", outcome.grade


def _double(value: Fraction | None, places: int) -> float | None:
    return None if value is None else float(rounded(value, places))
