"""What is derived from entries and kept beside them: states, attributes, totals of places, evidence."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from django.db import transaction

from tenglong.domain.campaign.figures import Tally, every_measure
from tenglong.domain.kernel.jsontext import read as read_json
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.domain.ledger.entries import Subject, files_of, is_void, part_of, proved_by, root_of
from tenglong.domain.ledger.kinds import PARCEL, PART
from tenglong.queries.ledger.evidence import FileOf, differing_evidence, evidence_said
from tenglong.queries.ledger.fold import facts_of_cases
from tenglong.queries.ledger.states import (
    COLUMNS,
    Attributes,
    CaseHead,
    State,
    TotalKey,
    add_to_totals,
    attributes_now,
    case_heads,
    cases_in_parts,
    entries_of_shared,
    expected_totals,
    folded_anew,
    kept_attributes,
    shown,
    state_rows,
    stored_states,
    surviving_history,
)
from tenglong.store.bulk import add, as_json, insert, update, upsert
from tenglong.store.models import Case, CaseState, Entry, Evidence, PlaceTotal, Roster, RosterHead

TOTAL_KEY = ("roster_id", "measure", "place_id", "party")
_columns = itemgetter(*COLUMNS)


class Projection:
    """The states that new entries of a roster bring about.

    What is fresh is written at once; what others may touch too (the states and attributes of known cases, the totals of
    places) by `write`, so that nobody waits for it until then.
    """

    def __init__(self, roster_id: int):
        self._roster_id = roster_id
        self._states: dict[int, tuple[Any, ...]] = {}
        self._attributes: dict[int, tuple[Any, ...]] = {}
        self._tally = Tally(every_measure())
        self.touched: set[int] = set()

    def add(
        self,
        facts: Sequence[Fact],
        histories: Mapping[int, list[Fact]],
        *,
        fresh_cases: Mapping[int, CaseHead],
        fresh_parcels: Collection[int],
    ) -> None:
        """Fold the cases that new entries touch anew, and those that share their parcels.

        `histories` are surviving ones that were read already; of what is fresh nothing is looked for.
        """
        shared = set(_shared(facts, fresh_parcels))
        touched = {fact.case_id for fact in facts} - {0}
        touched |= {case_id for case_id, *_ in entries_of_shared(self._roster_id, shared)}
        self.touched |= touched
        unread = touched - histories.keys()
        read = facts_of_cases(unread) if unread else {}
        known = {**histories, **{id: surviving_history(found) for id, found in read.items()}}
        old_ids = [id for id in touched if id not in fresh_cases]
        heads = [*case_heads(old_ids), *(fresh_cases[id] for id in sorted(touched & fresh_cases.keys()))]
        told = [(head, known[head.id]) for head in heads]
        rows = state_rows(self._roster_id, told, fresh_parcels=fresh_parcels)
        self._count(self._kept(old_ids), -1)
        self._count(rows, 1)
        self._keep(rows, fresh_cases)
        described = {fact.case_id for fact in facts if fact.case_id in known} - fresh_cases.keys()
        for id in described:
            self._attributes.pop(id, None)
        self._attributes |= _differing({id: attributes_now(known[id]) for id in described})

    def write(self) -> None:
        """Write what `add` left; once, at the end."""
        upsert(CaseState, COLUMNS, list(self._states.values()), key="case_id")
        if self._attributes:
            update(Case, kept_attributes(), list(self._attributes.values()))
        _add_to_totals(self._roster_id, self._tally.sums())

    def _kept(self, ids: Iterable[int]) -> list[State]:
        """The states of cases as they are, or as `add` left them."""
        left = [id for id in ids if id in self._states]
        waiting = [dict(zip(COLUMNS, self._states[id], strict=True)) for id in left]
        stored = stored_states(id for id in ids if id not in self._states)
        return stored + [{**row, "lines": read_json(row["lines"])} for row in waiting]

    def _count(self, rows: Iterable[State], sign: int) -> None:
        """Keep the totals of each place in step with the states: take away the old rows, add the new ones."""
        for row in rows:
            add_to_totals(self._tally, row, sign)

    def _keep(self, rows: Sequence[State], fresh: Collection[int]) -> None:
        values = _values(rows)
        insert(CaseState, COLUMNS, [one for one in values if one[0] in fresh])
        self._states |= {one[0]: one for one in values if one[0] not in fresh}


def _shared(facts: Sequence[Fact], fresh_parcels: Collection[int]) -> Iterator[Subject]:
    """The parcels and the parts of parcels that new entries touch; of fresh parcels no other cases speak."""
    parcels = {fact.parcel_id for fact in facts if fact.parcel_id is not None}
    yield from ((PARCEL, id) for id in parcels.difference(fresh_parcels))
    of_land = (fact for fact in facts if fact.parcel_id is not None)
    yield from ((PART, part) for fact in of_land if (part := part_of(fact)) is not None)
    corrected = [root_of(fact) for fact in facts if is_void(fact) and fact.parcel_id is not None]
    for start in range(0, len(corrected), 500):
        rows = Entry.objects.filter(pk__in=corrected[start : start + 500], subject_type=PART)
        yield from ((PART, subject) for subject in rows.values_list("subject", flat=True))


def project_evidence(facts: Iterable[Fact]) -> None:
    """Keep what new entries say of files."""
    Evidence.objects.bulk_create([_evidence(fact, file) for fact in facts for file in files_of(fact)])


def refold(roster: Roster) -> int:
    """Build everything that is derived from the entries of a roster anew, part by part; gives how many cases.

    Each part is a transaction of its own, so that it takes little memory, and who was interrupted begins again.
    """
    cases = 0
    for part in cases_in_parts(roster.pk):
        with transaction.atomic():
            rows, said = folded_anew(roster.pk, part)
            CaseState.objects.filter(pk__in=[case.id for case in part]).exclude(
                pk__in=[row["case_id"] for row in rows]
            ).delete()
            upsert(CaseState, COLUMNS, _values(rows), key="case_id")
            wrong = _differing({case.id: said.get(case.id, {}) for case in part})
            if wrong:
                update(Case, kept_attributes(), list(wrong.values()))
        cases += len(part)
    _refold_totals(roster)
    _refold_evidence(roster)
    RosterHead.objects.filter(pk=roster.pk).update(folded=True)
    return cases


def refold_what_migrations_left() -> None:
    """Make what is derived anew for every roster of which a migration threw it away."""
    for roster in Roster.objects.filter(pk__in=RosterHead.objects.filter(folded=False).values("roster_id")):
        refold(roster)


@transaction.atomic
def _refold_totals(roster: Roster) -> None:
    PlaceTotal.objects.filter(roster_id=roster.pk).delete()
    _add_to_totals(roster.pk, expected_totals(roster.pk))


@transaction.atomic
def _refold_evidence(roster: Roster) -> None:
    missing, unproven = differing_evidence(roster.pk)
    Evidence.objects.filter(pk__in=unproven).delete()
    for fact, file in evidence_said(roster.pk):
        if FileOf.of(fact, file) in missing:
            _evidence(fact, file).save(force_insert=True)


def _values(rows: Iterable[State]) -> list[tuple[Any, ...]]:
    """States as the database takes them, the case first."""
    return [_columns({**row, "lines": as_json(row["lines"])}) for row in rows]


def _add_to_totals(roster_id: int, sums: Mapping[TotalKey, Sequence[int]]) -> None:
    rows = [(roster_id, measure, place, party, *cell) for (place, party, measure), cell in sums.items()]
    add(PlaceTotal, TOTAL_KEY, ("count", "total"), rows)


def _differing(said: Mapping[int, Attributes]) -> dict[int, tuple[Any, ...]]:
    """What counts of the attributes of cases that repeat something else, as `update` takes it."""
    names, ids, changed = kept_attributes(), list(said), dict[int, tuple[Any, ...]]()
    for start in range(0, len(ids), 500):
        for row in Case.objects.filter(pk__in=ids[start : start + 500]).values("pk", *names):
            wanted = {name: said[row["pk"]].get(name, "") for name in names}
            if shown(row) != wanted:
                changed[row["pk"]] = (*(_column(name, wanted[name]) for name in names), row["pk"])
    return changed


def _column(name: str, text: str) -> str | None:
    """A day that is not said is null; it reaches the database as ISO text, which both take for a date."""
    is_date = Case._meta.get_field(name).get_internal_type() == "DateField"
    return (text or None) if is_date else text


def _evidence(fact: Fact, file: Mapping[str, Any]) -> Evidence:
    return Evidence(
        entry_id=proved_by(fact),
        case_id=fact.case_id,
        recorded_at=fact.recorded_at,
        recorded_by=fact.recorded_by,
        **file,
    )
