"""The register book read: what was said of firms, names, parcels and holdings as of a day, as known at a moment.

The tables of the register hold what the book says now. Whoever asks of the past takes them for every subject that
nothing lies beyond the question of, and folds the entries of the others (domain.registry.book).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import Model, Q, QuerySet

from tenglong.domain.kernel.periods import day_number, day_of
from tenglong.domain.ledger.entries import ALWAYS, AsOf
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.domain.registry.book import (
    FIRM,
    FROM_THE_START,
    HOLDING,
    LASTING,
    NAME,
    PARCEL,
    REGISTER,
    core_of,
    filed_under,
    firm_columns,
    holding_columns,
    lasting_words,
    number_in,
    said_as_of,
)
from tenglong.queries.ledger.fold import is_now, last_id_at
from tenglong.store.bulk import as_instant, as_json
from tenglong.store.models import (
    Case,
    Firm,
    FirmMerge,
    FirmName,
    Holding,
    ImportWithdrawal,
    Observation,
    Parcel,
    RegisterEntry,
)

AT_ONCE = 500
MODELS: dict[str, type[Model]] = {FIRM: Firm, NAME: FirmName, PARCEL: Parcel, HOLDING: Holding}
Said = dict[str, str]


def register_at(day: date, known_at: datetime | None = None) -> AsOf:
    """The point in both times of a question to the register; without `known_at` everything that is known."""
    return AsOf(day, last_id_at(REGISTER, known_at))


def to_fact(row: RegisterEntry) -> Fact:
    """The stored row as the domain's value."""
    return Fact(
        id=row.id,
        roster_id=REGISTER,
        case_id=0,
        kind=row.kind,
        effective_on=day_of(row.effective_day),
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        corrects=row.corrects,
        details=row.details,
        filed=filed_under(row.subject_type, row.subject),
    )


def moved_subjects(subject_type: str, at: AsOf) -> set[int]:
    """Of which subjects something was said that is later than the question or became known after it."""
    if is_now(REGISTER, at):
        return set()
    later = Q(id__gt=at.last_id) | Q(effective_day__gt=max(day_number(at.day), day_number(FROM_THE_START)))
    rows = RegisterEntry.objects.filter(later, subject_type=subject_type)
    return set(rows.values_list("subject", flat=True))


def histories(subject_type: str, subjects: Iterable[int]) -> Iterator[tuple[int, list[Fact]]]:
    """Everything that was said of some subjects, each in the order it was recorded."""
    wanted = sorted(subjects)
    for start in range(0, len(wanted), AT_ONCE):
        rows = RegisterEntry.objects.filter(
            subject_type=subject_type, subject__in=wanted[start : start + AT_ONCE]
        )
        for subject, found in groupby(rows.order_by("subject", "id").iterator(), attrgetter("subject")):
            yield subject, [to_fact(row) for row in found]


def said_of(subject_type: str, subjects: Iterable[int], at: AsOf) -> dict[int, Said]:
    """What counts of some subjects at a point; those of which nothing counts are absent."""
    found = {}
    for subject, history in histories(subject_type, subjects):
        said = said_as_of(history, at)
        if said is not None:
            found[subject] = said
    return found


def said_now(subject_type: str, subjects: Iterable[int]) -> dict[int, tuple[Said, Fact]]:
    """What the tables hold of some subjects, each with its first entry: the last word, and else what the subject is
    told apart by. A withdrawn name or holding is absent; a firm or parcel stays, whatever counts of it."""
    found = {}
    for subject, history in histories(subject_type, subjects):
        if subject_type in LASTING:
            found[subject] = lasting_words(history), history[0]
        elif (said := said_as_of(history, ALWAYS)) is not None:
            found[subject] = said, history[0]
    return found


def columns_of(subject_type: str, said: Mapping[str, str], first: Fact) -> tuple[Any, ...]:
    """The values of COLUMNS as the database takes them, by the last words on a subject and its first entry."""
    if subject_type == FIRM:
        return firm_columns(said)
    if subject_type == NAME:
        name, source = said["further_name"], as_json(first.details.get("source", {}))
        return (int(said["bearer"]), name, core_of(name), as_instant(first.recorded_at), source)
    if subject_type == PARCEL:
        return (number_in(said, "area"), said.get("parcel_address", ""), said.get("title_number", ""))
    return holding_columns(said, first.details.get("source", {}))


def chain_of_book() -> Iterator[tuple[Fact, str]]:
    """The entries of the book with their stored hashes, in order."""
    for row in RegisterEntry.objects.order_by("id").iterator(chunk_size=5000):
        yield to_fact(row), row.hash


def subjects_in_parts(subject_type: str, size: int = 2000) -> Iterator[Collection[int]]:
    """The subjects of a type that entries speak of, in parts."""
    rows = RegisterEntry.objects.filter(subject_type=subject_type).order_by("subject")
    part: list[int] = []
    for subject in rows.values_list("subject", flat=True).distinct().iterator(chunk_size=5000):
        part.append(subject)
        if len(part) == size:
            yield part
            part = []
    yield part


def brought_by(import_id: int) -> dict[str, set[int]]:
    """The subjects that an import said something of, by type."""
    found: dict[str, set[int]] = defaultdict(set)
    rows = RegisterEntry.objects.filter(import_id=import_id, corrects=None)
    for subject_type, subject in rows.values_list("subject_type", "subject"):
        found[subject_type].add(subject)
    return found


def known_rows(rows: QuerySet[Any], known_at: datetime | None = None) -> QuerySet[Any]:
    """Of rows that people and imports brought those that count as known at `known_at` (None: now), in no order.

    What an import brought is known from the end of its acceptance on. What a withdrawn one brought counts up to its
    withdrawal, and for questions about then for ever.
    """
    withdrawn = ImportWithdrawal.objects.all()
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at).exclude(batch__known_at__gt=known_at)
        withdrawn = withdrawn.filter(at__lte=known_at)
    return rows.exclude(batch__in=withdrawn.values("batch"))


def observations(known_at: datetime | None = None) -> QuerySet[Observation]:
    """The observations that count as known at `known_at` (None: now); of equal ones the latest id counts."""
    return known_rows(Observation.objects.all(), known_at)


class _Event(NamedTuple):
    """A merge or its undoing: whose the cases that moved with it had been before."""

    at: datetime
    order: int
    cases: list[int]
    firm_id: int


def kept_firms(known_at: datetime | None = None) -> dict[int, int]:
    """For every record that was merged into another firm, the firm it turned out to be, as known then (None: now)."""
    if known_at is None:
        absorbed = dict(Firm.objects.exclude(absorbed_by=None).values_list("id", "absorbed_by_id"))
    else:
        rows = FirmMerge.objects.filter(
            Q(undone_at=None) | Q(undone_at__gt=known_at), decided_at__lte=known_at
        )
        absorbed = dict(rows.order_by("id").values_list("absorbed_id", "kept_id"))
    for id in absorbed:
        while absorbed[id] in absorbed:
            absorbed[id] = absorbed[absorbed[id]]
    return absorbed


def firms_then(known_at: datetime) -> dict[int, int]:
    """The firm of every case that was another firm's then than it is now."""
    found: dict[int, int] = {}
    for event in sorted(_after(known_at), reverse=True):
        found.update(dict.fromkeys(event.cases, event.firm_id))
    return found


def names_then(known_at: datetime) -> dict[int, str]:
    """The name of the firm of every case that was another firm's then than it is now."""
    firms = firms_then(known_at)
    names = dict(Firm.objects.filter(pk__in=set(firms.values())).values_list("id", "name")) if firms else {}
    return {case: names[firm] for case, firm in firms.items()}


def name_of(case: Case, names: Mapping[int, str]) -> str:
    """What the firm of a case was called by those who knew `names` of it."""
    return names.get(case.pk, case.firm.name)


def _after(known_at: datetime) -> Iterator[_Event]:
    later = FirmMerge.objects.filter(Q(decided_at__gt=known_at) | Q(undone_at__gt=known_at))
    for merge in later.order_by("id"):
        moved = list(merge.voidable_entries.get("moved", []))
        if merge.undone_at is not None and merge.undone_at > known_at:
            yield _Event(merge.undone_at, merge.pk, moved, merge.kept_id)
        if merge.decided_at > known_at:
            yield _Event(merge.decided_at, merge.pk, moved, merge.absorbed_id)
