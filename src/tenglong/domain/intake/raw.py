"""What every reader gives: sheets of raw cells with true Excel coordinates, before anything is understood."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tenglong.domain.kernel.messages import Message


@dataclass(frozen=True)
class BadCell:
    """A cell that holds no usable value: an Excel error, or a formula saved without its result."""

    raw: str
    problem: Message


RawValue = str | float | int | bool | date | datetime | time | timedelta | BadCell
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
    that is missing holds nothing. `merged` is None where the format cannot merge.
    """

    name: str
    hidden: bool
    first_column: int
    merged: tuple[MergedRange, ...] | None
    rows: Callable[[], Iterator[RawRow]]


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
