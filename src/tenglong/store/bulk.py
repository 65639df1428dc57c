"""Many rows at once, past the model layer: the one place for it. Values are as the columns hold them."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection, models

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert `rows` of plain values; JSON columns take what `as_json` gives, instants what `as_instant` gives."""
    with connection.cursor() as cursor:
        cursor.executemany(_statement(model._meta.db_table, tuple(columns)), rows)


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
