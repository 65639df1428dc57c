"""The files that take longest come first, so that no worker is left alone with one of them at the end.

Rough seconds of two cores; what is not named takes less. Only the order matters: nothing depends on the numbers.
"""

from collections.abc import Iterable
from typing import Protocol

SECONDS = {
    "tests/property/ledger/test_history_machine.py": 190,
    "tests/acceptance/test_article.py": 180,
    "tests/integration/api/test_schema.py": 150,
    "tests/browser/test_every_page.py": 120,
    "tests/unit/domain/evaluation/engines/columnar/test_spark.py": 115,
    "tests/browser/test_screenshots.py": 90,
    "tests/unit/benchmarks/test_roadmap_watch.py": 60,
    "tests/integration/api/test_access.py": 50,
    "tests/unit/domain/roadmap/test_generation.py": 45,
}


class Placed(Protocol):
    """A test: where it stands."""

    nodeid: str


def slowest_first(items: Iterable[Placed]) -> list[Placed]:
    """The tests with those of slow files first; the tests of a file keep their order."""
    return sorted(items, key=lambda item: -SECONDS.get(item.nodeid.split("::")[0], 0))
