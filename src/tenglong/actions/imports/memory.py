"""Large imports make millions of objects that live until their chunk ends and form no cycles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

NEW_OBJECTS = 1_000_000


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Look for cycles a hundred times less often than usual: a third of an import's time went there [measured]."""
    usual = gc.get_threshold()
    gc.set_threshold(NEW_OBJECTS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
