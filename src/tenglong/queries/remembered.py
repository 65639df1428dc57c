"""Answers that are kept for a while: each is built once in a process, however many ask for it at the same time."""

from collections.abc import Callable
from functools import lru_cache
from threading import RLock
from typing import Any, TypeVar

from django.core.cache import cache, caches
from django.db import connection

import tenglong

T = TypeVar("T")
SECONDS = 300
WEEK = 7 * 24 * 3600
RECORDED = "SELECT (SELECT SUM(entries) FROM store_rosterhead), (SELECT MAX(id) FROM store_trailevent)"


def remembered(key: str, build: Callable[[], T], *, lasting: bool = False) -> T:
    """What was kept under `key`, else `build`'s answer, which is kept; the key says what the answer rests on.

    Who asks while it is being built waits for it; other answers are built meanwhile. `lasting` answers, which took
    seconds and rest on what never changes, are kept on disk for all processes, for a week and this version only.
    """
    shelf, name = (caches["lasting"], _lasting(key)) if lasting else (cache, key)
    found: T | None = shelf.get(name)
    if found is not None:
        return found
    with _building(key):
        found = shelf.get(name)
        if found is None:
            found = build()
            shelf.set(name, found, timeout=WEEK if lasting else SECONDS)
        return found


def known(key: str) -> Any:
    """A lasting answer, where somebody has built it; else None."""
    return caches["lasting"].get(_lasting(key))


def recorded() -> str:
    """The last entry and the last deed of the trail: what people see changes only with one of them."""
    with connection.cursor() as cursor:
        cursor.execute(RECORDED)
        return "{}-{}".format(*cursor.fetchone())


def _lasting(key: str) -> str:
    return f"{tenglong.__version__}-{key}"


@lru_cache(maxsize=1000)
def _building(key: str) -> RLock:
    return RLock()
