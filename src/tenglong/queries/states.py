"""The stored fold of cases: how it is made, and the proof that it equals the ledger."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from tenglong.domain.campaign.cases import standing
from tenglong.domain.campaign.moves import machine
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.domain.ledger.entries import subject_of
from tenglong.domain.ledger.fold import AsOf, surviving
from tenglong.domain.ledger.kinds import Subject, vocabulary
from tenglong.domain.reporting.figures import DISCHARGING_AFTER, DISCHARGING_BEFORE
from tenglong.queries.ledger import facts_of_cases
from tenglong.store.models import Case, CaseState, Entry, PlaceTotal

ALWAYS = AsOf(day=date.max, last_id=2**62)
OF_ALL = ("listed", "proposed", "removed")
AMOUNTS = tuple(
    field.name
    for field in CaseState._meta.concrete_fields
    if field.get_internal_type() == "BigIntegerField" and not field.attname.endswith("_id")
)
EVENTS = tuple(
    field.name
    for field in CaseState._meta.concrete_fields
    if field.get_internal_type() == "DateField" and field.name != "state_on"
)
TotalKey = tuple[int, str, str]
COLUMNS = frozenset(field.name for field in CaseState._meta.concrete_fields)


def surviving_history(facts: Iterable[Fact]) -> list[Fact]:
    """Everything that counts today of a case's entries, in the order of the fold."""
    return sorted(surviving(facts, ALWAYS), key=lambda fact: fact.key)


def state_rows(roster_id: int, histories: Sequence[tuple[Case, list[Fact]]]) -> list[CaseState]:
    """The stored states that belong to surviving histories, each in the order of the fold."""
    winners = _parcel_winners(roster_id, histories)
    return [_state_row(case, history, winners) for case, history in histories]


def _parcel_winners(
    roster_id: int, histories: Iterable[tuple[Case, list[Fact]]]
) -> dict[tuple[int, str], int]:
    """For each (parcel, slot) touched, the entry that counts: land is freed once, whoever reports it."""
    words = vocabulary()
    parcels = {
        subject_of(words.kind(fact.kind), fact.case_id, fact.parcel_id)
        for _, history in histories
        for fact in history
        if words.kind(fact.kind).subject is Subject.PARCEL and fact.parcel_id is not None
    }
    best: dict[tuple[int, str], tuple[int, int]] = {}
    rows = list(entries_of_parcels(roster_id, sorted(parcels)))
    voided = _voided([id for _, id, *_ in rows])
    for _, id, subject, slot, day in rows:
        key = (subject, slot)
        if id not in voided and (key not in best or (day, id) > best[key]):
            best[key] = (day, id)
    return {key: id for key, (_, id) in best.items()}


def entries_of_parcels(roster_id: int, subjects: Sequence[int]) -> Iterator[tuple[int, int, int, str, int]]:
    """(case, entry, subject, slot, effective day) of all entries of some parcels, given as subjects.

    Naming the slots lets both databases walk `entry_fold` to the very entries: without them every call would
    pass over the whole roster.
    """
    words = vocabulary()
    slots = sorted({kind.slot for kind in words.kinds.values() if kind.subject is Subject.PARCEL})
    columns = ("case_id", "id", "subject", "slot", "effective_day")
    for start in range(0, len(subjects), 500):
        part = subjects[start : start + 500]
        rows = Entry.objects.filter(roster_id=roster_id, slot__in=slots, subject__in=part)
        yield from rows.values_list(*columns)


def _voided(ids: Sequence[int]) -> set[int]:
    """Those of `ids` that a correction takes back."""
    found: set[int] = set()
    for start in range(0, len(ids), 500):
        voids = Entry.objects.filter(corrects__in=ids[start : start + 500])
        found.update(id for id in voids.values_list("corrects", flat=True) if id is not None)
    return found


def _state_row(case: Case, history: list[Fact], winners: dict[tuple[int, str], int]) -> CaseState:
    words, now = vocabulary(), standing(history)
    row = CaseState(
        case=case,
        roster_id=case.roster_id,
        place_id=case.place_id,
        party=case.party,
        state=now.shown,
        state_on=_since(history),
        suspended=now.suspended,
        last_entry_id=max((fact.id for fact in history), default=0),
    )
    last = {
        (subject_of(words.kind(f.kind), f.case_id, f.parcel_id), words.kind(f.kind).slot): f for f in history
    }
    for (subject, slot), fact in last.items():
        kind = words.kind(fact.kind)
        if slot == "target" and not kind.on:
            row.removed = fact.effective_on
        if slot not in COLUMNS or not kind.on:
            continue
        if kind.quantity is None:
            setattr(row, slot, fact.effective_on)
        elif subject > 0 or winners.get((subject, slot)) == fact.id:
            setattr(row, slot, getattr(row, slot) + (fact.quantity or 0))
    return row


def _since(history: list[Fact]) -> date | None:
    """The day of the last entry that moved the case."""
    moving = [fact.effective_on for fact in history if fact.kind in machine().moves]
    return moving[-1] if moving else None


def add_to_totals(totals: dict[TotalKey, list[int]], row: CaseState, sign: int) -> None:
    """Add (sign 1) or take away (sign −1) what one stored state contributes, by (place, party, slot)."""
    for slot in EVENTS:
        if getattr(row, slot) is not None and (slot in OF_ALL or row.target is not None):
            _move(totals, row, slot, sign, 0)
    if row.target is None:
        return
    for slot in AMOUNTS:
        if amount := getattr(row, slot):
            _move(totals, row, slot, 0, sign * amount)
    if row.wastewater_baseline > 0:
        _move(totals, row, DISCHARGING_BEFORE, sign, 0)
    if row.wastewater_baseline > row.wastewater_freed:
        _move(totals, row, DISCHARGING_AFTER, sign, 0)


def _move(totals: dict[TotalKey, list[int]], row: CaseState, slot: str, count: int, amount: int) -> None:
    cell = totals.setdefault((row.place_id, row.party, slot), [0, 0])
    cell[0] += count
    cell[1] += amount


def totals_differ(roster_id: int) -> bool:
    """Whether the kept totals are not what the stored states add up to."""
    expected: dict[TotalKey, list[int]] = {}
    for row in CaseState.objects.filter(roster_id=roster_id).iterator(chunk_size=5000):
        add_to_totals(expected, row, 1)
    kept = {
        (row.place_id, row.party, row.slot): [row.count, row.total]
        for row in PlaceTotal.objects.filter(roster_id=roster_id)
        if row.count or row.total
    }
    return kept != expected


def differing_states(roster_id: int) -> list[int]:
    """The cases whose stored state is not the fold of their entries: an empty list is the proof."""
    wrong: list[int] = []
    cases = list(Case.objects.filter(roster_id=roster_id).order_by("id"))
    for start in range(0, len(cases), 1000):
        part = cases[start : start + 1000]
        facts = facts_of_cases([case.pk for case in part])
        histories = [(case, surviving_history(facts[case.pk])) for case in part]
        stored = CaseState.objects.in_bulk([case.pk for case in part])
        for row in state_rows(roster_id, histories):
            kept = stored.get(row.case_id)
            if (kept is None and facts[row.case_id]) or (kept is not None and _values(row) != _values(kept)):
                wrong.append(row.case_id)
    return wrong


def _values(row: CaseState) -> tuple:
    return tuple(getattr(row, field.attname) for field in CaseState._meta.concrete_fields)
