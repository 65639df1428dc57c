"""What the tests of roadmaps share."""

import pytest

from tests.solved import in_this_process


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small problems are solved in this process."""
    in_this_process(monkeypatch)
