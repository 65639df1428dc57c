"""The user's own .xlsx with marks: parts are edited in place, so nothing else in it is lost."""

import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import IO, Any

from lxml import etree

from tenglong.domain.intake.ours import SUMMARY_SHEET
from tenglong.domain.intake.writers.marks import SheetMarks, Summary
from tenglong.domain.intake.writers.returned.comments import add_comments
from tenglong.domain.intake.writers.returned.package import (
    NOT_A_WORKBOOK,
    Dialect,
    Package,
    parse_xml,
    relationships_part,
    to_xml,
)
from tenglong.domain.intake.writers.returned.scan import plain_copy, survey
from tenglong.domain.intake.writers.returned.sheet import SheetEdit
from tenglong.domain.intake.writers.returned.styles import Styles
from tenglong.domain.intake.writers.returned.summarysheet import summary_sheet
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import Message, msg

MAX_COMMENTS = 5_000
"""Comments per sheet: with more, Excel takes minutes to open the file. The error column always has all."""

_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_STYLES_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"
_TRANSITIONAL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_TOO_MANY = "工作表“{sheet}”有 {count} 个单元格需要批注，批注只加在前 {limit} 个上；全部问题见“错误说明”列。"

Translate = Callable[[Message], str]


class Workbook:
    """What a workbook part says: the names of its sheets and the dialect of OOXML it is written in."""

    def __init__(self, package: Package):
        top = package.relationships("").first("officeDocument")
        if top is None or not package.has(top):
            raise BadFile(msg(NOT_A_WORKBOOK))
        self.part = package.name(top)
        self.root = parse_xml(package.read(top))
        main = etree.QName(self.root).namespace or ""
        strict = main.startswith("http://purl.oclc.org/")
        self.dialect = Dialect(main, _STRICT if strict else _TRANSITIONAL)
        self.relationships = package.relationships(self.part)
        self._sheets = self.root.find(f"{{{self.dialect.main}}}sheets")

    def sheet_part(self, name: str) -> str | None:
        """The part that holds the sheet called `name`."""
        id_name = f"{{{self.dialect.relationships}}}id"
        sheets: list[Any] = [] if self._sheets is None else list(self._sheets)
        ids = (sheet.get(id_name) for sheet in sheets if sheet.get("name") == name)
        return self.relationships.target(next(ids, None) or "")

    def add_sheet(self, name: str, part: str) -> None:
        """Put a sheet at the end."""
        new_id = self.relationships.add(f"{self.dialect.relationships}/worksheet", part)
        number = max(int(sheet.get("sheetId", "0")) for sheet in self._sheets) + 1
        sheet = etree.SubElement(
            self._sheets, f"{{{self.dialect.main}}}sheet", name=name, sheetId=str(number)
        )
        sheet.set(f"{{{self.dialect.relationships}}}id", new_id)


def mark_workbook(
    source: Path, target: Path, sheets: Mapping[str, SheetMarks], summary: Summary, translate: Translate = str
) -> None:
    """Write `source` (.xlsx) with marks to `target`; see `return_workbook`."""
    with Package(source) as package, ExitStack() as files:
        workbook = Workbook(package)
        styles_part, styles = _styles(package, workbook)
        writers: dict[str, Callable[[IO[bytes]], None]] = {}
        notices = []
        for name, marks in sheets.items():
            part = workbook.sheet_part(name)
            if part is None:
                raise BadFile(msg("工作簿里没有名为“{sheet}”的工作表，请重新上传。", sheet=name))
            edit, open_source = _prepared(package, workbook, package.name(part), marks, styles, files=files)
            writers[package.name(part)] = partial(_stream, edit, open_source)
            notices += _too_many(name, marks, translate)
        _add_summary(package, workbook, _with_notices(summary, notices), styles)
        _save(package, target, writers, {styles_part: styles.to_bytes})


def _prepared(
    package: Package, workbook: Workbook, part: str, marks: SheetMarks, styles: Styles, *, files: ExitStack
) -> tuple[SheetEdit, Callable[[], IO[bytes]]]:
    """The edit of one sheet and how to open its (plain) XML; its comments are put into the package."""
    open_source: Callable[[], IO[bytes]] = partial(package.open, part)
    wanted = {*marks.rows, marks.header_row}
    with open_source() as stream:
        seen = survey(stream, wanted)
    if not seen.plain:
        open_source = _plain(open_source, files)
        with open_source() as stream:
            seen = survey(stream, wanted)
        if not seen.plain:
            raise BadFile(msg("工作表的写法无法识别，请用 Excel 或 WPS 打开并另存为 .xlsx 后重新上传。"))
    edit = SheetEdit(marks, seen, styles)
    new_id = add_comments(package, workbook.dialect, part, seen.legacy_drawing, _comment_texts(marks))
    edit.needs_drawing(new_id, workbook.dialect.relationships)
    return edit, open_source


def _plain(open_source: Callable[[], IO[bytes]], files: ExitStack) -> Callable[[], IO[bytes]]:
    folder = files.enter_context(tempfile.TemporaryDirectory())
    path = Path(folder) / "sheet.xml"
    with open_source() as stream, path.open("wb") as out:
        plain_copy(stream, out)
    return lambda: path.open("rb")


def _stream(edit: SheetEdit, open_source: Callable[[], IO[bytes]], out: IO[bytes]) -> None:
    with open_source() as stream:
        edit.write(stream, out)


def _comment_texts(marks: SheetMarks) -> dict[str, str]:
    """The first `MAX_COMMENTS` comments by cell; several on one cell become lines of one."""
    texts: dict[str, str] = {}
    for _, row in sorted(marks.rows.items()):
        for cell in row.cells:
            if cell.ref in texts:
                texts[cell.ref] += f"\n{cell.comment}"
            elif len(texts) < MAX_COMMENTS:
                texts[cell.ref] = cell.comment
    return texts


def _too_many(name: str, marks: SheetMarks, translate: Translate) -> list[str]:
    count = len({cell.ref for row in marks.rows.values() for cell in row.cells})
    if count <= MAX_COMMENTS:
        return []
    return [translate(msg(_TOO_MANY, sheet=name, count=count, limit=MAX_COMMENTS))]


def _with_notices(summary: Summary, notices: list[str]) -> Summary:
    lines = (*summary.lines, *(("", notice) for notice in notices))
    return Summary(summary.title, lines, summary.problems, summary.headings)


def _styles(package: Package, workbook: Workbook) -> tuple[str, Styles]:
    part = workbook.relationships.first("styles")
    if part is None:
        part = package.new_name("xl/tenglongStyles{n}.xml")
        package.add(part, _STYLES_TYPE, b"")
        workbook.relationships.add(f"{workbook.dialect.relationships}/styles", part)
        return part, Styles(None, workbook.dialect.main)
    return package.name(part), Styles(package.read(part), workbook.dialect.main)


def _add_summary(package: Package, workbook: Workbook, summary: Summary, styles: Styles) -> None:
    """Add the summary, in the place of an earlier one if there is one."""
    content = summary_sheet(summary, styles, workbook.dialect.main)
    part = workbook.sheet_part(SUMMARY_SHEET)
    if part is None:
        part = package.new_name("xl/worksheets/tenglongSummary{n}.xml")
        package.add(part, _SHEET_TYPE, content)
        workbook.add_sheet(SUMMARY_SHEET, part)
    package.replace(part, content)
    package.replace(workbook.part, to_xml(workbook.root))
    package.replace(relationships_part(workbook.part), workbook.relationships.to_bytes())


def _save(
    package: Package,
    target: Path,
    writers: Mapping[str, Callable[[IO[bytes]], None]],
    last: Mapping[str, Callable[[], bytes]],
) -> None:
    """Write beside the target and move there, so that a half-written file is never seen."""
    unfinished = target.with_name(f"{target.name}.part")
    try:
        package.save(unfinished, writers, last)
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)
