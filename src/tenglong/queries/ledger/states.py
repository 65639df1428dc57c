"""The stored fold of cases: how it is made, and the proof that it equals the ledger."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from tenglong.domain.campaign.cases import machine, standing
from tenglong.domain.campaign.figures import TARGET, Tally, definition, every_measure
from tenglong.domain.campaign.held import held_text
from tenglong.domain.kernel.periods import day_number, day_of
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.domain.ledger.entries import Subject, filed, last_words, not_taken_back
from tenglong.domain.ledger.kinds import CASE, PARCEL, SHARED, vocabulary
from tenglong.queries.ledger.fold import facts_of_cases, taken_back
from tenglong.store.models import Case, CaseState, Entry, PlaceTotal, Roster

TotalKey = tuple[int, str, str]
COLUMNS = tuple(field.attname for field in CaseState._meta.concrete_fields)
AMOUNTS = {"land": "area_vacated", "energy": "energy_freed"}
"""The columns in which lists show and sort by an amount, and the slots they repeat."""
in_fold_order = attrgetter("effective_on", "id")
in_line_order = itemgetter(0, 4)

State = dict[str, Any]
"""One line of CaseState by its columns."""
Attributes = dict[str, str]
"""What counts of a case's attributes today, by id."""


class CaseHead(NamedTuple):
    """What a state repeats of its case."""

    id: int
    place_id: int


def case_heads(ids: Iterable[int]) -> list[CaseHead]:
    """The heads of some cases, in the order of their ids."""
    wanted, found = sorted(ids), list[CaseHead]()
    for start in range(0, len(wanted), 500):
        rows = Case.objects.filter(pk__in=wanted[start : start + 500]).order_by("id")
        found += [CaseHead(*row) for row in rows.values_list("id", "place_id")]
    return found


def surviving_history(facts: Iterable[Fact]) -> list[Fact]:
    """Everything that counts today of a case's entries, in the order of the fold."""
    return sorted(not_taken_back(facts), key=in_fold_order)


def attributes_now(history: Sequence[Fact]) -> Attributes:
    """What a surviving history says of its case, as of now."""
    return last_words(history, vocabulary())


def state_rows(
    roster_id: int,
    histories: Sequence[tuple[CaseHead, list[Fact]]],
    *,
    done: str,
    fresh_parcels: Collection[int] = frozenset(),
) -> list[State]:
    """The stored states that belong to surviving histories, each in the order of the fold; `done` is the roster's slot.

    `fresh_parcels` have no entries but those of `histories`: nothing is looked up for them.
    """
    winners = _winners(roster_id, [history for _, history in histories], fresh_parcels)
    return [_state_row(roster_id, case, history, winners, done) for case, history in histories]


def done_slot(done_figure: str) -> str:
    """The slot whose date says that a case is done, on a roster whose `done_figure` it is."""
    return definition(done_figure).count or "write_off"


def done_slot_of(roster_id: int) -> str:
    """As `done_slot`, by the number of the roster."""
    return done_slot(Roster.objects.values_list("done_figure", flat=True).get(pk=roster_id))


def _winners(roster_id: int, histories: Iterable[list[Fact]], fresh_parcels: Collection[int]) -> set[int]:
    """Of every (parcel or part of one, slot) touched the entry that counts: land is freed once, whoever reports it."""
    kinds = vocabulary().kinds
    best: dict[tuple[Subject, str], tuple[int, int]] = {}
    shared: set[Subject] = set()
    for history in histories:
        for fact in history:
            where = fact.filed or filed(kinds[fact.kind], fact)
            if where.subject_type not in SHARED:
                continue
            if where.subject_type == PARCEL and where.subject in fresh_parcels:
                key = day_number(fact.effective_on), fact.id
                _win(best, ((PARCEL, where.subject), where.slot), key)
            else:
                shared.add((where.subject_type, where.subject))
    rows = list(entries_of_shared(roster_id, shared))
    gone = taken_back({id for _, id, *_ in rows}) if rows else ()
    for _, id, subject, slot, day in rows:
        if id not in gone:
            _win(best, (subject, slot), (day, id))
    return {id for _, id in best.values()}


def _win(
    best: dict[tuple[Subject, str], tuple[int, int]], place: tuple[Subject, str], key: tuple[int, int]
) -> None:
    if place not in best or key > best[place]:
        best[place] = key


def entries_of_shared(
    roster_id: int, subjects: Iterable[Subject]
) -> Iterator[tuple[int, int, Subject, str, int]]:
    """(case, entry, subject, slot, effective day) of all entries of some parcels and parts of parcels.

    Naming the slots lets both databases walk `entry_fold` to the very entries: without them every call would
    pass over the whole roster.
    """
    slots, wanted = vocabulary().slots_of(PARCEL), sorted(subjects)
    columns = ("case_id", "id", "subject_type", "subject", "slot", "effective_day")
    for kind in SHARED:
        ids = [id for subject_type, id in wanted if subject_type == kind]
        for start in range(0, len(ids), 500):
            rows = Entry.objects.filter(
                roster_id=roster_id, slot__in=slots, subject_type=kind, subject__in=ids[start : start + 500]
            )
            for case_id, id, subject_type, subject, slot, day in rows.values_list(*columns):
                yield case_id, id, (subject_type, subject), slot, day


def _state_row(
    roster_id: int, case: CaseHead, history: list[Fact], winners: Collection[int], done: str
) -> State:
    now, lines = standing(history), _lines(history, winners)
    held = {slot: day for slot, on, day, *_ in lines if on}
    return {
        "case_id": case.id,
        "roster_id": roster_id,
        "place_id": case.place_id,
        "party": attributes_now(history).get("party", ""),
        "state": now.shown,
        "state_on": _since(history),
        "suspended": now.suspended,
        "last_entry_id": max((fact.id for fact in history), default=0),
        "lines": lines,
        "target_on": _day(held.get(TARGET)),
        "done_on": _day(held.get(done)),
        **{name: _sum(lines, slot) for name, slot in AMOUNTS.items()},
        "held": held_text(history),
    }


def _lines(history: list[Fact], winners: Collection[int]) -> list[list[Any]]:
    """The lines of the fold that a case has, by slot: [slot, on, effective day, quantity, entry]."""
    kinds = vocabulary().kinds
    last: dict[tuple[str, int, str], Fact] = {}
    for fact in history:
        slot, _, subject_type, subject = fact.filed or filed(kinds[fact.kind], fact)
        last[subject_type, subject, slot] = fact
    lines = [
        [slot, kinds[fact.kind].on, day_number(fact.effective_on), fact.quantity, fact.id]
        for (subject_type, _, slot), fact in last.items()
        if subject_type == CASE or fact.id in winners
    ]
    return sorted(lines, key=in_line_order)


def _sum(lines: Iterable[Sequence[Any]], wanted: str) -> int:
    return sum(quantity or 0 for slot, on, _, quantity, _ in lines if on and slot == wanted)


def _day(number: int | None) -> date | None:
    return None if number is None else day_of(number)


def _since(history: list[Fact]) -> date | None:
    """The day of the last entry that moved the case."""
    moves = machine().moves
    return next((fact.effective_on for fact in reversed(history) if fact.kind in moves), None)


def add_to_totals(tally: Tally, row: State, sign: int = 1) -> None:
    """Add (sign 1) or take away (sign −1) what one stored state contributes."""
    lines = [(slot, on, quantity) for slot, on, _, quantity, _ in row["lines"]]
    tally.add(row["place_id"], row["party"], lines, sign)


def stored_states(case_ids: Iterable[int]) -> list[State]:
    """The states of some cases as they are kept."""
    wanted, found = sorted(case_ids), list[State]()
    for start in range(0, len(wanted), 500):
        found += CaseState.objects.filter(pk__in=wanted[start : start + 500]).values(*COLUMNS)
    return found


def expected_totals(roster_id: int) -> dict[TotalKey, list[int]]:
    """What the stored states add up to."""
    tally = Tally(every_measure())
    for row in CaseState.objects.filter(roster_id=roster_id).values(*COLUMNS).iterator(chunk_size=2000):
        add_to_totals(tally, row)
    return tally.sums()


def totals_differ(roster_id: int) -> bool:
    """Whether the kept totals are not what the stored states add up to."""
    kept = {
        (row.place_id, row.party, row.measure): [row.count, row.total]
        for row in PlaceTotal.objects.filter(roster_id=roster_id)
        if row.count or row.total
    }
    return kept != expected_totals(roster_id)


def cases_in_parts(roster_id: int, after: int = 0, size: int = 1000) -> Iterator[list[CaseHead]]:
    """The heads of a roster's cases with an id above `after`, in parts, in the order of their ids."""
    rows = Case.objects.filter(roster_id=roster_id, pk__gt=after).order_by("id")
    heads = [CaseHead(*row) for row in rows.values_list("id", "place_id")]
    for start in range(0, len(heads), size):
        yield heads[start : start + size]


def folded_anew(roster_id: int, part: Sequence[CaseHead]) -> tuple[list[State], dict[int, Attributes]]:
    """States and attributes of some cases as their entries say; cases without entries are left out."""
    facts = facts_of_cases(case.id for case in part)
    told = [(case, surviving_history(facts[case.id])) for case in part if facts[case.id]]
    rows = state_rows(roster_id, told, done=done_slot_of(roster_id))
    return rows, {case.id: attributes_now(history) for case, history in told}


def differing_states(roster_id: int) -> list[int]:
    """The cases whose stored state or attributes are not what their entries say: an empty list is the proof."""
    wrong: list[int] = []
    names = tuple(vocabulary().attributes_of(CASE))
    for part in cases_in_parts(roster_id):
        rows, said = folded_anew(roster_id, part)
        ids = [case.id for case in part]
        stored: dict[int, State] = defaultdict(dict) | {row["case_id"]: row for row in stored_states(ids)}
        kept = {row["pk"]: row for row in Case.objects.filter(pk__in=ids).values("pk", *_kept(names))}
        expected = {row["case_id"]: row for row in rows}
        for id in ids:
            if stored[id] != expected.get(id, {}) or shown(kept[id]) != _all(said.get(id, {}), names):
                wrong.append(id)
    return wrong


def shown(row: Mapping[str, Any]) -> Attributes:
    """The attributes as the columns of a case hold them, as text."""
    return as_said({name: value for name, value in row.items() if name != "pk"})


def as_said(values: Mapping[str, Any]) -> Attributes:
    """Attributes as entries state them: texts, days in ISO form, empty where there is none."""
    return {name: _as_text(value) for name, value in values.items()}


def kept_attributes() -> tuple[str, ...]:
    """The attributes that stand beside the case to be read: those that have a column of their name."""
    return _kept(tuple(vocabulary().attributes_of(CASE)))


def _kept(names: Sequence[str]) -> tuple[str, ...]:
    columns = {field.name for field in Case._meta.concrete_fields}
    return tuple(name for name in names if name in columns)


def _all(said: Attributes, names: Sequence[str]) -> Attributes:
    return {name: said.get(name, "") for name in _kept(names)}


def _as_text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "")
