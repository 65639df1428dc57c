"""The database of a worker: migrated once in a run, copied by every worker, and as new after a test that committed."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection

from tests.once import first_of_this_run, run_folder

MIGRATED = "migrated"
STAYS = {"django_migrations", "django_content_type", "auth_permission"}
"""What migrations write themselves."""

Rows = Any
"""Of a table: on SQLite a list of tuples, on PostgreSQL what COPY gives."""


def take_copy(name: str) -> None:
    """Let this process work on a database of its own, called `name`."""
    source = str(run_folder() / f"{MIGRATED}.sqlite3") if _is_file() else MIGRATED
    own = str(Path(os.environ["TENGLONG_DATA"], f"{name}.sqlite3")) if _is_file() else name
    with first_of_this_run(MIGRATED) as nothing_there:
        if nothing_there:
            _migrate(source)
        if _is_file():
            shutil.copyfile(source, own)
        else:
            execute(f"CREATE DATABASE {own} TEMPLATE {source}")
    connection.settings_dict["NAME"] = own


def as_new() -> None:
    """Take back all that was committed since the copy was taken, append-only tables included."""
    if _is_file():
        connection.ensure_connection()
        with closing(sqlite3.connect(run_folder() / f"{MIGRATED}.sqlite3")) as source:
            source.backup(connection.connection)
    elif tables := written():
        with connection.cursor() as cursor, unguarded(cursor):
            cursor.execute("; ".join(f"DELETE FROM {table}" for table in tables))


def written() -> list[str]:
    """The tables that have rows, but for what migrations write."""
    asked = [f"SELECT '{one}' WHERE EXISTS (SELECT 1 FROM {one})" for one in _tables()]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [table for (table,) in cursor.fetchall()]


def rows_of(table: str) -> Rows:
    """All rows of a table, to be put back as they are."""
    with connection.cursor() as cursor:
        if _is_file():
            cursor.execute(f"SELECT * FROM {table}")
            return cursor.fetchall()
        with cursor.copy(f"COPY {table} TO STDOUT") as copy:
            return b"".join(copy)


def put_back(kept: dict[str, Rows]) -> None:
    """Rows into empty tables, and numbers go on from theirs."""
    with connection.cursor() as cursor:
        if _is_file():
            with without_guards_of_insert(cursor):
                for table, rows in kept.items():
                    marks = ", ".join("?" * len(rows[0]))
                    connection.connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
            return
        with unguarded(cursor):
            for table, rows in kept.items():
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    copy.write(rows)
        models = [one for one in apps.get_models(include_auto_created=True) if one._meta.db_table in kept]
        cursor.execute("; ".join(connection.ops.sequence_reset_sql(no_style(), models)))
        last = "SELECT GREATEST(last_value, (SELECT MAX(id) FROM store_entry)) FROM entry_numbers_given"
        cursor.execute(f"SELECT setval('entry_numbers_given', ({last}))")


@contextmanager
def without_guards_of_insert(cursor: Any) -> Iterator[None]:
    """On SQLite: rows of what is closed may be added within."""
    cursor.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%BEFORE INSERT%'"
    )
    guards = cursor.fetchall()
    for name, _ in guards:
        cursor.execute(f'DROP TRIGGER "{name}"')
    yield
    for _, create in guards:
        cursor.execute(create)


@contextmanager
def unguarded(cursor: Any) -> Iterator[None]:
    """On PostgreSQL: neither guards nor foreign keys are asked within."""
    cursor.execute("SET session_replication_role = replica")
    yield
    cursor.execute("SET session_replication_role = DEFAULT")


@cache
def _tables() -> list[str]:
    return sorted(set(connection.introspection.django_table_names()) - STAYS)


def execute(statement: str) -> None:
    """Run one statement on the PostgreSQL server of this run, beside all databases."""
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(statement)


def _migrate(name: str) -> None:
    if not _is_file():
        execute(f"CREATE DATABASE {name}")
    connection.close()
    connection.settings_dict["NAME"] = name
    call_command("migrate", verbosity=0)
    connection.close()


def _is_file() -> bool:
    return connection.vendor == "sqlite"
