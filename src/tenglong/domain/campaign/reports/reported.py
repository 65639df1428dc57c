"""One thing that a row says happened, and how the rows' problems are told."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from tenglong.domain.campaign.cases import NEW, standing
from tenglong.domain.intake.parsed import Severity
from tenglong.domain.intake.rows import CellProblem, ParsedRow
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.rulefiles import load_rules
from tenglong.domain.ledger.entries import Entry
from tenglong.domain.ledger.kinds import PARCEL, vocabulary


class Reported(NamedTuple):
    """An entry in the making. `quantity` in millionths; `cell` is where the row says so.

    `dated` is False when the row names no day and one was assumed: such a report never moves an entry that
    already counts. `land` says that it belongs to the case's parcel.
    """

    kind: str
    day: date
    quantity: int | None = None
    cell: str = ""
    column: str = ""
    reason: str = ""
    dated: bool = True

    @property
    def land(self) -> bool:
        """Whether the amount belongs to a parcel."""
        return self.kind in parcel_kinds()

    @property
    def rank(self) -> tuple[date, int]:
        """The order of entries: by day, within a day in the order of the vocabulary."""
        return (self.day, kind_order()[self.kind])


@dataclass(frozen=True)
class Known:
    """A case as the ledger has it: its surviving entries in the order of the fold."""

    facts: Sequence[Entry] = ()
    state: str = NEW
    last: dict[str, Entry] = field(default_factory=dict)

    @classmethod
    def of(cls, facts: Sequence[Entry]) -> "Known":
        """What surviving entries say."""
        return cls(facts, standing(facts).state, {fact.kind: fact for fact in facts}) if facts else cls()


class Report:
    """Collects what one row says, and what is wrong with it."""

    def __init__(self, row: ParsedRow, business_day: date):
        self.row = row
        self.business_day = business_day
        self.reported: list[Reported] = []
        self.problems: list[CellProblem] = []

    def day(self, column: str) -> date | None:
        """The date in a column; a date still to come is an error."""
        value = self.row.value(column)
        if not isinstance(value, date):
            return None
        if value > self.business_day:
            problem = "日期 {day} 晚于填报日期 {today}，台账只登记已经发生的事项，请改正。"
            self.error(column, problem, day=value, today=self.business_day)
            return None
        return value

    def say(self, kind: str, day: date, column: str = "", **more: Any) -> None:
        """The row says that `kind` happened on `day`."""
        cell = self.row.cells.get(column)
        self.reported.append(Reported(kind, day, None, cell.ref if cell else "", column, **more))

    def amount(self, kind: str, day: date, quantity: int, column: str) -> None:
        """The row says that an amount counts from `day`."""
        self.reported.append(Reported(kind, day, quantity, self.row.cells[column].ref, column))

    def leave_out_land(self, column: str, header: str) -> None:
        """Tell that an amount of land was not taken, because a tenant reports it (domain.md §4.5-4)."""
        problem = "承租企业不计腾出用地（用地归房东的宗地，只计一次），“{header}”没有登记。"
        self.warn(column, problem, header=header)

    def error(self, column: str, template: str, **params: Any) -> None:
        """Something that keeps the row out."""
        self._problem(column, Severity.ERROR, template, params)

    def warn(self, column: str, template: str, **params: Any) -> None:
        """Something to tell that does not keep the row out."""
        self._problem(column, Severity.WARNING, template, params)

    def _problem(self, column: str, severity: Severity, template: str, params: dict[str, Any]) -> None:
        cell = self.row.cells.get(column)
        self.problems.append(CellProblem(column, cell.ref if cell else "", msg(template, **params), severity))

    def sorted(self) -> list[Reported]:
        """What the row says, in the order of entries."""
        order = kind_order()
        return sorted(self.reported, key=lambda item: (item.day, order[item.kind]))


@cache
def report_rules() -> dict[str, Any]:
    """The rules that ship with the program."""
    return load_rules("tenglong.domain.campaign.reports", "rules.toml").content


@cache
def kind_order() -> dict[str, int]:
    """The place of each kind in the vocabulary."""
    return {kind: place for place, kind in enumerate(vocabulary().kinds)}


@cache
def parcel_kinds() -> frozenset[str]:
    """The kinds of entry that belong to parcels: land."""
    return frozenset(kind.id for kind in vocabulary().kinds.values() if kind.subject == PARCEL)
