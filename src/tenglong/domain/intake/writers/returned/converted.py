"""A plain .xlsx with the cells of an .xls, .ods or .csv file, whose own format cannot carry marks."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from tenglong.domain.intake.raw import BadCell, RawBook, RawSheet, Shown

_FORMATS = {datetime.datetime: "yyyy-mm-dd hh:mm:ss", datetime.date: "yyyy-mm-dd", datetime.time: "hh:mm:ss"}
_UNDATED = datetime.datetime(1980, 1, 1, tzinfo=datetime.UTC)
_MAX_TEXT = 32_767
_COLUMN_WIDTH = 14


def write_plain(book: RawBook, target: Path) -> None:
    """Write the sheets of `book` to `target`: the same cells in the same places, merges kept.

    Text stays text, whatever it starts with; formulas come as their results.
    """
    with _workbook(target) as out:
        styles = {kind: out.add_format({"num_format": pattern}) for kind, pattern in _FORMATS.items()}
        for raw in book.sheets():
            sheet = out.add_worksheet(raw.name)
            if raw.hidden:
                sheet.hide()
            sheet.set_column(0, 255, _COLUMN_WIDTH)
            for row, column, value in _cells(raw):
                _write(sheet, row, column, value, styles)
            for merge in raw.merged or ():
                # merge_range() would write rows again that constant memory has already flushed.
                sheet.merge.append([merge.top - 1, merge.left - 1, merge.bottom - 1, merge.right - 1])


@contextmanager
def _workbook(target: Path) -> Iterator[xlsxwriter.Workbook]:
    out = xlsxwriter.Workbook(str(target), {"constant_memory": True})
    out.set_properties({"created": _UNDATED})  # else that of the clock: equal cells give equal bytes
    yield out
    out.close()


def _cells(sheet: RawSheet) -> Iterator[tuple[int, int, object]]:
    for number, row in sheet.rows():
        for column, value in enumerate(row, sheet.first_column - 1):
            if value != "":
                yield number - 1, column, value.value if isinstance(value, Shown) else value


def _write(sheet: Worksheet, row: int, column: int, value: object, styles: dict[type, object]) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, (int, float)):
        sheet.write_number(row, column, value)
    elif type(value) in styles:
        sheet.write_datetime(row, column, value, styles[type(value)])
    else:
        text = value.raw if isinstance(value, BadCell) else str(value)
        sheet.write_string(row, column, text[:_MAX_TEXT])
