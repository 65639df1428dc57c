"""What every test may use: a database of either kind, the files beside the repository, outside programs.

`--database=postgresql` starts a real PostgreSQL server for this run (tests/postgresql.py) and stops it after.
"""

import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import django
import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection

from tests.order import slowest_first
from tests.postgresql import Server, server_binaries

ROOT = Path(__file__).resolve().parents[1]

# The same examples in every run, so that a failure is always seen again; `thorough` looks for new ones.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, max_examples=60, print_blob=True)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=3000, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """The database that the tests run on."""
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Settle where data and database are before Django reads its settings; workers of xdist inherit it."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        folder = tempfile.mkdtemp(prefix="tenglong-tests-")
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
        os.environ["TENGLONG_TEST_RUN"] = folder
        # Compiled once, not in every data folder.
        os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / ".cache/compiled"))
        os.environ["TENGLONG_SECRET_KEY"] = "only-for-tests"
        os.environ.pop("DATABASE_URL", None)
        if config.getoption("--database") == "postgresql" and server_binaries():
            server = Server.start()
            config.add_cleanup(server.stop)
            os.environ["DATABASE_URL"] = server.url
    # A folder for each worker: jobs of equal number must not meet in one progress file.
    data = Path(os.environ["TENGLONG_TEST_RUN"], os.environ.get("PYTEST_XDIST_WORKER", "alone"))
    (data / "static").mkdir(parents=True)  # collected files go there; whitenoise warns where it is missing
    os.environ["TENGLONG_DATA"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tenglong.config.settings"
    django.setup()
    settings.DATA, settings.FILE_STORE = (
        data,
        data / "files",
    )  # a worker has read its settings before this line
    connection.ops.execute_sql_flush = partial(flush_append_only, connection.ops.execute_sql_flush)
    if connection.vendor == "sqlite":  # a file, as in earnest: memory knows no WAL and no second process
        connection.settings_dict["TEST"]["NAME"] = f"{os.environ['TENGLONG_DATA']}/test.sqlite3"


def flush_append_only(flush: Callable[[list[str]], None], statements: list[str]) -> None:
    """Empty the tables after a test that committed; append-only tables let that happen only here."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            flush(statements)
            cursor.execute("SET session_replication_role = DEFAULT")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        flush(statements)
        for _, create in triggers:
            cursor.execute(create)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without a PostgreSQL server, the run on PostgreSQL says so and skips."""
    if config.getoption("--database") == "postgresql" and not server_binaries():
        for item in items:
            item.add_marker(pytest.mark.skip(reason="needs a PostgreSQL server: apt-get install postgresql"))


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Slow files first (tests/order.py)."""
    found = yield
    session.items = slowest_first(session.items)
    return found


@pytest.fixture(autouse=True)
def closed_world(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but this machine can be reached: a test that would use the network fails."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
            pytest.fail(f"this test tried to reach {address[0]}: tests stay on this machine")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """Answers that were kept for another test's data are gone."""
    cache.clear()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of documents and sample data beside the repository; most machines do not have it."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip("needs the folder ../shared with documents and sample data")
    return folder


@pytest.fixture(scope="session")
def program() -> Callable[[str, str], str]:
    """`program("soffice", "libreoffice-writer-nogui")`: where it is; skips where it is not installed."""

    def find(name: str, package: str) -> str:
        path = shutil.which(name)
        if path is None:
            pytest.skip(f"needs the program {name}: apt-get install {package}")
        return path

    return find


@pytest.fixture(scope="session")
def database_vendor(pytestconfig: pytest.Config) -> str:
    """Which database this run uses: sqlite or postgresql."""
    return str(pytestconfig.getoption("--database"))
