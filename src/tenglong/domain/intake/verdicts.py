"""What becomes of each row. The account must close: read = inserted + updated + unchanged + rejected."""

from dataclasses import dataclass
from enum import StrEnum

from tenglong.domain.kernel.errors import Bug
from tenglong.domain.kernel.messages import Message


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
