"""A fresh database and data folder for one benchmark, on either kind of database."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from tests.postgresql import LOOPBACK, Server

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"


@contextmanager
def surroundings(database: str) -> Iterator[dict[str, str]]:
    """The environment of a process that uses an empty database; everything is gone afterwards.

    PostgreSQL runs with the settings it ships with, also those that make it keep what it was told.
    """
    with tempfile.TemporaryDirectory(prefix="tenglong-bench-") as folder:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tenglong.config.settings",
            "TENGLONG_DATA": folder,
            "TENGLONG_SECRET_KEY": "only-for-benchmarks",
        }
        environment.pop("DATABASE_URL", None)
        os.mkdir(f"{folder}/static")
        if database == SQLITE:
            yield environment
            return
        server = Server.start(LOOPBACK)
        try:
            yield environment | {"DATABASE_URL": server.url}
        finally:
            server.stop()
