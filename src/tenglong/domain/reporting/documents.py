"""The value of an official document: what it says, block by block, with no word processor in sight.

A bulletin builds a `Document`; a writer sets it as in GB/T 9704-2012. Equal values give equal files.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]+")
_DIGITS = "零一二三四五六七八九"


class Align(StrEnum):
    """How the cells of a column stand."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True)
class Masthead:
    """发文机关标志: the red line of large type at the head of the first page."""

    text: str


@dataclass(frozen=True)
class IssueNumber:
    """期号 or 发文字号, for example 第33期 or 嘉整治办〔2021〕33号."""

    text: str


@dataclass(frozen=True)
class IssueLine:
    """Issuing office on the left, date on the right, above the red line."""

    office: str
    day: str


@dataclass(frozen=True)
class RedLine:
    """The red rule between head and text."""


@dataclass(frozen=True)
class Title:
    """标题; each string is one line, broken where the sense breaks."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class Notice:
    """A line under the title that marks the whole document, such as （演示数据）."""

    text: str


@dataclass(frozen=True)
class Recipients:
    """主送机关, flush left, with its closing colon."""

    text: str


@dataclass(frozen=True)
class Heading:
    """结构层次: level 1 is 一、, level 2 （一）, level 3 1.; the text includes its number."""

    level: int
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the body."""

    text: str


@dataclass(frozen=True)
class Column:
    """One column of a printed table; widths of a table add up to at most 156 mm."""

    header: str
    width_mm: float
    align: Align = Align.CENTER


@dataclass(frozen=True)
class Table:
    """A table: caption above, unit at the right, rows of text, an optional total row, notes below.

    `whole` keeps it on one page; give it only where it fits on one.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] | None = None
    unit_line: str = ""
    notes: tuple[str, ...] = ()
    whole: bool = False


@dataclass(frozen=True)
class AttachmentNote:
    """附件说明 under the body: names of the attachments in order."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Signature:
    """落款: who signs, and the date of issue."""

    office: str
    day: str


@dataclass(frozen=True)
class Imprint:
    """版记 at the foot of the last page: copies (报、送、发 or 抄送), printing office and date."""

    copies: tuple[str, ...]
    office: str
    day: str


Block = (
    Masthead
    | IssueNumber
    | IssueLine
    | RedLine
    | Title
    | Notice
    | Recipients
    | Heading
    | Paragraph
    | Table
    | AttachmentNote
    | Signature
    | Imprint
)


@dataclass(frozen=True)
class Document:
    """An official document. `created` has a time zone and is the only clock a written file knows."""

    title: str
    author: str
    created: datetime
    blocks: tuple[Block, ...]


def printable(text: str) -> str:
    """`text` on one line: control characters, line ends and characters XML forbids become one space."""
    return _UNPRINTABLE.sub(" ", text).strip(" ")


def chinese_number(number: int) -> str:
    """1 to 99 in characters, as headings count: 一, 十, 十二, 二十."""
    tens, ones = divmod(number, 10)
    head = {0: "", 1: "十"}.get(tens, _DIGITS[tens] + "十")
    return head + (_DIGITS[ones] if ones or not tens else "")


def day_text(day: date) -> str:
    """成文日期: 2021年11月9日, Arabic digits without leading zeros (GB/T 9704-2012 §7.3.5.4)."""
    return f"{day.year}年{day.month}月{day.day}日"
