"""Expressions (docs/algorithms/evaluation.md §2) as Narwhals expressions, for Polars, DuckDB and PySpark alike.

Missing is null; an unknown condition is null too: all three follow three-valued logic.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import reduce
from operator import or_

import narwhals as nw

from tenglong.domain.evaluation.engines.columnar.numbers import Operator, against, comparable
from tenglong.domain.evaluation.expressions import (
    Aggregate,
    And,
    Arithmetic,
    Comparison,
    Expression,
    Extreme,
    In,
    IsMissing,
    Kind,
    Name,
    Negate,
    Not,
    Number,
    Or,
    Text,
)
from tenglong.domain.evaluation.expressions.parsing import parse
from tenglong.domain.evaluation.expressions.trees import kind_of

MIRRORED: Mapping[Operator, Operator] = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True)
class Reading:
    """Where an expression finds what it reads: the type and the column of each name, the column of each aggregate."""

    kinds: Mapping[str, Kind]
    columns: Mapping[str, str]
    aggregates: Mapping[Aggregate, str] = field(default_factory=dict)


def tree(text: str) -> Expression:
    """The tree of an expression of a scheme that was accepted."""
    return parse(text, where="")


def compiled(expression: Expression, reading: Reading) -> nw.Expr:
    """The expression over the columns that `reading` names."""
    match expression:
        case Number(value=value):
            return nw.lit(float(value))
        case Text(value=value):
            return nw.lit(value)
        case Name(id=id):
            return nw.col(reading.columns[id])
        case Aggregate():
            return nw.col(reading.aggregates[expression])
        case Negate(operand=operand):
            return -compiled(operand, reading)
        case Arithmetic():
            return _arithmetic(expression, reading)
        case Extreme():
            return _extreme(expression, reading)
        case _:
            return _condition(expression, reading)


def _condition(expression: Expression, reading: Reading) -> nw.Expr:
    match expression:
        case And(left=left, right=right):
            return compiled(left, reading) & compiled(right, reading)
        case Or(left=left, right=right):
            return compiled(left, reading) | compiled(right, reading)
        case Not(operand=operand):
            return ~compiled(operand, reading)
        case IsMissing(operand=operand):
            return compiled(operand, reading).is_null()
        case Comparison():
            return _comparison(expression, reading)
        case In(operand=operand, options=options):
            tests = (_comparison(Comparison("=", operand, option), reading) for option in options)
            return reduce(or_, tests)
        case _:
            raise TypeError(expression)


def _arithmetic(expression: Arithmetic, reading: Reading) -> nw.Expr:
    left, right = compiled(expression.left, reading), compiled(expression.right, reading)
    match expression.op:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return divided(left, right)


def divided(above: nw.Expr, below: nw.Expr) -> nw.Expr:
    """above ÷ below; missing where below is zero: no engine may see the division."""
    return nw.when(against(below, "!=", Decimal(0))).then(above / below)


def _extreme(expression: Extreme, reading: Reading) -> nw.Expr:
    """SQL and Polars pass over missing arguments; here one makes the result missing."""
    arguments = [compiled(argument, reading) for argument in expression.arguments]
    chosen = nw.min_horizontal(*arguments) if expression.which == "min" else nw.max_horizontal(*arguments)
    return nw.when(~reduce(or_, (argument.is_null() for argument in arguments))).then(chosen)


def _comparison(expression: Comparison, reading: Reading) -> nw.Expr:
    left, right, op = expression.left, expression.right, expression.op
    if isinstance(left, Number):
        left, right, op = right, left, MIRRORED[op]
    if isinstance(right, Number) and not isinstance(left, Number):
        return against(compiled(left, reading), op, right.value)
    one, other = compiled(left, reading), compiled(right, reading)
    if kind_of(left, reading.kinds) == "number":
        one, other = comparable(one), comparable(other)
    return _compared(one, op, other)


def _compared(one: nw.Expr, op: Operator, other: nw.Expr) -> nw.Expr:
    match op:
        case "=":
            return one == other
        case "!=":
            return one != other
        case "<":
            return one < other
        case "<=":
            return one <= other
        case ">":
            return one > other
        case ">=":
            return one >= other
