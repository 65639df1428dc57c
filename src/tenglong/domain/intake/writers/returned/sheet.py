"""One worksheet rewritten in a single pass: marked rows edited, everything else copied as it is."""

import re
from collections.abc import Iterator
from typing import IO
from xml.parsers import expat

from tenglong.domain.intake.ours import ERROR_COLUMN
from tenglong.domain.intake.parsed import Severity
from tenglong.domain.intake.raw import column_letters
from tenglong.domain.intake.writers.marks import RowMark, SheetMarks
from tenglong.domain.intake.writers.returned.cells import (
    MAX_COLUMN,
    CellEdit,
    edited_row,
    last_filled,
    new_row,
    split_ref,
    styles_in,
)
from tenglong.domain.intake.writers.returned.scan import Kind, Survey, pieces, row_number
from tenglong.domain.intake.writers.returned.styles import Styles
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import msg

_ERROR_COLUMN_WIDTH = 60
_COLS = re.compile(rb"<cols\s*/>|<cols\s*>(.*?)</cols\s*>", re.DOTALL)
_COL = re.compile(rb"<col\b([^>]*?)/?>(?:</col>)?")
_ATTRIBUTE = re.compile(r"""([\w:.-]+)=["']([^"']*)["']""")
_DIMENSION = re.compile(rb"""(<dimension\s[^>]*?ref=["'])([A-Z]+\d+)(?::([A-Z]+\d+))?(["'])""")

# What may follow <legacyDrawing> in a worksheet (ECMA-376 part 1, CT_Worksheet).
_AFTER_DRAWING = {
    "legacyDrawingHF",
    "drawingHF",
    "picture",
    "oleObjects",
    "controls",
    "webPublishItems",
    "tableParts",
    "extLst",
}


class SheetEdit:
    """The edits of one sheet, ready to be streamed by `write`."""

    def __init__(self, marks: SheetMarks, survey: Survey, styles: Styles):
        self._marks, self._styles, self._present = marks, styles, survey.rows
        self._wanted = {*marks.rows, marks.header_row}
        self._error_column = marks.error_column or 1 + max([survey.last_column, *_marked_columns(marks)])
        if self._error_column > MAX_COLUMN:
            raise BadFile(msg("表格已用到最后一列，无处添加“错误说明”列。请删除右侧多余的列后重新上传。"))
        self._stale = _style_pattern(styles.stale)
        self._columns: list[dict[str, str]] = []
        self.drawing_id: str | None = None
        self._relationship_namespace = ""

    def needs_drawing(self, relationship_id: str | None, namespace: str) -> None:
        """Have <legacyDrawing> point to a drawing that was added."""
        self.drawing_id, self._relationship_namespace = relationship_id, namespace

    def write(self, source: IO[bytes], out: IO[bytes]) -> None:
        """Copy the sheet from `source` to `out` with all marks made."""
        pending = sorted(self._wanted - self._present)
        for kind, piece in pieces(source):
            if kind is Kind.HEAD:
                piece = self._head(piece)
            elif kind is Kind.ROW:
                number = row_number(piece) or 0
                while pending and pending[0] < number:
                    out.write(self._added(pending.pop(0)))
                piece = self._row(piece, number)
            elif kind is Kind.TAIL:
                for number in pending:
                    out.write(self._added(number))
                piece = self._tail(piece)
            out.write(piece)

    def _row(self, row: bytes, number: int) -> bytes:
        stale = self._stale.search(row) if self._stale else None
        reused = self._marks.error_column is not None and number > self._marks.header_row
        if number not in self._wanted and stale is None and not reused:
            return row
        cleanings = self._cleanings(row) if stale or reused else {}
        edits = cleanings | self._edits(row, number)
        return edited_row(row, number, edits, self._column_style) if edits else row

    def _added(self, number: int) -> bytes:
        return new_row(number, self._edits(b"", number), self._column_style)

    def _edits(self, row: bytes, number: int) -> dict[int, CellEdit]:
        mark = self._marks.rows.get(number, RowMark(""))
        edits = {}
        for cell in sorted(mark.cells, key=lambda cell: cell.severity is Severity.ERROR):
            edits[split_ref(cell.ref)[1]] = self._flagged(cell.severity)
        if mark.text:
            note = self._styles.note()
            edits[self._error_column] = CellEdit(lambda _: note, mark.text)
        if number == self._marks.header_row:
            _, style = last_filled(row) or (0, 0)
            edits[self._error_column] = CellEdit(lambda _: style, ERROR_COLUMN)
        return edits

    def _flagged(self, severity: Severity) -> CellEdit:
        return CellEdit(lambda style: self._styles.flagged(self._styles.unmarked(style), severity))

    def _cleanings(self, row: bytes) -> dict[int, CellEdit]:
        """Take away what an earlier return left on this row: its fills, and its text in the error column."""
        styles = styles_in(row)
        edits = {
            c: CellEdit(self._styles.unmarked) for c, style in styles.items() if style in self._styles.stale
        }
        if self._marks.error_column in styles:
            edits[self._error_column] = CellEdit(self._styles.unmarked, "")
        return edits

    def _column_style(self, column: int) -> int:
        covering = (c for c in self._columns if int(c["min"]) <= column <= int(c["max"]))
        return int(next(covering, {}).get("style", "0"))

    def _head(self, head: bytes) -> bytes:
        found = _COLS.search(head)
        attributes = (
            [dict(_ATTRIBUTE.findall(a.decode())) for a in _COL.findall(found[1] or b"")] if found else []
        )
        self._columns = [c for c in attributes if c.keys() >= {"min", "max"}]
        cols = b"<cols>" + b"".join(_col_xml(c) for c in self._with_error_column()) + b"</cols>"
        head = _DIMENSION.sub(self._dimension, head, count=1)
        if found:
            return _COLS.sub(lambda _: cols, head, count=1)
        return head.removesuffix(b"<sheetData>") + cols + b"<sheetData>"

    def _dimension(self, found: re.Match[bytes]) -> bytes:
        row, column = split_ref((found[3] or found[2]).decode())
        last = f"{column_letters(max(column, self._error_column))}{max([row, *self._marks.rows])}"
        return b"%s%s:%s%s" % (found[1], found[2], last.encode(), found[4])

    def _with_error_column(self) -> list[dict[str, str]]:
        """The column widths with one for the error column; a range that covers it is split around it."""
        at = self._error_column
        columns = [{"min": str(at), "max": str(at), "width": str(_ERROR_COLUMN_WIDTH), "customWidth": "1"}]
        for column in self._columns:
            first, last = int(column["min"]), int(column["max"])
            if first <= min(last, at - 1):
                columns.append(column | {"max": str(min(last, at - 1))})
            if max(first, at + 1) <= last:
                columns.append(column | {"min": str(max(first, at + 1))})
        return sorted(columns, key=lambda column: int(column["min"]))

    def _tail(self, tail: bytes) -> bytes:
        if self.drawing_id is None:
            return tail
        at = _drawing_place(tail)
        attributes = f'xmlns:tlr="{self._relationship_namespace}" tlr:id="{self.drawing_id}"'
        return tail[:at] + f"<legacyDrawing {attributes}/>".encode() + tail[at:]


def _marked_columns(marks: SheetMarks) -> Iterator[int]:
    return (split_ref(cell.ref)[1] for row in marks.rows.values() for cell in row.cells)


def _style_pattern(styles: frozenset[int]) -> re.Pattern[bytes] | None:
    alternatives = "|".join(str(style) for style in sorted(styles))
    return re.compile(f"""<c\\b[^>]*\\ss=["'](?:{alternatives})["']""".encode()) if styles else None


def _col_xml(column: dict[str, str]) -> bytes:
    attributes = " ".join(f'{name}="{value}"' for name, value in column.items())
    return f"<col {attributes}/>".encode()


def _drawing_place(tail: bytes) -> int:
    """Where in the tail <legacyDrawing> belongs: before the first top-level element that must follow it."""
    offset = len(b"<worksheet><sheetData>")
    places: list[int] = []
    depth = 0

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal depth
        if depth == 1 and name.rpartition(":")[2] in _AFTER_DRAWING:
            places.append(parser.CurrentByteIndex)
        depth += 1

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        if depth == 0:
            places.append(parser.CurrentByteIndex)

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(b"<worksheet><sheetData>" + tail, True)
    except expat.ExpatError as error:
        raise BadFile(
            msg("工作表的 XML 已损坏，请用 Excel 或 WPS 打开并另存为 .xlsx 后重新上传。")
        ) from error
    return places[0] - offset
