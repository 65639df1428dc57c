"""A process that ends is started again: at once after long work, more slowly each time it ends soon."""

import sys
import time

import pytest

from tenglong.cli import keeping
from tenglong.cli.keeping import LONGEST_PAUSE, Kept, keep

ENDS = [sys.executable, "-c", "pass"]


def ended(kept: Kept) -> None:
    kept.process.wait(20)


def test_who_ends_soon_waits_longer_each_time(capfd: pytest.CaptureFixture[str]) -> None:
    kept, now, pauses = Kept.start(ENDS), time.monotonic(), []
    for _ in range(7):
        ended(kept)
        kept.look(now)
        pauses.append(kept.pause)
        before = kept.process.pid
        kept.look(now + kept.pause - 0.1)
        assert kept.process.pid == before
        now += kept.pause
        kept.look(now)
        assert kept.process.pid != before
    ended(kept)
    assert pauses == [1, 2, 4, 8, 16, LONGEST_PAUSE, LONGEST_PAUSE]
    assert "意外退出（0）" in capfd.readouterr().err


def test_who_ran_long_is_back_at_once() -> None:
    kept = Kept.start(ENDS)
    ended(kept)
    before = kept.process.pid
    kept.look(time.monotonic() + 3600)
    assert kept.process.pid != before and kept.pause == 0
    ended(kept)


def test_all_stop_when_one_that_is_needed_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Kept] = []
    start = Kept.start
    monkeypatch.setattr(keeping.signal, "signal", lambda *_: None)
    monkeypatch.setattr(Kept, "start", lambda command: started.append(start(command)) or started[-1])
    keep([ENDS], [[sys.executable, "-c", "import time; time.sleep(600)"]])
    assert started[0].process.poll() is not None
