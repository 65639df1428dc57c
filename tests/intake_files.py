"""Builds the files that intake tests read, good and hostile, and reads them without a child process."""

import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from tenglong.domain.intake.kinds import table_kind
from tenglong.domain.intake.readers.child import open_book
from tenglong.domain.intake.readers.limits import Limits
from tenglong.domain.intake.rows import ParsedRow, Summary, row_from_json, sheet_from_json
from tenglong.domain.intake.tables import BookReader
from tenglong.domain.intake.values import decoders_of

Rows = Iterable[Sequence[Any]]


def parse(path: Path, kind_id: str = "case_ledger", filename: str = "") -> tuple[list[ParsedRow], Summary]:
    """The rows and the account of a file, read in this process."""
    kind = table_kind(kind_id)
    reader = BookReader(open_book(path, filename or path.name, Limits()), kind, filename or path.name)
    encoded = list(reader.rows())
    sheets = [sheet_from_json(sheet) for sheet in reader.sheets]
    decoders = decoders_of(kind.columns)
    return [row_from_json(row, sheets, decoders) for row in encoded], reader.summary()


def write_xlsx(
    path: Path,
    rows: Rows,
    *,
    merges: Iterable[str] = (),
    sheet: str = "台账",
    first: tuple[int, int] = (1, 1),
    formats: Mapping[str, str] | None = None,
) -> Path:
    """A workbook of one sheet whose first cell stands at `first` (row, column); None leaves a cell out.

    `formats`: number formats by cell.
    """
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for number, cells in enumerate(rows, start=first[0]):
        for column, value in enumerate(cells, start=first[1]):
            if value is not None:
                page.cell(number, column, value)
    for ref, code in (formats or {}).items():
        page[ref].number_format = code
    for block in merges:
        page.merge_cells(block)
    book.save(path)
    return path


def repack(source: Path, target: Path, changes: dict[str, bytes]) -> Path:
    """A copy of a zip file with parts replaced or added."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, content in changes.items():
            new.writestr(name, content)
    return target


def part(source: Path, name: str) -> bytes:
    """One part of a zip file."""
    with zipfile.ZipFile(source) as archive:
        return archive.read(name)


def record(kind: int, body: bytes) -> bytes:
    """One record of a workbook stream ([MS-XLS])."""
    return struct.pack("<HH", kind, len(body)) + body


def write_xls(
    path: Path,
    cells: dict[tuple[int, int], Any],
    *,
    extra: bytes = b"",
    in_sheet: bytes = b"",
    styles: Mapping[tuple[int, int], int] | None = None,
    sheet_type: int = 0,
    at_least: int = 4096,
) -> Path:
    """An Excel 97 workbook of one sheet; cells by (row, column) from 0; an int stands for an error code, bytes for
    what follows the place of a formula. `styles`: the number of the style of a cell.

    Excel fills the stream up to 4096 bytes, LibreOffice does not (`at_least=0`).
    """
    name = "表".encode("utf-16-le")
    start = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0)) + extra
    bound_length = 4 + 8 + len(name)
    at = len(start) + bound_length + 4
    bound = record(0x85, struct.pack("<IBBBB", at, 0, sheet_type, 1, 1) + name)
    sheet = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0)) + in_sheet
    for (row, column), value in sorted(cells.items()):
        place = struct.pack("<HHH", row, column, (styles or {}).get((row, column), 0))
        if isinstance(value, str):
            text = value.encode("utf-16-le")
            sheet += record(0x0204, place + struct.pack("<HB", len(value), 1) + text)
        elif isinstance(value, float):
            sheet += record(0x0203, place + struct.pack("<d", value))
        elif isinstance(value, bytes):
            sheet += record(0x06, place + value)
        else:
            sheet += record(0x0205, place + struct.pack("<BB", value, 1))
    stream = start + bound + record(0x0A, b"") + sheet + record(0x0A, b"")
    path.write_bytes(compound_file({"Workbook": stream.ljust(at_least, b"\x00")}))
    return path


def compound_file(streams: dict[str, bytes]) -> bytes:
    """An OLE2 file ([MS-CFB]) with these streams; those below 4096 bytes stand in the root's, in pieces of 64."""
    mini, mini_starts, mini_fat = _mini_stream({n: s for n, s in streams.items() if len(s) < 4096})
    stored = {"": mini, **{name: content for name, content in streams.items() if name not in mini_starts}}
    directory_length = -(-(len(streams) + 1) // 4)
    fat = [0xFFFFFFFD] + [i + 2 for i in range(directory_length)] + [0xFFFFFFFE]
    fat[directory_length] = 0xFFFFFFFE
    starts = dict(mini_starts)
    for name, content in stored.items():
        length = -(-len(content) // 512)
        starts[name] = len(fat) if length else 0xFFFFFFFE
        fat += [len(fat) + i + 1 for i in range(length - 1)] + [0xFFFFFFFE] * bool(length)
    assert len(fat) <= 128, "one sector of allocation table is enough for tests"
    fat += [0xFFFFFFFF] * (128 - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 62, 3, 0xFFFE, 9, 6)
    mini_table = directory_length + 1
    header += bytes(6) + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, mini_table, 1, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)
    entries = _entry("Root Entry", 5, starts[""], len(mini), child=1)
    for number, name in enumerate(streams, start=1):
        right = number + 1 if number < len(streams) else 0xFFFFFFFF
        entries += _entry(name, 2, starts[name], len(streams[name]), right=right)
    body = struct.pack("<128I", *fat) + entries.ljust(directory_length * 512, b"\x00") + mini_fat
    return header + body + b"".join(stored[n].ljust(-(-len(stored[n]) // 512) * 512, b"\x00") for n in stored)


def _mini_stream(streams: dict[str, bytes]) -> tuple[bytes, dict[str, int], bytes]:
    """The stream that holds the small ones, where each begins in it, and its allocation table of one sector."""
    held, starts, fat = b"", {}, []
    for name, content in streams.items():
        starts[name] = len(fat)
        length = -(-len(content) // 64)
        fat += [len(fat) + i + 1 for i in range(length - 1)] + [0xFFFFFFFE]
        held += content.ljust(length * 64, b"\x00")
    return held, starts, struct.pack("<128I", *fat, *[0xFFFFFFFF] * (128 - len(fat)))


def _entry(
    name: str, kind: int, start: int, size: int, *, right: int = 0xFFFFFFFF, child: int = 0xFFFFFFFF
) -> bytes:
    text = (name + "\x00").encode("utf-16-le")
    links = struct.pack("<III", 0xFFFFFFFF, right, child)
    return (
        text.ljust(64, b"\x00")
        + struct.pack("<HBB", len(text), kind, 1)
        + links
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )
