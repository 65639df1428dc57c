"""The fold in SQL: the last surviving entry of each (slot, subject), as of a day, as known at an entry id.

It walks the covering index `entry_fold` in its own order, so that nothing is sorted. What says "the last of each" is
the shortest of each database: SQLite takes the columns of the row with the largest MAX, PostgreSQL has DISTINCT ON.
domain.ledger.fold is the slow reference; tests/property holds the two together.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Max, Min

from tenglong.domain.kernel.periods import day_number, day_of
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.domain.ledger.entries import Filed
from tenglong.domain.ledger.fold import AsOf
from tenglong.domain.ledger.kinds import PARCEL, vocabulary
from tenglong.store.models import Entry, Recording, RosterHead

TAKEN_BACK = """
SELECT root FROM store_entry WHERE root IS NOT NULL AND id <= %s GROUP BY root HAVING COUNT(*) %% 2 = 1
"""
"""A correction may itself be taken back: each further one of the same root turns it over."""

COUNTING = f"""
FROM store_entry
WHERE roster_id = %s AND slot IN ({{slots}}) AND effective_day <= %s AND id <= %s
  AND id NOT IN ({TAKEN_BACK})
"""
LAST = {
    "sqlite": f"""
SELECT {{columns}} {COUNTING}
GROUP BY slot, subject_type, subject HAVING MAX(effective_day * 1099511627776 + id) IS NOT NULL
""",
    "postgresql": f"""
SELECT DISTINCT ON (slot, subject_type, subject) {{columns}} {COUNTING}
ORDER BY slot DESC, subject_type DESC, subject DESC, effective_day DESC, id DESC
""",
}
"""Days and ids in one number, 2 to the power of 40 apart: later days first, then later entries of the same day."""

ELSEWHERE = """
SELECT MIN(id) FROM store_entry WHERE roster_id = %s AND hash_version = 1 AND (subject_type, subject) <>
    (CASE WHEN parcel_id IS NOT NULL AND kind IN ({of_parcels}) THEN 'parcel' ELSE 'case' END,
     CASE WHEN parcel_id IS NOT NULL AND kind IN ({of_parcels}) THEN parcel_id ELSE case_id END)
"""


@dataclass(frozen=True)
class Row:
    """One line of the fold: the entry that counts for a subject in a slot."""

    entry_id: int
    case_id: int
    subject_type: str
    subject: int
    slot: str
    is_on: bool
    quantity: int | None
    effective_on: date


def last_sql(columns: str, slots: Sequence[str], roster_id: int, at: AsOf) -> tuple[str, list[Any]]:
    """The lines of the fold as a SELECT, with its parameters; fewer columns are faster."""
    marks = ", ".join(["%s"] * len(slots))
    return LAST[connection.vendor].format(columns=columns, slots=marks), [
        roster_id,
        *slots,
        day_number(at.day),
        at.last_id,
        at.last_id,
    ]


def fold_rows(roster_id: int, slots: Sequence[str], at: AsOf) -> list[Row]:
    """Every line of the fold for `slots`."""
    columns = "id, case_id, subject_type, subject, slot, is_on, quantity, effective_day"
    sql, params = last_sql(columns, slots, roster_id, at)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({sql}) last ORDER BY slot, subject_type, subject", params)
        return [
            Row(id, case, kind, subject, slot, bool(is_on), quantity, day_of(day))
            for id, case, kind, subject, slot, is_on, quantity, day in cursor.fetchall()
        ]


def last_id_at(roster_id: int, known_at: datetime | None) -> int:
    """The last entry of a roster that was known at `known_at`; None is now."""
    if known_at is None:
        return RosterHead.objects.filter(pk=roster_id).values_list("last_id", flat=True).first() or 0
    then = Recording.objects.filter(roster_id=roster_id, recorded_at__lte=known_at)
    latest = then.order_by("-recorded_at", "-last_id").values_list("last_id", flat=True)
    return latest.first() or 0


def is_now(roster_id: int, at: AsOf) -> bool:
    """Whether nothing of the roster lies beyond `at`, so that the stored fold answers."""
    head = RosterHead.objects.filter(roster_id=roster_id).first()
    return head is None or (at.last_id >= head.last_id and at.day >= head.last_day)


def to_fact(row: Entry) -> Fact:
    """The stored row as the domain's value."""
    filed = Filed(row.slot, row.is_on, row.subject_type, row.subject) if row.hash_version > 1 else None
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
        filed=filed,
    )


def facts_of_cases(case_ids: Iterable[int]) -> dict[int, list[Fact]]:
    """All entries of some cases, taken back ones included, in the order they were recorded."""
    facts: dict[int, list[Fact]] = {id: [] for id in case_ids}
    ids = list(facts)
    for start in range(0, len(ids), 500):
        for row in Entry.objects.filter(case_id__in=ids[start : start + 500]).order_by("id").iterator():
            facts[row.case_id].append(to_fact(row))
    return facts


def taken_back(ids: Collection[int]) -> set[int]:
    """Those of `ids` that corrections take back as of now."""
    wanted, found = sorted(ids), set[int]()
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        marks = ", ".join(["%s"] * len(part))
        sql = f"SELECT root FROM store_entry WHERE root IN ({marks}) GROUP BY root HAVING COUNT(*) %% 2 = 1"
        with connection.cursor() as cursor:
            cursor.execute(sql, part)
            found.update(root for (root,) in cursor.fetchall())
    return found


def last_correction(id: int) -> int | None:
    """The last correction in the chain of an entry: who turns the entry over once more corrects this one."""
    return Entry.objects.filter(root=id).aggregate(last=Max("id"))["last"]


def chain_of(roster_id: int) -> Iterator[tuple[Fact, str]]:
    """The roster's entries with their stored hashes, in order."""
    for row in Entry.objects.filter(roster_id=roster_id).order_by("id").iterator(chunk_size=5000):
        yield to_fact(row), row.hash


def first_misfiled(roster_id: int) -> int | None:
    """The first entry whose slot, sense, subject, chain of corrections or import is not what its facts say.

    The SQL fold reads these, and the hash of old entries, which covers the facts they come from, does not.
    """
    entries, kinds = Entry.objects.filter(roster_id=roster_id), vocabulary().kinds
    filed = entries.values_list("kind", "slot", "is_on").annotate(first=Min("id"))
    firsts = [
        first
        for kind, slot, is_on, first in filed
        if kind not in kinds or (slot, is_on) != (kinds[kind].slot, kinds[kind].on)
    ]
    of_parcels = [kind.id for kind in kinds.values() if kind.subject == PARCEL]
    marks = ", ".join(["%s"] * len(of_parcels))
    with connection.cursor() as cursor:
        cursor.execute(ELSEWHERE.format(of_parcels=marks), [roster_id, *of_parcels, *of_parcels])
        (elsewhere,) = cursor.fetchone()
    firsts += [elsewhere, _first_astray(roster_id)]
    return min((id for id in firsts if id is not None), default=None)


def _first_astray(roster_id: int) -> int | None:
    """The first correction whose root is not that of the entry it corrects, or that names another roster's."""
    sql = """
    SELECT MIN(v.id) FROM store_entry v LEFT JOIN store_entry t ON t.id = v.corrects
    WHERE v.roster_id = %s AND v.corrects IS NOT NULL
      AND (t.id IS NULL OR t.roster_id <> v.roster_id OR v.root <> COALESCE(t.root, t.id))
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [roster_id])
        return cursor.fetchone()[0]
