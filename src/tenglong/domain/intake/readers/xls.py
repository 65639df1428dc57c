"""Workbooks of Excel 97–2003 (.xls). Source of the record layouts: [MS-XLS]."""

import io
import struct
from collections.abc import Callable, Mapping
from pathlib import Path

from tenglong.domain.intake.formats import BUILT_IN, HIDES_ZERO, form_of
from tenglong.domain.intake.raw import ERROR, NOT_CALCULATED, BadCell, RawBook
from tenglong.domain.intake.readers.limits import Limits
from tenglong.domain.intake.readers.ole import OleFile, records
from tenglong.domain.intake.readers.sheetxml import Looks, Mark
from tenglong.domain.intake.readers.workbook import open_workbook, worksheets
from tenglong.domain.kernel.messages import msg

_BOF, _BOUNDSHEET, _DATEMODE, _FORMULA, _BOOLERR = 0x0809, 0x85, 0x22, 0x06, 0x0205
_FONT, _FORMAT, _XF, _RECALCID, _UNCALCED = 0x31, 0x041E, 0xE0, 0x01C1, 0x5E
_ROW, _COLINFO, _WINDOW2 = 0x0208, 0x7D, 0x023E
_NUMBER, _RK, _MULRK, _LABEL, _LABELSST, _RSTRING = 0x0203, 0x027E, 0xBD, 0x0204, 0xFD, 0xD6
_TEXTS = frozenset({_LABEL, _LABELSST, _RSTRING})
_CELLS = _TEXTS | {_NUMBER, _RK, _MULRK}
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_BIFF8 = b"\x00\x06"
_IS_ERROR, _IS_EMPTY = 2, 3
_STRUCK, _HIDDEN_ROW, _SHOWS_ZEROS, _ON_LOAD = 0x08, 0x20, 0x10, 0x02
_SHORTEST = {_FORMULA: 16, _BOOLERR: 8, _ROW: 14, _COLINFO: 10, _FORMAT: 5, _DATEMODE: 1, _WINDOW2: 2}


def read_xls(path: Path, filename: str, limits: Limits) -> RawBook:
    """The workbook's sheets, with what calamine does not tell: errors, formulas without a result, what is not shown.

    Raises:
        BadFile: broken, or a sheet too big; also while the sheets are walked.
    """
    content = path.read_bytes()
    ole = OleFile(content)
    workbook = _Workbook()
    workbook.walk(ole.stream("Workbook") or ole.stream("Book") or b"")
    book = open_workbook(io.BytesIO(content), filename)
    starts = zip(book.sheet_names, workbook.starts, strict=False)
    by_name = {name: workbook.looks.get(at, Looks()) for name, at in starts}
    return RawBook(
        lambda: worksheets(book, filename, limits, lambda name: by_name.get(name, Looks())),
        workbook.date_1904,
    )


class _Workbook:
    """Walks the records of a workbook: what stands before the first sheet holds for all of them."""

    def __init__(self) -> None:
        self.date_1904 = False
        self.starts: list[int] = []
        self.looks: dict[int, Looks] = {}
        self._here = Looks()
        self._zeros: list[tuple[int, int]] = []
        self._fonts: list[bool] = []
        self._formats: dict[int, str] = {}
        self._styles: list[tuple[int, int]] = []
        self._marks: dict[int, Mark] = {}
        self._calculated = self._narrow = False

    def walk(self, stream: bytes) -> None:
        """Take note of every record."""
        readers: Mapping[int, Callable[[bytes], None]] = {
            _BOUNDSHEET: lambda body: self.starts.append(struct.unpack_from("<I", body)[0]),
            _DATEMODE: self._dates,
            _RECALCID: self._engine,
            _UNCALCED: self._engine,
            _FONT: lambda body: self._fonts.append(bool(body[2] & _STRUCK)),
            _FORMAT: self._format,
            _XF: lambda body: self._styles.append(struct.unpack_from("<HH", body)),
            _ROW: self._row,
            _COLINFO: self._columns,
            _WINDOW2: self._window,
            _FORMULA: self._formula,
            _BOOLERR: self._error,
        }
        for at, kind, body in records(stream):
            if kind == _BOF:
                self._begin(at, body)
            elif kind in _CELLS:
                self._cell(kind, body)
            elif (read := readers.get(kind)) and len(body) >= _SHORTEST.get(kind, 4):
                read(body)

    def _begin(self, at: int, body: bytes) -> None:
        self._here, self._zeros = self.looks.setdefault(at, Looks()), []
        self._narrow = body[:2] != _BIFF8
        for number, (font, format_id) in enumerate(self._styles):
            form = form_of(self._formats.get(format_id) or BUILT_IN.get(format_id, "General"))
            index = font - 1 if font > 4 else font  # there is no font number 4
            struck = index < len(self._fonts) and self._fonts[index]
            if struck or not form.is_plain:
                self._marks[number] = Mark(None if form.is_plain else form, struck)

    def _dates(self, body: bytes) -> None:
        self.date_1904 = body[:1] == b"\x01"

    def _engine(self, body: bytes) -> None:
        """Excel and WPS say which of their engines calculated last; other programs say nothing, or that none did."""
        self._calculated = len(body) >= 8 and struct.unpack_from("<I", body, 4)[0] != 0

    def _format(self, body: bytes) -> None:
        number = struct.unpack_from("<H", body)[0]
        if self._narrow:
            self._formats[number] = body[3 : 3 + body[2]].decode("gbk", "replace")
            return
        length, wide = struct.unpack_from("<HB", body, 2)
        text = body[5 : 5 + length * 2] if wide & 1 else body[5 : 5 + length]
        self._formats[number] = text.decode("utf-16-le" if wide & 1 else "latin-1", "replace")

    def _row(self, body: bytes) -> None:
        if body[12] & _HIDDEN_ROW:
            self._here.hidden_rows.add(struct.unpack_from("<H", body)[0] + 1)

    def _columns(self, body: bytes) -> None:
        first, last, width, _, flags = struct.unpack_from("<HHHHH", body)
        if flags & 1 or width == 0:
            self._here.hidden_columns.update(range(first + 1, min(last, 255) + 2))

    def _window(self, body: bytes) -> None:
        """Comes behind the cells, and says among other things whether zeros are shown."""
        if not struct.unpack_from("<H", body)[0] & _SHOWS_ZEROS:
            for row, column in self._zeros:
                self._here.marks.setdefault(row, {}).setdefault(column, Mark(HIDES_ZERO))

    def _cell(self, kind: int, body: bytes) -> None:
        row, column = struct.unpack_from("<HH", body)
        if kind == _MULRK:
            for number, at in enumerate(range(4, len(body) - 2, 6)):
                style, value = struct.unpack_from("<HI", body, at)
                self._note(row, column + number, style, text=False, zero=value & ~3 == 0)
            return
        style = struct.unpack_from("<H", body, 4)[0]
        zero = kind in (_NUMBER, _RK) and not any(body[6:])
        self._note(row, column, style, text=kind in _TEXTS, zero=zero)

    def _note(self, row: int, column: int, style: int, *, text: bool, zero: bool) -> None:
        mark = self._marks.get(style)
        if mark and text and not (mark.form and mark.form.hides_text):
            mark = Mark(None, mark.struck) if mark.struck else None
        if mark:
            self._here.mark(row + 1, column + 1, mark)
        elif zero:
            self._zeros.append((row + 1, column + 1))

    def _formula(self, body: bytes) -> None:
        row, column, style = struct.unpack_from("<HHH", body)
        result, flags = body[6:14], struct.unpack_from("<H", body, 14)[0]
        special = result[6:] == b"\xff\xff"
        trusted = self._calculated and not flags & _ON_LOAD
        if special and result[0] == _IS_ERROR:
            self._bad(row, column, result[2])
        elif not trusted and (not any(result) or (special and result[0] == _IS_EMPTY)):
            self._here.mark(row + 1, column + 1, BadCell("=", msg(NOT_CALCULATED)))
        else:
            self._note(row, column, style, text=special, zero=not any(result))

    def _error(self, body: bytes) -> None:
        row, column, style = struct.unpack_from("<HHH", body)
        if body[7] == 1:
            self._bad(row, column, body[6])
        else:
            self._note(row, column, style, text=False, zero=False)

    def _bad(self, row: int, column: int, code: int) -> None:
        raw = _ERRORS.get(code, "#ERROR!")
        self._here.mark(row + 1, column + 1, BadCell(raw, msg(ERROR, raw=raw)))
