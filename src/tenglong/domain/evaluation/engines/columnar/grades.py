"""Ranks, quotas and what comes after them (docs/algorithms/evaluation.md §6, §7).

Grades are numbers here: 0 is the best step.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

import narwhals as nw

from tenglong.domain.evaluation.engines.columnar.expressions import Reading, compiled, tree
from tenglong.domain.evaluation.engines.columnar.labels import Labels
from tenglong.domain.evaluation.engines.columnar.numbers import comparable, units
from tenglong.domain.evaluation.engines.columnar.peers import Frame
from tenglong.domain.evaluation.expressions import names
from tenglong.domain.evaluation.schemes import Adjustment, Grades, Scheme

LOWEST = -1e300
"""Stands for a missing value in a tie-break."""

FARTHEST = 2**62
"""Stands for limits that no total reaches: whole numbers have 64 bits here."""


def with_ranks(scheme: Scheme, rows: Frame) -> Frame:
    """The rows with `_rank`, `_peers` (6.1, 6.2) and, where ties go down, `_shared`; missing for rows without `_t`."""
    rows, group = _with_peers(rows, scheme.grades.peers if scheme.grades else ())
    total = nw.col("_t")
    rows = rows.with_columns(_rank=_rank(total, group), _peers=total.count().over(*group).cast(nw.Int64))
    alike = [*group, "_rank"]
    for indicator in scheme.grades.tie_break if scheme.grades else ():
        rows = rows.with_columns(_tie=comparable(nw.col(f"_v_{indicator}")).fill_null(LOWEST))
        rows = rows.with_columns(_within=nw.when(~total.is_null()).then(nw.col("_tie"))).drop("_tie")
        rows = rows.with_columns(_rank=nw.col("_rank") + _rank(nw.col("_within"), alike) - 1).drop("_within")
    if scheme.grades and scheme.grades.ties == "down":
        rows = rows.with_columns(_shared=total.count().over(*alike).cast(nw.Int64))
    return rows


def with_first_grade(scheme: Scheme, grades: Grades, rows: Frame) -> Frame:
    """The rows with `_q`, the step by quota or by score (6.3, 6.4)."""
    tests = _passed_scores(scheme, grades) if grades.by == "score" else _within_quotas(grades)
    step: nw.Expr = nw.lit(len(grades.steps) - 1)
    for number, test in reversed(list(enumerate(tests))):
        step = nw.when(test).then(nw.lit(number)).otherwise(step)
    return rows.with_columns(_q=nw.when(nw.col("_rated")).then(step).cast(nw.Int64))


def with_result_names(scheme: Scheme, grades: Grades, rows: Frame) -> Frame:
    """The rows with those of total, rank, peers and grade that conditions of adjustments read (7.2), as `_result_…`."""
    words = [(nw.col("_q") == number, step.grade) for number, step in enumerate(grades.steps)]
    found = {
        "total": units(nw.col("_t"), scheme.total.places),
        "rank": nw.col("_rank").cast(nw.Float64),
        "peers": nw.col("_peers").cast(nw.Float64),
        "grade": Labels(enumerated=False).chosen(words, None),
    }
    read = {name for one in scheme.adjust for name in names(tree(one.when))}
    columns = [column.alias(f"_result_{name}") for name, column in found.items() if name in read]
    return rows.with_columns(*columns) if columns else rows


def with_adjustments(scheme: Scheme, grades: Grades, rows: Frame, reading: Reading) -> Frame:
    """The rows with `_f_…`, whether each adjustment applied, and `_g`, the step after all of them (7)."""
    fits = {
        f"_f_{one.id}": (nw.col("_rated") & compiled(tree(one.when), reading)).fill_null(False)
        for one in scheme.adjust
    }
    rows = rows.with_columns(_g=nw.col("_q"), _best=nw.lit(0), **fits)
    words = [step.grade for step in grades.steps]
    vetoed = False
    for one in scheme.adjust:
        fit, step = nw.col(f"_f_{one.id}"), nw.col("_g")
        if one.kind == "veto":
            vetoed = True
            stated = nw.lit(words.index(one.grade))
            best = nw.max_horizontal(nw.col("_best"), nw.when(fit).then(stated).otherwise(nw.lit(0)))
            rows = rows.with_columns(_best=best)
        changed = _changed(one, step, words)
        if vetoed:
            changed = nw.max_horizontal(changed, nw.col("_best"))
        rows = rows.with_columns(_g=nw.when(fit).then(changed).otherwise(step))
    return rows


def _with_peers(rows: Frame, columns: Sequence[str]) -> tuple[Frame, list[str]]:
    """The rows with columns that tell peers apart; on Polars, numbers for texts halve the time of windows."""
    if not columns:
        return rows.with_columns(_all=nw.lit(1)), ["_all"]
    if not rows.implementation.is_polars():
        return rows, list(columns)
    names = [f"_p_{column}" for column in columns]
    schema = rows.collect_schema()
    peers = [
        (nw.col(column).cast(nw.Categorical) if schema[column] == nw.String else nw.col(column)).alias(name)
        for column, name in zip(columns, names, strict=True)
    ]
    return rows.with_columns(*peers), names


def _rank(value: nw.Expr, group: Iterable[str]) -> nw.Expr:
    """1 + the number of rows of the group with a larger value."""
    return value.rank("min", descending=True).over(*group).cast(nw.Int64)


def _within_quotas(grades: Grades) -> list[nw.Expr]:
    """Whether a firm is within the cut of each step but the last, in whole numbers (6.3).

    With the cut at x = share × n: rank ≤ ⌈x⌉ is rank − 1 < x, and rank ≤ ⌊x + ½⌋ is 2 rank ≤ 2 x + 1.
    """
    place = nw.col("_rank") if grades.ties == "up" else nw.col("_rank") + nw.col("_shared") - 1
    tests, share = [], Decimal(0)
    for step in grades.steps[:-1]:
        share += step.share or 0
        exact = Fraction(share) / 100
        above, below = nw.col("_peers") * exact.numerator, exact.denominator
        if grades.rounding == "up":
            tests.append((place - 1) * below < above)
        elif grades.rounding == "down":
            tests.append(place * below <= above)
        else:
            tests.append(place * (2 * below) <= above * 2 + below)
    return tests


def _passed_scores(scheme: Scheme, grades: Grades) -> list[nw.Expr]:
    """Whether the total reaches each step but the last; the lowest total of a step in whole units of the last place."""
    lowest = (
        -((-Fraction(step.from_ or 0) * 10**scheme.total.places).__floor__()) for step in grades.steps[:-1]
    )
    return [nw.col("_t") >= max(-FARTHEST, min(limit, FARTHEST)) for limit in lowest]


def _changed(one: Adjustment, step: nw.Expr, words: list[str]) -> nw.Expr:
    """The step after one adjustment."""
    moved = min(one.steps, len(words))
    if one.kind == "promote":
        best = words.index(one.not_above) if one.not_above else 0
        return nw.min_horizontal(step, nw.max_horizontal(step - moved, nw.lit(best)))
    if one.kind == "demote":
        worst = words.index(one.not_below) if one.not_below else len(words) - 1
        return nw.max_horizontal(step, nw.min_horizontal(step + moved, nw.lit(worst)))
    stated = nw.lit(words.index(one.grade))
    if one.kind == "fix":
        return stated
    return nw.min_horizontal(step, stated) if one.kind == "protect" else nw.max_horizontal(step, stated)
