"""What a pydantic model has against the content of a file: at which key, in a sentence.

Words that depend on the kind of file (how TOML or JSON writes a list) are its reader's own.
"""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tenglong.domain.kernel.messages import Message, msg

Sentence = Callable[[Mapping[str, Any]], Message]

SENTENCES: dict[str, Sentence] = {
    "missing": lambda _: msg("缺少这一项，请补上。"),
    "extra_forbidden": lambda _: msg("没有这一项，请核对拼写或删去。"),
    "int_type": lambda _: msg("应为整数，不加引号。"),
    "bool_type": lambda _: msg("应为 true 或 false，不加引号。"),
    "string_type": lambda _: msg("应为加引号的文字。"),
    "string_too_long": lambda ctx: msg("最多 {most} 个字符，请缩短。", most=ctx["max_length"]),
    "literal_error": lambda ctx: msg("应为其中之一：{known}。", known=ctx["expected"].replace(" or ", ", ")),
    "greater_than": lambda ctx: msg("应大于 {limit}。", limit=ctx["gt"]),
    "greater_than_equal": lambda ctx: msg("不应小于 {limit}。", limit=ctx["ge"]),
    "less_than_equal": lambda ctx: msg("不应大于 {limit}。", limit=ctx["le"]),
    "too_short": lambda ctx: msg("至少要有 {least} 项，请补充。", least=ctx["min_length"]),
    "too_long": lambda ctx: msg("最多 {most} 项，请合并或删减。", most=ctx["max_length"]),
}
"""By pydantic's type of the problem; each takes the problem's context."""


def first_problem(error: ValidationError) -> ErrorDetails:
    """The problem to name where one is named: a misspelt key before the key that it leaves missing."""
    found = error.errors(include_url=False)
    return next((one for one in found if one["type"] == "extra_forbidden"), found[0])


def sentence(problem: ErrorDetails, own: Mapping[str, Sentence]) -> Message:
    """What is wrong and what to do; `own` sentences come before the common ones."""
    said = own.get(problem["type"]) or SENTENCES.get(problem["type"])
    return said(problem.get("ctx", {})) if said else msg("{why}", why=problem["msg"])


def key_path(content: Any, problem: ErrorDetails, *, named_by: str, above: str = "") -> str:
    """Where in the file: firms[F001].measures[close].amounts.land, with `above` before it.

    A part of a list is named by its id, else by its key `named_by`, else numbered from 1. Steps that name a branch of
    the model and no key of the file are left out.
    """
    path, here = above, content
    for place, step in enumerate(problem["loc"]):
        inner = _inside(here, step)
        if isinstance(step, int):
            said = inner.get("id", inner.get(named_by, step + 1)) if isinstance(inner, Mapping) else step + 1
            path += f"[{said}]"
        elif isinstance(here, Mapping) and (step in here or _is_missing(problem, place)):
            path += f".{step}" if path else step
        else:
            continue
        here = inner
    return path


def _is_missing(problem: ErrorDetails, place: int) -> bool:
    return problem["type"] == "missing" and place == len(problem["loc"]) - 1


def _inside(here: Any, step: str | int) -> Any:
    try:
        return here[step]
    except (KeyError, IndexError, TypeError):
        return None
