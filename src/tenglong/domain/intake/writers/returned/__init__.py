"""The user's own workbook returned, with its errors marked.

`cells` addresses and cell XML · `package` the parts of the file · `scan` a sheet as a stream of rows ·
`rows` one row edited · `styles`, `comments`, `summarysheet` what is added · `sheet` one sheet rewritten ·
`workbook` all of it for .xlsx · `converted` .xls, .ods and .csv made .xlsx first.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tenglong.domain.intake.readers.child import open_book
from tenglong.domain.intake.readers.guard import file_format
from tenglong.domain.intake.readers.limits import Limits
from tenglong.domain.intake.readers.respelling import respelled
from tenglong.domain.intake.writers.marks import SheetMarks, Summary
from tenglong.domain.intake.writers.returned.converted import write_plain
from tenglong.domain.intake.writers.returned.workbook import Translate, mark_workbook
from tenglong.domain.kernel.messages import msg

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
    by its content. An .xls, .ods or .csv comes back as .xlsx with the same values, and the summary says so; the
    one sheet of a .csv is called "csv", as the reader calls it.

    Raises:
        BadFile: the file is damaged, encrypted or too large, or has no sheet of that name.
    """
    found = file_format(source, source.name, Limits())
    if found == "xlsx":
        _mark_xlsx(source, target, sheets, summary, translate)
        return
    notice = translate(msg(_CONVERTED, format=f".{found}"))
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.xlsx"
        write_plain(open_book(source, source.name, Limits()), plain)
        mark_workbook(
            plain, target, sheets, replace(summary, lines=(*summary.lines, ("", notice))), translate
        )


def _mark_xlsx(
    source: Path, target: Path, sheets: Mapping[str, SheetMarks], summary: Summary, translate: Translate
) -> None:
    """Mark the workbook in place, or the copy in which it could be read."""
    copy = respelled(source, Limits(), whole=True)
    if copy is None:
        mark_workbook(source, target, sheets, summary, translate)
        return
    with tempfile.TemporaryDirectory() as folder:
        readable = Path(folder) / "readable.xlsx"
        readable.write_bytes(copy.getvalue())
        mark_workbook(readable, target, sheets, summary, translate)
