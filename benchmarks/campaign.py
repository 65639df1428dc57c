"""An invented campaign of any size, written directly into the tables: seeded, without hashes.

It stands in for what actions.ledger.appending would have written; what is measured on it is reading.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction

from benchmarks.databases import POSTGRESQL, SQLITE
from tenglong.actions.ledger.projection import refold
from tenglong.actions.registry.territory import install_places
from tenglong.domain.kernel.periods import day_number
from tenglong.domain.ledger.kinds import VOID, Kind, vocabulary
from tenglong.store.bulk import take_entry_ids
from tenglong.store.models import (
    Case,
    Entry,
    Firm,
    Place,
    Recording,
    Roster,
    RosterHead,
)
from tests.integration.campaign.world import MACHINE, NOON, make_roster

START, DAYS = date(2021, 1, 4), 300
LIFE = (
    "targeted",
    "signed",
    "area_signed",
    "emptied",
    "area_vacated",
    "energy_freed",
    "checked",
    "written_off",
)
VOIDED = 0.02
BATCH = 10_000


def new_roster() -> Roster:
    """The tables, the places that ship with the program, and a roster of the whole city."""
    call_command("migrate", verbosity=0)
    install_places(actor=MACHINE, at=NOON - timedelta(days=200), code="330400")
    return make_roster()


def database_name() -> str:
    """What the table calls the database of this process."""
    return POSTGRESQL if connection.vendor == "postgresql" else SQLITE


def fill(roster: Roster, cases: int, *, seed: int = 1) -> int:
    """A roster of `cases` firms with eight entries each, 2 % of them voided later; the number of entries."""
    chance = random.Random(seed)
    towns = list(Place.objects.filter(level="town").order_by("code").values_list("pk", flat=True))
    at = datetime(2021, 1, 1, tzinfo=UTC)
    firms = [
        Firm(
            pk=n,
            name=f"演示{n:06d}厂",
            core_name=f"演示{n:06d}",
            code_status="none",
            place_id=towns[n % len(towns)],
            created_at=at,
        )
        for n in range(1, cases + 1)
    ]
    rows = [
        Case(pk=n, roster=roster, firm_id=n, place_id=firms[n - 1].place_id, number=n, created_at=at)
        for n in range(1, cases + 1)
    ]
    with transaction.atomic():
        Firm.objects.bulk_create(firms, batch_size=BATCH)
        Case.objects.bulk_create(rows, batch_size=BATCH)
        entries = _write_entries(roster, cases, chance)
        refold(roster)
    _settle(entries)
    return entries


def _settle(entries: int) -> None:
    """Let the counters of PostgreSQL stand behind what was written, and do what it does by itself soon after such a
    load. SQLite does nothing of the kind: no statistics."""
    if connection.vendor != "postgresql":
        return
    take_entry_ids(entries)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [Firm, Case]):
            cursor.execute(statement)
        cursor.execute("VACUUM (ANALYZE)")


def _write_entries(roster: Roster, cases: int, chance: random.Random) -> int:
    number, batch = 0, []
    for entry in _life(roster.pk, cases, chance):
        number += 1
        entry.id = number
        entry.recorded_at = datetime(2021, 1, 5, tzinfo=UTC) + timedelta(seconds=10 * number)
        batch.append(entry)
        if len(batch) == BATCH:
            Entry.objects.bulk_create(batch)
            batch = []
    Entry.objects.bulk_create(batch)
    told = Entry.objects.filter(roster_id=roster.pk).values_list("recorded_at", "id")
    moments = (Recording(roster_id=roster.pk, recorded_at=at, last_id=id) for at, id in told.iterator())
    Recording.objects.bulk_create(moments, batch_size=BATCH)
    RosterHead.objects.create(
        pk=roster.pk, last_id=number, last_hash="", entries=number, last_day=START + timedelta(days=DAYS)
    )
    return number


def _life(roster_id: int, cases: int, chance: random.Random) -> Iterator[Entry]:
    """Entries in the order they became known: all cases make their first step, then their second …"""
    words, number = vocabulary(), 0
    for step, name in enumerate(LIFE):
        kind = words.kind(name)
        for case in range(1, cases + 1):
            number += 1
            day = START + timedelta(days=step * DAYS // len(LIFE) + chance.randrange(DAYS // len(LIFE)))
            quantity = chance.randrange(10**6, 10**8) if kind.quantity else None
            yield _entry(roster_id, case, kind, day, quantity=quantity)
            if chance.random() < VOIDED:
                yield _entry(roster_id, case, words.kind(VOID), day, corrects=number)
                number += 1


def _entry(
    roster_id: int,
    case: int,
    kind: Kind,
    day: date,
    *,
    quantity: int | None = None,
    corrects: int | None = None,
) -> Entry:
    return Entry(
        roster_id=roster_id,
        case_id=case,
        kind=kind.id,
        slot=kind.slot,
        is_on=kind.on,
        subject=case,
        effective_day=day_number(day),
        recorded_by="benchmark",
        quantity=quantity,
        corrects=corrects,
        root=corrects,
        details={},
        hash="",
    )
