"""Many rows at once, past the model layer: the one place for it. Values are as the columns hold them."""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection, models

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def insert(
    model: type[models.Model],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    skip_known: bool = False,
) -> None:
    """Insert `rows` of plain values; JSON columns take what `as_json` gives, instants what `as_instant` gives.

    With `skip_known` a row that breaks a unique constraint is passed over.
    """
    statement = _statement(model._meta.db_table, tuple(columns))
    with connection.cursor() as cursor:
        cursor.executemany(f"{statement} ON CONFLICT DO NOTHING" if skip_known else statement, rows)


def upsert(
    model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]], *, key: str
) -> None:
    """Insert `rows`, or overwrite the row that has the same `key`."""
    others = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name != key)
    statement = (
        f'{_statement(model._meta.db_table, tuple(columns))} ON CONFLICT ("{key}") DO UPDATE SET {others}'
    )
    with connection.cursor() as cursor:
        cursor.executemany(statement, rows)


def update(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Set `columns` of many rows; each of `rows` is the new values and then the id."""
    news = ", ".join(f'"{name}" = %s' for name in columns)
    with connection.cursor() as cursor:
        cursor.executemany(f'UPDATE "{model._meta.db_table}" SET {news} WHERE "id" = %s', rows)


def next_ids(model: type[models.Model], count: int) -> list[int]:
    """Ids for `count` new rows, taken from the table's own counter; call it inside the writing transaction."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            counted = "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)"
            cursor.execute(counted, [table, count])
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
    first = (found[0] if found else 0) + 1
    return list(range(first, first + count))


def as_json(value: Any) -> str:
    """A value for a JSON column."""
    return _encode(value)


def as_instant(at: datetime) -> Any:
    """An instant for a date-time column of this database."""
    return connection.ops.adapt_datetimefield_value(at)


@cache
def _statement(table: str, columns: tuple[str, ...]) -> str:
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join(["%s"] * len(columns))
    return f'INSERT INTO "{table}" ({names}) VALUES ({marks})'
