"""The small language of conditions and quantities (docs/algorithms/evaluation.md §2) as trees, and how to walk them.

An expression is data: `expressions_parsing.parse` makes it, `expressions_types.check_types` proves that its
names and types fit, an engine carries it out; nothing evaluates Python. Trees are at most `DEEPEST` deep, so
that an engine may recurse.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Kind = Literal["number", "text", "flag"]
Function = Literal["average", "total", "count", "quantile"]

DEEPEST = 100
KEYWORDS = frozenset({"and", "or", "not", "in", "is", "missing", "by"})


@dataclass(frozen=True)
class Number:
    """A number as it was written."""

    value: Decimal


@dataclass(frozen=True)
class Text:
    """A text between quotation marks, without them."""

    value: str


@dataclass(frozen=True)
class Name:
    """A column or an indicator; in adjustments also total, rank, peers, grade (7.2)."""

    id: str


@dataclass(frozen=True)
class Negate:
    """−x."""

    operand: "Expression"


@dataclass(frozen=True)
class Arithmetic:
    """x + y and so on; missing if a side is missing or the divisor is zero (2.2)."""

    op: Literal["+", "-", "*", "/"]
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True)
class Comparison:
    """Two numbers, each rounded to nine decimals (2.3), or two texts (only = and !=); unknown if one is missing."""

    op: Literal["=", "!=", "<", "<=", ">", ">="]
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True)
class And:
    """False if a side is false, else unknown if a side is unknown."""

    left: "Expression"
    right: "Expression"


@dataclass(frozen=True)
class Or:
    """True if a side is true, else unknown if a side is unknown."""

    left: "Expression"
    right: "Expression"


@dataclass(frozen=True)
class Not:
    """The contrary; of unknown: unknown."""

    operand: "Expression"


@dataclass(frozen=True)
class In:
    """Whether the operand equals one of the options; unknown if it is missing."""

    operand: "Expression"
    options: tuple[Number | Text, ...]


@dataclass(frozen=True)
class IsMissing:
    """Whether the operand is missing; never unknown."""

    operand: "Expression"


@dataclass(frozen=True)
class Extreme:
    """The smallest or largest of two or more numbers of one row; missing if one is missing."""

    which: Literal["min", "max"]
    arguments: tuple["Expression", ...]


@dataclass(frozen=True)
class Aggregate:
    """A number over the rows that agree in all columns of `by` (2.5); rows without the operand do not take part.

    `operand` is a number; for "count" a condition, or None to count rows. `fraction` is that of "quantile".
    """

    function: Function
    operand: "Expression | None"
    fraction: Decimal | None
    by: tuple[str, ...]


Expression = (
    Number
    | Text
    | Name
    | Negate
    | Arithmetic
    | Comparison
    | And
    | Or
    | Not
    | In
    | IsMissing
    | Extreme
    | Aggregate
)


def children(expression: Expression) -> tuple[Expression, ...]:
    """The expressions directly inside this one, left to right."""
    match expression:
        case Negate() | Not() | IsMissing() | In():
            return (expression.operand,)
        case Arithmetic() | Comparison() | And() | Or():
            return (expression.left, expression.right)
        case Extreme():
            return expression.arguments
        case Aggregate(operand=operand):
            return () if operand is None else (operand,)
        case _:
            return ()


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and everything inside it, outer before inner, left to right."""
    waiting = [expression]
    while waiting:
        one = waiting.pop()
        yield one
        waiting.extend(reversed(children(one)))


def names(expression: Expression) -> tuple[str, ...]:
    """Every name the expression reads, with those behind `by`, once each, in the order of the text."""
    found: dict[str, None] = {}
    for part in walk(expression):
        if isinstance(part, Name):
            found[part.id] = None
        elif isinstance(part, Aggregate):
            found.update(dict.fromkeys(part.by))
    return tuple(found)


def aggregates(expression: Expression) -> tuple[Aggregate, ...]:
    """Every aggregate inside the expression, once each."""
    return tuple(dict.fromkeys(part for part in walk(expression) if isinstance(part, Aggregate)))
