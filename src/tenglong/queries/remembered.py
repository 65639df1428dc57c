"""Answers that are kept for a while: each is built once in a process, however many ask for it at the same time."""

from collections.abc import Callable
from threading import RLock
from typing import TypeVar

from django.core.cache import cache

T = TypeVar("T")
SECONDS = 300
_building = RLock()


def remembered(key: str, build: Callable[[], T]) -> T:
    """What was kept under `key`, else `build`'s answer, which is kept; the key says what the answer rests on."""
    found: T | None = cache.get(key)
    if found is not None:
        return found
    with _building:
        found = cache.get(key)
        if found is None:
            found = build()
            cache.set(key, found, timeout=SECONDS)
        return found
