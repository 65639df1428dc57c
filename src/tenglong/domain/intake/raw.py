"""What every reader gives: sheets of raw cells with true Excel coordinates, before anything is understood."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tenglong.domain.intake.formats import Form
from tenglong.domain.kernel.messages import Message

ERROR = "单元格里是公式错误 {raw}，请改正公式或直接填写数值。"
NOT_CALCULATED = (
    "单元格里的公式没有保存计算结果，请用 Excel 或 WPS 打开文件，重新计算并保存后再上传，或直接填写数值。"
)
PICTURE = "单元格里是图片，不是文字，请把图片上的内容填写为文字。"
PARTLY_STRUCK = "单元格里有一部分文字带删除线，分不清以哪一部分为准，请删去作废的文字。"


@dataclass(frozen=True)
class BadCell:
    """A cell that holds no usable value: an Excel error, or a formula saved without its result."""

    raw: str
    problem: Message


PlainValue = str | float | int | bool | date | datetime | time | timedelta


@dataclass(frozen=True)
class Shown:
    """A value whose cell does not show it as it is: by its number format, or struck through."""

    value: PlainValue
    form: Form | None
    struck: bool = False


RawValue = PlainValue | BadCell | Shown
RawRow = tuple[int, list[RawValue]]


@dataclass(frozen=True)
class MergedRange:
    """A merged block; rows and columns count from 1, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class RawSheet:
    """One sheet. `rows()` yields (row number, cells); the first cell stands in column `first_column`.

    Row and column numbers count from 1, as Excel shows them. Empty cells are "". Row numbers rise; a row
    that is missing holds nothing. `merged` is None where the format cannot merge. The `hidden_` rows (by hand or
    by a filter) and columns are read, and remarked on.
    """

    name: str
    hidden: bool
    first_column: int
    merged: tuple[MergedRange, ...] | None
    rows: Callable[[], Iterator[RawRow]]
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


@dataclass(frozen=True)
class RawBook:
    """A file as sheets, each loaded only when its turn comes. `date_1904`: how day numbers are counted."""

    sheets: Callable[[], Iterator[RawSheet]]
    date_1904: bool = False


def column_letters(number: int) -> str:
    """The letters of a column counted from 1: 11 is K."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """The number, from 1, of a column given by its letters: K is 11."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
