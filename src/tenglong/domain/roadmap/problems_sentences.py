"""What is wrong with a problem file, in sentences that name file, key and remedy."""

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.validation import Sentence, first_problem, key_path, sentence

SENTENCES: dict[str, Sentence] = {
    "float_type": lambda _: msg("应为数字，不加引号。"),
    "int_from_float": lambda _: msg("应为整数，不带小数。"),
    "string_too_short": lambda _: msg("不能为空，请填写。"),
    "list_type": lambda _: msg("应为列表 […]。"),
    "tuple_type": lambda _: msg("应为列表 […]。"),
    "dict_type": lambda _: msg("应为一个对象 {{…}}。"),
    "model_type": lambda _: msg("应为一个对象 {{…}}。"),
    "model_attributes_type": lambda _: msg("应为一个对象 {{…}}。"),
    "union_tag_invalid": lambda ctx: msg("kind 应为其中之一：{known}。", known=ctx["expected_tags"]),
    "union_tag_not_found": lambda _: msg("缺少 kind，请写明 benefit 或 cost。"),
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
    first = first_problem(error)
    return wrong(name, key_path(content, first, named_by="name", above=above), _said(first))


def _said(problem: ErrorDetails) -> Message:
    if "amounts" in problem["loc"] and problem["type"] in ("float_type", "list_type", "dict_type"):
        return msg(_AMOUNT)
    return sentence(problem, SENTENCES)
