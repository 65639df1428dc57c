"""The small language of conditions and quantities (docs/algorithms/evaluation.md §2) as trees, and their types.

An expression is data: `parsing.parse` makes it, `check_types` proves that its names and types fit,
an engine carries it out; nothing evaluates Python. Trees are at most `DEEPEST` deep, so
that an engine may recurse.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.messages import Message, msg

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


# Whether the names and types of an expression fit: an error of the file, found before any row is read (2.4).

KINDS = {"number": msg("数值"), "text": msg("文字"), "flag": msg("是/否")}
SHOWN = {
    Negate: "-(…)",
    And: "… and …",
    Or: "… or …",
    Not: "not …",
    In: "… in (…)",
    IsMissing: "… is missing",
}


def check_types(
    expression: Expression, columns: Mapping[str, Kind], wanted: Kind, *, where: Message | str
) -> None:
    """Accept an expression that yields `wanted` ("flag" for a condition) from `columns`.

    Raises:
        BadRules: a name is not in `columns`, types clash, or an aggregate stands inside another.
    """
    problem = _misfit(expression, columns, wanted)
    for aggregate in aggregates(expression):
        if aggregate.operand is not None and aggregates(aggregate.operand):
            problem = problem or msg(
                "汇总函数 {name} 里面不能再用汇总函数，请拆开。", name=aggregate.function
            )
    if problem is not None:
        raise BadRules(msg("{where}：{problem}", where=where, problem=problem))


def kind_of(expression: Expression, columns: Mapping[str, Kind]) -> Kind:
    """What an expression yields; KeyError for a name that is not in `columns`."""
    match expression:
        case Name(id=id):
            return columns[id]
        case Text():
            return "text"
        case Comparison() | And() | Or() | Not() | In() | IsMissing():
            return "flag"
        case _:
            return "number"


def _misfit(expression: Expression, columns: Mapping[str, Kind], wanted: Kind) -> Message | None:
    """The first thing wrong with an expression that should yield `wanted`, from left to right."""
    if isinstance(expression, Name) and expression.id not in columns:
        return _unknown(expression.id, columns)
    kind = kind_of(expression, columns)
    if kind != wanted:
        shown = {"shown": _shown(expression), "kind": KINDS[kind], "wanted": KINDS[wanted]}
        return msg("{shown} 是{kind}，此处应为{wanted}，请改正。", **shown)
    parts: list[tuple[Expression, Kind]] = []
    match expression:
        case Negate() | Arithmetic() | Extreme():
            parts = [(part, "number") for part in _operands(expression)]
        case And() | Or() | Not():
            parts = [(part, "flag") for part in _operands(expression)]
        case Comparison():
            return _compared(expression, columns)
        case In():
            return _one_of(expression, columns)
        case IsMissing(operand=operand):
            return _any_kind(operand, columns)
        case Aggregate():
            return _aggregated(expression, columns)
    return next(filter(None, (_misfit(part, columns, kind) for part, kind in parts)), None)


def _operands(expression: Negate | Arithmetic | Extreme | And | Or | Not) -> tuple[Expression, ...]:
    if isinstance(expression, Extreme):
        return expression.arguments
    if isinstance(expression, Negate | Not):
        return (expression.operand,)
    return (expression.left, expression.right)


def _any_kind(expression: Expression, columns: Mapping[str, Kind]) -> Message | None:
    if isinstance(expression, Name) and expression.id not in columns:
        return _unknown(expression.id, columns)
    return _misfit(expression, columns, kind_of(expression, columns))


def _compared(expression: Comparison, columns: Mapping[str, Kind]) -> Message | None:
    """Numbers with numbers; texts with texts and only for equality; conditions stand alone."""
    problem = _any_kind(expression.left, columns)
    if problem is not None:
        return problem
    kind = kind_of(expression.left, columns)
    if kind == "flag":
        shown = _shown(expression.left)
        return msg("{shown} 是“是/否”，本身就是条件，请直接写，或在前面写 not，不要比较。", shown=shown)
    if kind == "text" and expression.op not in ("=", "!="):
        return msg("文字只能用 = 或 != 比较，不能用 {op}。", op=expression.op)
    return _misfit(expression.right, columns, kind)


def _one_of(expression: In, columns: Mapping[str, Kind]) -> Message | None:
    problem = _any_kind(expression.operand, columns)
    if problem is not None:
        return problem
    kind = kind_of(expression.operand, columns)
    if kind == "flag":
        return msg("{shown} 是“是/否”，不能用 in。", shown=_shown(expression.operand))
    return next(filter(None, (_misfit(option, columns, kind) for option in expression.options)), None)


def _aggregated(expression: Aggregate, columns: Mapping[str, Kind]) -> Message | None:
    for name in expression.by:
        if name not in columns:
            return _unknown(name, columns)
        if columns[name] != "text":
            kind = KINDS[columns[name]]
            return msg("by 后面的 {name} 应为文字列（如行业、县区），它是{kind}。", name=name, kind=kind)
    if expression.operand is None:
        return None
    return _misfit(expression.operand, columns, "flag" if expression.function == "count" else "number")


def _unknown(name: str, columns: Mapping[str, Kind]) -> Message:
    known = ", ".join(columns)
    return msg(
        "没有名称“{name}”，可用的有：{known}。请改正，或在 [column] 中先声明。", name=name, known=known
    )


def _shown(expression: Expression) -> str:
    """How a person finds the part in the text."""
    match expression:
        case Name(id=id):
            return id
        case Number(value=value):
            return str(value)
        case Text(value=value):
            return f"'{value}'"
        case Comparison(op=op) | Arithmetic(op=op):
            return f"… {op} …"
        case Aggregate(function=function) | Extreme(which=function):
            return f"{function}(…)"
        case _:
            return SHOWN[type(expression)]
