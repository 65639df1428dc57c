"""The one door to calamine, for every format of workbook."""

from collections.abc import Callable, Iterator, Mapping
from typing import IO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from tenglong.domain.intake.raw import BadCell, MergedRange, PlainValue, RawRow, RawSheet, RawValue
from tenglong.domain.intake.readers.guard import BROKEN
from tenglong.domain.intake.readers.limits import Limits
from tenglong.domain.intake.readers.sheetxml import Looks, Mark, Marks
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import msg


def open_workbook(file: IO[bytes], filename: str) -> CalamineWorkbook:
    """The workbook, its sheets not read yet. Its content tells the format: from a path, calamine would
    believe the extension.

    Raises:
        BadFile: calamine cannot read it.
    """
    try:
        file.seek(0)
        return CalamineWorkbook.from_filelike(file)
    except (CalamineError, ValueError, OSError) as error:
        raise BadFile(msg(BROKEN, name=filename)) from error


def worksheets(
    book: CalamineWorkbook, filename: str, limits: Limits, looks_of: Callable[[str], Looks]
) -> Iterator[RawSheet]:
    """The work sheets in order, each loaded when asked for; charts hold no cells.

    Raises:
        BadFile: a sheet cannot be read, or has more rows or columns than `limits` allow.
    """
    for meta in book.sheets_metadata:
        if meta.typ != SheetTypeEnum.WorkSheet:
            continue
        looks = looks_of(meta.name)
        try:
            sheet = book.get_sheet_by_name(meta.name)
        except (CalamineError, ValueError) as error:
            raise BadFile(msg(BROKEN, name=filename)) from error
        _check_size(sheet, filename, limits)
        yield _raw_sheet(sheet, meta.visible != SheetVisibleEnum.Visible, looks)


def _check_size(sheet: CalamineSheet, filename: str, limits: Limits) -> None:
    rows, columns = (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)
    if rows > limits.rows or columns > limits.columns:
        raise too_big(filename, sheet.name, limits)


def too_big(filename: str, sheet: str, limits: Limits) -> BadFile:
    """The sentence for a sheet with more rows or columns than allowed."""
    problem = "文件“{name}”的工作表“{sheet}”超过 {rows} 行或 {columns} 列的上限，没有读取。请拆分后分别上传。"
    return BadFile(msg(problem, name=filename, sheet=sheet, rows=limits.rows, columns=limits.columns))


def _raw_sheet(sheet: CalamineSheet, hidden: bool, looks: Looks) -> RawSheet:
    merged = tuple(
        MergedRange(top + 1, left + 1, bottom + 1, right + 1)
        for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
    )
    merged = merged or looks.merged
    first_column = sheet.start[1] + 1 if sheet.start else 1
    bad = {row: columns for row, cells in looks.marks.items() if (columns := _bad(cells))}
    if bad:
        first_column = min(first_column, *(column for columns in bad.values() for column in columns))
    rows = lambda: _rows(sheet, first_column, looks.marks, bad)  # noqa: E731 - a sheet's rows are asked for twice
    hidden_rows, hidden_columns = frozenset(looks.hidden_rows), frozenset(looks.hidden_columns)
    return RawSheet(sheet.name, hidden, first_column, merged, rows, hidden_rows, hidden_columns)


def _bad(cells: Mapping[int, BadCell | Mark]) -> list[int]:
    return [column for column, cell in cells.items() if isinstance(cell, BadCell)]


def _rows(
    sheet: CalamineSheet, first_column: int, marks: Marks, bad: Mapping[int, list[int]]
) -> Iterator[RawRow]:
    """calamine's rows begin at row 1 but at the first used column; bad cells may lie outside both."""
    last = 0
    margin: list[RawValue] = [""] * (sheet.start[1] + 1 - first_column) if sheet.start else []
    for last, cells in enumerate(sheet.iter_rows() if sheet.start else (), start=1):
        row: list[RawValue] = [*margin, *cells]
        if last in marks:
            _overlay(row, first_column, marks[last])
        yield last, row
    for number in sorted(number for number in bad if number > last):
        row = []
        _overlay(row, first_column, marks[number])
        yield number, row


def _overlay(row: list[RawValue], first_column: int, cells: Mapping[int, BadCell | Mark]) -> None:
    for column, cell in cells.items():
        at = column - first_column
        if isinstance(cell, BadCell):
            row.extend([""] * (at + 1 - len(row)))
            row[at] = cell
        elif 0 <= at < len(row) and isinstance(value := row[at], PlainValue):
            row[at] = cell.on(value)
