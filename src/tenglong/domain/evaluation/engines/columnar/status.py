"""Which rows are rated, and why others are not (docs/algorithms/evaluation.md §1.4).

`_why` is 0 for a rated row, else a number that `reasons` explains.
"""

from collections.abc import Sequence

import narwhals as nw

from tenglong.domain.evaluation.engines.columnar.expressions import Reading, compiled, tree
from tenglong.domain.evaluation.engines.columnar.inputs import conditions
from tenglong.domain.evaluation.engines.columnar.peers import Frame, Settle, with_aggregates
from tenglong.domain.evaluation.engines.columnar.scores import none_counts, ruled_as
from tenglong.domain.evaluation.schemes import Scheme

OUT_OF_SCOPE = 1


def reasons(scheme: Scheme) -> dict[str, int]:
    """The rules for which rows may not be rated, with their numbers, in the order in which they are tried."""
    tried = [exemption.id for exemption in scheme.exempt]
    tried += ["no_peers"] if scheme.grades and scheme.grades.peers else []
    tried += [f"no_{one.id}" for one in scheme.indicator if ruled_as(one, "not_rated") is not None]
    tried += ["no_indicators"] if none_counts(scheme) is not None else []
    return {rule: number for number, rule in enumerate(tried, start=OUT_OF_SCOPE + 1)}


def sorted_out(scheme: Scheme, rows: Frame, reading: Reading, settle: Settle, *, peers: bool = True) -> Frame:
    """The rows with `_why` by scope, exemptions and, if `peers`, missing peer columns."""
    plain = rows.collect_schema().names()
    rows, reading = with_aggregates(rows, conditions(scheme), rows, reading, settle)
    tests: list[tuple[nw.Expr, int]] = []
    if scheme.scope.when:
        inside = compiled(tree(scheme.scope.when), reading)
        tests.append((~inside.fill_null(nw.lit(False)), OUT_OF_SCOPE))
    numbers = reasons(scheme)
    tests += [(compiled(tree(one.when), reading), numbers[one.id]) for one in scheme.exempt]
    columns = scheme.grades.peers if scheme.grades and peers else ()
    tests += [(nw.col(column).is_null(), numbers["no_peers"]) for column in columns]
    return rows.select(*plain, _first(tests).alias("_why"))


def taken_out(scheme: Scheme, rows: Frame) -> Frame:
    """The rows with `_eligible`, and `_why` and `_rated` after the indicators had their say (3.2, 4.2)."""
    numbers = reasons(scheme)
    tests: list[tuple[nw.Expr, int]] = []
    for indicator in scheme.indicator:
        refused = ruled_as(indicator, "not_rated")
        if refused is not None:
            tests.append((refused, numbers[f"no_{indicator.id}"]))
    nothing = none_counts(scheme)
    if nothing is not None:
        tests.append((nothing, numbers["no_indicators"]))
    rows = rows.with_columns(_eligible=nw.col("_why") == 0)
    if tests:
        rows = rows.with_columns(
            _why=nw.when(nw.col("_eligible")).then(_first(tests)).otherwise(nw.col("_why"))
        )
    return rows.with_columns(_rated=nw.col("_why") == 0)


def _first(tests: Sequence[tuple[nw.Expr, int]]) -> nw.Expr:
    """The number of the first test that is true, else 0."""
    number: nw.Expr = nw.lit(0)
    for test, reason in reversed(tests):
        number = nw.when(test).then(nw.lit(reason)).otherwise(number)
    return number
