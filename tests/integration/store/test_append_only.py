"""The database itself keeps the ledger and the trail as they were written."""

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection

from tenglong.store.models import Entry, TrailEvent

AT = datetime(2021, 11, 9, 1, 0, tzinfo=UTC)


def write_one_of_each() -> None:
    """One row in each of the tables that may only grow."""
    Entry.objects.create(
        id=1,
        roster_id=1,
        case_id=1,
        kind="pushed",
        slot="listed",
        is_on=True,
        subject=1,
        effective_day=18_940,
        recorded_at=AT,
        recorded_by="demo",
        hash="0" * 64,
    )
    TrailEvent.objects.create(at=AT, by="demo", deed="record", about="case 1")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["store_entry", "store_trailevent"])
@pytest.mark.parametrize("statement", ["UPDATE {table} SET id = 2", "DELETE FROM {table}"])
def test_no_row_can_be_changed_or_deleted(table: str, statement: str) -> None:
    write_one_of_each()
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(statement.format(table=table))
    assert list(Entry.objects.values_list("id", "hash")) == [(1, "0" * 64)]
    assert TrailEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["store_entry", "store_trailevent"])
def test_sqlite_refuses_to_put_a_row_in_the_place_of_another(table: str, database_vendor: str) -> None:
    if database_vendor == "postgresql":
        pytest.skip("PostgreSQL has no REPLACE, and ON CONFLICT DO UPDATE is an UPDATE")
    write_one_of_each()
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


@pytest.mark.django_db(transaction=True)
def test_sqlite_refuses_to_put_a_correction_in_the_place_of_another(database_vendor: str) -> None:
    if database_vendor == "postgresql":
        pytest.skip("PostgreSQL has no REPLACE, and ON CONFLICT DO UPDATE is an UPDATE")
    write_one_of_each()
    first = Entry.objects.get()
    first.id, first.corrects, first.root = 2, 1, 1
    first.save(force_insert=True)
    columns = ", ".join(field.attname for field in Entry._meta.fields if field.attname != "id")
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(
            f"REPLACE INTO store_entry (id, {columns}) SELECT 3, {columns} FROM store_entry WHERE id = 2"
        )
    assert sorted(Entry.objects.values_list("id", flat=True)) == [1, 2]


@pytest.mark.django_db(transaction=True)
def test_postgresql_refuses_to_empty_the_table_at_once(database_vendor: str) -> None:
    if database_vendor == "sqlite":
        pytest.skip("SQLite has no TRUNCATE")
    write_one_of_each()
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute("TRUNCATE store_entry")
    assert Entry.objects.count() == 1
