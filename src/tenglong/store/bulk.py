"""Many rows at once, past the model layer: the one place for it. Values are as the columns hold them."""

import gc
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import lru_cache, partial
from itertools import chain, islice
from typing import Any

from django.db import connection, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from tenglong.domain.kernel.jsontext import compact
from tenglong.store.bulk_behind import Writer

SQLITE_VALUES = 15_000
"""How many values one statement takes (SQLite allows 32,766)."""

COUNTED = """
WITH counter AS MATERIALIZED (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS id)
SELECT nextval(counter.id) FROM counter, generate_series(1, %s)
"""
"""The counter is looked up once, not for every id."""


_writer: ContextVar[Writer | None] = ContextVar("bulk writer", default=None)


@contextmanager
def writing_behind() -> Iterator[None]:
    """Within it, inside a transaction, this module's writes happen in another thread in the same order.

    Every other statement waits until they are done, so that nothing shows but the time: rows that are made
    without asking the database are made meanwhile. An error of a write is raised by the statement that waits
    for it, at the latest at the end. Both databases work without Python's lock as long as a statement takes: on
    SQLite a third of the time of an acceptance is spent there [measured].
    """
    used, writer = connections["default"], Writer()
    used.inc_thread_sharing()
    token = _writer.set(writer)
    try:
        with used.execute_wrapper(writer.before_statement):
            yield
            writer.wait()
    finally:
        _writer.reset(token)
        writer.stop()
        used.dec_thread_sharing()


def insert(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    skip_known: bool = False,
) -> None:
    """Insert `rows` of plain values; JSON columns take what `as_json` gives, instants what `as_instant` gives.

    `rows` may be made on the way, without the database: it stores those before meanwhile. With `skip_known`
    a row that breaks a unique constraint is passed over.
    """
    ending = " ON CONFLICT DO NOTHING" if skip_known else ""
    _insert(model._meta.db_table, tuple(columns), rows, ending)


def upsert(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]], *, key: str
) -> None:
    """Insert `rows`, or overwrite the row that has the same `key`."""
    others = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name != key)
    _insert(model._meta.db_table, tuple(columns), rows, f' ON CONFLICT ("{key}") DO UPDATE SET {others}')


def add(
    model: type[models.Model], key: Sequence[str], amounts: Sequence[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Add to the `amounts` of the rows that have the same unique `key`, or insert them; values come key first."""
    table = model._meta.db_table
    names = ", ".join(f'"{name}"' for name in key)
    sums = ", ".join(f'"{name}" = "{table}"."{name}" + excluded."{name}"' for name in amounts)
    _insert(table, (*key, *amounts), rows, f" ON CONFLICT ({names}) DO UPDATE SET {sums}")


def update(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Set `columns` of many rows; each of `rows` is the new values and then the id."""
    _write(partial(_update, connections["default"], model, columns), rows)


def _update(
    used: BaseDatabaseWrapper,
    model: type[models.Model],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
) -> None:
    """PostgreSQL takes rows as one array for each column: a statement for each row took three times as long."""
    table, named = model._meta.db_table, (*columns, "id")
    with used.cursor() as cursor:
        if used.vendor == "sqlite":
            news = ", ".join(f'"{name}" = %s' for name in columns)
            cursor.executemany(f'UPDATE "{table}" SET {news} WHERE "id" = %s', list(rows))
            return
        news = ", ".join(f'"{name}" = new."{name}"' for name in columns)
        types = (model._meta.get_field(name).db_type(used) for name in named)
        arrays = ", ".join(f"%s::{column}[]" for column in types)
        names = ", ".join(f'"{name}"' for name in named)
        values = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in named]
        cursor.execute(
            f'UPDATE "{table}" SET {news} FROM unnest({arrays}) AS new({names}) WHERE "{table}"."id" = new."id"',
            values,
        )


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """Ids for `count` new rows, taken from the table's own counter; call it inside the writing transaction."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(COUNTED, [table, count])
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
    first = (found[0] if found else 0) + 1
    return list(range(first, first + count))


def map_file(size: int) -> int:
    """Let SQLite map so many bytes of its file into memory; gives how many it was. Nothing on PostgreSQL."""
    if connection.vendor != "sqlite":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA mmap_size")
        (before,) = cursor.fetchone() or (0,)
        cursor.execute(f"PRAGMA mmap_size = {size}")
    return int(before)


def as_json(value: Any) -> str:
    """A value for a JSON column."""
    return compact(value)


def as_instant(at: datetime) -> Any:
    """An instant for a date-time column of this database."""
    return (
        at.isoformat() if connection.vendor == "postgresql" else connection.ops.adapt_datetimefield_value(at)
    )


def _insert(table: str, columns: tuple[str, ...], rows: Iterable[Sequence[Any]], ending: str) -> None:
    _write(partial(_insert_now, connections["default"], table, columns, ending), rows)


def _write(deed: Callable[[Iterable[Sequence[Any]]], None], rows: Iterable[Sequence[Any]]) -> None:
    writer = _writer.get()
    if writer:
        writer.write(deed, rows)
    else:
        deed(rows)


def _insert_now(
    used: BaseDatabaseWrapper,
    table: str,
    columns: tuple[str, ...],
    ending: str,
    rows: Iterable[Sequence[Any]],
) -> None:
    """SQLite takes many rows in one statement faster than one by one, and bare: Django would look through every such
    statement for marks of its own. PostgreSQL copies where it need not ask."""
    with used.cursor() as cursor, used.wrap_database_errors:
        if used.vendor == "sqlite":
            rest, several = iter(rows), SQLITE_VALUES // len(columns)
            while part := list(islice(rest, several)):
                statement = _statement(table, columns, "?", len(part)) + ending
                sqlite3.Cursor.execute(cursor.cursor, statement, list(chain.from_iterable(part)))
        elif ending:
            cursor.executemany(_statement(table, columns, "%s", 1) + ending, list(rows))
        else:
            names = ", ".join(f'"{name}"' for name in columns)
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)


@lru_cache(maxsize=64)
def _statement(table: str, columns: tuple[str, ...], mark: str, rows: int) -> str:
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join([mark] * len(columns))
    return f'INSERT INTO "{table}" ({names}) VALUES {", ".join([f"({marks})"] * rows)}'


def count_anew(*tables: type[models.Model]) -> None:
    """Let PostgreSQL look at tables to which much was added in this very transaction: until it has, it takes them to be
    as they were and joins a new roster row by row. SQLite plans without such counts."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ANALYZE {table._meta.db_table}")


# The numbers of entries: one row of numbers for all rosters, so that writers of different rosters need not
# wait.


def take_entry_ids(count: int) -> int:
    """The first of `count` numbers in a row; call it with the head of the roster locked, so that within a roster they
    grow. PostgreSQL hands them out whether the transaction is kept or not (migration 0012)."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT entry_numbers(%s)", [count])
        else:
            cursor.execute("SELECT COALESCE(MAX(id), 0) + 1 FROM store_entry")
        return int(cursor.fetchone()[0])


def spare_entry_ids(count: int) -> tuple[int, int]:
    """The first and the last of `count` numbers that are lower than all given out from now on; (0, 0) on SQLite: where
    one transaction writes at a time, nobody records meanwhile."""
    if connection.vendor == "sqlite":
        return 0, 0
    first = take_entry_ids(count)
    return first, first + count - 1


# Large imports: millions of objects that form no cycles, and a database file that is written, not read.

NEW_OBJECTS = 1_000_000


@contextmanager
def sparing() -> Iterator[None]:
    """Look for cycles a thousand times less often than usual: a third of an import's time went there [measured].

    And keep SQLite's file out of this process's memory: it counts a quarter of a gigabyte and brings no speed here.
    """
    usual, mapped = gc.get_threshold(), map_file(0)
    gc.set_threshold(NEW_OBJECTS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        map_file(mapped)
