"""Worksheet XML as a stream of rows, so that millions of cells are copied without being parsed.

The scanner works on bytes and is only right for *plain* sheets: UTF-8, no prefix on the elements, rows and
cells with references, no comments or CDATA. `survey` says whether a sheet is plain; `plain_copy` makes it so.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import IO
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from tenglong.domain.intake.raw import column_letters, column_number
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import msg

_CUT_OFF = "工作表的内容不完整，请用 Excel 或 WPS 打开并另存后重新上传。"
_CHUNK = 1 << 20
_MAX_ROW = 64 << 20
_SHEET_DATA = re.compile(rb"<sheetData\s*(/)?>")
_ROW_OR_END = re.compile(rb"<row\b[^>]*>|</sheetData\s*>")
_ROW_NUMBER = re.compile(rb"""\sr=["'](\d+)["']""")
_CELL_REF = re.compile(rb"""<c\b[^>]*?\sr=["']([A-Z]+)\d+["']""")
_PLAIN_ROOT = re.compile(rb"<worksheet[\s>]")
_OTHER_ENCODING = re.compile(rb"""^<\?xml[^>]*encoding=["'](?!utf-?8["'])""", re.IGNORECASE)
_LEGACY_DRAWING = re.compile(rb"""<legacyDrawing\s[^>]*?:id=["']([^"']+)["']""")
_MERGE = re.compile(rb"""<mergeCell\s[^>]*?ref=["'][A-Z]+\d+:([A-Z]+)\d+["']""")


class Kind(Enum):
    """What a piece of a sheet is."""

    HEAD = "up to and with <sheetData>"
    ROW = "one row"
    GAP = "white space between rows"
    TAIL = "</sheetData> and all after it"


def pieces(stream: IO[bytes]) -> Iterator[tuple[Kind, bytes]]:
    """The sheet cut into head, rows and tail; joined again they are the sheet.

    Raises:
        BadFile: there is no sheetData, or the XML ends too early.
    """
    buffer, opening = b"", None
    while opening is None:
        chunk = stream.read(_CHUNK)
        if not chunk or len(buffer) > _MAX_ROW:
            raise BadFile(msg(_CUT_OFF))
        buffer += chunk
        opening = _SHEET_DATA.search(buffer)
    yield Kind.HEAD, buffer[: opening.start()] + b"<sheetData>"
    rest = buffer[opening.end() :]
    if opening[1]:
        yield Kind.TAIL, b"</sheetData>" + rest + stream.read()
    else:
        yield from _rows(stream, rest)


def _rows(stream: IO[bytes], buffer: bytes) -> Iterator[tuple[Kind, bytes]]:
    position = 0
    while True:
        start = _ROW_OR_END.search(buffer, position)
        if start and start[0].startswith(b"</"):
            if start.start() > position:
                yield Kind.GAP, buffer[position : start.start()]
            yield Kind.TAIL, buffer[start.start() :] + stream.read()
            return
        end = _row_end(buffer, start) if start else 0
        if not start or not end:
            buffer, position = _more(stream, buffer[position:]), 0
            continue
        if start.start() > position:
            yield Kind.GAP, buffer[position : start.start()]
        yield Kind.ROW, buffer[start.start() : end]
        position = end


def _row_end(buffer: bytes, start: re.Match[bytes]) -> int:
    """Where the row ends, 0 if the buffer does not hold all of it."""
    if start[0].endswith(b"/>"):
        return start.end()
    close = buffer.find(b"</row", start.end())
    return buffer.find(b">", close) + 1 if close >= 0 else 0


def _more(stream: IO[bytes], rest: bytes) -> bytes:
    chunk = stream.read(_CHUNK)
    if not chunk or len(rest) > _MAX_ROW:
        raise BadFile(msg(_CUT_OFF))
    return rest + chunk


def row_number(row: bytes) -> int | None:
    """The number that a row states."""
    match = _ROW_NUMBER.search(row, 0, row.find(b">"))
    return int(match[1]) if match else None


@dataclass
class Survey:
    """What must be known of a sheet before it can be rewritten in one pass."""

    plain: bool = True
    last_column: int = 0
    rows: set[int] = field(default_factory=set)
    legacy_drawing: str | None = None

    def see_row(self, row: bytes, wanted: Iterable[int]) -> None:
        """Take note of a row; `wanted` are the row numbers that will be marked."""
        number = row_number(row)
        if number is None or b"<!" in row:
            self.plain = False
            return
        value = max(row.rfind(b"<v"), row.rfind(b"<is"), row.rfind(b"<f"))
        if value >= 0:
            ref = _CELL_REF.match(row, row.rfind(b"<c ", 0, value))
            self.plain = self.plain and ref is not None
            self.last_column = max(self.last_column, column_number(ref[1].decode()) if ref else 0)
        if number in wanted:
            self.rows.add(number)
            self.plain = self.plain and len(re.findall(rb"<c\b", row)) == len(_CELL_REF.findall(row))

    def see_tail(self, tail: bytes) -> None:
        """Take note of merges (a merge reaching further right would swallow a new column) and comments."""
        ends = (column_number(end.decode()) for end in _MERGE.findall(tail))
        self.last_column = max([self.last_column, *(end for end in ends if end < 16_000)])
        drawing = _LEGACY_DRAWING.search(tail)
        self.legacy_drawing = drawing[1].decode() if drawing else None


def survey(stream: IO[bytes], wanted: Iterable[int]) -> Survey:
    """One pass over a sheet. If `plain` is false the rest must not be relied on.

    Raises:
        BadFile: the sheet is cut off.
    """
    seen = Survey()
    start = stream.read(4096)
    stream.seek(0)
    if not _PLAIN_ROOT.search(start) or _OTHER_ENCODING.match(start.removeprefix(b"\xef\xbb\xbf")):
        return Survey(plain=False)
    for kind, piece in pieces(stream):
        if kind is Kind.ROW:
            seen.see_row(piece, wanted)
        elif b"<!" in piece:
            seen.plain = False
        if kind is Kind.TAIL:
            seen.see_tail(piece)
        if not seen.plain:
            return seen
    return seen


def plain_copy(stream: IO[bytes], out: IO[bytes]) -> None:
    """Write the same sheet in the plain form: slower, for the few programs that write it otherwise.

    Raises:
        BadFile: it is not well-formed, or declares a document type.
    """
    writer = _PlainWriter(out)
    parser = expat.ParserCreate()
    parser.buffer_text = parser.ordered_attributes = True
    parser.StartElementHandler, parser.EndElementHandler = writer.start, writer.end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = writer.text, writer.doctype
    out.write(b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n')
    try:
        parser.ParseFile(stream)
    except expat.ExpatError as error:
        raise BadFile(
            msg("工作表的 XML 已损坏，请用 Excel 或 WPS 打开并另存为 .xlsx 后重新上传。")
        ) from error


class _PlainWriter:
    """Takes the prefix of the sheet's own elements away and gives every row and cell its reference."""

    def __init__(self, out: IO[bytes]):
        self._out, self._prefix, self._row, self._column = out, "", 0, 0
        self._started = False

    def doctype(self, *_: object) -> None:
        raise BadFile(msg("工作表含有不允许的文档类型声明，请用 Excel 或 WPS 另存为 .xlsx 后重新上传。"))

    def start(self, name: str, flat: list[str]) -> None:
        values = dict(zip(flat[::2], flat[1::2], strict=True))
        if not self._started:
            self._begin(name, values)
        local = name.removeprefix(self._prefix)
        if local == "row":
            self._row, self._column = int(values.get("r", self._row + 1)), 0
            values["r"] = str(self._row)
        elif local == "c":
            stated = values.get("r", "").rstrip("0123456789")
            self._column = column_number(stated) if stated else self._column + 1
            values["r"] = f"{column_letters(self._column)}{self._row}"
        attributes = "".join(f" {key}={quoteattr(value)}" for key, value in values.items())
        self._out.write(f"<{local}{attributes}>".encode())

    def _begin(self, name: str, values: dict[str, str]) -> None:
        self._started = True
        prefix, colon, _ = name.rpartition(":")
        if colon:
            self._prefix = f"{prefix}:"
            if values.setdefault("xmlns", own := values.get(f"xmlns:{prefix}", "")) != own:
                raise BadFile(
                    msg("工作表的 XML 命名空间无法识别，请用 Excel 或 WPS 另存为 .xlsx 后重新上传。")
                )

    def end(self, name: str) -> None:
        self._out.write(f"</{name.removeprefix(self._prefix)}>".encode())

    def text(self, data: str) -> None:
        self._out.write(escape(data).encode())
