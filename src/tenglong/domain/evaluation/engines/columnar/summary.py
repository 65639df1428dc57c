"""What is said of a whole run beside its rows (docs/algorithms/evaluation.md §8)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import narwhals as nw

from tenglong.domain.evaluation.engines.columnar.evaluating import Evaluated
from tenglong.domain.evaluation.engines.columnar.peers import MISSING_NUMBER, MISSING_TEXT, Frame
from tenglong.domain.evaluation.results import Group
from tenglong.domain.evaluation.schemes import Scheme

Numbers = Mapping[str, Mapping[Group, float]]
"""A number for each indicator and group."""


@dataclass(frozen=True)
class Summary:
    """A run in short: how many rows have each status, reason and grade; benchmarks and average scores; the cuts.

    `benchmarks` are those that were computed, `ranges` the smallest and largest value of minmax. `cuts` is the lowest
    total of each grade by quota, by peer group. Digests are SHA-256; that of the input is "" where it is not one file.
    """

    rows: int
    statuses: Mapping[str, int]
    reasons: Mapping[str, int]
    grades: Mapping[str, int]
    benchmarks: Numbers
    ranges: Mapping[str, Mapping[Group, tuple[float, float]]]
    averages: Numbers
    cuts: Mapping[Group, Mapping[str, Decimal]]
    scheme_digest: str
    input_digest: str = ""


def summary_of(scheme: Scheme, evaluated: Evaluated, results: Frame) -> Summary:
    """The summary of a run whose results have been written; `results` reads them back."""
    counts = _counts(results)
    lows, highs = _numbers(evaluated.standards.tables, "_lo_"), _numbers(evaluated.standards.tables, "_hi_")
    return Summary(
        rows=sum(counts["status"].values()),
        statuses=counts["status"],
        reasons={reason: count for reason, count in counts["reason"].items() if reason},
        grades={grade: count for grade, count in counts["grade"].items() if grade},
        benchmarks=_numbers(evaluated.standards.tables, "_b_"),
        ranges={
            id: {group: (low, highs[id][group]) for group, low in groups.items()}
            for id, groups in lows.items()
        },
        averages=_numbers(evaluated.averages, "_avg_"),
        cuts=_cuts(scheme, results),
        scheme_digest=scheme.digest,
    )


def _counts(results: Frame) -> Mapping[str, Mapping[str, int]]:
    """How many rows have each word of status, reason and grade."""
    columns = ("status", "reason", "grade")
    counts: dict[str, dict[str, int]] = {column: defaultdict(int) for column in columns}
    for row in _rows(results.group_by(*columns).agg(nw.len().alias("rows"))):
        for column in columns:
            counts[column][str(row[column])] += int(row["rows"])
    return {column: dict(sorted(found.items())) for column, found in counts.items()}


def _cuts(scheme: Scheme, results: Frame) -> Mapping[Group, Mapping[str, Decimal]]:
    """The lowest total of each grade by quota, by peer group."""
    if scheme.grades is None:
        return {}
    keys = [*scheme.grades.peers, "grade_by_quota"]
    lowest = (
        results.filter(nw.col("status") == "rated").group_by(keys).agg(nw.col("total").min().alias("lowest"))
    )
    cuts: dict[Group, dict[str, Decimal]] = defaultdict(dict)
    for row in _rows(lowest):
        group = tuple(str(row[column]) for column in scheme.grades.peers)
        cuts[group][str(row["grade_by_quota"])] = Decimal(str(row["lowest"])).quantize(
            Decimal(1).scaleb(-scheme.total.places)
        )
    return {group: _in_order(scheme, cuts[group]) for group in sorted(cuts)}


def _in_order(scheme: Scheme, cuts: Mapping[str, Decimal]) -> dict[str, Decimal]:
    steps = scheme.grades.steps if scheme.grades else ()
    return {step.grade: cuts[step.grade] for step in steps if step.grade in cuts}


def _numbers(tables: Sequence[tuple[tuple[str, ...], Frame]], prefix: str) -> Numbers:
    """The columns with that prefix of every small table, by group; what is missing is left out."""
    found: dict[str, dict[Group, float]] = {}
    for by, table in tables:
        for row in _rows(table):
            group = tuple(_word(row[f"_k_{column}"]) for column in by)
            for column, value in row.items():
                if column.startswith(prefix) and value is not None:
                    found.setdefault(column.removeprefix(prefix), {})[group] = float(value)
    return found


def _word(key: Any) -> str | None:
    return None if key in (MISSING_TEXT, MISSING_NUMBER) else str(key)


def _rows(frame: Frame) -> Iterator[dict[str, Any]]:
    yield from frame.collect().iter_rows(named=True)
