"""`--times`: where the processor time of a run of the tests went, by folder, file, test and fixture.

Processor seconds, not seconds on the clock: they are the same on a busy machine. What a test started and waited for
counts; browsers, PostgreSQL and whatever else outlives a test do not.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SHOWN = {"folders": 40, "files": 25, "tests": 15, "fixtures": 15}
"""How many lines of each table are printed."""


def processor_seconds() -> float:
    """What this process and those that it waited for have used so far."""
    return sum(os.times()[:4])


class Times:
    """What one process spent, written down when it ends."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._tests: dict[str, float] = {"before the first test": 0.0}
        self._fixtures: Counter[str] = Counter()

    def pytest_collection_finish(self) -> None:
        """All up to the first test is what a worker costs."""
        self._tests["before the first test"] = processor_seconds()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """A test with all that is set up and torn down for it."""
        before = processor_seconds()
        found = yield
        self._tests[item.nodeid] = processor_seconds() - before
        return found

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Iterator[None]:
        """A fixture without those that it stands on."""
        before = processor_seconds()
        found = yield
        spent = processor_seconds() - before
        self._fixtures.update({f"{fixturedef.baseid}::{fixturedef.argname}": spent})  # type: ignore[dict-item]
        return found

    def pytest_sessionfinish(self) -> None:
        """Leave it where whoever started the run finds it."""
        kept = self._folder / f"times-{os.getpid()}.json"
        kept.write_text(json.dumps([self._tests, self._fixtures]), encoding="utf-8")


def print_times(folder: Path, terminal: Any) -> None:
    """The sums of all processes of the run, the largest first."""
    tests, fixtures, files, folders = Counter(), Counter(), Counter(), Counter()
    for kept in folder.glob("times-*.json"):
        of_tests, of_fixtures = json.loads(kept.read_text(encoding="utf-8"))
        tests.update(of_tests)
        fixtures.update(of_fixtures)
    for name, seconds in tests.items():
        file = name.partition("::")[0]
        files[file] += seconds
        folders["/".join(file.split("/")[:3]) if file.count("/") > 2 else file.rpartition("/")[0]] += seconds
    found = {"folders": folders, "files": files, "tests": tests, "fixtures": fixtures}
    for part, spent in found.items():
        terminal.section(f"processor seconds of {part}, {tests.total():.0f} in all")
        for name, seconds in spent.most_common(SHOWN[part]):
            terminal.write_line(f"{seconds:8.1f}  {name}")
