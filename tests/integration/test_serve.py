"""`tenglong serve`: killed workers come back, and neither they nor bad clients keep anybody waiting."""

import json
import os
import signal
import socket
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tenglong.config.front import LARGEST_OF_A_STRANGER
from tenglong.domain.jobs.lanes import lanes
from tests.browser.served import Site

SECONDS = 60
HALF_SENT, IDLE = 50, 200
HALF = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\nContent-Length: 900\r\n\r\nhalf"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site without a proxy before it."""
    site = Site.start(tmp_path_factory.mktemp("site"))
    yield site
    site.stop()
    assert workers(site) == {}


def connected(site: Site, sent: bytes = b"") -> socket.socket:
    """A connection on which `sent` was sent."""
    host, port = site.address.removeprefix("http://").split(":")
    client = socket.create_connection((host, int(port)), timeout=30)
    client.sendall(sent)
    return client


def page(site: Site) -> bytes:
    """The page to sign in."""
    with urllib.request.urlopen(f"{site.address}/sign-in", timeout=20) as answer:
        found: bytes = answer.read()
        return found


def test_clients_that_say_half_or_nothing_keep_nobody_waiting(site: Site) -> None:
    waiting = [connected(site, HALF) for _ in range(HALF_SENT)]
    waiting += [connected(site, HALF[:20]) for _ in range(HALF_SENT)]
    waiting += [connected(site) for _ in range(IDLE)]
    try:
        for _ in range(5):
            assert b"csrfmiddlewaretoken" in page(site)
    finally:
        for client in waiting:
            client.close()


@pytest.mark.parametrize(
    "told", [b"Content-Length: 600000000", b"Transfer-Encoding: chunked", b"Cookie: sessionid=made-up"]
)
def test_a_stranger_may_send_little(site: Site, told: bytes) -> None:
    length = b"" if b"hunked" in told else b"Content-Length: 2000000\r\n"
    head = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n" + (b"" if b"Length" in told else length) + told
    with connected(site, head + b"\r\n\r\n") as client:
        if b"hunked" in told:
            client.sendall(b"100000\r\n" + b"x" * (LARGEST_OF_A_STRANGER - 8))
        answer = client.makefile("rb").read()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 413 ")
    assert "上限" in json.loads(body)["error"]


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


def test_a_killed_worker_comes_back_and_the_site_goes_on(site: Site) -> None:
    if not Path("/proc").is_dir():
        pytest.skip("needs /proc to find the workers")
    expected = sorted(lane.id for lane in lanes().lanes.values() for _ in range(lane.at_once))
    first = workers(site)
    assert sorted(first.values()) == expected
    for pid in first:
        os.kill(pid, signal.SIGKILL)
    until = time.monotonic() + SECONDS
    while sorted(workers(site).values()) != expected or set(workers(site)) & set(first):
        assert time.monotonic() < until, site.log.read_text(encoding="utf-8")
        time.sleep(0.2)
    assert b"csrfmiddlewaretoken" in page(site)
    assert site.process.poll() is None
