"""What a cell shows against what it stores: where the two are not the same, the figure is refused or a remark made.

A person types, checks and signs what is seen. So a text and a number that look the same are read the same.
"""

from datetime import date, datetime
from decimal import Decimal

from tenglong.domain.intake.dates import EITHER_DAY, TIME_OF_DAY
from tenglong.domain.intake.formats import DAY, Section
from tenglong.domain.intake.kinds import Column, ColumnType
from tenglong.domain.intake.numbers import accepted_factors, unit_key
from tenglong.domain.intake.parsed import Parsed, refuse, warn
from tenglong.domain.intake.raw import PlainValue, Shown
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.quantities import plain

STRUCK = "单元格的文字带删除线，仍按内容读取；如已作废，请删除后重新上传。"
HIDDEN_ROW = "这一行被隐藏或筛选掉了，仍按内容读取；如不应导入，请删除后重新上传。"
HIDDEN_COLUMN = "这一列是隐藏的，仍按内容读取；如不应导入，请删除后重新上传。"
UNSEEN_ZERO = "单元格看上去是空的，实际保存的是 0，按 0 读取；没有数据时请清空单元格。"
UNSEEN = "单元格的格式不显示内容，仍按保存的“{stored}”读取，请核对。"
UNSEEN_FIGURE = (
    "单元格的格式不显示数字，实际保存的是 {stored}，无法判断是否有效。请把格式改为“常规”，核对后重新上传。"
)
OTHER_FIGURE = (
    "单元格显示为“{shown}”，实际保存的是 {stored}，按这一列的单位不是同一个数。"
    "请把格式改为“常规”，核对后重新上传。"
)
SAME_FIGURE = "单元格显示为“{shown}”，按保存的 {stored} 读取，请核对。"
FOREIGN_UNIT = "单元格显示为“{shown}”，“{unit}”不是这一列可用的单位。请把格式改为“常规”，核对后重新上传。"
NO_DAY = "单元格只显示“{shown}”，没有显示完整的年月日，请写成 2021-11-09 这样的年月日。"
NO_YEAR = "单元格只显示月和日，按保存的 {stored} 读取，请核对年份。"
YEAR_SHOWN = "单元格保存的是日期 {stored}，按显示的 {year} 年读取。"
NOT_STORED = "单元格显示为“{shown}”，实际保存的是“{stored}”。请把该列设为文本格式后重新填写。"
LEFT_OUT = "{problem}这一格未予采用，其余内容照常读取。"
IN_ALL = {
    STRUCK: msg("有带删除线的单元格，仍按内容读取"),
    HIDDEN_ROW: msg("被隐藏或筛选掉了，仍按内容读取"),
    HIDDEN_COLUMN: msg("在隐藏的列里有内容，仍按内容读取"),
    UNSEEN_ZERO: msg("有看上去是空的、实际保存为 0 的单元格，按 0 读取"),
    UNSEEN: msg("有不显示内容的单元格，仍按内容读取"),
    UNSEEN_FIGURE: msg("有不显示的数字，没有读取"),
    OTHER_FIGURE: msg("有显示与保存不一致的数字，没有读取"),
    SAME_FIGURE: msg("有缩放显示的数字，按保存的数读取"),
    FOREIGN_UNIT: msg("有以其他单位显示的数字，没有读取"),
    NO_DAY: msg("的日期没有显示完整，没有读取"),
    NO_YEAR: msg("的日期没有显示年份，按保存的日期读取"),
    YEAR_SHOWN: msg("的年份是日期单元格，按显示的年份读取"),
    TIME_OF_DAY: msg("的日期带有时刻，按写明的那一天读取"),
    EITHER_DAY: msg("的日期带有换算时区的时刻，没有读取"),
    LEFT_OUT: msg("有看不懂的说明性内容，未予采用"),
    NOT_STORED: msg("有显示与保存不一致的代码，没有读取"),
}
"""For each remark the words that count it for a whole sheet."""


def as_text(raw: Shown) -> PlainValue:
    """What a text or code column takes: leading zeros that only the format prints belong to it."""
    section, value = _section(raw), raw.value
    if section and isinstance(value, (int, float)) and value == int(value) and section.zeros > 1:
        return str(int(value)).zfill(section.zeros) if not (section.power or section.said) else value
    return value


def checked(raw: Shown, parsed: Parsed, column: Column, factor: Decimal) -> Parsed:
    """The reading of a cell once what it shows has been held against it; `factor` is that of the header."""
    section = _section(raw)
    value, trouble = parsed
    if section and column.type is ColumnType.YEAR and isinstance(raw.value, date):
        value, trouble = _year(raw.value, section, parsed)
    elif value is not None and section:
        value, trouble = _held_against(raw, value, section, column, factor) or parsed
    elif isinstance(value, str) and raw.form and raw.form.hides_text and isinstance(raw.value, str):
        return warn(value, msg(UNSEEN, stored=raw.value))
    if raw.struck and value is not None and trouble is None:
        return warn(value, msg(STRUCK))
    return value, trouble


def _section(raw: Shown) -> Section | None:
    """The section of the format that shows the value; None for texts."""
    if raw.form is None or isinstance(raw.value, (str, bool)):
        return None
    return raw.form.section(raw.value if isinstance(raw.value, (int, float)) else 1)


def _held_against(
    raw: Shown, value: object, section: Section, column: Column, factor: Decimal
) -> Parsed | None:
    """What is wrong with a value that was read; None where nothing is."""
    if column.type is ColumnType.DATE:
        return _day(raw, value, section)
    if isinstance(raw.value, (int, float)):
        if isinstance(value, Decimal):
            return _figure(raw.value, value, section, column, factor)
        return _written(raw.value, value, section, column)
    return warn(str(value), msg(UNSEEN, stored=value)) if section.hides and isinstance(value, str) else None


def _day(raw: Shown, value: object, section: Section) -> Parsed | None:
    if not isinstance(value, date) or section.date >= DAY:
        return None
    if section.date >= {"m", "d"}:
        return warn(value, msg(NO_YEAR, stored=value))
    if section.date or section.hides:
        shown = _parts(raw.value if isinstance(raw.value, date) else value, section)
        return refuse(msg(NO_DAY, shown=shown))
    return None


def _parts(value: date, section: Section) -> str:
    """The parts of a day that a cell shows, as people write them."""
    words = {
        "y": f"{value.year}年",
        "m": f"{value.month}月",
        "d": f"{value.day}日",
        "w": "周" + "一二三四五六日"[value.weekday()],
    }
    shown = "".join(text for part, text in words.items() if part in section.date)
    clock = f"{value:%H:%M}" if isinstance(value, datetime) and section.date & {"h", "min"} else ""
    return " ".join(text for text in (shown, clock) if text)


def _year(value: date, section: Section, parsed: Parsed) -> Parsed:
    if section.date == {"y"}:
        return warn(value.year, msg(YEAR_SHOWN, stored=_day_of(value), year=value.year))
    return parsed


def _day_of(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _figure(
    stored: float, taken: Decimal, section: Section, column: Column, factor: Decimal
) -> Parsed | None:
    """The stored number times the header's factor, against the one seen times the factor of the words beside it."""
    exact = Decimal(format(stored, ".15g"))
    if stored == 0 and (section.hides or (section.zeros == 0 and not section.words.strip())):
        return warn(taken, msg(UNSEEN_ZERO))
    if not section.digits:
        return refuse(msg(UNSEEN_FIGURE, stored=plain(exact))) if section.hides else None
    shown = _printed(exact, section)
    units = accepted_factors(column.unit) if column.unit else {"%": Decimal("0.01")}
    unit = "%" if section.percent else unit_key(section.said)
    if unit and unit not in units:
        return refuse(msg(FOREIGN_UNIT, shown=shown, unit=unit))
    seen = exact.scaleb(section.power) * (units[unit] if unit else factor)
    if seen != exact * factor:
        return refuse(msg(OTHER_FIGURE, shown=shown, stored=plain(exact)))
    scaled = section.power and not section.percent
    return warn(taken, msg(SAME_FIGURE, shown=shown, stored=plain(exact))) if scaled else None


def _written(stored: float, value: object, section: Section, column: Column) -> Parsed | None:
    """A number that stands for a text, a code, a year or a choice."""
    exact = Decimal(format(stored, ".15g"))
    if section.hides:
        return warn(value, msg(UNSEEN, stored=plain(exact)))  # type: ignore[arg-type]  # as the parser gave it
    if section.power or (section.said and column.type is ColumnType.CODE):
        return refuse(msg(NOT_STORED, shown=_printed(exact, section), stored=plain(exact)))
    return None


def _printed(exact: Decimal, section: Section) -> str:
    """About what the cell shows; how many places it rounds to is not of concern."""
    return f"{plain(exact.scaleb(section.power))}{'%' if section.percent else ''}{section.said}"


def in_all(sheet: str, template: str, count: int) -> Message:
    """The sentence of the summary for a remark that was made on `count` rows of a sheet."""
    return msg("工作表“{sheet}”有 {count} 行{what}。", sheet=sheet, count=count, what=IN_ALL[template])
