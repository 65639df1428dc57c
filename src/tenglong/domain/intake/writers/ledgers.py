"""A ledger as offices draw it up: title, a line with unit and day, a two-level merged header, 合计, signatures."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import groupby

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

Cell = str | int | Decimal | date | None
_FACE = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
_HEAD = {
    **_FACE,
    "font_name": "黑体",
    "border": 1,
    "align": "center",
    "text_wrap": True,
    "bg_color": "#DDEBF7",
}


@dataclass(frozen=True)
class LedgerColumn:
    """One column; neighbours of the same `group` stand under one merged header, "" stands alone."""

    header: str
    group: str = ""
    width: int = 12


@dataclass(frozen=True)
class OfficeLedger:
    """One sheet. `remarks` stand left to right below the title, `signatures` below the table."""

    name: str
    title: str
    remarks: tuple[str, ...]
    columns: tuple[LedgerColumn, ...]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] | None = None
    signatures: tuple[str, ...] = field(default=("填表人：", "审核人：", "负责人签字："))


def write_ledger(sheets: Sequence[OfficeLedger], *, created: datetime) -> bytes:
    """The workbook as a .xlsx; `created` (with time zone) is the only clock it knows, so equal input gives
    equal bytes. Texts are written as they are, formulas and links never made of them."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(out, options) as book:
        book.set_properties({"created": created.astimezone(UTC).replace(tzinfo=None)})
        for sheet in sheets:
            _draw(book, book.add_worksheet(sheet.name), sheet)
    return out.getvalue()


def _draw(book: Workbook, page: Worksheet, sheet: OfficeLedger) -> None:
    plain, bold = (
        book.add_format({**_FACE, "border": 1}),
        book.add_format({**_FACE, "border": 1, "bold": True}),
    )
    day = book.add_format({**_FACE, "border": 1, "num_format": "yyyy-mm-dd"})
    last = len(sheet.columns) - 1
    page.merge_range(
        0, 0, 0, last, sheet.title, book.add_format({"font_name": "黑体", "font_size": 16, "align": "center"})
    )
    for number, remark in enumerate(sheet.remarks):
        page.write_string(
            1, number * max(1, last // max(1, len(sheet.remarks))), remark, book.add_format(_FACE)
        )
    page.set_landscape()
    page.set_paper(8)  # A3: ledgers are wide
    page.fit_to_pages(1, 0)
    below = _head(page, sheet.columns, book.add_format(_HEAD))
    page.repeat_rows(0, below - 1)
    page.freeze_panes(below, min(5, last))
    at = below - 1
    for at, row in enumerate(sheet.rows, start=below):
        _write_row(page, at, row, plain, day)
    if sheet.total is not None:
        at += 1
        _write_row(page, at, sheet.total, bold, day)
    for number, text in enumerate(sheet.signatures):
        page.write_string(at + 2, number * 4, text, book.add_format(_FACE))


def _head(page: Worksheet, columns: Sequence[LedgerColumn], face: Format) -> int:
    """The header rows; the row below them."""
    two_levels = any(column.group for column in columns)
    page.set_row(3 if two_levels else 2, 32)
    for number, column in enumerate(columns):
        page.set_column(number, number, column.width)
        if two_levels and not column.group:
            page.merge_range(2, number, 3, number, column.header, face)
        else:
            page.write_string(3 if two_levels else 2, number, column.header, face)
    for group, members in groupby(enumerate(columns), key=lambda pair: pair[1].group):
        places = [number for number, _ in members]
        if group and len(places) > 1:
            page.merge_range(2, places[0], 2, places[-1], group, face)
        elif group:
            page.write_string(2, places[0], group, face)
    return 4 if two_levels else 3


def _write_row(page: Worksheet, at: int, row: Sequence[Cell], face: Format, day: Format) -> None:
    for number, value in enumerate(row):
        if value is None or value == "":
            page.write_blank(at, number, None, face)
        elif isinstance(value, str):
            page.write_string(at, number, value, face)
        elif isinstance(value, date):
            page.write_datetime(at, number, value, day)
        else:
            page.write_number(at, number, value, face)
