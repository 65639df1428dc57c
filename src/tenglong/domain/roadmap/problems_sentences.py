"""What is wrong with a problem file, in sentences that name file, key and remedy."""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import Message, msg

SENTENCES: dict[str, Callable[[Mapping[str, Any]], Message]] = {
    "missing": lambda _: msg("缺少这一项，请补上。"),
    "extra_forbidden": lambda _: msg("没有这一项，请核对拼写或删去。"),
    "float_type": lambda _: msg("应为数字，不加引号。"),
    "int_type": lambda _: msg("应为整数，不加引号。"),
    "int_from_float": lambda _: msg("应为整数，不带小数。"),
    "bool_type": lambda _: msg("应为 true 或 false，不加引号。"),
    "string_type": lambda _: msg("应为加引号的文字。"),
    "string_too_short": lambda _: msg("不能为空，请填写。"),
    "string_too_long": lambda ctx: msg("最多 {most} 个字符，请缩短。", most=ctx["max_length"]),
    "list_type": lambda _: msg("应为列表 […]。"),
    "tuple_type": lambda _: msg("应为列表 […]。"),
    "dict_type": lambda _: msg("应为一个对象 {{…}}。"),
    "model_type": lambda _: msg("应为一个对象 {{…}}。"),
    "model_attributes_type": lambda _: msg("应为一个对象 {{…}}。"),
    "literal_error": lambda ctx: msg("应为其中之一：{known}。", known=ctx["expected"].replace(" or ", ", ")),
    "union_tag_invalid": lambda ctx: msg("kind 应为其中之一：{known}。", known=ctx["expected_tags"]),
    "union_tag_not_found": lambda _: msg("缺少 kind，请写明 benefit 或 cost。"),
    "greater_than": lambda ctx: msg("应大于 {limit}。", limit=ctx["gt"]),
    "greater_than_equal": lambda ctx: msg("不应小于 {limit}。", limit=ctx["ge"]),
    "less_than_equal": lambda ctx: msg("不应大于 {limit}。", limit=ctx["le"]),
    "too_short": lambda ctx: msg("至少要有 {least} 项，请补充。", least=ctx["min_length"]),
    "too_long": lambda ctx: msg("最多 {most} 项，请合并或删减。", most=ctx["max_length"]),
    "date_from_datetime_parsing": lambda _: msg("应为日期，如 2026-01-01。"),
    "date_parsing": lambda _: msg("应为日期，如 2026-01-01。"),
    "date_type": lambda _: msg("应为日期，如 2026-01-01。"),
}
_AMOUNT = "应为数字、每个开始时期一个数字的列表，或 {{total, profile}}。"


def wrong(name: str, key: str, problem: Message) -> BadFile:
    """The error for a key of the file `name`."""
    return BadFile(
        msg("方案问题 {name} 的 {key}：{problem}", name=name, key=key or "（整个文件）", problem=problem)
    )


def not_valid(name: str, error: ValidationError, content: Any, above: str = "") -> BadFile:
    """The error for the first problem that pydantic found; a misspelt key before the key that it leaves missing."""
    found = error.errors(include_url=False)
    first = next((one for one in found if one["type"] == "extra_forbidden"), found[0])
    return wrong(name, _path(content, first, above), _said(first))


def _said(problem: ErrorDetails) -> Message:
    if "amounts" in problem["loc"] and problem["type"] in ("float_type", "list_type", "dict_type"):
        return msg(_AMOUNT)
    sentence = SENTENCES.get(problem["type"])
    return sentence(problem.get("ctx", {})) if sentence else msg("{why}", why=problem["msg"])


def _path(content: Any, problem: ErrorDetails, above: str) -> str:
    """Where in the file: firms[F001].measures[close].amounts.land; a part without a name is numbered from 1."""
    path, here, missing = above, content, problem["type"] == "missing"
    for place, step in enumerate(problem["loc"]):
        last = place == len(problem["loc"]) - 1
        inner = _inside(here, step)
        if isinstance(step, int):
            said = inner.get("id", inner.get("name", step + 1)) if isinstance(inner, Mapping) else step + 1
            path += f"[{said}]"
        elif isinstance(here, Mapping) and (step in here or (last and missing)):
            path += f".{step}" if path else step
        else:
            continue  # the name of a branch of the format, not of a key
        here = inner
    return path


def _inside(here: Any, step: str | int) -> Any:
    try:
        return here[step]
    except (KeyError, IndexError, TypeError):
        return None
