"""docs/reference/schemes.md: every table and key of a scheme file, from the models that check it."""

from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from tenglong.domain.evaluation import schemes
from tools.reference import markdown
from tools.reference.markdown import code

HEAD = """\
# Scheme files

Drawn from `src/tenglong/domain/evaluation/schemes.py` by `make docs`; do not edit. A scheme is a TOML file. The numbers
in brackets are the statements of [algorithms/evaluation.md](../algorithms/evaluation.md), which say what each key
means. How to write one: [write-a-scheme.md](../how-to/write-a-scheme.md). The file must say its `source`; every table
may say its own, and under `assumed` which of its numbers no source states and why they were chosen.
"""
TABLES = (
    ("top of the file", schemes.Scheme),
    ("[column.NAME]", schemes.Column),
    ("[scope]", schemes.Scope),
    ("[[exempt]]", schemes.Exemption),
    ("[merge]", schemes.Merge),
    ("[[indicator]]", schemes.Indicator),
    ("benchmark = { … } of an indicator", schemes.Benchmark),
    ("[[points]]", schemes.Points),
    ("[points_limit]", schemes.PointsLimit),
    ("[total]", schemes.Total),
    ("[grades]", schemes.Grades),
    ("steps = [{ … }] of the grades", schemes.Step),
    ("[[adjust]]", schemes.Adjustment),
)
NESTED = {
    "column",
    "scope",
    "exempt",
    "merge",
    "indicator",
    "points",
    "points_limit",
    "total",
    "grades",
    "adjust",
    "digest",
}
NAMES = {str: "text", int: "whole number", bool: "true or false"}


def page() -> str:
    """One section for each table."""
    parts: list[Any] = []
    for title, model in TABLES:
        hidden = {"source", "assumed"} | (NESTED if model is schemes.Scheme else set())
        rows = [_row(name, field) for name, field in model.model_fields.items() if name not in hidden]
        parts += [f"## {title}", model.__doc__ or "", markdown.table(["key", "what", "without it"], rows)]
    return markdown.page(HEAD, *parts)


def _row(name: str, field: FieldInfo) -> list[str]:
    default = "required" if field.is_required() else code(_default(field.default))
    return [code(field.alias or name), _words(field.annotation), default]


def _default(value: object) -> object:
    return "" if value in (None, "", (), {}) else str(value).lower() if isinstance(value, bool) else value


def _words(kind: Any) -> str:
    """A type in words."""
    origin, inside = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _words(inside[0])
    if origin is Literal:
        return " · ".join(code(one) for one in inside if one != "")
    if origin in (Union, UnionType):
        return " or ".join(dict.fromkeys(_words(one) for one in inside if one is not NoneType))
    if origin is tuple:
        return f"list of {_words(inside[0])}"
    if origin is dict:
        return f"table of {_words(inside[1])}"
    return NAMES.get(kind, "table" if isinstance(kind, type) and issubclass(kind, schemes.Part) else "number")
