"""What migration 0012 does to a ledger of the first form; no model of today takes part, only tables as they were."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from tenglong.domain.kernel.jsontext import compact, read
from tenglong.domain.kernel.periods import china_date, day_number
from tenglong.domain.ledger.entries import GENESIS, Entry, Filed, link
from tenglong.store.bulk import as_instant

BY = "系统升级"
AT_ONCE = 2_000
ATTRIBUTES = ("party", "zone", "team", "department", "batch", "measure", "processes", "origin", "due_on")
INSERT = """
INSERT INTO store_entry (id, roster_id, case_id, kind, slot, is_on, subject_type, subject, effective_day, recorded_at,
                         recorded_by, details, hash_version, hash)
VALUES (%s, %s, %s, %s, %s, %s, 'case', %s, %s, %s, %s, %s, 2, %s)
"""
_IMPORT = {
    "sqlite": "CAST(json_extract(details, '$.source.import') AS BIGINT)",
    "postgresql": "CAST(details #>> '{source,import}' AS BIGINT)",
}


@dataclass(frozen=True)
class Said:
    """An entry in the making: of which case, of what kind, and what it says."""

    case_id: int
    kind: str
    slot: str
    details: dict[str, Any]


@dataclass(frozen=True)
class Change:
    """Attributes of a case before and after, and the last entry that was known when they changed."""

    before: dict[str, str]
    after: dict[str, str]
    known_since: int


def fill_entries(connection: BaseDatabaseWrapper) -> None:
    """Parcels by type and number instead of numbers below zero; corrections with their root; what imports brought; the
    last entry of each instant."""
    brought = _IMPORT[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE store_entry SET subject_type = 'parcel', subject = -subject WHERE subject < 0")
        cursor.execute("UPDATE store_entry SET root = corrects WHERE corrects IS NOT NULL")
        cursor.execute(f"UPDATE store_entry SET import_id = {brought} WHERE {brought} IS NOT NULL")
        cursor.execute(
            "INSERT INTO store_recording (roster_id, recorded_at, last_id) "
            "SELECT roster_id, recorded_at, MAX(id) FROM store_entry GROUP BY roster_id, recorded_at ORDER BY 3"
        )
        cursor.execute(
            "UPDATE store_rosterhead SET folded = FALSE, last_recorded_at = "
            "(SELECT MAX(recorded_at) FROM store_entry WHERE store_entry.roster_id = store_rosterhead.roster_id)"
        )


def record_what_stood_beside(connection: BaseDatabaseWrapper) -> None:
    """An entry for every case that says what was known of it, and one for the evidence of each entry that had some."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(MAX(id), 0) FROM store_entry")
        number = int(cursor.fetchone()[0])
        cursor.execute("SELECT DISTINCT roster_id FROM store_case ORDER BY roster_id")
        for (roster_id,) in cursor.fetchall():
            number = _record(connection, roster_id, number)
        if connection.vendor == "postgresql" and number:
            cursor.execute("SELECT setval('entry_numbers_given', %s)", [number])


def _record(connection: BaseDatabaseWrapper, roster_id: int, number: int) -> int:
    last, at, last_day = _end(connection, roster_id)
    day, moment, rows = china_date(at), as_instant(at), list[tuple[Any, ...]]()
    for said in (*_said(connection, roster_id), *_proved(connection, roster_id)):
        number += 1
        filed = Filed(said.slot, True, "case", said.case_id)
        fact = Entry(
            number, roster_id, said.case_id, said.kind, day, at, BY, None, None, None, said.details, filed
        )
        last, text = link(last, fact), compact(said.details)
        what = (number, roster_id, said.case_id, said.kind, said.slot, True, said.case_id)
        rows.append((*what, day_number(day), moment, BY, text, last))
    with connection.cursor() as cursor:
        for start in range(0, len(rows), AT_ONCE):
            cursor.executemany(INSERT, rows[start : start + AT_ONCE])
    if rows:
        _write_end(connection, roster_id, (number, last, max(last_day, day).isoformat(), moment))
    return number


def _write_end(connection: BaseDatabaseWrapper, roster_id: int, end: tuple[int, str, str, Any]) -> None:
    """Where the roster's ledger ends now: last entry, its hash, the last day, the last instant."""
    number, _, _, moment = end
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM store_rosterhead WHERE roster_id = %s", [roster_id])
        cursor.execute("SELECT COUNT(*) FROM store_entry WHERE roster_id = %s", [roster_id])
        (entries,) = cursor.fetchone()
        cursor.execute(
            "INSERT INTO store_rosterhead "
            "(roster_id, last_id, last_hash, last_day, last_recorded_at, entries, folded) "
            "VALUES (%s, %s, %s, %s, %s, %s, FALSE)",
            [roster_id, *end, entries],
        )
        cursor.execute(
            "INSERT INTO store_recording (roster_id, recorded_at, last_id) VALUES (%s, %s, %s)",
            [roster_id, moment, number],
        )


def _end(connection: BaseDatabaseWrapper, roster_id: int) -> tuple[str, datetime, date]:
    """The last hash, instant and day of a roster; new entries are recorded at the instant of the last."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT last_hash, last_recorded_at, last_day FROM store_rosterhead WHERE roster_id = %s",
            [roster_id],
        )
        found = cursor.fetchone()
        if found and found[1] is not None:
            return found[0], instant_of(found[1]), _day(found[2])
        cursor.execute("SELECT created_at FROM store_roster WHERE id = %s", [roster_id])
        return GENESIS, instant_of(cursor.fetchone()[0]), date.min


def _said(connection: BaseDatabaseWrapper, roster_id: int) -> Iterator[Said]:
    """What each case was opened with, and what was changed since, as far as trail and imports tell."""
    changes = _changes(connection, roster_id)
    names = ", ".join(f"c.{name}" for name in ATTRIBUTES)
    sql = f"""
    SELECT c.id, c.firm_id, p.code, (SELECT MIN(e.id) FROM store_entry e WHERE e.case_id = c.id), {names}
    FROM store_case c JOIN store_place p ON p.id = c.place_id WHERE c.roster_id = %s ORDER BY c.id
    """
    for case_id, firm_id, place, since, *values in _all(connection, sql, roster_id):
        now = {name: _text(value) for name, value in zip(ATTRIBUTES, values, strict=True)}
        first = dict(now)
        for change in reversed(changes[case_id]):
            first.update(change.before)
        said = {name: text for name, text in first.items() if text}
        about = {"firm": firm_id, "place": place, "said": said, "known_since": since or 0}
        yield Said(case_id, "opened", "opening", about)
        for change in changes[case_id]:
            first.update(change.after)
            later = {"said": change.after, "known_since": change.known_since}
            yield Said(case_id, "inherited", "inheritance", later)
        if rest := {name: text for name, text in now.items() if first[name] != text}:
            yield Said(case_id, "inherited", "inheritance", {"said": rest, "known_since": since or 0})


def _changes(connection: BaseDatabaseWrapper, roster_id: int) -> dict[int, list[Change]]:
    """The changes of each case in their order. The party counts in figures and was always read as of today: it is
    left as it is, so that no figure of the past moves."""
    by_hand = """
    SELECT t.at, c.id, t.details FROM store_trailevent t JOIN store_case c ON t.about = 'case:' || c.id
    WHERE t.deed = 'plan_case' AND c.roster_id = %s ORDER BY t.id
    """
    by_import = """
    SELECT i.decided_at, r.case_id, r.plan FROM store_importrow r JOIN store_import i ON i.id = r.batch_id
    WHERE i.roster_id = %s AND i.state = 'accepted' AND r.case_id IS NOT NULL ORDER BY r.id
    """
    told: list[tuple[datetime, int, dict[str, list[Any]]]] = []
    for at, case_id, details in _all(connection, by_hand, roster_id):
        said = json_of(details)
        values = {name: [before, said["after"][name]] for name, before in said["before"].items()}
        told.append((instant_of(at), case_id, values))
    for at, case_id, plan in _all(connection, by_import, roster_id):
        told.append((instant_of(at), case_id, json_of(plan).get("attributes", {})))
    found: dict[int, list[Change]] = defaultdict(list)
    for at, case_id, values in sorted(told, key=lambda one: one[0]):
        pairs = {name: pair for name, pair in values.items() if name in ATTRIBUTES and name != "party"}
        if pairs:
            before, after = ({name: _text(pair[side]) for name, pair in pairs.items()} for side in (0, 1))
            found[case_id].append(Change(before, after, _last_id_at(connection, roster_id, at)))
    return found


def _last_id_at(connection: BaseDatabaseWrapper, roster_id: int, at: datetime) -> int:
    sql = "SELECT COALESCE(MAX(last_id), 0) FROM store_recording WHERE roster_id = %s AND recorded_at <= %s"
    with connection.cursor() as cursor:
        cursor.execute(sql, [roster_id, as_instant(at)])
        return int(cursor.fetchone()[0])


def _proved(connection: BaseDatabaseWrapper, roster_id: int) -> Iterator[Said]:
    sql = """
    SELECT e.entry_id, e.case_id, e.digest, e.name, e.size, e.content_type
    FROM store_evidence e JOIN store_case c ON c.id = e.case_id WHERE c.roster_id = %s ORDER BY e.id
    """
    files: dict[tuple[int, int], list[dict[str, Any]]] = defaultdict(list)
    for entry_id, case_id, *said in _all(connection, sql, roster_id):
        file = dict(zip(("digest", "name", "size", "content_type"), said, strict=True))
        if file not in files[entry_id, case_id]:
            files[entry_id, case_id].append(file)
    for (entry_id, case_id), proofs in files.items():
        yield Said(case_id, "evidence_added", "evidence", {"about": entry_id, "files": proofs})


def _all(connection: BaseDatabaseWrapper, sql: str, roster_id: int) -> Iterable[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [roster_id])
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def instant_of(value: Any) -> datetime:
    """An instant as the database hands it over: text, or read already."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "")


def json_of(value: Any) -> dict[str, Any]:
    """A JSON column as the database hands it over: text, or read already."""
    found: dict[str, Any] = read(value) if isinstance(value, str | bytes) else value
    return found
