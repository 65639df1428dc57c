"""An expression in words, with the labels of columns and indicators in the place of their names."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from tenglong.domain.evaluation.expressions.trees import (
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
)
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.kernel.messages import Message, label, msg
from tenglong.domain.kernel.quantities import plain

SIGNS = {
    "+": "＋",
    "-": "－",
    "*": "×",
    "/": "÷",
    "=": "＝",
    "!=": "≠",
    "<": "＜",
    "<=": "≤",
    ">": "＞",
    ">=": "≥",
}
LOOSE = (And, Or, Arithmetic, Comparison)  # what needs brackets inside something else


def names_of(scheme: Scheme) -> Mapping[str, Message]:
    """What the names of a scheme are called."""
    columns = {id: label(column.zh) for id, column in scheme.column.items()}
    indicators = {one.id: label(one.zh) for one in scheme.indicator}
    results = {
        "total": msg("总分"),
        "rank": msg("位次"),
        "peers": msg("同组企业数"),
        "grade": msg("按比例等级"),
    }
    return {**columns, **indicators, **results}


def in_words(expression: Expression, names: Mapping[str, Message]) -> Message | str:
    """The expression as a person would say it."""
    match expression:
        case Number(value):
            return f"{plain(value):f}"
        case Text(value):
            return f"“{value}”"
        case Name(id):
            return names.get(id, label(id))
        case Arithmetic(op, left, right) | Comparison(op, left, right):
            sides = {"left": _inner(left, names), "right": _inner(right, names)}
            return msg("{left} {sign} {right}", sign=SIGNS[op], **sides)
        case And(left, right):
            return msg("{left}，并且{right}", left=_inner(left, names), right=_inner(right, names))
        case Or(left, right):
            return msg("{left}，或者{right}", left=_inner(left, names), right=_inner(right, names))
        case Aggregate():
            return _aggregate(expression, names)
        case _:
            return _other(expression, names)


def _other(expression: Expression, names: Mapping[str, Message]) -> Message | str:
    match expression:
        case Negate(operand):
            return msg("负的{operand}", operand=_inner(operand, names))
        case Not(operand):
            return msg("不符合（{operand}）", operand=in_words(operand, names))
        case IsMissing(operand):
            return msg("缺少{operand}", operand=_inner(operand, names))
        case In(operand, options):
            said = _listed([in_words(option, names) for option in options])
            return msg("{operand}是{options}之一", operand=_inner(operand, names), options=said)
        case Extreme(which, arguments):
            said = _listed([in_words(one, names) for one in arguments])
            return (
                msg("（{list}）中最小的", list=said)
                if which == "min"
                else msg("（{list}）中最大的", list=said)
            )
        case _:
            return str(expression)


def _aggregate(one: Aggregate, names: Mapping[str, Message]) -> Message:
    group: Message | str = msg("全部企业")
    if one.by:
        group = msg(
            "同一{columns}的企业", columns=_listed([names.get(column, label(column)) for column in one.by])
        )
    if one.operand is None:
        return msg("{group}的数量", group=group)
    operand = in_words(one.operand, names)
    match one.function:
        case "average":
            return msg("{group}的{operand}平均值", group=group, operand=operand)
        case "total":
            return msg("{group}的{operand}合计", group=group, operand=operand)
        case "count":
            return msg("{group}中符合（{operand}）的数量", group=group, operand=operand)
        case _:
            fraction = f"{plain(one.fraction or Decimal(0)):f}"
            return msg(
                "{group}的{operand}的 {fraction} 分位数", group=group, operand=operand, fraction=fraction
            )


def _inner(expression: Expression, names: Mapping[str, Message]) -> Message | str:
    said = in_words(expression, names)
    return msg("（{said}）", said=said) if isinstance(expression, LOOSE) else said


def _listed(parts: Sequence[Message | str]) -> Message | str:
    joined = parts[-1]
    for part in reversed(parts[:-1]):
        joined = msg("{first}、{rest}", first=part, rest=joined)
    return joined
