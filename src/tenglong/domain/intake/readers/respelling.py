"""A copy of an xlsx as calamine can read it, where a program wrote it in a way that is rare and right.

Parts in UTF-16 or another encoding become UTF-8. Cells beyond the limits that hold nothing to be seen are left out:
one blank in the last row would make a million rows of a hundred.
"""

import codecs
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from tenglong.domain.intake.parsed import tidy
from tenglong.domain.intake.raw import column_number
from tenglong.domain.intake.readers.limits import Limits
from tenglong.domain.intake.readers.sheetxml import parse_part
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import msg

_XML = (".xml", ".rels")
_DECLARED = re.compile(r"""^(<\?xml[^>]*?encoding\s*=\s*["'])([\w.-]+)(["'])""")
_PLAIN = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
_FAR = re.compile(rb"""\br\s*=\s*["'](?:[A-Z]{3}\d|(?:[3-9]\d{5}|\d{7,})["'])""")
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d+)")
_CHUNK = 1 << 22
_OVERLAP = 32


def respelled(path: Path, limits: Limits, *, whole: bool = False) -> io.BytesIO | None:
    """A copy in the usual spelling, or None where the file needs none; the `whole` file keeps its blank cells.

    Raises:
        BadFile: a part's encoding is unknown, or it is not well-formed.
    """
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.lower().endswith(_XML)]
        foreign = {name: encoding for name in names if (encoding := _encoding(archive, name))}
        sheets = [] if whole else [name for name in names if "worksheets" in name.lower()]
        far = {name for name in sheets if _reaches_far(archive, name)}
        if not foreign and not far:
            return None
        copy = io.BytesIO()
        with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
            _write(archive, target, foreign, far, limits)
    copy.seek(0)
    return copy


def _write(
    archive: zipfile.ZipFile, target: zipfile.ZipFile, foreign: dict[str, str], far: set[str], limits: Limits
) -> None:
    """Every part under a name with slashes; the texts first, because sheets point into them."""
    blank: frozenset[int] = frozenset()
    for info in sorted(archive.infolist(), key=lambda info: "sharedstrings" not in info.filename.lower()):
        name = info.filename
        content = archive.read(name)
        if name in foreign:
            content = _in_utf8(content, foreign[name])
        if far and "sharedstrings" in name.lower():
            blank = _blank_texts(content)
        if name in far:
            content = _without_blanks(content, blank, limits)
        target.writestr(name.replace("\\", "/"), content)


def _encoding(archive: zipfile.ZipFile, name: str) -> str | None:
    """The encoding of a part, None if it is the usual one."""
    with archive.open(name) as part:
        start = part.read(256)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x00" in start[:4]:
        return "utf-16-le" if start[:1] != b"\x00" else "utf-16-be"
    declared = _DECLARED.match(start.decode("latin-1").removeprefix("\xef\xbb\xbf"))
    return declared[2] if declared and declared[2].lower() not in _PLAIN else None


def _in_utf8(content: bytes, encoding: str) -> bytes:
    try:
        text = content.decode(encoding)
    except (LookupError, UnicodeError) as error:
        problem = "工作簿内部的文字编码无法识别，请用 Excel 或 WPS 打开并另存为 .xlsx 后重新上传。"
        raise BadFile(msg(problem)) from error
    return _DECLARED.sub(r"\1UTF-8\3", text.removeprefix("\ufeff")).encode()


def _reaches_far(archive: zipfile.ZipFile, name: str) -> bool:
    """Whether a cell may stand beyond what is usually read: in a column of three letters or a row beyond 300,000."""
    rest = b""
    with archive.open(name) as part:
        while chunk := part.read(_CHUNK):
            block = (rest + chunk).replace(b"\x00", b"")
            if _FAR.search(block):
                return True
            rest = block[-_OVERLAP:]
    return False


def _blank_texts(content: bytes) -> frozenset[int]:
    reader = _Texts()
    parse_part(io.BytesIO(content), reader.start, reader.end, reader.characters)
    return frozenset(number for number, text in enumerate(reader.texts) if not tidy(text))


@dataclass
class _Texts:
    texts: list[str] = field(default_factory=list)

    def start(self, name: str, values: dict[str, str]) -> None:
        if name == "si":
            self.texts.append("")

    def end(self, name: str) -> None:
        """Nothing is to be done."""

    def characters(self, text: str) -> None:
        if self.texts:
            self.texts[-1] += text


def _without_blanks(content: bytes, blank: frozenset[int], limits: Limits) -> bytes:
    writer = _Writer(blank, limits)
    parse_part(io.BytesIO(content), writer.start, writer.end, writer.characters)
    return "".join(writer.said()).encode()


class _Writer:
    """Writes a sheet's elements again without prefixes, but not the cells far out that hold nothing."""

    def __init__(self, blank: frozenset[int], limits: Limits):
        self._blank, self._limits = blank, limits
        self._out: list[str] = []
        self._row = self._column = 0
        self._cell_at, self._kind, self._text = -1, "", ""
        self._root = True

    def said(self) -> Iterator[str]:
        """The sheet."""
        yield '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        yield from self._out

    def start(self, name: str, values: dict[str, str]) -> None:
        if name == "row":
            self._row, self._column = int(values.get("r", self._row + 1)), 0
        elif name == "c":
            stated = _REFERENCE.fullmatch(values.get("r", ""))
            self._column = column_number(stated[1]) if stated else self._column + 1
            self._cell_at, self._kind, self._text = len(self._out), values.get("t", "n"), ""
        plain = {key: value for key, value in values.items() if "}" not in key}
        if self._root:
            plain["xmlns"] = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
            self._root = False
        self._out.append(f"<{name}{''.join(f' {key}={quoteattr(value)}' for key, value in plain.items())}>")

    def end(self, name: str) -> None:
        self._out.append(f"</{name}>")
        if name == "c":
            far = self._row > self._limits.rows or self._column > self._limits.columns
            if far and self._shows_nothing():
                del self._out[self._cell_at :]
            self._cell_at = -1

    def characters(self, text: str) -> None:
        self._text += text if self._cell_at >= 0 else ""
        self._out.append(escape(text))

    def _shows_nothing(self) -> bool:
        text = tidy(self._text)
        return int(text) in self._blank if self._kind == "s" and text.isdigit() else not text
