"""What a run's firms were held against, and what came out by group: for a summary, whatever engine ran."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.kernel.quantities import plain

if TYPE_CHECKING:
    import polars as pl

Group = tuple[str, ...]
NO_VALUE = "—"


@dataclass(frozen=True)
class Line:
    """One number of a group: the benchmark of an indicator, or the lowest total of a grade (`id`) with its firms."""

    id: str
    group: Group
    value: Decimal
    firms: int | None = None


@dataclass(frozen=True)
class Summary:
    """How many firms by status and grade, the reasons why others were not rated, the benchmarks and the cuts."""

    statuses: Mapping[str, int]
    reasons: Mapping[str, int]
    grades: Mapping[str, int]
    benchmarks: tuple[Line, ...]
    cuts: tuple[Line, ...]


def summary_of(scheme: Scheme, results: "pl.LazyFrame", benchmarks: tuple[Line, ...]) -> Summary:
    """The summary of a result table; grades in the order of the scheme, those of exemptions last."""
    import polars as pl

    order = [step.grade for step in scheme.grades.steps] if scheme.grades else []
    grades = _counts(results.filter(pl.col("grade") != ""), "grade")
    ranked = {grade: grades[grade] for grade in order if grade in grades}
    return Summary(
        _counts(results, "status"),
        _counts(results.filter(pl.col("reason") != ""), "reason"),
        ranked | {grade: count for grade, count in grades.items() if grade not in ranked},
        benchmarks,
        tuple(_cuts(scheme, results)),
    )


def decimal_of(value: float | Any) -> Decimal:
    """A number as it is printed: without trailing zeros, at most six places."""
    return plain(round(Decimal(repr(value)) if isinstance(value, float) else Decimal(value), 6))


def _counts(results: "pl.LazyFrame", column: str) -> dict[str, int]:
    import polars as pl

    counted = (
        results.group_by(pl.col(column).cast(pl.String)).len().sort("len", column, descending=[True, False])
    )
    return {str(value): int(count) for value, count in counted.collect().iter_rows()}


def _cuts(scheme: Scheme, results: "pl.LazyFrame") -> Iterator[Line]:
    """The lowest total of each grade by quota, by peer group, groups in text order and grades from the top."""
    import polars as pl

    if scheme.grades is None:
        return
    peers = list(scheme.grades.peers)
    rated = results.filter(pl.col("status").cast(pl.String) == "rated")
    keys = [pl.col(name).cast(pl.String) for name in (*peers, "grade_by_quota")]
    lowest = rated.group_by(keys).agg(pl.col("total").min(), pl.len().alias("firms")).collect()
    order = {step.grade: number for number, step in enumerate(scheme.grades.steps)}
    found = [
        Line(
            str(grade), tuple(NO_VALUE if text is None else text for text in group), decimal_of(total), firms
        )
        for *group, grade, total, firms in lowest.iter_rows()
    ]
    yield from sorted(found, key=lambda line: (line.group, order.get(line.id, 0)))
