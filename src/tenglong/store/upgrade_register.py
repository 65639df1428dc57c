"""What migration 0016 does: what stands in the tables of the register becomes the first entries of its book.

Each entry was recorded when its row was known to be there, as questions about the past took it until then: a firm when
it was created, a name when it was recorded, what an accepted import brought of holdings when it was accepted, and the
rest from the beginning. So no answer about the past moves.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.backends.base.base import BaseDatabaseWrapper

from tenglong.domain.kernel.jsontext import compact
from tenglong.domain.kernel.periods import day_number
from tenglong.domain.ledger.entries import GENESIS, Entry, Filed, link
from tenglong.store.bulk import as_instant
from tenglong.store.upgrade import BY, instant_of, json_of

REGISTER = 0
AT_ONCE = 2_000
FACTS = ("name", "code", "code_status", "party_type", "size", "industry", "address")
INSERT = """
INSERT INTO store_registerentry
    (id, subject_type, subject, kind, effective_day, recorded_at, recorded_by, import_id, details, hash)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
NAMES = """
SELECT n.id, n.recorded_at, n.firm_id, n.name, n.source FROM store_firmname n
JOIN store_firm f ON f.id = n.firm_id WHERE n.name <> f.name
"""
HOLDINGS = """
SELECT id, parcel_id, firm_id, relation, landlord_id, floor_area_micro, since, until, source FROM store_holding
"""


class Said(NamedTuple):
    """What a row says, and since when it is known."""

    at: datetime
    subject_type: str
    subject: int
    said: dict[str, str]
    source: dict[str, Any]


def record_register(connection: BaseDatabaseWrapper) -> None:
    """An entry for every firm, further name, parcel and holding."""
    rows = sorted(_told(connection), key=lambda one: one.at)
    last, found, instants = GENESIS, list[tuple[Any, ...]](), dict[datetime, int]()
    for id, one in enumerate(rows, start=1):
        kind, details = f"{one.subject_type}_entered", {"said": one.said, "source": one.source}
        filed = Filed("register", True, one.subject_type, one.subject)
        fact = Entry(id, REGISTER, 0, kind, date.min, one.at, BY, details=details, filed=filed)
        last = link(last, fact)
        what = (id, one.subject_type, one.subject, kind, day_number(date.min), as_instant(one.at), BY)
        found.append((*what, one.source.get("import"), compact(details), last))
        instants[one.at] = id
    _write(connection, found, instants, last)


def _write(
    connection: BaseDatabaseWrapper, rows: Sequence[tuple[Any, ...]], instants: dict[datetime, int], last: str
) -> None:
    if not rows:
        return
    moments = [(REGISTER, as_instant(at), id) for at, id in instants.items()]
    with connection.cursor() as cursor:
        for start in range(0, len(rows), AT_ONCE):
            cursor.executemany(INSERT, rows[start : start + AT_ONCE])
        cursor.executemany(
            "INSERT INTO store_recording (roster_id, recorded_at, last_id) VALUES (%s, %s, %s)", moments
        )
        cursor.execute(
            "INSERT INTO store_rosterhead "
            "(roster_id, last_id, last_hash, last_day, last_recorded_at, entries, folded) "
            "VALUES (%s, %s, %s, %s, %s, %s, TRUE)",
            [REGISTER, len(rows), last, date.min.isoformat(), moments[-1][1], len(rows)],
        )


def _told(connection: BaseDatabaseWrapper) -> Iterator[Said]:
    firms = _all(connection, f"SELECT id, created_at, {', '.join(FACTS)} FROM store_firm ORDER BY id")
    if not firms:
        return
    began = min(instant_of(at) for _, at, *_ in firms)
    accepted = {
        id: instant_of(at)
        for id, at in _all(connection, "SELECT id, decided_at FROM store_import WHERE state = 'accepted'")
    }
    for id, at, *facts in firms:
        yield Said(instant_of(at), "firm", id, _filled(zip(FACTS, facts, strict=True)), {})
    for id, at, firm, name, source in _all(connection, f"{NAMES} ORDER BY n.id"):
        yield Said(instant_of(at), "name", id, {"bearer": str(firm), "further_name": name}, json_of(source))
    parcels = _all(connection, "SELECT id, area_micro, address, title_number FROM store_parcel ORDER BY id")
    for id, *facts in parcels:
        said = _filled(zip(("area", "parcel_address", "title_number"), facts, strict=True))
        yield Said(began, "parcel", id, said, {})
    names = ("parcel", "holder", "relation", "landlord", "floor_area", "since", "until")
    for id, *facts, text in _all(connection, f"{HOLDINGS} ORDER BY id"):
        source = json_of(text)
        at = max(accepted.get(source.get("import", 0), began), began)
        yield Said(at, "holding", id, _filled(zip(names, facts, strict=True)), source)


def _filled(pairs: Any) -> dict[str, str]:
    texts = (
        (name, value.isoformat() if isinstance(value, date) else str(value))
        for name, value in pairs
        if value is not None
    )
    return {name: text for name, text in texts if text}


def _all(connection: BaseDatabaseWrapper, sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found
