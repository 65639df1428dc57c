"""What a file gives once understood: rows of typed cells, and an account of everything that is no row."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from tenglong.domain.intake.parsed import Severity, Value
from tenglong.domain.intake.shapes import FoundTable, RowClass
from tenglong.domain.intake.values import Decoder
from tenglong.domain.kernel.errors import Bug
from tenglong.domain.kernel.messages import Message


class Cell(NamedTuple):
    """A value with the cell it stands in and the text found there."""

    ref: str
    raw: str
    value: Value


@dataclass(frozen=True)
class CellProblem:
    """A sentence about one cell; `column_id` is a column of the kind."""

    column_id: str
    ref: str
    message: Message
    severity: Severity


@dataclass(frozen=True)
class ParsedRow:
    """One data row. `cells` holds the columns that have a value; blank cells are absent.

    `said` and `digest` are of the same values, as `traces` makes them.
    """

    sheet: str
    row: int
    cells: dict[str, Cell]
    said: str = "{}"
    digest: str = ""
    problems: tuple[CellProblem, ...] = ()

    def value(self, column_id: str) -> Value | None:
        """The value in a column; None where it is blank, refused or not in the file."""
        cell = self.cells.get(column_id)
        return cell.value if cell else None

    @property
    def errors(self) -> tuple[CellProblem, ...]:
        """The problems that keep this row out."""
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)


@dataclass(frozen=True)
class ReadColumn:
    """A column that was read. `unit`: as the file names it, None when it does not."""

    column_id: str
    header_ref: str
    header: str
    unit: str | None


@dataclass(frozen=True)
class ReadSheet:
    """A sheet that was read: its columns in the order they stand, and the rows of its header."""

    sheet: str
    columns: tuple[ReadColumn, ...]
    header_rows: tuple[int, ...]

    @property
    def header_refs(self) -> dict[str, str]:
        """Where each column's header stands, by column id."""
        return {column.column_id: column.header_ref for column in self.columns}


@dataclass(frozen=True)
class OtherRow:
    """A row that is neither data nor empty."""

    sheet: str
    row: int
    kind: RowClass
    text: str


@dataclass(frozen=True)
class UnknownColumn:
    """A column with a header that the kind does not know; it was not read."""

    sheet: str
    ref: str
    header: str


@dataclass(frozen=True)
class UnusedSheet:
    """A sheet that was not read, and why."""

    sheet: str
    reason: Message


@dataclass(frozen=True)
class Summary:
    """The account: read data rows, empty rows, every other row, and what was not read.

    The physical rows are read + empty + len(other_rows).
    """

    read: int
    empty: int
    other_rows: tuple[OtherRow, ...]
    unknown_columns: tuple[UnknownColumn, ...]
    unused_sheets: tuple[UnusedSheet, ...]
    warnings: tuple[Message, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values; `from_json` gives the same summary back."""
        return {
            "read": self.read,
            "empty": self.empty,
            "other_rows": [[row.sheet, row.row, row.kind, row.text] for row in self.other_rows],
            "unknown_columns": [[col.sheet, col.ref, col.header] for col in self.unknown_columns],
            "unused_sheets": [[unused.sheet, unused.reason.to_json()] for unused in self.unused_sheets],
            "warnings": [warning.to_json() for warning in self.warnings],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Summary":
        """The summary that `to_json` stored."""
        return cls(
            data["read"],
            data["empty"],
            tuple(
                OtherRow(sheet, row, RowClass(kind), text) for sheet, row, kind, text in data["other_rows"]
            ),
            tuple(UnknownColumn(*column) for column in data["unknown_columns"]),
            tuple(UnusedSheet(sheet, Message.from_json(why)) for sheet, why in data["unused_sheets"]),
            tuple(Message.from_json(warning) for warning in data["warnings"]),
        )


def sheet_to_json(table: FoundTable) -> dict[str, Any]:
    """What `sheet_from_json` needs of a table that was found."""
    columns = [[found.column.id, found.header_ref, found.header, found.unit] for found in table.columns]
    return {"sheet": table.sheet, "columns": columns, "header_rows": list(table.header_rows)}


def sheet_from_json(data: dict[str, Any]) -> ReadSheet:
    """The sheet that `sheet_to_json` stored."""
    columns = tuple(ReadColumn(*column) for column in data["columns"])
    return ReadSheet(data["sheet"], columns, tuple(data["header_rows"]))


def row_from_json(
    data: Sequence[Any],
    sheets: Sequence[ReadSheet],
    decoders: Mapping[str, Decoder],
    only: Container[str] | None = None,
) -> ParsedRow:
    """The row that `tables` wrote as [sheet number, row, cells, problems, said, digest].

    A cell is [column id, ref, raw], and the value as fourth where it differs from the raw text; `decoders` are
    those of the kind's columns. Of the cells, `only` those of some columns are kept, where they are named.
    """
    number, row, cells, problems, said, digest = data
    if only is not None:
        cells = [cell for cell in cells if cell[0] in only]
    return ParsedRow(
        sheets[number].sheet,
        row,
        {cell[0]: Cell(cell[1], cell[2], decoders[cell[0]](cell[-1])) for cell in cells},
        said,
        digest,
        tuple(_problems(problems)) if problems else (),
    )


def _problems(data: Sequence[Any]) -> Iterator[CellProblem]:
    for column_id, ref, message, severity in data:
        yield CellProblem(column_id, ref, Message.from_json(message), Severity(severity))


# What becomes of each row. The account must close: read = inserted + updated + unchanged + rejected.


class Verdict(StrEnum):
    """What accepting the file would do with a row."""

    INSERTED = "inserted"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


@dataclass(frozen=True)
class RowOutcome:
    """The verdict on one row, with its reasons."""

    sheet: str
    row: int
    verdict: Verdict
    messages: tuple[Message, ...] = ()


class Tally:
    """Counts verdicts and refuses to lose or double a row."""

    def __init__(self) -> None:
        self.counts = dict.fromkeys(Verdict, 0)
        self._seen: set[tuple[str, int]] = set()

    def add(self, outcome: RowOutcome) -> None:
        """Count one row.

        Raises:
            Bug: the row was counted before.
        """
        if (outcome.sheet, outcome.row) in self._seen:
            raise Bug("row judged twice", sheet=outcome.sheet, row=outcome.row)
        self._seen.add((outcome.sheet, outcome.row))
        self.counts[outcome.verdict] += 1

    def close(self, read: int) -> dict[Verdict, int]:
        """The counts, once every row of the file has been judged.

        Raises:
            Bug: they do not add up to `read`.
        """
        if sum(self.counts.values()) != read:
            raise Bug("rows lost or doubled", read=read, counts=self.counts)
        return dict(self.counts)
