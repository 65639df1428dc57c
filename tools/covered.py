"""A plugin of pytest for tools/mutants.py: tells coverage which test runs, and writes how long each took.

coverage run --branch -m pytest -p tools.covered …
"""

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import coverage
import pytest

SECONDS: Counter[str] = Counter()


def name_of(nodeid: str) -> str:
    """A test function without its parameters: thousands of cases of one table are one name."""
    return nodeid.split("[")[0]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """What runs from here on runs for this test, its fixtures included."""
    current = coverage.Coverage.current()
    if current is not None:
        current.switch_context(name_of(item.nodeid))
    yield
    if current is not None:
        current.switch_context("")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Add up what all cases of a test function took."""
    SECONDS[name_of(report.nodeid)] += report.duration


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The one process that hears of every test writes it down."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        Path(os.environ["TENGLONG_TEST_SECONDS"]).write_text(json.dumps(SECONDS), encoding="utf-8")
