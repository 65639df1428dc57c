"""The fold in SQL: the last surviving entry of each (slot, subject), as of a day, as known at an entry id.

The same statement runs on SQLite and PostgreSQL. It walks the covering index `entry_fold` in its own order,
so that nothing is sorted: an entry is the last of its slot when no later one follows in the partition.
domain.ledger.fold is the slow reference; tests/property holds the two together.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Min

from tenglong.domain.kernel.periods import day_number, day_of
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.domain.ledger.fold import AsOf
from tenglong.domain.ledger.kinds import Subject, vocabulary
from tenglong.store.bulk import as_instant
from tenglong.store.models import Entry, LedgerHead, RosterHead

LAST = """
SELECT {columns} FROM (
    SELECT {columns},
           LEAD(id) OVER (PARTITION BY slot, subject ORDER BY effective_day, id) IS NULL AS is_last
    FROM store_entry
    WHERE roster_id = %s AND slot IN ({slots}) AND effective_day <= %s AND id <= %s
      AND id NOT IN (SELECT corrects FROM store_entry WHERE corrects IS NOT NULL AND id <= %s)
) later WHERE is_last
"""

ELSEWHERE = """
SELECT MIN(id) FROM store_entry WHERE roster_id = %s AND subject <>
    CASE WHEN parcel_id IS NOT NULL AND kind IN ({of_parcels}) THEN -parcel_id ELSE case_id END
"""

KNOWN = """
WITH RECURSIVE search(low, step) AS (
    SELECT CAST(0 AS BIGINT), CAST(1099511627776 AS BIGINT)
    UNION ALL
    SELECT low + CASE WHEN (
        SELECT recorded_at FROM store_entry WHERE id >= low + step ORDER BY id LIMIT 1
    ) <= %s THEN step ELSE 0 END, step / 2
    FROM search WHERE step > 0
)
SELECT MAX(low) FROM search
"""
"""Ids grow with the instant of recording: the last one known then is found by halving, without an index."""


@dataclass(frozen=True)
class Row:
    """One line of the fold: the entry that counts for a subject in a slot."""

    entry_id: int
    case_id: int
    subject: int
    slot: str
    is_on: bool
    quantity: int | None
    effective_on: date


def last_sql(columns: str, slots: Sequence[str], roster_id: int, at: AsOf) -> tuple[str, list[Any]]:
    """The lines of the fold as a SELECT, with its parameters; fewer columns are faster."""
    marks = ", ".join(["%s"] * len(slots))
    return LAST.format(columns=columns, slots=marks), [
        roster_id,
        *slots,
        day_number(at.day),
        at.last_id,
        at.last_id,
    ]


def fold_rows(roster_id: int, slots: Sequence[str], at: AsOf) -> list[Row]:
    """Every line of the fold for `slots`."""
    columns = "id, case_id, subject, slot, is_on, quantity, effective_day"
    sql, params = last_sql(columns, slots, roster_id, at)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY slot, subject", params)
        return [
            Row(id, case, subject, slot, bool(is_on), quantity, day_of(day))
            for id, case, subject, slot, is_on, quantity, day in cursor.fetchall()
        ]


def last_id_at(known_at: datetime | None) -> int:
    """The last entry that was known at `known_at`; None is now."""
    if known_at is None:
        return LedgerHead.objects.values_list("last_id", flat=True).first() or 0
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [as_instant(known_at)])
        return int(cursor.fetchone()[0])


def is_now(roster_id: int, at: AsOf) -> bool:
    """Whether nothing of the roster lies beyond `at`, so that the stored fold answers."""
    head = RosterHead.objects.filter(roster_id=roster_id).first()
    return head is None or (at.last_id >= head.last_id and at.day >= head.last_day)


def to_fact(row: Entry) -> Fact:
    """The stored row as the domain's value."""
    return Fact(
        id=row.id,
        roster_id=row.roster_id,
        case_id=row.case_id,
        kind=row.kind,
        effective_on=day_of(row.effective_day),
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        parcel_id=row.parcel_id,
        quantity=row.quantity,
        corrects=row.corrects,
        details=row.details,
    )


def facts_of_cases(case_ids: Iterable[int]) -> dict[int, list[Fact]]:
    """All entries of some cases, voided ones included, in the order they were recorded."""
    facts: dict[int, list[Fact]] = {id: [] for id in case_ids}
    ids = list(facts)
    for start in range(0, len(ids), 500):
        for row in Entry.objects.filter(case_id__in=ids[start : start + 500]).order_by("id").iterator():
            facts[row.case_id].append(to_fact(row))
    return facts


def chain_of(roster_id: int) -> Iterator[tuple[Fact, str]]:
    """The roster's entries with their stored hashes, in order."""
    for row in Entry.objects.filter(roster_id=roster_id).order_by("id").iterator(chunk_size=5000):
        yield to_fact(row), row.hash


def first_misfiled(roster_id: int) -> int | None:
    """The first entry whose slot, sense or subject is not what its kind says; None when there is none.

    The SQL fold reads these three, and the chain, which covers the facts they come from, does not.
    """
    entries, kinds = Entry.objects.filter(roster_id=roster_id), vocabulary().kinds
    filed = entries.values_list("kind", "slot", "is_on").annotate(first=Min("id"))
    firsts = [
        first
        for kind, slot, is_on, first in filed
        if kind not in kinds or (slot, is_on) != (kinds[kind].slot, kinds[kind].on)
    ]
    of_parcels = [kind.id for kind in kinds.values() if kind.subject is Subject.PARCEL]
    marks = ", ".join(["%s"] * len(of_parcels))
    with connection.cursor() as cursor:
        cursor.execute(ELSEWHERE.format(of_parcels=marks), [roster_id, *of_parcels])
        (elsewhere,) = cursor.fetchone()
    return min((id for id in (*firsts, elsewhere) if id is not None), default=None)
