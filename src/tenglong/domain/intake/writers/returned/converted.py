"""A plain .xlsx with the cells of an .xls or .csv file, whose own format cannot carry marks."""

import csv
import datetime
from collections.abc import Iterable, Sequence
from pathlib import Path

import python_calamine
import xlsxwriter
from charset_normalizer import from_bytes
from xlsxwriter.worksheet import Worksheet

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import msg

_FORMATS = {datetime.datetime: "yyyy-mm-dd hh:mm:ss", datetime.date: "yyyy-mm-dd", datetime.time: "hh:mm:ss"}
_SNIFFED = 1 << 16
_MAX_WIDTH = 40


def xls_as_xlsx(source: Path, target: Path) -> None:
    """Write the sheets of an .xls to `target`: values, merges and column order; formulas as their results.

    Raises:
        BadFile: it is encrypted or cannot be read.
    """
    try:
        book = python_calamine.CalamineWorkbook.from_path(str(source))
        sheets = [(name, book.get_sheet_by_name(name)) for name in book.sheet_names]
        contents = [
            (name, sheet.to_python(skip_empty_area=False), sheet.merged_cell_ranges) for name, sheet in sheets
        ]
    except python_calamine.CalamineError as error:
        raise BadFile(
            msg("这个 .xls 文件无法读取（可能已加密或损坏），请另存为 .xlsx 后重新上传。")
        ) from error
    with xlsxwriter.Workbook(str(target), {"constant_memory": True}) as out:
        for name, rows, merges in contents:
            sheet = out.add_worksheet(name)
            _write(out, sheet, rows)
            for (first_row, first_column), (last_row, last_column) in merges or ():
                # merge_range() would overwrite rows that constant memory has already flushed.
                sheet.merge.append([first_row, first_column, last_row, last_column])


def csv_as_xlsx(source: Path, target: Path, sheet_name: str) -> None:
    """Write a .csv to the one sheet of `target`, every value as the text it is.

    Raises:
        BadFile: its encoding cannot be told.
    """
    text = _decoded(source.read_bytes())
    try:
        dialect: type[csv.Dialect] | str = csv.Sniffer().sniff(text[:_SNIFFED], delimiters=",;\t|")
    except csv.Error:
        dialect = "excel"
    with xlsxwriter.Workbook(str(target), {"constant_memory": True}) as out:
        _write(out, out.add_worksheet(sheet_name), csv.reader(text.splitlines(keepends=True), dialect))


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    best = from_bytes(raw[:_SNIFFED]).best()
    if best is None:
        raise BadFile(msg("无法识别 .csv 文件的编码，请另存为 UTF-8 编码的 .csv 或 .xlsx 后重新上传。"))
    return raw.decode(best.encoding, "replace")


def _write(out: xlsxwriter.Workbook, sheet: Worksheet, rows: Iterable[Sequence[object]]) -> None:
    styles = {kind: out.add_format({"num_format": pattern}) for kind, pattern in _FORMATS.items()}
    sheet.set_column(0, 255, 14)
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, str):
                if value:
                    sheet.write_string(number, column, value[:32_767])
            elif isinstance(value, bool):
                sheet.write_boolean(number, column, value)
            elif isinstance(value, (int, float)):
                sheet.write_number(number, column, value)
            elif type(value) in styles:
                sheet.write_datetime(number, column, value, styles[type(value)])
            elif isinstance(value, datetime.timedelta):
                sheet.write_string(number, column, str(value))
