"""Says how a returned workbook differs from its source: run as a child with memory and time limits.

As a program it marks the third row of the first sheet of each file and prints one line of JSON for it: the
differences that nobody asked for, the sentence of a refusal, or that openpyxl, which judges, cannot read the file.
Every file has a process of its own, forked once the libraries are loaded: loading them takes longer than a file.
"""

import json
import os
import resource
import signal
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl

from tenglong.domain.intake.writers import (
    ERROR_COLUMN,
    SUMMARY_SHEET,
    CellMark,
    RowMark,
    SheetMarks,
    Summary,
    return_workbook,
)
from tenglong.domain.kernel.errors import BadFile

LOOK = ("font", "border", "number_format", "alignment", "protection", "fill")
ASPECTS = ("freeze_panes", "sheet_state", "auto_filter", "protection", "page_setup")


def differences(book: Any, returned: Any, sheet: str, ref: str, *, header_row: int = 1) -> list[str]:
    """What differs beside the mark "不是数字" on `ref` of `sheet` and the error column."""
    return list(_differences(book, returned, sheet, ref, header_row=header_row))


def _differences(book: Any, returned: Any, sheet: str, ref: str, *, header_row: int) -> Iterator[str]:
    if [*book.sheetnames, SUMMARY_SHEET] != returned.sheetnames:
        yield f"sheets {returned.sheetnames}"
    if list(book.defined_names) != list(returned.defined_names):
        yield "defined names"
    added = next((cell.column for cell in returned[sheet][header_row] if cell.value == ERROR_COLUMN), 0)
    if not added:
        yield "no error column"
    for before in book.worksheets:
        after, marked = returned[before.title], before.title == sheet
        yield from (f"{before.title}: {what}" for what in _layout(before, after))
        yield from (
            f"{before.title}!{what}" for what in _cells(before, after, {added, ref} if marked else set())
        )
    cell = returned[sheet][ref]
    merged = type(cell).__name__ == "MergedCell"
    if not merged and (cell.fill.fgColor.rgb != "FFFFB9B5" or "不是数字" not in cell.comment.text):
        yield "the mark is missing"


def _layout(before: Any, after: Any) -> Iterator[str]:
    yield from (a for a in ASPECTS if repr(getattr(before, a)) != repr(getattr(after, a)))
    if set(map(str, before.merged_cells.ranges)) != set(map(str, after.merged_cells.ranges)):
        yield "merges"
    if repr(before.data_validations.dataValidation) != repr(after.data_validations.dataValidation):
        yield "data validations"
    if [str(c.sqref) for c in before.conditional_formatting] != [
        str(c.sqref) for c in after.conditional_formatting
    ]:
        yield "conditional formatting"
    if len(before._images) != len(after._images):
        yield "images"
    if any(
        repr(row) != repr(after.row_dimensions[n]) for n, row in before.row_dimensions.items() if row.hidden
    ):
        yield "hidden rows"


def _cells(before: Any, after: Any, marked: set[Any]) -> Iterator[str]:
    for row in before.iter_rows():
        for cell in row:
            if cell.column in marked or cell.coordinate in marked:
                continue
            twin = after[cell.coordinate]
            if repr(_value(cell)) != repr(_value(twin)):
                yield f"{cell.coordinate}: {cell.value!r} became {twin.value!r}"
            if any(repr(getattr(cell, aspect)) != repr(getattr(twin, aspect)) for aspect in LOOK):
                yield f"{cell.coordinate}: look"
            if (cell.comment and cell.comment.text) != (twin.comment and twin.comment.text):
                yield f"{cell.coordinate}: comment"


def _value(cell: Any) -> Any:
    return vars(cell.value) if hasattr(cell.value, "__dict__") else cell.value


def _compared(source: Path) -> dict[str, Any]:
    try:
        book = openpyxl.load_workbook(source)
    except Exception as error:  # whatever openpyxl meets in a broken file, it is then no judge
        return {"unread": str(error)}
    name = book.worksheets[0].title
    marks = SheetMarks(1, {3: RowMark("退回", (CellMark("B3", "不是数字"),), "不是数字")})
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "returned.xlsx"
        try:
            return_workbook(source, target, {name: marks}, Summary("导入结果", ()))
        except BadFile as error:
            return {"refused": str(error)}
        return {"differences": differences(book, openpyxl.load_workbook(target), name, "B3")}


MEMORY, SECONDS = 2 << 30, 60


def _alone(source: Path) -> int:
    """Compare one file in a process of its own and print the line; how that process ended."""
    process = os.fork()
    if process:
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.alarm(SECONDS)
    sys.stdout.write(json.dumps({"file": source.name, **_compared(source)}, ensure_ascii=False) + "\n")
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    ended = {path: _alone(Path(path)) for path in sys.argv[1:]}
    sys.exit("".join(f"{path} ended with {code}\n" for path, code in ended.items() if code) or 0)
