"""OpenDocument spreadsheets (.ods). Source of the elements: OpenDocument 1.3 Part 3, chapters 9 and 19.

Beside each value the file keeps the text that its cell shows, so what is seen need not be worked out from formats.
"""

import io
import re
import zipfile
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from tenglong.domain.intake.formats import DAY, Form, Section
from tenglong.domain.intake.parsed import tidy
from tenglong.domain.intake.raw import ERROR, NOT_CALCULATED, BadCell, MergedRange, RawBook
from tenglong.domain.intake.readers.limits import Limits
from tenglong.domain.intake.readers.sheetxml import Looks, Mark, parse_part
from tenglong.domain.intake.readers.workbook import open_workbook, too_big, worksheets
from tenglong.domain.intake.seen import OTHER_FIGURE
from tenglong.domain.kernel.messages import msg

_FIGURE = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?\.?\d+(?:[eE][+-]?\d+)?")
_NUMBERS = frozenset({"float", "percentage", "currency"})
_HIDDEN = frozenset({"collapse", "filter"})


def read_ods(path: Path, filename: str, limits: Limits) -> RawBook:
    """The sheets, with what calamine does not tell: errors, formulas without a result, what is not shown.

    Raises:
        BadFile: broken, or a sheet too big.
    """
    content = path.read_bytes()
    reader = _Content(filename, limits)
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open("content.xml") as part:
        parse_part(part, reader.start, reader.end, reader.characters)
    book = open_workbook(io.BytesIO(content), filename)
    return RawBook(lambda: worksheets(book, filename, limits, lambda name: reader.looks.get(name, Looks())))


@dataclass
class _Cell:
    """The cell that is being read, and how often it stands there."""

    values: dict[str, str]
    repeated: int
    lines: list[str] = field(default_factory=list)
    struck: bool = False


class _Content:
    def __init__(self, filename: str, limits: Limits):
        self.looks: dict[str, Looks] = {}
        self._filename, self._limits = filename, limits
        self._struck: set[str] = set()
        self._style = self._sheet = ""
        self._here = Looks()
        self._row = self._row_end = self._column = self._columns = 0
        self._cell: _Cell | None = None
        self._in_text = self._in_note = False

    def start(self, name: str, values: dict[str, str]) -> None:
        plain = {key.rpartition("}")[2]: value for key, value in values.items()}
        if name == "style":
            self._style = plain.get("name", "")
        elif name == "text-properties" and plain.get("text-line-through-style", "none") != "none":
            self._struck.add(self._style)
        elif name == "table":
            self._sheet, self._row_end, self._columns = plain.get("name", ""), 0, 0
            self._here = self.looks[self._sheet] = Looks()
        elif name == "table-column":
            first, self._columns = self._columns, self._columns + _count(plain, "number-columns-repeated")
            if plain.get("visibility") in _HIDDEN:
                self._here.hidden_columns.update(range(first + 1, min(self._columns, first + 1024) + 1))
        elif name == "table-row":
            self._begin_row(plain)
        elif name in ("table-cell", "covered-table-cell"):
            self._cell = _Cell(plain, _count(plain, "number-columns-repeated"))
            self._cell.struck = plain.get("style-name", "") in self._struck
        elif name == "annotation":
            self._in_note = True
        elif name == "p" and self._cell and not self._in_note:
            self._in_text = True
            self._cell.lines.append("")

    def end(self, name: str) -> None:
        if name == "annotation":
            self._in_note = False
        elif name == "p":
            self._in_text = False
        elif name in ("table-cell", "covered-table-cell") and self._cell:
            self._finish(self._cell)
            self._column += self._cell.repeated
            self._cell = None

    def characters(self, text: str) -> None:
        if self._in_text and self._cell and not self._in_note:
            self._cell.lines[-1] += text

    def _begin_row(self, values: dict[str, str]) -> None:
        self._row, self._column = self._row_end + 1, 0
        self._row_end += _count(values, "number-rows-repeated")
        if values.get("visibility") in _HIDDEN:
            self._here.hidden_rows.update(range(self._row, min(self._row_end, self._row + 1024) + 1))

    def _finish(self, cell: _Cell) -> None:
        shown = tidy("\n".join(cell.lines))
        if not shown and "value-type" not in cell.values and "formula" not in cell.values:
            return
        last_column = self._column + cell.repeated
        if self._row_end > self._limits.rows or last_column > self._limits.columns:
            raise too_big(self._filename, self._sheet, self._limits)
        self._merge(cell)
        mark = _mark(cell, shown)
        if mark:
            for row in range(self._row, self._row_end + 1):
                for column in range(self._column + 1, last_column + 1):
                    self._here.mark(row, column, mark)

    def _merge(self, cell: _Cell) -> None:
        down, right = (
            _count(cell.values, "number-rows-spanned"),
            _count(cell.values, "number-columns-spanned"),
        )
        if down > 1 or right > 1:
            left = self._column + 1
            self._here.merged += (MergedRange(self._row, left, self._row + down - 1, left + right - 1),)


def _mark(cell: _Cell, shown: str) -> BadCell | Mark | None:
    kind = cell.values.get("value-type", "")
    if kind == "error" or (
        "formula" in cell.values and kind in ("", "string") and shown.startswith(("#", "Err:"))
    ):
        raw = shown or "#ERROR!"
        return BadCell(raw, msg(ERROR, raw=raw))
    if "formula" in cell.values and not kind:
        return BadCell("=", msg(NOT_CALCULATED))
    seen: BadCell | Form | None = None
    if kind in _NUMBERS:
        seen = _figure(float(cell.values.get("value", "0")), shown)
    elif kind == "date":
        seen = _day(cell.values.get("date-value", ""), shown)
    if isinstance(seen, BadCell):
        return seen
    return Mark(seen, cell.struck) if seen or cell.struck else None


def _figure(stored: float, shown: str) -> BadCell | Form | None:
    """The format by which a number is shown so; None where it is only rounded, a bad cell where no format does."""
    found = _FIGURE.search(shown)
    if found is None:
        return (
            Form(shown, (Section(words=shown),)) if not shown.strip("-—–") and (stored or not shown) else None
        )
    digits, _, exponent = found[0].lower().partition("e")
    places = len(digits.partition(".")[2]) - int(exponent or 0)
    figure = abs(float(found[0].replace(",", "")))
    words = (shown[: found.start()] + shown[found.end() :]).strip()
    percent = "%" in words
    within = 0.5000001 * 10.0**-places
    powers = (0, 2, -3, -4, -6, -8, -2, -1, -5, -7)
    power = next((p for p in powers if abs(abs(stored) * 10.0**p - figure) <= within), None)
    if power is None:
        raw = format(stored, ".15g")
        return BadCell(raw, msg(OTHER_FIGURE, shown=shown, stored=raw))
    said = words.replace("%", "")
    section = Section(digits=True, percent=percent, power=power, zeros=1, words=said)
    return None if power == 0 and not section.said else Form(shown, (section,))


def _day(stored: str, shown: str) -> Form | None:
    """Which parts of a day its cell shows."""
    try:
        day = date.fromisoformat(stored[:10])
    except ValueError:
        return None
    left = [int(digits) for digits in re.findall(r"\d+", shown)]
    parts = set()
    for part, number in (("y", day.year), ("m", day.month), ("d", day.day)):
        if number in left or (part == "y" and number % 100 in (left if len(left) > 2 else left[:1])):
            parts.add(part)
            left.remove(number if number in left else number % 100)
    return None if parts >= DAY else Form(shown, (Section(date=frozenset(parts) or frozenset({"w"})),))


def _count(values: dict[str, str], name: str) -> int:
    said = values.get(name, "1")
    return int(said) if said.isdigit() else 1
