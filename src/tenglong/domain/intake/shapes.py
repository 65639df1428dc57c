"""Where the table is in a sheet, and what each physical row is. No row is passed over in silence."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from enum import StrEnum
from functools import cached_property

from tenglong.domain.intake.headers import Header, HeaderReader, factor_from_line, header_key, unit_line
from tenglong.domain.intake.kinds import Column, TableKind
from tenglong.domain.intake.parsed import tidy
from tenglong.domain.intake.raw import MergedRange, RawRow, RawSheet, column_letters
from tenglong.domain.intake.values import written
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import Message, label, msg

SEARCH_ROWS = 60  # a header further down than this is not looked for
LONGEST_HEADER = 60  # characters
_LEVELS = (1, 2, 3)


class RowClass(StrEnum):
    """What a physical row is."""

    DATA = "data"
    TITLE = "title"
    HEADER = "header"
    UNIT = "unit"
    TOTAL = "total"
    NOTE = "note"
    EMPTY = "empty"


@dataclass(frozen=True)
class FoundColumn:
    """A column of the kind, where it stands in the sheet, and how its numbers are converted.

    `unit` is the unit as written, None when the sheet names none; `factor` leads to the canonical unit.
    """

    column: Column
    number: int
    header_row: int
    header: str
    unit: str | None
    factor: Decimal
    qualifier: str | None
    year: int | None

    @cached_property
    def letters(self) -> str:
        """The column's letters."""
        return column_letters(self.number)

    @property
    def header_ref(self) -> str:
        """The cell in which the header ends."""
        return f"{self.letters}{self.header_row}"


@dataclass(frozen=True)
class FoundTable:
    """A table in a sheet: its columns, the rows of its header and what stands above it."""

    sheet: str
    columns: tuple[FoundColumn, ...]
    header_rows: tuple[int, ...]
    above: tuple[tuple[int, RowClass, str], ...]
    unknown: tuple[tuple[str, str], ...]
    warnings: tuple[Message, ...]
    header_texts: Mapping[int, frozenset[str]] = field(repr=False)
    named_columns: frozenset[int] = field(repr=False)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Where each column stands, by its id."""
        return {found.column.id: found.number for found in self.columns}


@dataclass(frozen=True)
class Misfit:
    """Why a sheet holds no table of the kind; `matched` says how near it came."""

    message: Message
    matched: int


@dataclass(frozen=True)
class _Match:
    """Rows that may be a header, and the columns they name."""

    rows: Sequence[RawRow]
    columns: Mapping[int, tuple[str, Header]]

    @property
    def found(self) -> frozenset[str]:
        return frozenset(header.column.id for _, header in self.columns.values())


def find_table(sheet: RawSheet, rows: Sequence[RawRow], kind: TableKind) -> FoundTable | Misfit:
    """The table whose header stands in `rows`, the first rows of the sheet.

    Raises:
        BadFile: two columns mean the same, or a quantity's header names an unknown unit.
    """
    reader = HeaderReader(kind)
    best = _best_match(sheet, rows, reader)
    missing = [column.header for column in kind.columns if column.required and column.id not in best.found]
    if missing or len(best.found) < 2:
        return Misfit(_misfit(sheet, best, kind, missing), len(best.found))
    _refuse_a_table_above(sheet, rows, best, kind, reader)
    return _table(sheet, rows, best)


def _refuse_a_table_above(
    sheet: RawSheet, rows: Sequence[RawRow], best: _Match, kind: TableKind, reader: HeaderReader
) -> None:
    """Two headers in one sheet: the rows of the upper table would pass for titles."""
    required = {column.id for column in kind.columns if column.required}
    for row in (row for row in rows if row[0] < best.rows[0][0]):
        above = {header.column.id for _, header in _match(reader, _header_parts(sheet, [row])).values()}
        if len(above) >= 2 and required <= above:
            texts = [" ".join(parts) for parts in _header_parts(sheet, best.rows).values()]
            raise BadFile(another_table(sheet.name, best.rows[0][0], texts))


def another_table(sheet: str, row: int, texts: Sequence[str]) -> Message:
    """The sentence for a second table in a sheet, whose header stands in `row`."""
    problem = (
        "工作表“{sheet}”第 {row} 行起是另一张表，表头是“{found}”，与上面的列不同，没有读取。"
        "请把它移到另一张工作表后重新上传。"
    )
    return msg(problem, sheet=sheet, row=row, found="、".join(texts[:20]))


def _best_match(sheet: RawSheet, rows: Sequence[RawRow], reader: HeaderReader) -> _Match:
    """The rows that name most columns; of equals the fewer, then the higher; a filled row if none does."""
    filled = [row for row in rows if any(value != "" for value in row[1])]
    best = _Match(filled[:1], {})
    for levels in _LEVELS:
        for index in range(len(rows) - levels + 1):
            block = rows[index : index + levels]
            if block[-1][0] != block[0][0] + levels - 1:
                continue
            match = _Match(block, _match(reader, _header_parts(sheet, block)))
            if len(match.found) > len(best.found):
                best = match
    return best


def _header_parts(sheet: RawSheet, rows: Sequence[RawRow]) -> dict[int, list[str]]:
    """The header texts of each column from top to bottom, merged cells spread, repeats dropped."""
    grid = {
        (number, sheet.first_column + at): tidy(written(value))
        for number, cells in rows
        for at, value in enumerate(cells)
    }
    numbers = [number for number, _ in rows]
    columns = sorted({column for _, column in grid})
    if sheet.merged is None:
        _fill_right(grid, numbers, columns)
    for merge in sheet.merged or ():
        _spread(grid, merge, numbers, columns)
    parts: dict[int, list[str]] = {}
    for column in columns:
        texts = [grid.get((number, column), "") for number in numbers]
        kept = [text for at, text in enumerate(texts) if text and (at == 0 or text != texts[at - 1])]
        if kept:
            parts[column] = kept
    return parts


def _spread(
    grid: dict[tuple[int, int], str], merge: MergedRange, rows: list[int], columns: list[int]
) -> None:
    text = grid.get((merge.top, merge.left), "")
    for row in (row for row in rows if merge.top <= row <= merge.bottom):
        for column in (column for column in columns if merge.left <= column <= merge.right):
            grid[row, column] = text


def _fill_right(grid: dict[tuple[int, int], str], rows: list[int], columns: list[int]) -> None:
    """A csv has lost its merges: an upper header reaches over blanks to its right with a header below."""
    for row in rows[:-1]:
        for left, column in zip(columns, columns[1:], strict=False):
            if not grid.get((row, column)) and grid.get((rows[-1], column)) and grid.get((rows[-1], left)):
                grid[row, column] = grid.get((row, left), "")


def _match(reader: HeaderReader, parts: Mapping[int, list[str]]) -> dict[int, tuple[str, Header]]:
    matched = {}
    for number, texts in parts.items():
        header = reader.read(texts) if all(len(text) < LONGEST_HEADER for text in texts) else None
        if header:
            matched[number] = (" ".join(texts), header)
    return matched


def _table(sheet: RawSheet, rows: Sequence[RawRow], match: _Match) -> FoundTable:
    top, bottom = match.rows[0][0], match.rows[-1][0]
    before = [row for row in rows if row[0] < top and any(value != "" for value in row[1])]
    units = [piece for row in before for value in row[1] for piece in unit_line(written(value))]
    headers = _Headers(sheet.name, bottom, units, [])
    chosen = headers.without_doubles(match.columns)
    columns = (headers.column(number, text, header) for number, (text, header) in sorted(chosen.items()))
    parts = _header_parts(sheet, match.rows)
    unknown = ((number, " ".join(texts)) for number, texts in parts.items() if number not in chosen)
    return FoundTable(
        sheet=sheet.name,
        columns=tuple(columns),
        header_rows=tuple(number for number, _ in match.rows),
        above=tuple(_above(row) for row in before),
        unknown=tuple((f"{column_letters(number)}{bottom}", text) for number, text in unknown),
        warnings=tuple(headers.warnings),
        header_texts=_texts_by_column(sheet, match.rows, parts),
        named_columns=frozenset(parts),
    )


def _texts_by_column(
    sheet: RawSheet, rows: Sequence[RawRow], parts: Mapping[int, list[str]]
) -> dict[int, frozenset[str]]:
    texts = {number: {header_key(text) for text in several} for number, several in parts.items()}
    for _, cells in rows:
        for at, value in enumerate(cells):
            if value != "":
                texts.setdefault(sheet.first_column + at, set()).add(header_key(written(value)))
    return {number: frozenset(several) for number, several in texts.items()}


def _above(row: RawRow) -> tuple[int, RowClass, str]:
    texts = [text for value in row[1] if (text := tidy(written(value)))]
    is_unit = any(unit_line(text) for text in texts)
    return row[0], RowClass.UNIT if is_unit else RowClass.TITLE, " ".join(texts)[:200]


@dataclass
class _Headers:
    """The header of one sheet while its columns are settled: what names a place, and what is to be said."""

    sheet: str
    row: int
    unit_line: list[str]
    warnings: list[Message]

    def column(self, number: int, text: str, header: Header) -> FoundColumn:
        """The column with its unit: from the header, else the unit line, else the kind's own, said aloud."""
        column, unit, factor = header.column, header.unit, header.factor
        unknown = "、".join(header.unknown)
        if column.unit and factor is None:
            if unknown:
                problem = "{place}中，“{unknown}”不是可识别的单位。请改为以下之一：{known}。"
                known = "、".join(column.unit.accepted)
                raise BadFile(msg(problem, place=self._place(number, text), unknown=unknown, known=known))
            unit, factor = factor_from_line(column.unit, self.unit_line) or (None, Decimal(1))
            if unit is None and not column.unit.implied:
                problem = "{place}没有写单位，按“{unit}”读取；如果不是，请注明单位后重新上传。"
                self.warnings.append(msg(problem, place=self._place(number, text), unit=column.unit.label))
        elif column.unit and unknown:
            problem = "{place}中，“{unknown}”没有识别，未予采用。"
            self.warnings.append(msg(problem, place=self._place(number, text), unknown=unknown))
        factor = factor or Decimal(1)
        return FoundColumn(column, number, self.row, text, unit, factor, header.qualifier, header.year)

    def without_doubles(self, matched: Mapping[int, tuple[str, Header]]) -> dict[int, tuple[str, Header]]:
        """One header per column: the official wording wins over synonyms; otherwise nobody can tell."""
        by_id: dict[str, list[int]] = {}
        for number, (_, header) in matched.items():
            by_id.setdefault(header.column.id, []).append(number)
        chosen = dict(matched)
        for numbers in (numbers for numbers in by_id.values() if len(numbers) > 1):
            kept = self._official(numbers, matched)
            for number in numbers:
                if number != kept:
                    del chosen[number]
        return chosen

    def _official(self, numbers: list[int], matched: Mapping[int, tuple[str, Header]]) -> int:
        official = [number for number in numbers if matched[number][1].official]
        named = "、".join(f"{column_letters(number)}{self.row}“{matched[number][0]}”" for number in numbers)
        if len(official) != 1:
            problem = "工作表“{sheet}”里有几列都表示“{header}”：{named}。请只保留一列后重新上传。"
            header = matched[numbers[0]][1].column.header
            raise BadFile(msg(problem, sheet=self.sheet, header=header, named=named))
        problem = "工作表“{sheet}”里 {named} 含义相近，只读取 {kept} 列，其余未读取。"
        kept = column_letters(official[0])
        self.warnings.append(msg(problem, sheet=self.sheet, named=named, kept=kept))
        return official[0]

    def _place(self, number: int, text: str) -> Message:
        ref = f"{column_letters(number)}{self.row}"
        return msg("工作表“{sheet}”{ref} 的表头“{text}”", sheet=self.sheet, ref=ref, text=text)


def _misfit(sheet: RawSheet, match: _Match, kind: TableKind, missing: list[str]) -> Message:
    texts = [" ".join(parts)[:30] for parts in _header_parts(sheet, match.rows).values()]
    if not texts:
        return msg("工作表“{sheet}”是空的。", sheet=sheet.name)
    problem = (
        "工作表“{sheet}”不是“{kind}”：应有列“{expected}”，缺少“{missing}”；找到的表头是“{found}”。{nearest}"
    )
    required = [column.header for column in kind.columns if column.required]
    return msg(
        problem,
        sheet=sheet.name,
        kind=label(kind.name_zh),
        expected="、".join(required or [column.header for column in kind.columns[:12]]),
        missing="、".join(missing) or "其他可识别的列",
        found="、".join(texts[:20]),
        nearest=_nearest(missing, texts),
    )


def _nearest(missing: list[str], texts: list[str]) -> Message | str:
    """Which header may have been meant by each missing column; "" where none comes near."""
    likely = {name: get_close_matches(name, texts, n=1, cutoff=0.5) for name in missing}
    pairs = "、".join(f"{name}←{found[0]}" for name, found in likely.items() if found)
    return msg("最接近的是：{pairs}。", pairs=pairs) if pairs else ""
