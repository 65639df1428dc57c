"""The review of a roster: who stands at which step, and how what was pushed became what is final."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import pairwise, starmap
from typing import Any

from django.db.models import Count, F, Func, IntegerField
from django.db.models.expressions import Combinable

from tenglong.queries.campaign.figures import Question
from tenglong.queries.ledger.fold import Row, fold_rows
from tenglong.queries.registry.book import name_of, names_then
from tenglong.queries.registry.territory import territory
from tenglong.queries.values import Rows
from tenglong.store.many import LOOKED_THROUGH
from tenglong.store.models import Case, CaseState, Entry, Roster

REVIEW = ("suspected", "screened", "verified", "proposed", "dept_reviewed", "county_confirmed")
REVIEW_ABOVE = ("city_confirmed", "province_confirmed")
FINAL = "final"
REMOVED = "removed"
MEMBER = (
    "case_id", "case__number", "case__firm__name", "case__firm__code", "case__firm__temporary_id", "place_id",
    "state", "state_on", "case__origin",
)  # fmt: skip
"""The columns of Member, in its order."""
BEFORE_FINAL = (*REVIEW, *REVIEW_ABOVE, REMOVED)


@dataclass(frozen=True)
class Step:
    """A step of the review and how many cases stand there; `final` gathers all targets, whatever they did since."""

    id: str
    cases: int


@dataclass(frozen=True)
class Member:
    """A case at a step of the review, with its firm."""

    case_id: int
    number: int
    firm: str
    code: str
    temporary_id: str | None
    place_id: int
    state: str
    state_on: date | None
    origin: str


@dataclass(frozen=True)
class Origin:
    """How a case came on the roster and what became of it, with the reasons given."""

    case_id: int
    number: int
    firm: str
    place_id: int
    pushed: bool
    outcome: str
    reason: str
    on: date | None
    by: str


@dataclass(frozen=True)
class Difference:
    """From what was pushed to what is final. pushed − removed of it − still open + added that stayed = final."""

    rows: tuple[Origin, ...]

    def count(self, *, pushed: bool, outcome: str = "") -> int:
        """How many were pushed (or added), with that outcome or with any."""
        return sum(row.pushed == pushed and outcome in ("", row.outcome) for row in self.rows)

    @property
    def final(self) -> int:
        """How many are on the final roster."""
        return sum(row.outcome == FINAL for row in self.rows)


def steps(roster: Roster, places: frozenset[int]) -> list[Step]:
    """Every step with its cases, in the order of the review."""
    states = CaseState.objects.filter(roster_id=roster.pk, place_id__in=places)
    found: Counter[str] = Counter()
    for state, cases, targets in states.values_list("state").annotate(Count("pk"), Count("target_on")):
        if state in BEFORE_FINAL:
            found[state] += cases
        else:
            found[FINAL] += targets
    return [Step(id, found[id]) for id in (*REVIEW, *REVIEW_ABOVE, FINAL, REMOVED)]


def members(roster: Roster, places: frozenset[int], step: str, day: date) -> Rows[Member]:
    """The cases at a step with their firms, by official order of their places, then by number."""
    states = CaseState.objects.filter(roster_id=roster.pk, place_id__in=places)
    if step == FINAL:
        states = states.filter(target_on__isnull=False).exclude(state__in=BEFORE_FINAL)
    else:
        states = states.filter(state=step)
    held = (
        places if len(places) <= LOOKED_THROUGH else set(states.values_list("place_id", flat=True).distinct())
    )
    ordered = states.order_by(_position(held, day), "case__number").values_list(*MEMBER)
    return Rows(ordered, partial(starmap, Member))


def difference(asked: Question) -> Difference:
    """Every case of the roster that the question is about, from where it came and what became of it; firms are called
    as they were by those who knew what was known then."""
    inside, names = asked.place_ids, names_then(asked.known_at)
    lines: dict[int, dict[str, Row]] = {}
    for row in fold_rows(asked.roster.pk, ["listed", "proposed", "target"], asked.at):
        lines.setdefault(row.case_id, {})[row.slot] = row
    entries = _entries([row.entry_id for slots in lines.values() for row in slots.values()])
    cases = Case.objects.filter(roster_id=asked.roster.pk, place_id__in=inside).select_related("firm")
    return Difference(
        tuple(
            _origin(case, name_of(case, names), lines[case.pk], entries)
            for case in cases.order_by("number")
            if case.pk in lines
        )
    )


def _origin(case: Case, firm: str, slots: dict[str, Row], entries: dict[int, Mapping[str, Any]]) -> Origin:
    said = {slot: entries[row.entry_id] for slot, row in slots.items()}
    pushed = said.get("listed", {}).get("kind") == "pushed"
    target = slots.get("target")
    outcome = "open" if target is None else FINAL if target.is_on else REMOVED
    deciding = (
        "target" if outcome == REMOVED else next(s for s in ("proposed", "listed", "target") if s in slots)
    )
    return Origin(
        case_id=case.pk,
        number=case.number,
        firm=firm,
        place_id=case.place_id,
        pushed=pushed,
        outcome=outcome,
        reason=said[deciding]["details"].get("reason", ""),
        on=slots[deciding].effective_on,
        by=said[deciding]["recorded_by"],
    )


def _entries(ids: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    found: dict[int, Mapping[str, Any]] = {}
    for start in range(0, len(ids), 500):
        rows = Entry.objects.filter(pk__in=ids[start : start + 500])
        found.update((row["id"], row) for row in rows.values("id", "kind", "details", "recorded_by"))
    return found


def _position(places: Collection[int], day: date) -> Combinable:
    """Where the place of a case stands in the official order. Official codes mostly stand in it already; where they do
    not, the place is searched for by halves, with all numbers in the text."""
    positions = territory().at(day).positions
    order = sorted((id, positions[id]) for id in places)
    if all(one < next_one for (_, one), (_, next_one) in pairwise(order)):
        return F("place_id")
    return Func(F("place_id"), template=_halved(order), output_field=IntegerField())


def _halved(order: Sequence[tuple[int, int]]) -> str:
    """The position of an id, as an expression that halves the ids until one is left."""
    if len(order) == 1:
        return str(order[0][1])
    middle = len(order) // 2
    first, second = _halved(order[:middle]), _halved(order[middle:])
    return f"CASE WHEN %(expressions)s < {order[middle][0]} THEN {first} ELSE {second} END"
