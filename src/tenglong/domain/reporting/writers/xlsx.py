"""Tables as workbooks, the way ledgers look: title, unit, frozen header, numbers as numbers, codes as text.

The only door to XlsxWriter.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from unicodedata import east_asian_width

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from tenglong.domain.kernel.errors import BadValue, Bug
from tenglong.domain.kernel.messages import msg
from tenglong.domain.reporting.documents import printable
from tenglong.domain.reporting.sheets import Cell, Kind, Page, Sheet, SheetColumn
from tenglong.domain.reporting.writers.packages import repack

LAST_ROW = 1_048_576
LONGEST_TEXT = 32_767
SAFE_DIGITS = 15  # a cell is a double: more digits would be changed silently
HEADER_ROW = 2
A3, A4 = 8, 9  # as Excel numbers paper
LINE, MOST_LINES = 15, 27  # points of a line; a row is at most 409 points high
WIDE = 240  # characters across that could not be read on A4
_FACE = {"font_name": "宋体", "font_size": 11, "valign": "vcenter"}
_CELL = {**_FACE, "border": 1}
_OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}

Formats = Sequence[tuple[SheetColumn, Mapping[str, Format]]]
"""Each column with the format of its cells by their text; "" is that of all other cells."""


def write_table(
    sheet: Sheet, *, title: str, unit_line: str = "", notes: Sequence[str] = (), created: datetime
) -> bytes:
    """The sheet as a .xlsx, in memory that does not grow with its rows; equal input gives equal bytes.

    `created` (with time zone) is the only clock the file knows.

    Raises:
        BadValue: more rows than a sheet holds, a text longer than a cell, or a number of more than 15 digits.
        Bug: a row has more or fewer cells than columns, or a cell is not of its column's kind.
    """
    return write_pages((Page(sheet, title, unit_line, notes),), title=title, created=created)


def write_pages(pages: Sequence[Page], *, title: str, created: datetime) -> bytes:
    """The pages as one .xlsx; raises as `write_table`. The tabs of all pages need different names."""
    out = io.BytesIO()
    with Workbook(out, _OPTIONS) as book:  # closed on errors too: it holds temporary files
        book.set_properties(
            {"title": printable(title), "created": created.astimezone(UTC).replace(tzinfo=None)}
        )
        for page in pages:
            _write_page(book, page)
    return repack(out.getvalue(), zipfile.ZIP_DEFLATED)


def _write_page(book: Workbook, page: Page) -> None:
    tab = book.add_worksheet(_tab_name(page.sheet.name))
    _set_page(tab, page.sheet)
    _head(book, tab, page.sheet, page.title, page.unit_line)
    last = _body(book, tab, page.sheet)
    for offset, note in enumerate(page.notes, start=last + 1):
        tab.write_string(offset, 0, printable(note), book.add_format(_FACE))


def _tab_name(name: str) -> str:
    """Excel allows 31 characters on a tab, none of them []:*?/\\."""
    return printable(name).translate(str.maketrans("[]:*?/\\", "［］：＊？／＼"))[:31]


def _set_page(page: Worksheet, sheet: Sheet) -> None:
    for number, column in enumerate(sheet.columns):
        page.set_column(number, number, column.width)
    page.freeze_panes(HEADER_ROW + 1, sheet.frozen_columns)
    page.repeat_rows(0, HEADER_ROW)
    page.set_landscape()
    page.set_paper(A3 if sum(column.width for column in sheet.columns) > WIDE else A4)
    page.fit_to_pages(1, 0)


def _head(book: Workbook, page: Worksheet, sheet: Sheet, title: str, unit_line: str) -> None:
    """Title and unit rows across all columns, then the header row."""
    big = book.add_format({"font_name": "黑体", "font_size": 16, "align": "center", "valign": "vcenter"})
    small = book.add_format({**_FACE, "align": "right"})
    header = book.add_format(
        {**_CELL, "font_name": "黑体", "align": "center", "text_wrap": True, "bg_color": "#F2F2F2"}
    )
    last = len(sheet.columns) - 1
    for row, (text, face) in enumerate(((title, big), (unit_line, small))):
        if last:
            page.merge_range(row, 0, row, last, "", face)
        page.write_string(row, 0, printable(text), face)
    page.set_row(0, 30)
    for number, column in enumerate(sheet.columns):
        page.write_string(HEADER_ROW, number, printable(column.header), header)


def _body(book: Workbook, page: Worksheet, sheet: Sheet) -> int:
    """Data rows and the total row; the number of the last row used. The filter leaves the total out."""
    formats = [(column, _formats(book, column)) for column in sheet.columns]
    bold = [(c, {"": book.add_format(_CELL | _shape(c) | {"bold": True})}) for c in sheet.columns]
    at = HEADER_ROW
    for at, row in enumerate(sheet.rows, start=HEADER_ROW + 1):
        _write_row(page, at, row, formats)
    page.autofilter(HEADER_ROW, 0, at, len(sheet.columns) - 1)
    if sheet.total is not None:
        at += 1
        _write_row(page, at, sheet.total, bold)
    return at


def _formats(book: Workbook, column: SheetColumn) -> dict[str, Format]:
    face = _CELL | _shape(column)
    filled = {text: book.add_format(face | {"bg_color": colour}) for text, colour in column.fills.items()}
    return {"": book.add_format(face)} | filled


def _shape(column: SheetColumn) -> dict[str, str | bool]:
    if column.kind is Kind.DECIMAL:
        return {"num_format": "0." + "0" * column.places if column.places else "0"}
    shapes: dict[Kind, dict[str, str | bool]] = {
        Kind.TEXT: {"num_format": "@", "text_wrap": True},
        Kind.INTEGER: {"num_format": "0"},
        Kind.DATE: {"num_format": "yyyy-mm-dd", "align": "center"},
    }
    return shapes[column.kind]


def _write_row(page: Worksheet, at: int, row: Sequence[Cell], formats: Formats) -> None:
    if at >= LAST_ROW:
        problem = "导出的行数超过一张工作表的上限 {limit} 行，请缩小筛选范围后分批导出。"
        raise BadValue(msg(problem, limit=LAST_ROW - HEADER_ROW - 1))
    if len(row) != len(formats):
        raise Bug("a row has not as many cells as the sheet has columns", row=list(row))
    if (lines := max(map(_lines, row, (column for column, _ in formats)), default=1)) > 1:
        page.set_row(at, LINE * min(lines, MOST_LINES))
    for number, (value, (column, faces)) in enumerate(zip(row, formats, strict=True)):
        face = faces.get(value, faces[""]) if isinstance(value, str) else faces[""]
        _write_cell(page, (at, number), value, column, face)


def _lines(value: Cell, column: SheetColumn) -> int:
    """How many lines a text takes in its column: not every program makes rows as high as they need to be."""
    if column.kind is not Kind.TEXT or not isinstance(value, str) or 2 * len(value) <= column.width:
        return 1
    wide = sum(2 if east_asian_width(char) in "WFA" else 1 for char in value)
    return (
        1 if wide <= column.width else -(-wide * 11 // (column.width * 10))
    )  # lines end before they are full


def _write_cell(page: Worksheet, at: tuple[int, int], value: Cell, column: SheetColumn, face: Format) -> None:
    if value is None:
        page.write_blank(*at, None, face)
    elif isinstance(value, str):
        page.write_string(*at, _text(value, column), face)
    elif isinstance(value, date) and column.kind is Kind.DATE:
        page.write_datetime(*at, value, face)
    elif isinstance(value, int | Decimal) and column.kind in (Kind.INTEGER, Kind.DECIMAL):
        page.write_number(*at, _number(value, column), face)
    else:
        raise Bug("a cell is not of its column's kind", column=column.header, value=value)


def _text(value: str, column: SheetColumn) -> str:
    """Texts may stand in any column: — and 合计 do."""
    if len(value) > LONGEST_TEXT:
        problem = "“{column}”一栏有一格文字长 {length} 字，超过单元格上限 {limit} 字，请缩短后再导出。"
        raise BadValue(msg(problem, column=column.header, length=len(value), limit=LONGEST_TEXT))
    return printable(value)


def _number(value: int | Decimal, column: SheetColumn) -> int | Decimal:
    digits = len(Decimal(value).normalize().as_tuple().digits)
    if digits > SAFE_DIGITS:
        problem = (
            "“{column}”一栏的数值 {value} 超过 {limit} 位有效数字，电子表格不能准确保存，请改为文本导出。"
        )
        raise BadValue(msg(problem, column=column.header, value=value, limit=SAFE_DIGITS))
    return value
