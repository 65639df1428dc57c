"""What is derived from entries and kept beside them: states, attributes, totals of places, evidence, and the ends of
chains with what they stand behind."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from operator import itemgetter
from typing import Any

from django.db import transaction

from tenglong.domain.campaign.figures import Tally, every_measure
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.jsontext import read as read_json
from tenglong.domain.kernel.messages import msg
from tenglong.domain.ledger.entries import (
    GENESIS,
    StatedFile,
    Subject,
    files_of,
    is_void,
    joined,
    part_of,
    proved_by,
    root_of,
)
from tenglong.domain.ledger.entries import Entry as Fact
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
    done_slot_of,
    entries_of_shared,
    expected_totals,
    folded_anew,
    kept_attributes,
    shown,
    state_rows,
    stored_states,
    surviving_history,
)
from tenglong.store.bulk import add, as_json, insert, spare_entry_ids, take_entry_ids, update, upsert
from tenglong.store.models import (
    Case,
    CaseState,
    Entry,
    Evidence,
    PlaceTotal,
    Recording,
    Roster,
    RosterHead,
)

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
        self._all: set[int] = set()

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
        touched = self._touched(facts, fresh_parcels)
        self._all |= touched
        unread = touched - histories.keys()
        read = facts_of_cases(unread) if unread else {}
        known = {**histories, **{id: surviving_history(found) for id, found in read.items()}}
        old_ids = [id for id in touched if id not in fresh_cases]
        heads = [*case_heads(old_ids), *(fresh_cases[id] for id in sorted(touched & fresh_cases.keys()))]
        told = [(head, known[head.id]) for head in heads]
        rows = state_rows(self._roster_id, told, done=self._done, fresh_parcels=fresh_parcels)
        self._count(self._kept(old_ids), -1)
        self._count(rows, 1)
        self._keep(rows, fresh_cases)
        described = {fact.case_id for fact in facts if fact.case_id in known} - fresh_cases.keys()
        for id in described:
            self._attributes.pop(id, None)
        self._attributes |= _differing({id: attributes_now(known[id]) for id in described})

    @cached_property
    def _done(self) -> str:
        """Looked up once: whoever asks the database waits until the entries are written (`writing_behind`)."""
        return done_slot_of(self._roster_id)

    def touched_by(self, others: Sequence[Fact]) -> list[int]:
        """The cases folded here that entries recorded by others touch too, themselves or by land of one parcel."""
        return sorted(self._touched(others, ()) & self._all) if others else []

    def write(self) -> None:
        """Write what `add` left; once, at the end."""
        upsert(CaseState, COLUMNS, list(self._states.values()), key="case_id")
        if self._attributes:
            update(Case, kept_attributes(), list(self._attributes.values()))
        _add_to_totals(self._roster_id, self._tally.sums())

    def _touched(self, facts: Sequence[Fact], fresh_parcels: Collection[int]) -> set[int]:
        shared = set(_shared(facts, fresh_parcels))
        sharing = {case_id for case_id, *_ in entries_of_shared(self._roster_id, shared)}
        return ({fact.case_id for fact in facts} | sharing) - {0}

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
    proven = (fact for fact in facts if "files" in fact.details)
    Evidence.objects.bulk_create([_evidence(fact, file) for fact in proven for file in files_of(fact)])


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


def _evidence(fact: Fact, file: StatedFile) -> Evidence:
    return Evidence(
        entry_id=proved_by(fact),
        case_id=fact.case_id,
        recorded_at=fact.recorded_at,
        recorded_by=fact.recorded_by,
        **vars(file),
    )


# Where the chain of a book ends, and a branch beside it: entries of an acceptance, which count once it is joined.

SPARE = 10_000
"""Numbers left to those who record by hand while an acceptance goes on: more than people say in an hour."""


class ChainEnd:
    """Where the book of a number ends, locked. The instant of recording is taken while it is: `at`, or the last one's
    where another writer was faster."""

    def __init__(self, book: int, at: datetime):
        known = {"last_hash": GENESIS, "last_day": date.min}
        self._head, _ = RosterHead.objects.select_for_update().get_or_create(roster_id=book, defaults=known)
        self.at = max(at, self._head.last_recorded_at or at)
        self.recorded = 0
        self._onto, self._trunk = self._head.last_id, self._head.last_hash
        self._behind = self._onto
        self._written_at: datetime | None = None

    @property
    def hash(self) -> str:
        """What the next entry is chained behind."""
        return self._head.last_hash

    @property
    def last_id(self) -> int:
        """The number of the last entry."""
        return self._head.last_id

    def numbers(self, count: int) -> int:
        """The first of `count` numbers in a row for entries of a roster: of the spare ones, where there are."""
        head = self._head
        first = head.spare_next
        if head.last_id < first <= head.spare_end - count + 1:
            head.spare_next += count
            return first
        return take_entry_ids(count)

    def spare(self) -> None:
        """Leave numbers to who records until a branch that begins here is joined, where none are left already."""
        head = self._head
        if head.last_id < head.spare_next <= head.spare_end - SPARE // 2:
            return
        head.spare_next, head.spare_end = spare_entry_ids(SPARE)
        head.save(update_fields=["spare_next", "spare_end"])

    def advance(self, facts: Sequence[Fact], last_hash: str) -> None:
        """Stand behind `facts`, which were written."""
        self._stand(facts[-1].id, last_hash, len(facts), max(fact.effective_on for fact in facts))

    def join(self, branch: "Branch") -> None:
        """Stand behind the entries of a branch, and of what others recorded since it began.

        Raises:
            Conflict: so much was recorded meanwhile that the numbers of the branch are no longer higher.
        """
        if branch.first_id <= self.last_id:
            raise Conflict(msg("确认期间本名单登记了大量事项，请重新确认本文件。"))
        self._behind = branch.behind
        self._stand(branch.last_id, branch.hash, branch.recorded, branch.last_day)
        self._written_at = branch.at if branch.at != self.at else None

    def known(self, at: datetime) -> None:
        """What was written is known from `at` on, where that is later: nobody who asked before could see it."""
        if at > self.at:
            self._written_at, self.at = self._written_at or self.at, at

    def store(self) -> None:
        """Keep where the book ends now, and up to which entry it went at this instant; that what was written came in
        between, or is known later than it was written, is chained too (a joint)."""
        head, is_joint = self._head, self._behind != self._onto or self._written_at is not None
        if is_joint:
            head.last_hash = joined(self._trunk, head.last_hash, self.at)
        head.last_recorded_at = self.at
        head.save()
        Recording.objects.create(
            roster_id=head.roster_id,
            recorded_at=self.at,
            last_id=head.last_id,
            written_at=self._written_at,
            behind=self._behind if is_joint else None,
        )

    def _stand(self, last_id: int, last_hash: str, count: int, last_day: date) -> None:
        head = self._head
        head.last_id, head.last_hash = last_id, last_hash
        head.entries += count
        head.last_day = max(head.last_day, last_day)
        self.recorded += count


class Branch:
    """Entries chained behind the end of a roster as it was, while others go on recording there.

    Begun in a transaction of its own, so that nobody waits for it; `ChainEnd.join` makes its entries count. Its numbers
    are higher than those of whoever records meanwhile, so that the order of numbers stays that of knowing.
    """

    def __init__(self, roster_id: int, at: datetime):
        with transaction.atomic():
            end = ChainEnd(roster_id, at)
            end.spare()
        self.roster_id, self.at = roster_id, end.at
        self.behind = self.last_id = end.last_id
        self.hash, self.last_day, self.recorded = end.hash, date.min, 0
        self.first_id = 0

    def numbers(self, count: int) -> int:
        """The first of `count` numbers in a row."""
        return take_entry_ids(count)

    def advance(self, facts: Sequence[Fact], last_hash: str) -> None:
        """Stand behind `facts`, which were written."""
        self.first_id = self.first_id or facts[0].id
        self.last_id, self.hash = facts[-1].id, last_hash
        self.last_day = max(self.last_day, *(fact.effective_on for fact in facts))
        self.recorded += len(facts)
