"""The user's own workbook returned, with its errors marked.

`cells` addresses and cell XML · `package` the parts of the file · `scan` a sheet as a stream of rows ·
`rows` one row edited · `styles`, `comments`, `summarysheet` what is added · `sheet` one sheet rewritten ·
`workbook` all of it for .xlsx · `converted` .xls and .csv made .xlsx first.
"""

import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from tenglong.domain.intake.writers.marks import SheetMarks, Summary
from tenglong.domain.intake.writers.returned.converted import csv_as_xlsx, xls_as_xlsx
from tenglong.domain.intake.writers.returned.workbook import Translate, mark_workbook
from tenglong.domain.kernel.messages import msg

_OLE = b"\xd0\xcf\x11\xe0"
_CONVERTED = "原文件为 {format} 格式，无法写入批注和底色，已转为 .xlsx 返回：单元格内容不变，原有格式不保留。"


def return_workbook(
    source: Path,
    target: Path,
    sheets: Mapping[str, SheetMarks],
    summary: Summary,
    translate: Translate = str,
) -> None:
    """Write the user's file `source` to `target` (always .xlsx) with its marks.

    Marked cells turn red (a warning: yellow) and get a comment; marked rows get a text in the column
    "错误说明" right of the table; a sheet "导入结果" with the summary is put at the end. All else stays:
    styles, formulas, hidden rows, merges, widths, validations, pictures, comments. The file's format is told
    by its content. An .xls or .csv comes back as .xlsx with the same values, and the summary says so; for a
    .csv, `sheets` has at most one entry, whose name becomes the sheet's.

    Raises:
        BadFile: the file is damaged, encrypted or too large, or has no sheet of that name.
    """
    if zipfile.is_zipfile(source):
        mark_workbook(source, target, sheets, summary, translate)
        return
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.xlsx"
        with source.open("rb") as stream:
            is_xls = stream.read(4) == _OLE
        if is_xls:
            xls_as_xlsx(source, plain)
        else:
            csv_as_xlsx(source, plain, next(iter(sheets), "Sheet1"))
        notice = translate(msg(_CONVERTED, format=".xls" if is_xls else ".csv"))
        lines = (*summary.lines, ("", notice))
        mark_workbook(
            plain,
            target,
            sheets,
            Summary(summary.title, lines, summary.problems, summary.headings),
            translate,
        )
