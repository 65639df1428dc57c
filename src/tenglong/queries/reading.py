"""Rows as plain values: what every page asks is read with SQL, for the ORM takes ten times as long to ask it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db import connection

T = TypeVar("T")


def read(shape: Callable[..., T], sql: str, *params: Any) -> list[T]:
    """What `shape` makes of the columns of each row, in the order of the statement; a moment has its zone."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [shape(*map(_in_zone, row)) for row in cursor.fetchall()]


def marks(values: Any) -> str:
    """As many placeholders as there are values, for `IN (…)`."""
    return ", ".join(["%s"] * len(values))


def _in_zone(value: Any) -> Any:
    """SQLite keeps moments in UTC without saying so."""
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value
