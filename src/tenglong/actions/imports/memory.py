"""Large imports: millions of objects that form no cycles, and a database file that is written, not read."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from tenglong.store.bulk import map_file

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
