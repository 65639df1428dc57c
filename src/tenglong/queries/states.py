"""The stored fold of cases: how it is made, and the proof that it equals the ledger."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple

from tenglong.domain.campaign.cases import standing
from tenglong.domain.campaign.moves import machine
from tenglong.domain.kernel.periods import day_of
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.domain.ledger.entries import subject_of
from tenglong.domain.ledger.fold import AsOf, surviving
from tenglong.domain.ledger.kinds import Kind, Subject, vocabulary
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
COLUMNS = tuple(field.attname for field in CaseState._meta.concrete_fields)
BLANK: dict[str, Any] = {name: None for name in (*EVENTS, "state_on")} | dict.fromkeys(AMOUNTS, 0)
in_fold_order = attrgetter("effective_on", "id")

State = dict[str, Any]
"""One line of CaseState by its columns."""


class CaseHead(NamedTuple):
    """What a state repeats of its case."""

    id: int
    place_id: int
    party: str


def case_heads(ids: Iterable[int]) -> list[CaseHead]:
    """The heads of some cases, in the order of their ids."""
    wanted, found = sorted(ids), list[CaseHead]()
    for start in range(0, len(wanted), 500):
        rows = Case.objects.filter(pk__in=wanted[start : start + 500]).order_by("id")
        found += [CaseHead(*row) for row in rows.values_list("id", "place_id", "party")]
    return found


def surviving_history(facts: Iterable[Fact]) -> list[Fact]:
    """Everything that counts today of a case's entries, in the order of the fold."""
    return sorted(surviving(facts, ALWAYS), key=in_fold_order)


def state_rows(
    roster_id: int,
    histories: Sequence[tuple[CaseHead, list[Fact]]],
    *,
    fresh_parcels: Collection[int] = frozenset(),
) -> list[State]:
    """The stored states that belong to surviving histories, each in the order of the fold.

    `fresh_parcels` have no entries but those of `histories`: nothing is looked up for them.
    """
    winners = _parcel_winners(roster_id, [history for _, history in histories], fresh_parcels)
    return [_state_row(roster_id, case, history, winners) for case, history in histories]


def _parcel_winners(
    roster_id: int, histories: Iterable[list[Fact]], fresh_parcels: Collection[int]
) -> dict[tuple[int, str], int]:
    """For each (parcel, slot) touched, the entry that counts: land is freed once, whoever reports it."""
    best: dict[tuple[int, str], tuple[date, int]] = {}
    parcels: set[int] = set()
    for history in histories:
        for fact in history:
            if fact.parcel_id is None or (kind := vocabulary().kind(fact.kind)).subject is not Subject.PARCEL:
                continue
            if fact.parcel_id in fresh_parcels:
                _win(best, (-fact.parcel_id, kind.slot), fact.key)
            else:
                parcels.add(-fact.parcel_id)
    rows = list(entries_of_parcels(roster_id, sorted(parcels)))
    voided = _voided([id for _, id, *_ in rows])
    for _, id, subject, slot, day in rows:
        if id not in voided:
            _win(best, (subject, slot), (day_of(day), id))
    return {key: id for key, (_, id) in best.items()}


def _win(
    best: dict[tuple[int, str], tuple[date, int]], place: tuple[int, str], key: tuple[date, int]
) -> None:
    if place not in best or key > best[place]:
        best[place] = key


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


def _state_row(
    roster_id: int, case: CaseHead, history: list[Fact], winners: dict[tuple[int, str], int]
) -> State:
    words, now = vocabulary(), standing(history)
    row = BLANK | {
        "case_id": case.id,
        "roster_id": roster_id,
        "place_id": case.place_id,
        "party": case.party,
        "state": now.shown,
        "state_on": _since(history),
        "suspended": now.suspended,
        "last_entry_id": max((fact.id for fact in history), default=0),
    }
    last: dict[tuple[int, str], tuple[Kind, Fact]] = {}
    for fact in history:
        kind = words.kind(fact.kind)
        last[subject_of(kind, fact.case_id, fact.parcel_id), kind.slot] = (kind, fact)
    for (subject, slot), (kind, fact) in last.items():
        if slot == "target" and not kind.on:
            row["removed"] = fact.effective_on
        if slot not in row or not kind.on:
            continue
        if kind.quantity is None:
            row[slot] = fact.effective_on
        elif subject > 0 or winners.get((subject, slot)) == fact.id:
            row[slot] += fact.quantity or 0
    return row


def _since(history: list[Fact]) -> date | None:
    """The day of the last entry that moved the case."""
    moving = [fact.effective_on for fact in history if fact.kind in machine().moves]
    return moving[-1] if moving else None


def add_to_totals(totals: dict[TotalKey, list[int]], row: State, sign: int) -> None:
    """Add (sign 1) or take away (sign −1) what one stored state contributes, by (place, party, slot)."""
    is_target = row["target"] is not None
    for slot in EVENTS:
        if row[slot] is not None and (slot in OF_ALL or is_target):
            _move(totals, row, slot, sign, 0)
    if not is_target:
        return
    for slot in AMOUNTS:
        if amount := row[slot]:
            _move(totals, row, slot, 0, sign * amount)
    if row["wastewater_baseline"] > 0:
        _move(totals, row, DISCHARGING_BEFORE, sign, 0)
    if row["wastewater_baseline"] > row["wastewater_freed"]:
        _move(totals, row, DISCHARGING_AFTER, sign, 0)


def _move(totals: dict[TotalKey, list[int]], row: State, slot: str, count: int, amount: int) -> None:
    cell = totals.setdefault((row["place_id"], row["party"], slot), [0, 0])
    cell[0] += count
    cell[1] += amount


def stored_states(case_ids: Iterable[int]) -> list[State]:
    """The states of some cases as they are kept."""
    wanted, found = sorted(case_ids), list[State]()
    for start in range(0, len(wanted), 500):
        found += CaseState.objects.filter(pk__in=wanted[start : start + 500]).values(*COLUMNS)
    return found


def totals_differ(roster_id: int) -> bool:
    """Whether the kept totals are not what the stored states add up to."""
    expected: dict[TotalKey, list[int]] = {}
    for row in CaseState.objects.filter(roster_id=roster_id).values(*COLUMNS).iterator(chunk_size=5000):
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
    rows = Case.objects.filter(roster_id=roster_id).order_by("id").values_list("id", "place_id", "party")
    cases = [CaseHead(*row) for row in rows]
    for start in range(0, len(cases), 1000):
        part = cases[start : start + 1000]
        facts = facts_of_cases([case.id for case in part])
        histories = [(case, surviving_history(facts[case.id])) for case in part]
        stored = {row["case_id"]: row for row in stored_states(case.id for case in part)}
        for row in state_rows(roster_id, histories):
            kept = stored.get(row["case_id"])
            if kept != row and (kept is not None or facts[row["case_id"]]):
                wrong.append(row["case_id"])
    return wrong
