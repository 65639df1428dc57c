"""Answers that are kept for a while: each is built once in a process, however many ask for it at the same time."""

from collections.abc import Callable
from functools import lru_cache
from threading import RLock
from typing import TypeVar

from django.core.cache import cache
from django.db import connection

T = TypeVar("T")
SECONDS = 300
RECORDED = "SELECT (SELECT MAX(last_id) FROM store_ledgerhead), (SELECT MAX(id) FROM store_trailevent)"


def remembered(key: str, build: Callable[[], T]) -> T:
    """What was kept under `key`, else `build`'s answer, which is kept; the key says what the answer rests on.

    Who asks while it is being built waits for it; other answers are built meanwhile.
    """
    found: T | None = cache.get(key)
    if found is not None:
        return found
    with _building(key):
        found = cache.get(key)
        if found is None:
            found = build()
            cache.set(key, found, timeout=SECONDS)
        return found


def recorded() -> str:
    """The last entry and the last deed of the trail: what people see changes only with one of them."""
    with connection.cursor() as cursor:
        cursor.execute(RECORDED)
        return "{}-{}".format(*cursor.fetchone())


@lru_cache(maxsize=1000)
def _building(key: str) -> RLock:
    return RLock()
