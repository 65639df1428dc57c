"""Aggregates over groups of rows, and their way back to the rows (docs/algorithms/evaluation.md §2.5, §3.3).

A missing value of a grouping column is a group of its own. Joins of SQL do not match nulls, so each column has a key
beside it in which a sign stands for missing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import narwhals as nw

from tenglong.domain.evaluation.engines.columnar.expressions import Reading, compiled
from tenglong.domain.evaluation.expressions import Aggregate, Expression, aggregates

Frame = nw.LazyFrame[Any]
Settle = Callable[[Sequence[Frame]], Sequence[Frame]]
"""Computes small tables once, so that what builds on them does not compute them again; may do nothing."""

MISSING_TEXT = "\ue000"
MISSING_NUMBER = -(2**31)


def key(column: str) -> str:
    """The name of the key of a grouping column."""
    return f"_k_{column}"


def with_keys(frame: Frame, columns: Iterable[str]) -> Frame:
    """The frame with the keys of these columns."""
    schema = frame.collect_schema()
    signs = {column: MISSING_NUMBER if schema[column].is_integer() else MISSING_TEXT for column in columns}
    keys = [nw.col(column).fill_null(nw.lit(sign)).alias(key(column)) for column, sign in signs.items()]
    return frame.with_columns(*keys) if keys else frame


def by_group(frame: Frame, by: Sequence[str], measures: Mapping[str, nw.Expr]) -> Frame:
    """One row for each group with the measures; without `by` one row for all."""
    named = [measure.alias(name) for name, measure in measures.items()]
    return frame.group_by([key(column) for column in by]).agg(*named) if by else frame.select(*named)


def joined(frame: Frame, table: Frame, by: Sequence[str]) -> Frame:
    """The rows with the columns of the table for their group; null where the group is not in the table."""
    if not by:
        return frame.join(table, how="cross")
    return frame.join(table, on=[key(column) for column in by], how="left")


def with_aggregates(
    frame: Frame, expressions: Iterable[Expression], peers: Frame, reading: Reading, settle: Settle
) -> tuple[Frame, Reading]:
    """The rows with every aggregate that the expressions contain, computed over `peers`; and how to read them.

    Aggregates that `reading` knows are not computed again.
    """
    found = dict.fromkeys(one for expression in expressions for one in aggregates(expression))
    unknown = [one for one in found if one not in reading.aggregates]
    new = {one: f"_a{len(reading.aggregates) + n}" for n, one in enumerate(unknown)}
    groups: dict[tuple[str, ...], dict[str, nw.Expr]] = {}
    for aggregate, name in new.items():
        groups.setdefault(aggregate.by, {})[name] = _measure(aggregate, reading)
    tables = settle([by_group(peers, by, measures) for by, measures in groups.items()])
    for by, table in zip(groups, tables, strict=True):
        frame = joined(frame, table, by)
    return frame, Reading(reading.kinds, reading.columns, {**reading.aggregates, **new})


def _measure(aggregate: Aggregate, reading: Reading) -> nw.Expr:
    """The aggregate as an aggregation; over rows without the operand missing, a count zero."""
    if aggregate.operand is None:
        return nw.len()
    operand = compiled(aggregate.operand, reading)
    match aggregate.function:
        case "count":
            return nw.when(operand).then(nw.lit(1)).otherwise(nw.lit(0)).sum()
        case "average":
            return operand.mean()
        case "total":
            return nw.when(operand.count() > 0).then(operand.sum())
        case "quantile":
            return operand.quantile(float(aggregate.fraction or 0), "linear")
