"""What is said about a user's workbook when it goes back: verdicts, marked cells, a summary."""

from collections.abc import Mapping
from dataclasses import dataclass

from tenglong.domain.intake.parsed import Severity


@dataclass(frozen=True)
class CellMark:
    """A cell to be coloured and commented; `ref` as in Excel ("K12"), also for a cell that is empty."""

    ref: str
    comment: str
    severity: Severity = Severity.ERROR


@dataclass(frozen=True)
class RowMark:
    """What happened to a row: the verdict as shown, its marked cells and the text of the error column."""

    verdict: str
    cells: tuple[CellMark, ...] = ()
    note: str = ""

    @property
    def text(self) -> str:
        """What the error column says."""
        return f"{self.verdict}：{self.note}" if self.verdict and self.note else self.verdict or self.note


@dataclass(frozen=True)
class SheetMarks:
    """The marks of one sheet. Rows count from 1, as Excel shows them.

    `header_row` is the (last) row of the table's header: the error column gets its title there.
    `error_column` is the number (from 1) of the error column that an earlier return added, if there is one.
    """

    header_row: int
    rows: Mapping[int, RowMark]
    error_column: int | None = None


@dataclass(frozen=True)
class Problem:
    """One line of the summary's table: where, what is wrong, what to do about it."""

    sheet: str
    cell: str
    what: str
    advice: str


@dataclass(frozen=True)
class Summary:
    """The added sheet: a title, lines of (label, value) and a table of problems under `headings`."""

    title: str
    lines: tuple[tuple[str, str], ...]
    problems: tuple[Problem, ...] = ()
    headings: tuple[str, str, str, str] = ("工作表", "单元格", "问题", "怎样改正")
