"""What calamine does not tell about a sheet of an xlsx: errors, formulas without a result, what is not shown.

All would read as ordinary or empty cells, and an empty cell is a statement. Most sheets have none of them: those are
only searched for signs; a sheet with a sign is parsed, whatever its encoding, prefixes and spelling.
"""

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat

from tenglong.domain.intake.formats import HIDES_ZERO, Form
from tenglong.domain.intake.raw import (
    ERROR,
    NOT_CALCULATED,
    PARTLY_STRUCK,
    PICTURE,
    BadCell,
    MergedRange,
    PlainValue,
    RawValue,
    Shown,
    column_number,
)
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import Message, msg

_CHUNK = 4 * 1024 * 1024
_OVERLAP = 64
_SIGNS = (b'"e"', b"'e'", b"<f", b":f", b"hidden", b"strike", b"showZeros", b'width="0"', b"width='0'")
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d+)")
_NOTHING = frozenset({"", "0", "0.0", "0.00"})
_TEXTS = frozenset({"s", "str", "inlineStr"})
_TRUE = frozenset({"1", "true", "on"})


@dataclass(frozen=True)
class Mark:
    """Makes a value `Shown`: what is known of its cell beside the value."""

    form: Form | None
    struck: bool = False

    def on(self, value: PlainValue) -> RawValue:
        """The value as its cell shows it."""
        return value if value == "" else Shown(value, self.form, self.struck)


Marks = dict[int, dict[int, BadCell | Mark]]
"""By row and column from 1."""


@dataclass
class Looks:
    """What is to be known of one sheet beside its values; `merged` only where calamine does not tell."""

    marks: Marks = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: tuple[MergedRange, ...] = ()

    def mark(self, row: int, column: int, mark: BadCell | Mark) -> None:
        """Take note of a cell."""
        self.marks.setdefault(row, {})[column] = mark


@dataclass(frozen=True)
class Surroundings:
    """What the parts around a sheet say of its cells.

    `marks`: by number of a cell's style, where it changes what is seen. `struck` texts are so from end to end,
    `partly` struck ones only in parts. `uncalculated`: the program that wrote the file left calculating to Excel.
    """

    marks: dict[int, Mark] = field(default_factory=dict)
    struck: frozenset[int] = frozenset()
    partly: frozenset[int] = frozenset()
    uncalculated: bool = False


def looks_of(archive: zipfile.ZipFile, part: str, around: Surroundings) -> Looks:
    """What is to be known of the sheet in `part`.

    Raises:
        BadFile: it cannot be searched.
    """
    if not _needs_parsing(archive, part, around):
        return Looks()
    reader = _SheetReader(around)
    with archive.open(part) as stream:
        parse_part(stream, reader.start, reader.end, reader.characters)
    return reader.looks


def parse_part(
    stream: IO[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    characters: Callable[[str], None],
) -> None:
    """Walk a part's elements by their local names, in whatever encoding and with whatever prefixes it is written.

    Raises:
        BadFile: it is not well-formed.
    """
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler = lambda name, values: start(name.rpartition("}")[2], values)
    parser.EndElementHandler = lambda name: end(name.rpartition("}")[2])
    parser.CharacterDataHandler = characters
    try:
        parser.ParseFile(stream)
    except (expat.ExpatError, LookupError, ValueError) as error:
        problem = "工作簿内部的 XML 无法读取，请用 Excel 或 WPS 打开并另存为 .xlsx 后重新上传。"
        raise BadFile(msg(problem)) from error


def is_true(value: str | None) -> bool:
    """Whether an attribute says yes."""
    return value in _TRUE


def _needs_parsing(archive: zipfile.ZipFile, part: str, around: Surroundings) -> bool:
    if 0 in around.marks or around.struck or around.partly:
        return True
    styles = "|".join(map(str, around.marks))
    styled = re.compile(rf"""\ss\s*=\s*["'](?:{styles})["']""".encode()) if styles else None
    return any(
        b"\x00" in block or any(sign in block for sign in _SIGNS) or (styled and styled.search(block))
        for block in _blocks(archive, part)
    )


def _blocks(archive: zipfile.ZipFile, part: str) -> Iterator[bytes]:
    """The part in pieces, each with the end of the one before, so that no sign is cut in two."""
    rest = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            yield rest + chunk
            rest = chunk[-_OVERLAP:]


@dataclass
class _Cell:
    """The cell that is being read."""

    column: int
    kind: str
    style: int
    has_formula: bool = False
    has_value: bool = False
    value: str = ""
    runs: list[bool] = field(default_factory=list)


class _SheetReader:
    """Counts rows and cells as Excel does where they do not say where they stand."""

    def __init__(self, around: Surroundings):
        self.looks = Looks()
        self._around = around
        self._row = self._column = 0
        self._cell: _Cell | None = None
        self._in_value = self._in_run = False
        self._no_zeros = False
        self._arrays: list[MergedRange] = []

    def start(self, name: str, values: dict[str, str]) -> None:
        if name == "c":
            self._begin(values)
        elif name == "v" and self._cell:
            self._in_value = self._cell.has_value = True
        elif name == "f" and self._cell:
            self._cell.has_formula = True
            self._array(values)
        elif name == "row":
            self._row, self._column = int(values.get("r", self._row + 1)), 0
            if is_true(values.get("hidden")) or values.get("ht") in ("0", "0.0"):
                self.looks.hidden_rows.add(self._row)
        elif name == "col":
            self._columns(values)
        elif name == "sheetView":
            self._no_zeros = values.get("showZeros") in ("0", "false")
        elif name in ("r", "strike", "is", "t") and self._cell:
            self._run(name, values)

    def end(self, name: str) -> None:
        if name == "v":
            self._in_value = False
        elif name == "c" and self._cell:
            self._finish(self._cell)
            self._cell = None

    def characters(self, text: str) -> None:
        if self._in_value and self._cell:
            self._cell.value += text

    def _begin(self, values: dict[str, str]) -> None:
        stated = _REFERENCE.fullmatch(values.get("r", "").strip())
        self._column = column_number(stated[1]) if stated else self._column + 1
        self._row = int(stated[2]) if stated else self._row
        style = values.get("s", "0").strip()
        self._cell = _Cell(self._column, values.get("t", "n"), int(style) if style.isdigit() else 0)

    def _columns(self, values: dict[str, str]) -> None:
        first, last = int(values.get("min", 1)), int(values.get("max", 1))
        if is_true(values.get("hidden")) or values.get("width") in ("0", "0.0"):
            self.looks.hidden_columns.update(range(first, min(last, 16_384) + 1))

    def _array(self, values: dict[str, str]) -> None:
        """A formula over a block: its other cells hold a result without a formula of their own."""
        first, _, last = values.get("ref", "").partition(":")
        begin, end = _REFERENCE.fullmatch(first), _REFERENCE.fullmatch(last or first)
        if values.get("t") in ("array", "dataTable") and begin and end:
            self._arrays.append(
                MergedRange(int(begin[2]), column_number(begin[1]), int(end[2]), column_number(end[1]))
            )

    def _run(self, name: str, values: dict[str, str]) -> None:
        """Runs of a text that stands in the cell itself."""
        cell = self._cell
        if cell is None:
            return
        if name == "r":
            cell.runs.append(False)
        elif name == "strike" and cell.runs:
            cell.runs[-1] = values.get("val", "1") in _TRUE

    def _finish(self, cell: _Cell) -> None:
        bad = self._bad(cell)
        if bad:
            raw, problem = bad
            self.looks.mark(self._row, cell.column, BadCell(raw, problem))
            return
        mark = self._mark(cell)
        if mark:
            self.looks.mark(self._row, cell.column, mark)

    def _bad(self, cell: _Cell) -> tuple[str, Message] | None:
        value = cell.value.strip()
        if cell.kind == "e":
            raw = value or "#ERROR!"
            return raw, msg(ERROR, raw=raw)
        if cell.has_formula and "DISPIMG(" in value.upper():
            return value, msg(PICTURE)
        if cell.has_formula or (self._arrays and self._in_array(cell)):
            empty = not value and not (cell.kind == "str" and cell.has_value)
            if empty or (self._around.uncalculated and value in _NOTHING):
                return "=", msg(NOT_CALCULATED)
        partly = cell.kind == "s" and value.isdigit() and int(value) in self._around.partly
        if partly or (any(cell.runs) and not all(cell.runs)):
            return "", msg(PARTLY_STRUCK)
        return None

    def _in_array(self, cell: _Cell) -> bool:
        return any(
            area.top <= self._row <= area.bottom and area.left <= cell.column <= area.right
            for area in self._arrays
        )

    def _mark(self, cell: _Cell) -> Mark | None:
        mark = self._around.marks.get(cell.style)
        form, struck = (mark.form, mark.struck) if mark else (None, False)
        if cell.kind in _TEXTS:
            form = form if form and form.hides_text else None
            texts = self._around.struck
            struck = struck or (
                cell.kind == "s" and cell.value.strip().isdigit() and int(cell.value) in texts
            )
            struck = struck or (bool(cell.runs) and all(cell.runs))
        elif self._no_zeros and cell.value.strip() in _NOTHING - {""} and form is None:
            form = HIDES_ZERO
        return Mark(form, struck) if form or struck else None
