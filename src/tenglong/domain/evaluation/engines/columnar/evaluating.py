"""One definition of an evaluation for large tables, written against Narwhals: Polars, DuckDB and PySpark carry it out.

It means what docs/algorithms/evaluation.md says, and agrees with `reference` in every column (tests/property). Binary
doubles are compared and rounded with the guard of 5.2, so that they give what the exact fractions of the judge give.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import narwhals as nw
from narwhals.typing import IntoLazyFrame

from tenglong.domain.evaluation.checks import result_kinds
from tenglong.domain.evaluation.engines.columnar.benchmarks import Standards, needs_last_year, standards
from tenglong.domain.evaluation.engines.columnar.expressions import Reading, tree
from tenglong.domain.evaluation.engines.columnar.grades import (
    with_adjustments,
    with_first_grade,
    with_ranks,
    with_result_names,
)
from tenglong.domain.evaluation.engines.columnar.inputs import each_member, firms_of, opened, points_read
from tenglong.domain.evaluation.engines.columnar.labels import Labels
from tenglong.domain.evaluation.engines.columnar.peers import Frame, Settle, with_aggregates
from tenglong.domain.evaluation.engines.columnar.results import Detail, shown
from tenglong.domain.evaluation.engines.columnar.scores import (
    Averages,
    with_own_scores,
    with_scores,
    with_total,
    with_values,
)
from tenglong.domain.evaluation.engines.columnar.status import sorted_out, taken_out
from tenglong.domain.evaluation.schemes import Scheme


@dataclass(frozen=True)
class Evaluated:
    """The results (8) as a lazy frame, in no particular order, and the small tables behind them."""

    rows: Frame
    standards: Standards
    averages: Averages


def evaluate_frame(
    scheme: Scheme, frame: IntoLazyFrame, *, year: int, detail: Detail = "all"
) -> IntoLazyFrame:
    """The results (8) of a native lazy frame of Polars, DuckDB or PySpark, as a native lazy frame of the same kind.

    `frame` has `id`, `year` and the columns of the scheme under their ids; ids are unique within a year. Values are
    rounded to six decimals, scores and points to four; words are enumerations where the engine has them; `adjustments`
    are ids joined by spaces. Rows come in no particular order.

    Raises:
        BadFile: a column is not there.
    """
    return evaluated(scheme, nw.from_native(frame), year=year, detail=detail).rows.to_native()


def as_it_is(frames: Sequence[Frame]) -> Sequence[Frame]:
    """Leaves small tables to be computed where they are used."""
    return frames


def evaluated(
    scheme: Scheme, frame: Frame, *, year: int, detail: Detail = "all", settle: Settle = as_it_is
) -> Evaluated:
    """What `evaluate_frame` gives, with the benchmarks and averages; `settle` computes small tables in between."""
    labels, reading = Labels.of(frame), _reading(scheme)
    table = opened(scheme, frame)
    firms = firms_of(scheme, table, year)
    rows = sorted_out(scheme, with_values(scheme, firms.rows, reading), reading, settle)
    last = _last_year(scheme, table, year - 1, reading, settle)
    held_against = standards(scheme, rows.filter(nw.col("_why") == 0), last, settle)
    rows = with_own_scores(scheme, held_against.beside(rows), labels)
    rows, averages = with_scores(scheme, taken_out(scheme, rows), settle)
    eligible = rows.filter(nw.col("_eligible"))
    rows, reading = with_aggregates(rows, points_read(scheme), eligible, reading, settle)
    rows = _ranked(scheme, with_total(scheme, rows, reading), firms.members)
    rows = each_member(_graded(scheme, rows, reading, settle), firms.members)
    return Evaluated(shown(scheme, rows, labels, detail), held_against, averages)


def _reading(scheme: Scheme) -> Reading:
    """Columns under their own names, values as `_v_…`; what only adjustments read is added by `with_result_names`."""
    columns = {column: column for column in scheme.column}
    values = {indicator.id: f"_v_{indicator.id}" for indicator in scheme.indicator}
    results = {name: f"_result_{name}" for name in ("total", "rank", "peers", "grade")}
    return Reading(result_kinds(scheme), {**columns, **values, **results})


def _last_year(scheme: Scheme, table: Frame, year: int, reading: Reading, settle: Settle) -> Frame | None:
    """The rows of the year before that scope and exemptions leave (3.4); None if no benchmark asks for them."""
    if not needs_last_year(scheme):
        return None
    rows = with_values(scheme, firms_of(scheme, table, year).rows, reading)
    return sorted_out(scheme, rows, reading, settle, peers=False).filter(nw.col("_why") == 0)


def _ranked(scheme: Scheme, rows: Frame, members: Frame | None) -> Frame:
    """The rows with their ranks; where merged firms count each, ranks are made among their members (1.5)."""
    if scheme.merge is None or scheme.merge.counts == "one":
        return with_ranks(scheme, rows)
    ranked = with_ranks(scheme, each_member(rows, members))
    return ranked.filter(nw.col("id").cast(nw.String) == nw.col("_host")).drop("_host")


def _graded(scheme: Scheme, rows: Frame, reading: Reading, settle: Settle) -> Frame:
    if scheme.grades is None:
        return rows
    rows = with_result_names(scheme, scheme.grades, with_first_grade(scheme, scheme.grades, rows))
    trees = [tree(adjustment.when) for adjustment in scheme.adjust]
    rows, reading = with_aggregates(rows, trees, rows.filter(nw.col("_eligible")), reading, settle)
    return with_adjustments(scheme, scheme.grades, rows, reading)
