"""Expressions carried out row by row in exact fractions (docs/algorithms/evaluation.md §2)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import lcm
from operator import eq, ge, gt, le, lt, ne

from tenglong.domain.evaluation.expressions import (
    Aggregate,
    And,
    Arithmetic,
    Comparison,
    Expression,
    Extreme,
    In,
    IsMissing,
    Name,
    Negate,
    Not,
    Number,
    Or,
    Text,
    aggregates,
)
from tenglong.domain.evaluation.results import Group
from tenglong.domain.evaluation.rounding import compared
from tenglong.domain.kernel.errors import Bug

Exact = Fraction | str | bool | None
"""A value of a row; None is missing, and for a condition unknown."""

Row = Mapping[str, Exact]
Tables = Mapping[Aggregate, Mapping[Group, Fraction]]
"""The value of each aggregate for each group of its `by`."""

FINEST = 10**60
"""No engine is finer: doubles have some sixteen digits."""

COMPARE = {"=": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


def compute(expression: Expression, row: Row, tables: Tables) -> Exact:
    """The value of an expression for one row; `tables` are those that `tables_of` made for it."""
    match expression:
        case Number(value=value):
            return Fraction(value)
        case Text(value=value):
            return value
        case Name(id=id):
            return row[id]
        case Aggregate():
            return _from_table(expression, row, tables)
        case Negate() | Arithmetic() | Extreme():
            return _quantity(expression, row, tables)
        case _:
            return _truth(expression, row, tables)


def number(expression: Expression, row: Row, tables: Tables) -> Fraction | None:
    """The value of an expression that `check_types` found to be a number."""
    value = compute(expression, row, tables)
    if value is None or isinstance(value, Fraction):
        return value
    raise Bug("an expression is not the number its types promise", value=value)


def fits(expression: Expression, row: Row, tables: Tables) -> bool:
    """Whether a condition is true; unknown is not (2.2)."""
    return compute(expression, row, tables) is True


def group_of(row: Row, by: Iterable[str]) -> Group:
    """The values of text columns, which name the group of a row; None is a group of its own (2.5)."""
    group: list[str | None] = []
    for column in by:
        value = row[column]
        if value is not None and not isinstance(value, str):
            raise Bug("a column of a group is not text", column=column)
        group.append(value)
    return tuple(group)


def grouped(rows: Iterable[Row], by: Iterable[str]) -> dict[Group, list[Row]]:
    """The rows by group."""
    columns = tuple(by)
    groups: dict[Group, list[Row]] = defaultdict(list)
    for row in rows:
        groups[group_of(row, columns)].append(row)
    return dict(groups)


def tables_of(expressions: Iterable[Expression], rows: Sequence[Row]) -> Tables:
    """The aggregates inside the expressions, over `rows` (2.5)."""
    tables: dict[Aggregate, dict[Group, Fraction]] = {}
    for expression in expressions:
        for aggregate in aggregates(expression):
            groups = grouped(rows, aggregate.by)
            values = {group: _aggregate(aggregate, members) for group, members in groups.items()}
            tables[aggregate] = {group: value for group, value in values.items() if value is not None}
    return tables


def total_of(values: Iterable[Fraction]) -> Fraction:
    """The sum; of more denominators than are of use, of the values rounded to sixty decimals (5.4)."""
    found = list(values)
    common = 1
    for value in found:
        common = lcm(common, value.denominator)
        if common > FINEST:
            return Fraction(sum(round(one * FINEST) for one in found), FINEST)
    return Fraction(sum(one.numerator * (common // one.denominator) for one in found), common)


def mean(values: Sequence[Fraction]) -> Fraction:
    """The arithmetic mean of at least one value."""
    return total_of(values) / len(values)


def quantile(values: Sequence[Fraction], fraction: Fraction) -> Fraction:
    """Linear between the two neighbours: position fraction × (n − 1) in the sorted values."""
    ordered = sorted(values)
    position = fraction * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (position - below) * (ordered[above] - ordered[below])


def _aggregate(aggregate: Aggregate, rows: Sequence[Row]) -> Fraction | None:
    operand = aggregate.operand
    if operand is None:
        return Fraction(len(rows))
    if aggregate.function == "count":
        return Fraction(sum(fits(operand, row, {}) for row in rows))
    found = [value for row in rows if (value := number(operand, row, {})) is not None]
    if not found:
        return None
    if aggregate.function == "average":
        return mean(found)
    if aggregate.function == "total":
        return total_of(found)
    return quantile(found, Fraction(aggregate.fraction or 0))


def _from_table(aggregate: Aggregate, row: Row, tables: Tables) -> Fraction | None:
    nothing = Fraction(0) if aggregate.function == "count" else None
    return tables[aggregate].get(group_of(row, aggregate.by), nothing)


def _quantity(expression: Negate | Arithmetic | Extreme, row: Row, tables: Tables) -> Fraction | None:
    """Missing if any operand is (2.2)."""
    if isinstance(expression, Negate):
        value = number(expression.operand, row, tables)
        return None if value is None else -value
    if isinstance(expression, Extreme):
        found = [number(argument, row, tables) for argument in expression.arguments]
        values = [value for value in found if value is not None]
        if len(values) < len(found):
            return None
        return min(values) if expression.which == "min" else max(values)
    left, right = number(expression.left, row, tables), number(expression.right, row, tables)
    return None if left is None or right is None else _reckoned(expression.op, left, right)


def _reckoned(op: str, left: Fraction, right: Fraction) -> Fraction | None:
    if op == "+":
        return left + right
    if op == "-":
        return left - right
    if op == "*":
        return left * right
    return None if compared(right) == 0 else left / right


def _truth(expression: Expression, row: Row, tables: Tables) -> bool | None:
    """Three-valued logic (2.2): None is unknown."""
    match expression:
        case IsMissing(operand=operand):
            return compute(operand, row, tables) is None
        case Not(operand=operand):
            value = _condition(operand, row, tables)
            return None if value is None else not value
        case And() | Or():
            decisive = isinstance(expression, Or)
            sides = {
                _condition(expression.left, row, tables),
                _condition(expression.right, row, tables),
            }
            if decisive in sides:
                return decisive
            return None if None in sides else not decisive
        case Comparison():
            return _compared(
                expression.op,
                compute(expression.left, row, tables),
                compute(expression.right, row, tables),
            )
        case In():
            return _one_of(expression, row, tables)
    raise Bug("an expression that no rule covers", expression=expression)


def _condition(expression: Expression, row: Row, tables: Tables) -> bool | None:
    value = compute(expression, row, tables)
    if value is None or isinstance(value, bool):
        return value
    raise Bug("an expression is not the condition its types promise", value=value)


def _compared(op: str, left: Exact, right: Exact) -> bool | None:
    """Numbers after rounding (2.3); texts as they are (2.4)."""
    if left is None or right is None:
        return None
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return bool(COMPARE[op](compared(left), compared(right)))
    return bool(COMPARE[op](left, right))


def _one_of(expression: In, row: Row, tables: Tables) -> bool | None:
    value = compute(expression.operand, row, tables)
    if value is None:
        return None
    return any(_compared("=", value, compute(option, row, tables)) for option in expression.options)
