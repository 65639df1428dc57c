"""Names in the order that people give them: 第2小组 before 第10小组, 第三区块 after 第二区块."""

import re

_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")}
_NUMBER = re.compile(r"(\d+|[一二三四五六七八九十]+)")


def natural(name: str) -> tuple[object, ...]:
    """A key for sorting names; no name comes last."""
    pieces = _NUMBER.split(name)
    return (not name, [(number, "") if (number := _number(one)) is not None else (-1, one) for one in pieces])


def _number(text: str) -> int | None:
    """What a piece counts, to ninety-nine in Chinese; None where it is no number."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not text or any(one not in _DIGITS for one in (*tens, *ones)) or len(tens) > 1 or len(ones) > 1:
        return None
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + (_DIGITS[ones] if ones else 0)
