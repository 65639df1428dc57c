"""Days as people write them. A day is only taken when year, month and day are all there."""

import re
from datetime import date, datetime, time, timedelta

from tenglong.domain.intake.parsed import BLANK, Parsed, is_blank, refuse, warn
from tenglong.domain.intake.raw import RawValue
from tenglong.domain.kernel.folding import folded
from tenglong.domain.kernel.messages import msg

_DAY = re.compile(
    r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?"
)
_SOLID = re.compile(r"((?:19|20|21)\d{2})(\d{2})(\d{2})")
_SERIAL = re.compile(r"(\d{5})(\.\d+)?")
_NO_YEAR = re.compile(r"\d{1,2}\s*[-./月]\s*\d{1,2}\s*[日号]?")
_NO_DAY = re.compile(r"\d{4}\s*[-./年]\s*\d{1,2}\s*月?|\d{4}年?")
_SHORT_YEAR = re.compile(r"\d{2,3}\s*[-./年]\s*\d{1,2}\s*[-./月]\s*\d{1,2}\s*[日号]?")
_EPOCH_1900, _EPOCH_1904 = date(1899, 12, 30), date(1904, 1, 1)
_FIRST, _LAST = date(1900, 1, 1), date(2100, 12, 31)
_SERIAL_RANGE = range(18_000, 74_000)
_NEARLY_NEXT = time(23, 55)
TIME_OF_DAY = "日期“{value}”带有时刻，按 {day} 读取，请核对。"
EITHER_DAY = (
    "日期“{value}”带有的时刻像是导出时换算时区造成的，分不清是 {one} 还是 {other}，请改写成只有年月日。"
)


def read_date(raw: RawValue, date_1904: bool) -> Parsed:
    """The day in a cell: a date cell, a text in one of the usual styles, or Excel's day number."""
    if isinstance(raw, datetime):
        return _with_time(raw)
    if isinstance(raw, date):
        return _within(raw, str(raw))
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float)):
        return refuse(msg("“{value}”不是日期，请写成 2021-11-09 这样的年月日。", value=raw))
    text = folded(raw if isinstance(raw, str) else format(raw, ".15g"))
    return BLANK if is_blank(text) else _from_text(text, date_1904)


def _from_text(text: str, date_1904: bool) -> Parsed:
    match = _DAY.fullmatch(text) or _SOLID.fullmatch(text)
    if match:
        try:
            year, month, day, hour, minute, second = (
                int(part or 0) for part in (*match.groups(), 0, 0, 0)[:6]
            )
            return _with_time(datetime.combine(date(year, month, day), time(hour, minute, second)))
        except ValueError:
            return refuse(msg("日期“{value}”在日历上不存在，请核对月和日。", value=text))
    if (serial := _SERIAL.fullmatch(text)) and int(serial.group(1)) in _SERIAL_RANGE:
        epoch = _EPOCH_1904 if date_1904 else _EPOCH_1900
        seconds = round(float(serial.group(2) or 0) * 86_400)
        start = datetime.combine(epoch + timedelta(days=int(serial.group(1))), time())
        return _with_time(start + timedelta(seconds=seconds))
    if _SHORT_YEAR.fullmatch(text):
        return refuse(msg("日期“{value}”的年份不是四位，请写成 2021-11-09 这样的年月日。", value=text))
    if _NO_DAY.fullmatch(text):
        return refuse(msg("日期“{value}”没有写到日，请写成 2021-11-09 这样的年月日。", value=text))
    if _NO_YEAR.fullmatch(text):
        return refuse(msg("日期“{value}”没有写年份，请写成 2021-11-09 这样的年月日。", value=text))
    return refuse(msg("“{value}”不是日期，请写成 2021-11-09 这样的年月日。", value=text))


def _with_time(moment: datetime) -> Parsed:
    """The day of a moment. Programs that reckon in world time write a day as 16:00 of the day before, and some lose
    43 seconds of it: such a moment may mean either day."""
    if moment.time() == time():
        return _within(moment.date(), str(moment.date()))
    if moment.time() >= _NEARLY_NEXT or time(15, 59) <= moment.time() <= time(16):
        following = moment.date() + timedelta(days=1)
        return refuse(msg(EITHER_DAY, value=moment, one=moment.date(), other=following))
    day, trouble = _within(moment.date(), str(moment.date()))
    return (
        (day, trouble) if trouble else warn(moment.date(), msg(TIME_OF_DAY, value=moment, day=moment.date()))
    )


def _within(day: date, text: str) -> Parsed:
    if _FIRST <= day <= _LAST:
        return day, None
    return refuse(msg("日期“{value}”不在 1900 年到 2100 年之间，请核对年份。", value=text))
