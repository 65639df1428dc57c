"""The columns that a run gives (docs/algorithms/evaluation.md §8)."""

from typing import Literal

import narwhals as nw

from tenglong.domain.evaluation.engines.columnar.labels import Labels
from tenglong.domain.evaluation.engines.columnar.numbers import half_up, units
from tenglong.domain.evaluation.engines.columnar.peers import Frame
from tenglong.domain.evaluation.engines.columnar.status import OUT_OF_SCOPE, reasons
from tenglong.domain.evaluation.schemes import Scheme

Detail = Literal["grades", "scores", "all"]
"""Totals, ranks and grades; with the scores; with values and how each was scored."""

VALUE_PLACES, SCORE_PLACES = 6, 4


def shown(scheme: Scheme, rows: Frame, labels: Labels, detail: Detail) -> Frame:
    """The result columns, in the order of §8."""
    rows = rows.with_columns(*_in_last_places(scheme, detail)) if detail != "grades" else rows
    numbers, why = reasons(scheme), nw.col("_why")
    outside = [(why == OUT_OF_SCOPE, "out_of_scope")] if scheme.scope.when else []
    status = labels.chosen([*outside, *([(why > 0, "not_rated")] if numbers else [])], "rated")
    reason = labels.chosen([(why == number, rule) for rule, number in numbers.items()], "")
    columns = [nw.col("id"), status.alias("status"), reason.alias("reason")]
    columns += [nw.col(column) for column in (scheme.grades.peers if scheme.grades else ())]
    if detail != "grades":
        columns += _items(scheme, detail)
        columns.append(units(nw.col("_points"), SCORE_PLACES).alias("points"))
    columns.append(units(nw.col("_t"), scheme.total.places).alias("total"))
    columns.append(nw.col("_rank").cast(nw.Int32).alias("rank"))
    columns.append(_of_rated(nw.col("_peers").cast(nw.Int32)).alias("peers"))
    return rows.select(*columns, *_grades(scheme, labels))


def _in_last_places(scheme: Scheme, detail: Detail) -> list[nw.Expr]:
    """Values, scores and points in whole units of their last places.

    They are columns before they are divided: Spark would write a dividend out anew for each case of a division.
    """
    ids = [one.id for one in scheme.indicator]
    values = {f"_v_{id}": half_up(nw.col(f"_v_{id}"), VALUE_PLACES) for id in ids if detail == "all"}
    scores = [*(f"_s_{id}" for id in ids), "_points"]
    whole = values | {name: _of_rated(half_up(nw.col(name), SCORE_PLACES)) for name in scores}
    return [column.alias(name) for name, column in whole.items()]


def _items(scheme: Scheme, detail: Detail) -> list[nw.Expr]:
    """Value, score and how of each indicator."""
    columns: list[nw.Expr] = []
    for one in scheme.indicator:
        if detail == "all":
            columns.append(units(nw.col(f"_v_{one.id}"), VALUE_PLACES).alias(f"value_{one.id}"))
        columns.append(units(nw.col(f"_s_{one.id}"), SCORE_PLACES).alias(f"score_{one.id}"))
        if detail == "all":
            columns.append(_of_rated(nw.col(f"_h_{one.id}")).alias(f"how_{one.id}"))
    return columns


def _of_rated(column: nw.Expr) -> nw.Expr:
    return nw.when(nw.col("_rated")).then(column)


def _grades(scheme: Scheme, labels: Labels) -> list[nw.Expr]:
    names = [step.grade for step in scheme.grades.steps] if scheme.grades else []
    numbers = reasons(scheme)
    exempt = [(nw.col("_why") == numbers[one.id], one.grade) for one in scheme.exempt if one.grade]
    quota = labels.chosen([(nw.col("_q") == step, name) for step, name in enumerate(names)], "")
    grade = labels.chosen([*((nw.col("_g") == step, name) for step, name in enumerate(names)), *exempt], "")
    return [
        quota.alias("grade_by_quota"),
        _applied(scheme, labels).alias("adjustments"),
        grade.alias("grade"),
    ]


def _applied(scheme: Scheme, labels: Labels) -> nw.Expr:
    """The ids of the adjustments that applied, joined by spaces."""
    ids = [adjustment.id for adjustment in scheme.adjust]
    if len(ids) < 2:
        return labels.chosen([(nw.col(f"_f_{id}"), id) for id in ids], "")
    return nw.concat_str(
        [nw.when(nw.col(f"_f_{id}")).then(nw.lit(id)) for id in ids], separator=" ", ignore_nulls=True
    )
