"""What a row says happened, and what that changes in the ledger; or why it may not stand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from tenglong.domain.campaign.cases import NEW, check_history, machine, standing
from tenglong.domain.intake.parsed import Severity
from tenglong.domain.intake.rows import CellProblem, ParsedRow
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.rulefiles import load_rules
from tenglong.domain.ledger.entries import Draft, Entry, causes_of
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


Fact = Entry | Draft
_NO_REASON = {"reason": ""}


@dataclass(frozen=True)
class Changes:
    """`voids` are taken back, `added` recorded, in this order; nothing to do when both are empty."""

    voids: tuple[Entry, ...] = ()
    added: tuple[Reported, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.voids or self.added)


def changes(
    reported: Sequence[Reported], known: Known, *, parcel_id: int | None, correct: bool = True
) -> Changes:
    """What `reported`, in the order of entries, changes in a known case.

    An equal date or amount is nothing to do. Another date for an event that counts is a correction (only an
    addition when `correct` is False); another amount is a correction on the same or an earlier day and a new
    total on a later one. What a relapse took back by rule is compared as it was told. `parcel_id` is the parcel
    of the row, None when it is not in the database yet.
    """
    if not known.facts:
        return Changes((), tuple(reported))
    counting = {vocabulary().kind(fact.kind).slot: fact for fact in known.facts}
    told = {fact.kind: fact for fact in known.facts if not causes_of(fact)}
    voids: list[Entry] = []
    added: list[Reported] = []
    for item in reported:
        old = known.last.get(item.kind)
        if old is None:
            added.append(item)
        elif item.quantity is None:
            told_already = any(f.kind == item.kind and f.effective_on == item.day for f in known.facts)
            if item.dated and not told_already:
                if correct and counting[vocabulary().kind(item.kind).slot] is old:
                    voids.append(old)
                added.append(item)
        elif causes_of(old) and item.day > old.effective_on:
            added.append(item)  # done again after a relapse had taken the amount back
        else:
            _compare_amount(item, told.get(item.kind, old), parcel_id, voids, added)
    return Changes(tuple(voids), tuple(added))


def _compare_amount(
    item: Reported, old: Entry, parcel_id: int | None, voids: list[Entry], added: list[Reported]
) -> None:
    moved = item.land and old.parcel_id != parcel_id
    event_moved = (
        any(void.effective_on == old.effective_on for void in voids) and item.day != old.effective_on
    )
    if old.quantity == item.quantity and not moved and not event_moved and item.day >= old.effective_on:
        return
    if moved or event_moved or item.day <= old.effective_on:
        voids.append(old)
    added.append(item)


def settle(found: Changes, known: Known) -> Changes:
    """The changes, made so that the case's history can stand.

    Entries that follow on the same day but were recorded earlier are recorded anew behind the addition,
    because within a day the ledger counts in the order of recording.

    Raises:
        Conflict: the history cannot stand; the sentence says which entry, and why.
    """
    try:
        check_history(history(found, known))
        return found
    except Conflict:
        repeated = _with_followers(found, known)
        if repeated is None:
            raise
    check_history(history(repeated, known))
    return repeated


def history(found: Changes, known: Known) -> list[Fact]:
    """The case's entries as they would be."""
    added = [
        Draft(0, kind, day, None, None, None, {"reason": reason} if reason else _NO_REASON)
        for kind, day, _, _, _, reason, _ in found.added
    ]
    if not known.facts:
        return [*added]
    gone = {void.id for void in found.voids}
    kept: list[Fact] = [fact for fact in known.facts if fact.id not in gone]
    return sorted([*kept, *added], key=lambda fact: fact.effective_on)


def culprit(found: Changes, known: Known) -> tuple[Reported | None, Message | None]:
    """The report because of which the history cannot stand, and the sentence."""
    facts = history(found, known)
    for length in range(1, len(facts) + 1):
        try:
            check_history(facts[:length])
        except Conflict as error:
            at_fault = facts[length - 1]
            same = (i for i in found.added if i.kind == at_fault.kind and i.day == at_fault.effective_on)
            return next(same, found.added[0] if found.added else None), error.message
    return None, None


def _with_followers(found: Changes, known: Known) -> Changes | None:
    """`found` with the entries recorded anew that should follow an addition of the same day; None without any."""
    order, moves = kind_order(), machine().moves
    gone = {void.id for void in found.voids}
    earliest: dict[object, int] = {}
    for item in found.added:
        if item.kind in moves:
            earliest[item.day] = min(order[item.kind], earliest.get(item.day, order[item.kind]))
    followers = [
        fact
        for fact in known.facts
        if fact.id not in gone and order[fact.kind] > earliest.get(fact.effective_on, len(order))
    ]
    if not followers:
        return None
    again = (
        Reported(f.kind, f.effective_on, f.quantity, reason=f.details.get("reason", "")) for f in followers
    )
    added = sorted([*found.added, *again], key=lambda item: item.rank)
    return Changes((*found.voids, *followers), tuple(added))
