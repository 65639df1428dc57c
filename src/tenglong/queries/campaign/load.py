"""How much each person and each team has on hand: open cases, late ones, signed and written off."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.quantities import half_up
from tenglong.domain.ledger.entries import AsOf
from tenglong.queries.campaign.rosters import Roster
from tenglong.queries.ledger.fold import fold_rows, last_id_at
from tenglong.queries.reading import read
from tenglong.queries.registry.organisation import organisation
from tenglong.queries.registry.territory import territory
from tenglong.queries.remembered import recorded, remembered

CASES = """
SELECT c.id, c.place_id, c.{by}, c.due_on, s.target_on, s.done_on
FROM store_case c JOIN store_casestate s ON s.case_id = c.id WHERE c.roster_id = %s
"""


@dataclass(frozen=True)
class Load:
    """What somebody has on hand: targets in all, `open` among them, late ones, and how many are signed and written off.
    `registered`: whether the organisation knows them; "" is nobody."""

    name: str
    cases: int
    open: int
    overdue: int
    signed: int
    written_off: int
    registered: bool


@dataclass(frozen=True)
class Loads:
    """The load of each person or team of a roster, those with most open cases first; `nobody` is what nobody has."""

    lines: tuple[Load, ...]
    nobody: Load

    def average(self, column: str) -> str:
        """How many of a column come to one of the lines, to one place; "—" where there is none."""
        if not self.lines:
            return "—"
        total = sum(getattr(line, column) for line in self.lines)
        return str(half_up(Fraction(total, len(self.lines)), 1))


class _Case(NamedTuple):
    id: int
    place_id: int
    name: str
    due_on: date | None
    target_on: date | None
    done_on: date | None


def loads(by: str, *, roster: Roster, unit: str, scope: Scope, today: date) -> Loads:
    """The load by "responsible", "team" or "department" of the cases of a roster at a place; remembered until something
    is recorded."""
    places = scope.narrowed(territory().at(today).members(unit)).places
    key = f"loads:{by}:{roster.pk}:{unit}:{hash(places)}:{today}:{recorded()}"
    return remembered(key, lambda: _loads(by, roster, places, today))


def _loads(by: str, roster: Roster, places: frozenset[int], today: date) -> Loads:
    rows = [row for row in read(_Case, CASES.format(by=by), roster.pk) if row.place_id in places]
    now = AsOf(today, last_id_at(roster.pk, None))
    slots = ("contract", "write_off")
    on: dict[str, set[int]] = {slot: set() for slot in slots}
    for line in fold_rows(roster.pk, slots, now):
        if line.is_on:
            on[line.slot].add(line.case_id)
    grouped: dict[str, list[_Case]] = defaultdict(list)
    for row in rows:
        if row.target_on:
            grouped[row.name].append(row)
    known = _registered(by, today)
    made = {
        name: _load(name, cases, on, lambda row: (row.due_on or roster.deadline) < today, name in known)
        for name, cases in grouped.items()
    }
    nobody = made.pop("", Load("", 0, 0, 0, 0, 0, False))
    return Loads(tuple(sorted(made.values(), key=lambda load: (-load.open, -load.cases, load.name))), nobody)


def _load(
    name: str, rows: Sequence[_Case], on: dict[str, set[int]], late: Callable[[_Case], bool], known: bool
) -> Load:
    open_ = [row for row in rows if row.done_on is None]
    signed, gone = (sum(row.id in on[slot] for row in rows) for slot in ("contract", "write_off"))
    return Load(name, len(rows), len(open_), sum(map(late, open_)), signed, gone, known)


def _registered(by: str, today: date) -> set[str]:
    known = organisation()
    if by == "responsible":
        return set(known.labelled)
    return {unit.name for unit in known.at(today).units.values()}
