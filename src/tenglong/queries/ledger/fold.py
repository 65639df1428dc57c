"""The fold in SQL: the last surviving entry of each (slot, subject), as of a day, as known at an entry id.

It walks the covering index `entry_fold` in its own order, so that nothing is sorted. What says "the last of each" is
the shortest of each database: SQLite takes the columns of the row with the largest MAX, PostgreSQL has DISTINCT ON.
domain.ledger.fold is the slow reference; tests/property holds the two together.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Max, Min

from tenglong.domain.campaign.figures import PARTY, TARGET, Measure, Totals, slots_of
from tenglong.domain.kernel.jsontext import read
from tenglong.domain.kernel.periods import day_number, day_of
from tenglong.domain.ledger.entries import AsOf, Filed, Joint
from tenglong.domain.ledger.entries import Entry as Fact
from tenglong.domain.ledger.kinds import CASE, OPENED, PARCEL, vocabulary
from tenglong.store.many import among
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


def joints_of(book: int) -> list[Joint]:
    """Where branches were joined into the chain of a book."""
    found, onto = list[Joint](), 0
    rows = Recording.objects.filter(roster_id=book).order_by("last_id", "id")
    for behind, last, known_at in rows.values_list("behind", "last_id", "recorded_at"):
        if behind is not None:
            found.append(Joint(behind, onto, last, known_at))
        onto = last
    return found


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


# What was said of cases (party, team, due day …) as of a day, as known at a moment: the last word on each.
#
# domain.ledger.fold.attributes is the slow reference.

SAID = f"""
SELECT {{columns}} FROM store_entry
WHERE roster_id = %s AND slot IN ({{slots}}) AND subject_type = '{CASE}'
  AND (({{from_the_start}} AND {{known_since}} <= %s) OR (NOT {{from_the_start}} AND effective_day <= %s AND id <= %s))
  AND id NOT IN ({TAKEN_BACK})
"""
LATEST = """
SELECT subject, said FROM (
    SELECT subject, said, LEAD(id) OVER (PARTITION BY subject ORDER BY since, id) IS NULL AS is_last
    FROM ({said}) words WHERE said IS NOT NULL
) latest WHERE is_last
"""
MOVED = """
SELECT subject FROM store_entry WHERE roster_id = %s AND slot IN ({later}) AND (id > %s OR effective_day > %s)
UNION ALL
SELECT r.subject FROM store_entry v CROSS JOIN store_entry r
WHERE v.root IS NOT NULL AND v.id > %s AND r.id = v.root AND r.roster_id = %s AND r.slot IN ({slots})
"""
"""CROSS JOIN: SQLite goes through the corrections, which are few, not through what was said of every case."""
_JSON = {"sqlite": "json_extract(details, '$.{path}')", "postgresql": "(details #>> '{{{path}}}')"}


def said_of_cases(roster_id: int, at: AsOf, names: Collection[str]) -> dict[int, dict[str, str]]:
    """The attributes `names` of every case of the roster; what nothing was said of is absent."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    sql, params = _said_sql("subject, details", roster_id, at)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY {_since()}, id", params)
        for case_id, details in _rows(cursor):
            said = (read(details) if isinstance(details, str) else details).get("said", {})
            found[case_id].update((name, said[name]) for name in names if name in said)
    return dict(found)


def latest_sql(name: str, roster_id: int, at: AsOf, among: str) -> tuple[str, list[Any]]:
    """One attribute of the cases that the SELECT `among` gives as a SELECT of (subject, said), with its parameters."""
    text = _json(f"said,{name}" if connection.vendor == "postgresql" else f"said.{name}")
    sql, params = _said_sql(f"subject, {text} AS said, {_since()} AS since, id", roster_id, at)
    return LATEST.format(said=f"{sql} AND subject IN ({among})"), params


def moved_sql(roster_id: int, at: AsOf) -> tuple[str, list[Any]]:
    """The cases of which something was said after `at` that changed what was said before, with its parameters. The
    attributes that stand beside the others are those of `at`, as far as they have entries by then."""
    slots = describing_slots()
    later = [slot for slot in slots if slot != vocabulary().kind(OPENED).slot]
    sql = MOVED.format(later=_marks(later), slots=_marks(slots))
    return sql, [roster_id, *later, at.last_id, day_number(at.day), at.last_id, roster_id, *slots]


def any_moved(roster_id: int, at: AsOf) -> bool:
    """Whether there are such cases."""
    sql, params = moved_sql(roster_id, at)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS ({sql})", params)
        return bool(cursor.fetchone()[0])


def _said_sql(columns: str, roster_id: int, at: AsOf) -> tuple[str, list[Any]]:
    slots = describing_slots()
    sql = SAID.format(
        columns=columns,
        slots=_marks(slots),
        from_the_start=_from_the_start(),
        known_since=f"COALESCE(CAST({_json('known_since')} AS BIGINT), id)",
    )
    return sql, [roster_id, *slots, at.last_id, day_number(at.day), at.last_id, at.last_id]


def describing_slots() -> list[str]:
    """The slots of the entries that say something of cases."""
    return sorted(
        {kind.slot for kind in vocabulary().kinds.values() if kind.describes and kind.subject == CASE}
    )


def _from_the_start() -> str:
    kinds = (kind.id for kind in vocabulary().kinds.values() if kind.from_the_start)
    return "kind IN ({})".format(", ".join(f"'{kind}'" for kind in kinds))


def _since() -> str:
    """What is said from the start stands before every day."""
    return f"CASE WHEN {_from_the_start()} THEN {day_number(date.min)} ELSE effective_day END"


def _json(path: str) -> str:
    return _JSON[connection.vendor].format(path=path)


def _marks(values: Collection[object]) -> str:
    return ", ".join(["%s"] * len(values))


def _rows(cursor: Any) -> Iterator[tuple[Any, ...]]:
    while rows := cursor.fetchmany(5000):
        yield from rows


# The totals of figures folded in SQL from the entries: what domain.campaign.figures says, compiled.
#
# domain.campaign.figures.reference is the slow reference; tests/property holds the two together.

ByPlace = dict[int, Totals]

# SQLite has no statistics of its tables, which nobody gathers in daily use, so the statements leave it no choice: the
# fold is the outer loop (CROSS JOIN), each of its lines looks its case up by key ("+" keeps the index of places out of
# it), and who is a member is asked of a list (IN), which is always indexed, where a joined fold may be walked anew for
# every line.
LINES = """
FROM ({last}) last CROSS JOIN store_case c
WHERE c.id = last.case_id AND +c.place_id IN ({places})
"""
GROUPED = f"""
WITH members AS (SELECT case_id FROM ({{targets}}) t WHERE is_on){{parties}}
SELECT slot, c.place_id * 4 + CAST(is_on AS INTEGER) * 2
           + CAST(last.case_id IN (SELECT case_id FROM members) AS INTEGER), {{party}}, COUNT(*), SUM(quantity)
{LINES}
GROUP BY 1, 2, 3
"""
"""Place, sense and membership are one number: a million lines are sorted by it, and one column sorts faster."""
COMPARED = f"""
WITH members AS (SELECT case_id FROM ({{targets}}) t WHERE is_on){{parties}}
, sides AS (
    SELECT c.place_id, {{party}} AS party, last.case_id,
           SUM(CASE WHEN slot = %s THEN quantity ELSE 0 END) AS more,
           SUM(CASE WHEN slot = %s THEN quantity ELSE 0 END) AS than
    {LINES} AND last.is_on
    GROUP BY 1, 2, 3
)
SELECT place_id, party, COUNT(*) FROM sides
WHERE more > than AND ({{everyone}} OR case_id IN (SELECT case_id FROM members)) GROUP BY 1, 2
"""
COLUMNS = "case_id, slot, is_on, quantity"


def folded_totals(roster_id: int, at: AsOf, measures: Sequence[Measure], places: Sequence[int]) -> ByPlace:
    """What each of `places` adds up to as of the day, as known then."""
    asked = _Asked(roster_id, at, places)
    found: ByPlace = {}
    for place_id, party, key, count, total in asked.totals(measures):
        found.setdefault(place_id, Totals()).add(key, party, count, total)
    return found


class _Asked:
    """The parts that the statements of one question have in common."""

    def __init__(self, roster_id: int, at: AsOf, places: Sequence[int]):
        self._roster_id, self._at = roster_id, at
        targets, self._of_targets = last_sql("case_id, is_on", [TARGET], roster_id, at)
        parties, party, self._of_parties = "", "c.party", list[Any]()
        if any_moved(roster_id, at):
            moved, of_moved = moved_sql(roster_id, at)
            said, of_said = latest_sql(PARTY, roster_id, at, among="SELECT subject FROM moved")
            parties, self._of_parties = f", moved AS ({moved}), parties AS ({said})", [*of_moved, *of_said]
            party = _chosen(vocabulary().attributes[PARTY].choices)
        marks, self._places = among(places)
        self._parts = {"targets": targets, "parties": parties, "party": party, "places": marks}

    def totals(self, measures: Sequence[Measure]) -> Iterator[tuple[int, str, str, int, int]]:
        """(place, party, measure's key, count, total) of everything asked for."""
        by_line = [measure for measure in measures if measure.than is None]
        if by_line:
            yield from self._grouped(by_line)
        for measure in measures:
            if measure.than is not None:
                yield from self._compared(measure)

    def _grouped(self, measures: Sequence[Measure]) -> Iterator[tuple[int, str, str, int, int]]:
        last, of_last = self._last(slots_of(measures))
        sql = GROUPED.format(last=last, **self._parts)
        params = [*self._of_targets, *self._of_parties, *of_last, *self._places]
        for slot, packed, party, count, total in _summed(sql, params):
            place_id, is_on, member = packed >> 2, bool(packed & 2), packed & 1
            for measure in measures:
                if (measure.slot, measure.on) == (slot, is_on) and (member or measure.everyone):
                    yield place_id, party, measure.key, count, int(total or 0)

    def _compared(self, measure: Measure) -> Iterator[tuple[int, str, str, int, int]]:
        last, of_last = self._last(measure.slots)
        sql = COMPARED.format(last=last, everyone="TRUE" if measure.everyone else "FALSE", **self._parts)
        params = [*self._of_targets, *self._of_parties, measure.slot, measure.than, *of_last, *self._places]
        for place_id, party, count in _summed(sql, params):
            yield place_id, party, measure.key, count, 0

    def _last(self, slots: Sequence[str]) -> tuple[str, list[Any]]:
        return last_sql(COLUMNS, slots, self._roster_id, self._at)


def _chosen(choices: Sequence[str]) -> str:
    """The party of a case: of those that `moved` as `parties` says, of the others as it stands beside them."""
    said = "WHEN c.id IN (SELECT subject FROM parties WHERE said = '{choice}') THEN '{choice}'"
    beside = "WHEN c.id NOT IN (SELECT subject FROM moved) THEN c.party"
    return "CASE {} {} ELSE '' END".format(beside, " ".join(said.format(choice=choice) for choice in choices))


def _summed(sql: str, params: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        yield from cursor.fetchall()
