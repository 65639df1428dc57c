"""What the tests of actions, queries and faces share."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module", autouse=True)
def plans_found_once() -> Iterator[None]:
    """The same question to a solver is answered once in a run, in this process (tests/solved.py)."""
    from tenglong.actions.roadmap import computing
    from tenglong.domain.roadmap import what_if
    from tenglong.domain.roadmap.solvers import child
    from tests.solved import in_this_process, remembered

    with pytest.MonkeyPatch.context() as patch:
        in_this_process(patch)
        patch.setattr(computing, "contradiction", what_if.contradiction)
        patch.setattr(child, "solve", remembered(child.solve))
        yield


@pytest.fixture(scope="module", autouse=True)
def tables_read_here(request: pytest.FixtureRequest) -> Iterator[None]:
    """Staging reads files in this process (tests/reading.py), but in modules marked `in_earnest`: those on SQLite, as
    the sandbox knows of no database.
    """
    from tests.reading import read_here

    earnest = request.node.get_closest_marker("in_earnest") is not None
    with pytest.MonkeyPatch.context() as patch:
        if not earnest or request.config.getoption("--database") == "postgresql":
            read_here(patch)
        yield
