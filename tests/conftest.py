"""What every test may use: a database of either kind, the files beside the repository, outside programs.

`--database=postgresql` starts a real PostgreSQL server for this run (tests/postgresql.py) and stops it after.
"""

import gc
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django
import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import TransactionTestCase

from tenglong.domain.ledger.signing import public_key
from tests.database import as_new, take_copy
from tests.once import run_folder
from tests.order import slowest_first
from tests.plain import check_answers, check_templates
from tests.postgresql import Server, server_binaries
from tests.times import Times, print_times

ROOT = Path(__file__).resolve().parents[1]
QUICK_HASHER = "django.contrib.auth.hashers.MD5PasswordHasher"

# Workers share the cores: threads of BLAS that wait for each other on a busy machine take many times as long.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

# The same examples in every run, so that a failure is always seen again; `thorough` looks for new ones.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, max_examples=60, print_blob=True)
hypothesis.settings.register_profile("thorough", deadline=None, max_examples=3000, print_blob=True)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_addoption(parser: pytest.Parser) -> None:
    """The database that the tests run on, and whether it is told what they took."""
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.addoption("--times", action="store_true", help="print where the processor time went")


def _give_key(folder: Path) -> None:
    """The same key of the site to every worker: what one of them signed stands in the databases that all share."""
    seed = bytes.fromhex("5e" * 32)
    folder.mkdir(mode=0o700)
    (folder / "site.key").write_text(seed.hex(), encoding="ascii")
    (folder / "site.pub").write_text(public_key(seed), encoding="ascii")


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
    _give_key(data / "keys")
    os.environ["TENGLONG_DATA"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "tenglong.config.settings"
    django.setup()
    settings.DATA, settings.FILE_STORE = (
        data,
        data / "files",
    )  # a worker has read its settings before this line
    if config.getoption("--times"):
        config.pluginmanager.register(Times(run_folder()))
    # A password costs half a second on purpose; those of the demonstration are still understood.
    settings.PASSWORD_HASHERS = [QUICK_HASHER, *settings.PASSWORD_HASHERS]
    check_templates()
    check_answers()
    TransactionTestCase._fixture_teardown = lambda test: as_new()  # faster than to flush every table


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Where the time went, for whoever asked."""
    if config.getoption("--times"):
        print_times(run_folder(), terminalreporter)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL run what may differ there; without a server the tests say so and are skipped."""
    if config.getoption("--database") == "postgresql":
        config.hook.pytest_deselected(items=[item for item in items if not may_differ(item)])
        items[:] = filter(may_differ, items)
        if not server_binaries():
            for item in items:
                item.add_marker(
                    pytest.mark.skip(reason="needs a PostgreSQL server: apt-get install postgresql")
                )


def may_differ(item: pytest.Item) -> bool:
    """Whether the test uses a database, in the language of the source: pages in others ask it the same."""
    language = getattr(item, "callspec", None) and item.callspec.params.get("language")  # type: ignore[attr-defined]
    return uses_database(item) and language in (None, "zh-hans")


def uses_database(item: pytest.Item) -> bool:
    """Whether anything that the test stands on asked for the database."""
    asked = {"db", "transactional_db", "django_db_setup"}
    return item.get_closest_marker("django_db") is not None or not asked.isdisjoint(item.fixturenames)


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Slow files first (tests/order.py)."""
    found = yield
    session.items = slowest_first(session.items)
    return found


def pytest_collection_finish() -> None:
    """What stands before the first test stays to the end: the collector of garbage need not walk through it."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> None:
    """This worker's own copy of the database that was migrated once for the run (tests/database.py)."""
    with django_db_blocker.unblock():
        take_copy(f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")


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
