"""Worlds that tests begin with: built through the real actions once in a run, then put back row by row.

What takes a second to build takes a few milliseconds to put back, whatever the worker. Where the database has rows
already, a world is built as ever.
"""

import hashlib
import pickle
import shutil
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from tenglong.queries.registry.territory import forget_territory
from tests.database import Rows, put_back, rows_of, written
from tests.once import first_of_this_run, run_folder

P, World = ParamSpec("P"), TypeVar("World")


def built_once(build: Callable[P, World]) -> Callable[P, World]:
    """`build`, done only for the first who asks with these arguments on an empty database."""

    @wraps(build)
    def built(*args: P.args, **more: P.kwargs) -> World:
        if written():
            return build(*args, **more)
        asked = f"{build.__module__}.{build.__qualname__} {args} {more}"
        name = hashlib.sha256(asked.encode()).hexdigest()
        kept = run_folder() / name
        with first_of_this_run(name) as nothing_kept:
            if nothing_kept:
                return _keep(kept, lambda: build(*args, **more))
        return cast(World, _take(kept))

    return built


def _keep(kept: Path, build: Callable[[], World]) -> World:
    """Build with an empty file store, so that the world's files are known, and write down what came of it."""
    store = settings.FILE_STORE
    settings.FILE_STORE = kept / "files"
    try:
        world = build()
    finally:
        settings.FILE_STORE = store
    rows = {table: rows_of(table) for table in written()}
    kept.mkdir(exist_ok=True)
    (kept / "world.pickle").write_bytes(pickle.dumps((rows, world)))
    _files(kept)
    return world


def _take(kept: Path) -> object:
    """The world again, with objects of its own: what a test does to them nobody else sees."""
    rows: dict[str, Rows]
    rows, world = pickle.loads((kept / "world.pickle").read_bytes())
    with transaction.atomic():
        put_back(rows)
    _files(kept)
    forget_territory()
    cache.clear()
    return world


def _files(kept: Path) -> None:
    if (kept / "files").exists():
        shutil.copytree(kept / "files", settings.FILE_STORE, dirs_exist_ok=True)
