"""The content of a JSON file with its numbers as they are written, and a digest that only content changes.

Amounts go from here to whole stored units without a float between (docs/algorithms/roadmap.md 3.4). The checker has a
reader of its own (`check`); what is refused here is refused there.
"""

import json
import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from hashlib import sha256
from typing import Any

import orjson

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import msg

LONGEST_NUMBER, LONGEST_WHOLE = 24, 60
_PLAIN = re.compile(r"-?[0-9]+\.[0-9]+")


def content_of(raw: bytes, name: str, *, exponents: bool = False) -> Any:
    """What a JSON file says: numbers without a point are int, the others Decimal, exactly.

    `exponents` are let pass in files that the store has kept since before they were refused.

    Raises:
        BadFile: it is not UTF-8 JSON, an object has a key twice, or a number is not of the form.
    """
    try:
        return json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_unique(name),
            parse_int=_whole(name),
            parse_float=_decimal(name, exponents=exponents),
            parse_constant=_decimal(name, exponents=False),
        )
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise BadFile(msg("方案问题 {name} 不是有效的 JSON：{why}。", name=name, why=error)) from error
    except RecursionError as error:
        raise BadFile(msg("文件 {name} 嵌套过深，请核对。", name=name)) from error


def content_digest(content: Any) -> str:
    """The SHA-256 of the content: keys in order, no white space, 1 for 1.00.

    Raises:
        BadFile: a text has half a letter in it.
    """
    try:
        return sha256(orjson.dumps(content, default=_plainly, option=orjson.OPT_SORT_KEYS)).hexdigest()
    except orjson.JSONEncodeError as error:
        raise BadFile(msg("文件里有无法写成 UTF-8 的文字或过大的数字（{why}）。", why=error)) from error


def written(content: Any) -> bytes:
    """A JSON file on many lines; whole numbers may be of any size."""
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def plain_bytes(content: Any) -> bytes:
    """A JSON file that says this, with Decimals written as decimal numbers."""
    return orjson.dumps(content, default=_plainly)


def _plainly(number: Any) -> orjson.Fragment:
    if not isinstance(number, Decimal):
        raise TypeError
    written = format(number, "f")
    return orjson.Fragment(written.rstrip("0").rstrip(".") if "." in written else written)


def _unique(name: str) -> Callable[[list[tuple[str, Any]]], dict[str, Any]]:
    def found(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        content = dict(pairs)
        if len(content) < len(pairs):
            twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
            raise BadFile(msg("文件 {name} 的同一对象里有两个“{key}”，请删去一个。", name=name, key=twice))
        return content

    return found


def _whole(name: str) -> Callable[[str], int]:
    def found(text: str) -> int:
        if text == "-0" or len(text) > LONGEST_WHOLE:
            raise _not_of_the_form(name, text)
        return int(text)

    return found


def _decimal(name: str, *, exponents: bool) -> Callable[[str], Decimal]:
    def found(text: str) -> Decimal:
        if len(text) > LONGEST_NUMBER or not (_PLAIN.fullmatch(text) or exponents):
            raise _not_of_the_form(name, text)
        number = Decimal(text)
        if not number and text.startswith("-"):
            raise _not_of_the_form(name, text)
        return number

    return found


def _not_of_the_form(name: str, text: str) -> BadFile:
    problem = "文件 {name} 中的数字 {text} 不合格式。请写成最多 {most} 个字符的小数，不带指数，不写负零。"
    return BadFile(msg(problem, name=name, text=text[:40], most=LONGEST_NUMBER))
