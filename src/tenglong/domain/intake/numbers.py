"""Quantities as people write them: exact, in the column's own unit, at most six decimal places."""

import re
from collections.abc import Mapping
from datetime import date, time, timedelta
from decimal import Decimal

from tenglong.domain.intake.kinds import Unit
from tenglong.domain.intake.parsed import BLANK, Parsed, is_blank, refuse, tidy, warn
from tenglong.domain.intake.raw import RawValue
from tenglong.domain.kernel.folding import folded
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.quantities import half_up, plain

_PLACES = Decimal("0.000001")
_LARGEST = Decimal(10) ** 12
_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[+-]?\.\d+"
_WRITTEN = re.compile(
    rf"(?P<about>大?约为?|近|超过?|≈|~)?[¥￥]?(?P<number>(?:{_NUMBER})(?:[eE][+-]?\d{{1,3}})?)"
    r"(?P<percent>%)?(?P<unit>[^\d+.,%-].*?)??(?P<more>左右|余|多|以上)?"
)
NO_NUMBER = frozenset({"nan", "+nan", "-nan"})
"""How programs write that there is no number; a cell with nothing else is blank."""
_NOT_A_NUMBER = "“{value}”不是数字，请只填写一个数字。"


def unit_key(text: str) -> str:
    """The spelling by which units are compared: half-width, without spaces, in one case."""
    return folded(text).replace(" ", "").casefold()


def accepted_factors(unit: Unit) -> Mapping[str, Decimal]:
    """The factors of a unit by `unit_key`."""
    return {unit_key(name): factor for name, factor in unit.accepted.items()}


def read_number(raw: RawValue, unit: Unit | None, factor: Decimal, *, as_written: bool = False) -> Parsed:
    """The quantity in a cell times `factor`, unless the cell names its own unit.

    `as_written` keeps every decimal place, of a binary number the shortest decimal that prints as it. It takes no 约数.
    """
    value, trouble = _number(raw, unit, factor, as_written)
    if unit and not unit.signed and isinstance(value, Decimal) and value < 0:
        return refuse(
            msg("“{value}”是负数，以“{unit}”计的数量不能为负，请核对。", value=raw, unit=unit.label)
        )
    return value, trouble


def _number(raw: RawValue, unit: Unit | None, factor: Decimal, as_written: bool) -> Parsed:
    if isinstance(raw, (bool, date, time, timedelta)):
        return refuse(msg("“{value}”在 Excel 里不是数字（可能被自动转换成了日期），请改为数字。", value=raw))
    if isinstance(raw, (int, float)):
        text = repr(raw) if as_written else format(raw, ".15g")
        return _scaled(Decimal(text), factor, text, as_written)
    if not isinstance(raw, str):
        return refuse(msg(_NOT_A_NUMBER, value=raw))
    text = tidy(raw)
    return (
        BLANK if is_blank(text) or text.lower() in NO_NUMBER else _from_text(text, unit, factor, as_written)
    )


def _from_text(text: str, unit: Unit | None, factor: Decimal, as_written: bool) -> Parsed:
    match = _WRITTEN.fullmatch(text.replace(" ", "").replace("−", "-"))
    if not match:
        return refuse(msg(_NOT_A_NUMBER, value=text))
    if match["percent"]:
        factors = accepted_factors(unit) if unit else {"%": Decimal("0.01")}
        if unit and "%" not in factors:
            return refuse(
                msg("“{value}”是百分数，这一列应填写以“{unit}”计的数量。", value=text, unit=unit.label)
            )
        factor = factors["%"]
    if match["unit"]:
        known = accepted_factors(unit) if unit else {}
        if unit_key(match["unit"]) not in known:
            problem = "“{value}”里的“{unit}”不是这一列可用的单位，请只填写数字，或改用：{known}。"
            return refuse(
                msg(problem, value=text, unit=match["unit"], known="、".join(unit.accepted if unit else ()))
            )
        factor = known[unit_key(match["unit"])]
    if as_written and (match["about"] or match["more"]):
        return refuse(msg("“{value}”是约数，不能用来计算，请填写准确的数字。", value=text))
    value, trouble = _scaled(Decimal(match["number"].replace(",", "")), factor, text, as_written)
    if value is not None and trouble is None and (match["about"] or match["more"]):
        label = unit.label if unit else ""
        return warn(
            value,
            msg("“{value}”是约数，按 {number}{unit} 读取，请核实。", value=text, number=value, unit=label),
        )
    return value, trouble


def _scaled(number: Decimal, factor: Decimal, text: str, as_written: bool) -> Parsed:
    if not number.is_finite() or abs(number) >= _LARGEST or abs(number * factor) >= _LARGEST:
        return refuse(msg("数值“{value}”过大，请核对数字和单位。", value=text))
    value = number if factor == 1 else plain(number * factor)
    if as_written or value == value.quantize(_PLACES):
        return value, None
    rounded = plain(half_up(value, 6))
    return warn(
        rounded, msg("数值“{value}”超过六位小数，四舍五入为 {rounded}。", value=text, rounded=rounded)
    )
