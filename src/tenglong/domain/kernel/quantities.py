"""Exact quantities: Decimal in memory, whole millionths in the database, rounded once when printed.

Six decimal places hold every conversion this field needs without loss: 1 m² = 0.0015 mu, so a
hundredth of a square metre is 0.000015 mu (domain.md §5.3).
"""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg

MICRO = 1_000_000
MU_PER_M2 = Decimal("0.0015")

Exact = Decimal | Fraction | int

_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?|[+-]?\.\d+")


def to_micro(value: Decimal) -> int:
    """`value` in whole millionths.

    Raises:
        BadValue: the value has more than six decimal places.
    """
    scaled = value * MICRO
    if scaled != scaled.to_integral_value():
        raise BadValue(msg("数值“{value}”超过六位小数，请按六位以内小数填写。", value=value))
    return int(scaled)


def from_micro(micro: int) -> Decimal:
    """The exact value that `to_micro` stored, without trailing zeros."""
    return plain(Decimal(micro) / MICRO)


def plain(value: Decimal) -> Decimal:
    """The same value without trailing zeros or exponent."""
    return Decimal(format(value.normalize(), "f")) if value else Decimal(0)


def parse_quantity(text: str) -> Decimal:
    """The number a person typed: full-width digits, spaces and thousands commas are allowed.

    Raises:
        BadValue: the text is not one plain decimal number.
    """
    cleaned = unicodedata.normalize("NFKC", text).strip().replace(" ", "")
    if not _NUMBER.fullmatch(cleaned):
        raise BadValue(msg("“{value}”不是数字，请只填写数字，不带单位和文字。", value=text))
    try:
        return Decimal(cleaned.replace(",", ""))
    except InvalidOperation as error:
        raise BadValue(msg("“{value}”不是数字，请只填写数字，不带单位和文字。", value=text)) from error


def half_up(value: Exact, places: int) -> Decimal:
    """`value` rounded half away from zero, once (domain.md §5.4; Python's round() is half-even)."""
    quantum = Decimal(1).scaleb(-places)
    if isinstance(value, Fraction):
        scaled = value * 10**places
        doubled = 2 * abs(scaled.numerator) + scaled.denominator
        whole = doubled // (2 * scaled.denominator)
        return (Decimal(whole if value >= 0 else -whole) * quantum).quantize(quantum)
    return Decimal(value).quantize(quantum, rounding=ROUND_HALF_UP)


def share(part: Exact, whole: Exact) -> Fraction | None:
    """part ÷ whole as an exact fraction; None where there is nothing to divide by."""
    return Fraction(part) / Fraction(whole) if whole else None


def exact_text(value: Exact) -> str:
    """The value for machines: a finite decimal as it is, a fraction to 28 significant digits."""
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
    return format(plain(Decimal(value)), "f")
