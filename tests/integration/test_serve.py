"""`tenglong serve`: a worker that is killed comes back, in each lane, and the site goes on meanwhile."""

import os
import signal
import time
import urllib.request
from pathlib import Path

import pytest

from tenglong.domain.jobs.lanes import lanes
from tests.browser.served import Site

SECONDS = 60


def workers(site: Site) -> dict[int, str]:
    """The worker processes of a site and their lanes."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().decode().split("\0")
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:  # ended meanwhile
            continue
        if parent == site.process.pid and "tenglong.jobs" in words:
            found[int(folder.name)] = words[words.index("tenglong.jobs") + 1]
    return found


def test_a_killed_worker_comes_back_and_the_site_goes_on(tmp_path: Path) -> None:
    if not Path("/proc").is_dir():
        pytest.skip("needs /proc to find the workers")
    expected = sorted(lane.id for lane in lanes().lanes.values() for _ in range(lane.at_once))
    site = Site.start(tmp_path)
    try:
        first = workers(site)
        assert sorted(first.values()) == expected
        for pid in first:
            os.kill(pid, signal.SIGKILL)
        until = time.monotonic() + SECONDS
        while sorted(workers(site).values()) != expected or set(workers(site)) & set(first):
            assert time.monotonic() < until, site.log.read_text(encoding="utf-8")
            time.sleep(0.2)
        urllib.request.urlopen(f"{site.address}/sign-in", timeout=5).close()
        assert site.process.poll() is None
    finally:
        site.stop()
    assert workers(site) == {}
