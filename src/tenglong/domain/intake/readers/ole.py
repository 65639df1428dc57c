"""The compound file (OLE2) that wraps .xls, passwords and macros: just enough to look before anyone opens it.

Source: [MS-CFB] v20; [MS-XLS] for the records.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END_OF_CHAIN = 0xFFFFFFFA
_STREAM, _ROOT = 2, 5
_MINI = 64


class BrokenOle(Exception):
    """The compound file contradicts itself."""


@dataclass(frozen=True)
class Entry:
    """A named storage or stream of the directory."""

    name: str
    kind: int
    start: int
    size: int


class OleFile:
    """The directory of a compound file, and its streams.

    Raises:
        BrokenOle: from any method, when sectors or chains lead outside the file.
    """

    def __init__(self, raw: bytes):
        if len(raw) < 512 or not raw.startswith(MAGIC):
            raise BrokenOle("no header")
        self._raw = raw
        shift, mini_shift = struct.unpack_from("<HH", raw, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise BrokenOle("sector size")
        self._size = 1 << shift
        self._mini_cutoff = struct.unpack_from("<I", raw, 56)[0]
        self._fat = self._read_fat()
        self.entries = tuple(self._directory(struct.unpack_from("<I", raw, 48)[0]))
        self.names = frozenset(entry.name for entry in self.entries)

    def stream(self, name: str) -> bytes | None:
        """The bytes of a stream; None when there is none. A sheet of a few rows is one of the small streams."""
        for entry in self.entries:
            if entry.name == name and entry.kind == _STREAM:
                small = entry.size < self._mini_cutoff
                return (self._mini_chain if small else self._chain)(entry.start)[: entry.size]
        return None

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        if start >= len(self._raw):
            raise BrokenOle(f"sector {number}")
        return self._raw[start : start + self._size]

    def _read_fat(self) -> list[int]:
        numbers = [n for n in struct.unpack_from("<109I", self._raw, 76) if n < _END_OF_CHAIN]
        following, count = struct.unpack_from("<II", self._raw, 68)
        per_sector = self._size // 4
        for _ in range(min(count, len(self._raw) // self._size)):
            if following >= _END_OF_CHAIN:
                break
            *more, following = struct.unpack(f"<{per_sector}I", self._sector(following))
            numbers += [n for n in more if n < _END_OF_CHAIN]
        if len(numbers) > len(self._raw) // self._size:
            raise BrokenOle("allocation table")
        fat: list[int] = []
        for number in numbers:
            sector = self._sector(number)
            fat += struct.unpack(f"<{len(sector) // 4}I", sector[: len(sector) // 4 * 4])
        return fat

    def _chain(self, start: int) -> bytes:
        return b"".join(self._sector(number) for number in _followed(start, self._fat))

    def _mini_chain(self, start: int) -> bytes:
        """A small stream: pieces of 64 bytes of the stream that the root entry holds."""
        table = self._chain(struct.unpack_from("<I", self._raw, 60)[0])
        fat = struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])
        held = b"".join(self._chain(entry.start) for entry in self.entries if entry.kind == _ROOT)
        return b"".join(held[number * _MINI : (number + 1) * _MINI] for number in _followed(start, fat))

    def _directory(self, start: int) -> Iterator[Entry]:
        raw = self._chain(start)
        for at in range(0, len(raw) - 127, 128):
            length, kind = struct.unpack_from("<HB", raw, at + 64)
            if kind and 2 <= length <= 64:
                name = raw[at : at + length - 2].decode("utf-16-le", "replace")
                first, size = struct.unpack_from("<IQ", raw, at + 116)
                yield Entry(name, kind, first, size & 0xFFFFFFFF)


def _followed(start: int, fat: Sequence[int]) -> Iterator[int]:
    """The numbers of a chain, from `start` to its end."""
    for _ in range(len(fat) + 1):
        if start >= _END_OF_CHAIN:
            return
        if start >= len(fat):
            break
        yield start
        start = fat[start]
    raise BrokenOle("chain")


def records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(offset, type, body) of each record of a workbook stream, to the end or the first nonsense."""
    at = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield at, kind, stream[at + 4 : at + 4 + length]
        at += 4 + length
