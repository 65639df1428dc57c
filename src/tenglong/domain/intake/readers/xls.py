"""Workbooks of Excel 97–2003 (.xls). Source of the record layouts: [MS-XLS]."""

import struct
from pathlib import Path

from tenglong.domain.intake.raw import BadCell, RawBook
from tenglong.domain.intake.readers.limits import Limits
from tenglong.domain.intake.readers.ole import OleFile, records
from tenglong.domain.intake.readers.sheetxml import ERROR, BadCells
from tenglong.domain.intake.readers.workbook import open_workbook, worksheets
from tenglong.domain.kernel.messages import msg

_BOF, _BOUNDSHEET, _DATEMODE, _FORMULA, _BOOLERR = 0x0809, 0x85, 0x22, 0x06, 0x0205
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}


def read_xls(path: Path, filename: str, limits: Limits) -> RawBook:
    """The workbook's sheets, error cells marked (calamine reads them as empty).

    Raises:
        BadFile: broken, or a sheet too big; also while the sheets are walked.
    """
    ole = OleFile(path.read_bytes())
    stream = ole.stream("Workbook") or ole.stream("Book") or b""
    date_1904 = False
    starts: list[int] = []
    bad: dict[int, BadCells] = {}
    here: BadCells = {}
    for at, kind, body in records(stream):
        if kind == _DATEMODE:
            date_1904 = body[:1] == b"\x01"
        elif kind == _BOUNDSHEET and len(body) >= 4:
            starts.append(struct.unpack_from("<I", body)[0])
        elif kind == _BOF:
            here = bad.setdefault(at, {})
        elif kind in (_FORMULA, _BOOLERR) and (code := _error_code(kind, body)) is not None:
            row, column = struct.unpack_from("<HH", body)
            raw = _ERRORS.get(code, "#ERROR!")
            here.setdefault(row + 1, {})[column + 1] = BadCell(raw, msg(ERROR, raw=raw))
    book = open_workbook(path, filename)
    by_name = {name: bad.get(at, {}) for name, at in zip(book.sheet_names, starts, strict=False)}
    return RawBook(lambda: worksheets(book, filename, limits, lambda name: by_name.get(name, {})), date_1904)


def _error_code(kind: int, body: bytes) -> int | None:
    if kind == _BOOLERR:
        return body[6] if len(body) >= 8 and body[7] == 1 else None
    is_error = len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == 2
    return body[8] if is_error else None
