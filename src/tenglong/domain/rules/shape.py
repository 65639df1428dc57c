"""Whether a rule file has the shape of the one that ships with the program: its keys, kinds of value and {fields}."""

import string
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tenglong.domain.kernel.messages import Message, msg

_KINDS: tuple[tuple[Any, Message], ...] = (
    (bool, msg("true 或 false")),
    (str, msg("加引号的文字")),
    ((int, float, Decimal), msg("数字")),
    (list, msg("方括号里的列表")),
    (dict, msg("一个表")),
    (object, msg("日期")),
)
MOST = 20
"""So many faults are named at once."""


@dataclass(frozen=True)
class Shape:
    """What may stand in a file. `open` are the names of tables and lists whose keys and rows a city chooses itself;
    with `fills`, texts may hold the {fields} that stand in the shipped text, written as there."""

    open: frozenset[str] = frozenset()
    fills: bool = False


def shape_problems(
    content: Mapping[str, Any], shipped: Mapping[str, Any], shape: Shape
) -> tuple[Message, ...]:
    """What is wrong with the shape of a file, a sentence for each fault, in the order of the file."""
    found = []
    for problem in _table(content, [shipped], shape, ""):
        found.append(problem)
        if len(found) == MOST:
            break
    return tuple(found)


def _table(
    own: Mapping[str, Any], models: Sequence[Mapping[str, Any]], shape: Shape, at: str
) -> Iterator[Message]:
    """A table against tables of its kind: what all of them have is due, what one of them has may stand."""
    known = {key: [model[key] for model in models if key in model] for model in models for key in model}
    for key, values in known.items():
        if key not in own and len(values) == len(models):
            yield msg("缺少 {key}，请照随软件提供的文件补上。", key=_under(at, key))
    for key, value in own.items():
        if key not in known:
            problem = "没有 {key} 这一项，请删去，或改为：{known}。"
            yield msg(problem, key=_under(at, key), known="、".join([*known][:30]))
        else:
            yield from _value(value, known[key], shape, key, _under(at, key))


def _value(own: Any, models: Sequence[Any], shape: Shape, name: str, at: str) -> Iterator[Message]:
    """A value called `name` against values of its kind."""
    wanted = _kind(models[0])
    if _kind(own) != wanted:
        yield msg("{key} 应为{wanted}。", key=at, wanted=_KINDS[wanted][1])
    elif isinstance(own, str):
        yield from _fields(own, [model for model in models if isinstance(model, str)], shape, at)
    elif isinstance(own, dict):
        if name not in shape.open:
            yield from _table(own, models, shape, at)
            return
        inner = [value for model in models for value in model.values()]
        for key, value in own.items():
            yield from _value(value, inner, shape, "", _under(at, key))
    elif isinstance(own, list):
        yield from _list(own, [row for model in models for row in model], shape, name, at)


def _list(own: list[Any], models: Sequence[Any], shape: Shape, name: str, at: str) -> Iterator[Message]:
    if not own and models and name not in shape.open:
        yield msg("{key} 不能是空的。", key=at)
    for number, row in enumerate(own, start=1):
        if models:
            yield from _value(row, models, shape, "", f"{at}[{number}]")


def _fields(own: str, models: Collection[str], shape: Shape, at: str) -> Iterator[Message]:
    """The fields of a text: what is filled in is known only for those of the shipped text."""
    if not shape.fills:
        return
    known = {field for model in models for field in fields_of(model)}
    try:
        unknown = [field for field in fields_of(own) if field not in known]
    except ValueError:
        yield msg("{key} 的花括号没有写对，请成对书写，如 {{unit}}。", key=at)
        return
    if unknown and known:
        problem = "{key} 里的 {unknown} 没有可填的内容，可用的有：{known}。"
        yield msg(problem, key=at, unknown=unknown[0], known="、".join(sorted(known)))
    elif unknown:
        problem = "{key} 里不能有 {unknown}，这一句没有可填的内容。"
        yield msg(problem, key=at, unknown=unknown[0])


def fields_of(text: str) -> list[str]:
    """The {fields} of a text as they are written; raises ValueError where the braces do not fit."""
    written = []
    for _, field, form, conversion in string.Formatter().parse(text):
        if field is not None:
            written.append(f"{{{field}{'!' + conversion if conversion else ''}{':' + form if form else ''}}}")
    return written


def _kind(value: Any) -> int:
    return next(n for n, (types, _) in enumerate(_KINDS) if isinstance(value, types))


def _under(at: str, key: str) -> str:
    return f"{at}.{key}" if at else key
