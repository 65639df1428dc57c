"""What each physical row below a header is: data, or one of the things people write between and under data."""

import re
from collections.abc import Mapping

from tenglong.domain.intake.headers import header_key, unit_line
from tenglong.domain.intake.parsed import shows_something, tidy
from tenglong.domain.intake.raw import RawRow, RawValue
from tenglong.domain.intake.shapes import FoundTable, RowClass
from tenglong.domain.intake.values import written

_SPACE = re.compile(r"\s+")
_NAMES = frozenset({"serial", "county", "town", "firm_name"})
_TOTAL = re.compile(r"(?:.{0,12})?(?:合计|总计|小计|共计|累计|总和)(?:\d+[家户])?")
_AVERAGE = re.compile(r"(?:.{0,12})?(?:平均|均值)(?:值|数|水平)?")
_NOTE = re.compile(
    r"(?:注|备注|说明|填表说明|填报说明|数据来源|口径说明)\d*[:、.]|(?:注|备注|说明|填表说明)$"
)
_SIGNATURE = re.compile(
    r"(?:填表|制表|填报|审核|复核|负责|联系|经办|统计|校对|单位负责)人(?:员)?(?:签字|签名|签章)?(?::|$|\()"
    r"|(?:填报|填表|制表|审核|报送)(?:单位|日期|时间)(?:\(.*\))?:|(?:联系)?电话:|\(?盖章\)?"
)
NOT_A_FIRM = rf"^(?:{_NOTE.pattern}|{_SIGNATURE.pattern})|^(?:{_TOTAL.pattern}|{_AVERAGE.pattern})$"
"""How the first cell of a total, an average, a note or a signature looks, for readers that do not walk row by row."""


def classify(table: FoundTable, row: RawRow, first_column: int) -> RowClass:
    """What a row below the header is."""
    filled = {first_column + at: value for at, value in enumerate(row[1]) if _is_filled(value)}
    if not filled:
        return RowClass.EMPTY
    first = tidy(written(filled[min(filled)]))
    if _repeats_header(table, filled):
        return RowClass.HEADER
    if _says(_TOTAL, table, filled):
        return RowClass.TOTAL
    if _says(_AVERAGE, table, filled):
        return RowClass.NOTE
    compact = _SPACE.sub("", first)
    if _NOTE.match(compact) or _SIGNATURE.match(compact):
        return RowClass.NOTE
    if _identified(table, filled, "code"):
        return RowClass.DATA
    if unit_line(first):
        return RowClass.UNIT
    if not _identified(table, filled, "firm_name") and len(filled) == 1:
        return RowClass.NOTE
    return RowClass.DATA


def _is_filled(value: RawValue) -> bool:
    return value != "" and not (isinstance(value, str) and not shows_something(value))


def _identified(table: FoundTable, filled: Mapping[int, RawValue], column_id: str) -> bool:
    return table.numbers.get(column_id) in filled


def _says(words: re.Pattern[str], table: FoundTable, filled: Mapping[int, RawValue]) -> bool:
    """Whether 合计 or 平均 stands where people write it: in front, or as a name; a firm with a code is a firm."""
    places = {min(filled), *(table.numbers.get(name, 0) for name in _NAMES)}
    if _identified(table, filled, "code"):
        places.discard(table.numbers.get("firm_name", 0))
    texts = (filled[place] for place in places if place in filled)
    return any(isinstance(text, str) and words.fullmatch(_SPACE.sub("", tidy(text))) for text in texts)


def _repeats_header(table: FoundTable, filled: Mapping[int, RawValue]) -> bool:
    """Whether nearly all cells say what the header says; most rows are told by their first two cells."""
    places = sorted(filled)
    if len(places) < 2 or not any(_says_header(table, place, filled[place]) for place in places[:2]):
        return False
    same = sum(_says_header(table, place, filled[place]) for place in places)
    return same >= 2 and same * 5 >= len(places) * 4


def _says_header(table: FoundTable, number: int, value: RawValue) -> bool:
    return isinstance(value, str) and header_key(value) in table.header_texts.get(number, ())
