"""A table of firms in an Excel workbook, parsed in intake's child process."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from tenglong.domain.evaluation.tables.found import (
    NAMED,
    FirmTable,
    Unread,
    check_bases,
    check_year,
    refuse_doubles,
    why_not,
)
from tenglong.domain.evaluation.tables.kind import (
    NAME,
    OWN,
    YEAR,
    basis_in,
    identity_in,
    qualifier_of,
    table_of,
)
from tenglong.domain.evaluation.tables.wanted import Wanted
from tenglong.domain.intake.kinds import TableKind
from tenglong.domain.intake.readers.sandbox import read_table
from tenglong.domain.intake.rows import CellProblem, ParsedRow, ReadSheet, Summary
from tenglong.domain.intake.shapes import RowClass
from tenglong.domain.kernel.messages import Message, msg

TYPES = {"number": pl.Float64, "text": pl.String, "flag": pl.Boolean}


def read_workbook(path: Path, wanted: Wanted, folder: Path, *, year: int) -> FirmTable:
    """The table of firms of a workbook; where it has no column for the year, all rows are of `year`.

    Raises:
        BadFile: refused by the guard, no such table, two rows for one firm; BadValue: another basis.
    """
    kind = table_of(wanted)
    with read_table(path, path.name, kind) as table:
        default_year = None if YEAR in table.column_ids else year
        rows = _Rows(wanted, kind, identity_in(table.column_ids, path.name), default_year)
        rows.headers = _bases_in_headers(kind, table.sheets)
        for row in table.rows():
            rows.add(row)
        summary = table.summary
    doubles = {id: places for (id, _), places in rows.places.items() if len(places) > 1}
    named = dict(list(doubles.items())[:NAMED])
    refuse_doubles(path.name, named, len(doubles), by_name=rows.identity == NAME)
    if default_year is not None:
        headers = [column.header for sheet in table.sheets for column in sheet.columns]
        check_year(path.name, headers, default_year)
    notes = [*summary.warnings, *other_rows(summary), *check_bases(wanted, rows.bases)]
    target = folder / "firms.parquet"
    frame = rows.frame()
    frame.write_parquet(target)
    years = tuple(sorted(set(rows.values["year"])))
    return FirmTable(target, frame.height, years, True, tuple(rows.unread), tuple(notes))


def other_rows(summary: Summary) -> Iterator[Message]:
    """A note on each total or remark below the table: it was not taken for a firm."""
    left = [row for row in summary.other_rows if row.kind in (RowClass.TOTAL, RowClass.NOTE)]
    for row in left[:NAMED]:
        problem = "{place}“{text}”不是企业，没有参加评价。"
        yield msg(problem, place=f"{row.sheet}!{row.row}", text=row.text[:40])


def _bases_in_headers(kind: TableKind, sheets: Sequence[ReadSheet]) -> dict[tuple[str, str], str]:
    """The basis that a header names, by sheet and column of the scheme."""
    columns = [(sheet.sheet, c.column_id.removeprefix(OWN), c) for sheet in sheets for c in sheet.columns]
    return {
        (sheet, id): basis_in(kind, id, read.header)
        for sheet, id, read in columns
        if read.column_id.startswith(OWN) and qualifier_of(kind, id)
    }


@dataclass
class _Rows:
    """The rows so far, column by column."""

    wanted: Wanted
    kind: TableKind
    identity: str
    default_year: int | None
    headers: dict[tuple[str, str], str] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    places: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    bases: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    values: dict[str, list[Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.values = {name: [] for name in dict.fromkeys(("id", "year", "name", *self.wanted.column))}
        self.based = {
            id: qualifier for id in self.wanted.column if (qualifier := qualifier_of(self.kind, id))
        }

    def add(self, row: ParsedRow) -> None:
        """Keep a row, among the unread where it cannot be rated."""
        name = str(row.value(NAME) or "")
        id = str(row.value(self.identity) or "")
        said = row.value(YEAR)
        year = said if isinstance(said, int) else self.default_year
        place = f"{row.sheet}!{row.row}"
        self._note_bases(row, place)
        problems = [_told(row.sheet, problem) for problem in row.errors]
        reason = why_not(place, next(iter(problems), None), id, year)
        if reason or year is None:
            self.unread += [Unread(place, id, name, year, *reason, tuple(problems[1:]))] if reason else []
            return
        self.places.setdefault((id, year), []).append(place)
        read: dict[str, object] = {"id": id, "year": year, "name": name or None}
        for column in self.wanted.column:
            value = row.value(OWN + column)
            read[column] = float(value) if isinstance(value, Decimal) else value
        for column, cell in read.items():
            self.values[column].append(cell)

    def frame(self) -> pl.DataFrame:
        """The rows as typed columns."""
        types = {id: TYPES[column.type] for id, column in self.wanted.column.items()}
        schema = {"id": pl.String, "year": pl.Int64, "name": pl.String, **types}
        return pl.DataFrame(self.values, schema=schema)

    def _note_bases(self, row: ParsedRow, place: str) -> None:
        for column, qualifier in self.based.items():
            if OWN + column in row.cells:
                stated = self.bases.setdefault(column, {})
                basis = row.value(qualifier) or self.headers.get((row.sheet, column), "")
                places = stated.setdefault(str(basis), [])
                if len(places) <= NAMED:
                    places.append(place)


def _told(sheet: str, problem: CellProblem) -> Message:
    return msg("{place}：{problem}", place=f"{sheet}!{problem.ref}", problem=problem.message)
