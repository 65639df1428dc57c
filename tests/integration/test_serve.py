"""`tenglong serve`: killed workers come back, and neither they nor bad clients keep anybody waiting."""

import json
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
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


def test_a_body_that_is_too_large_is_refused_on_a_page_to_who_reads_pages(site: Site) -> None:
    head = (
        b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/html\r\nContent-Length: 2000000\r\n\r\n"
    )
    with connected(site, head) as client:
        answer = client.makefile("rb").read().decode()
    assert (
        answer.startswith("HTTP/1.1 413 ") and "text/html" in answer and "<p>所发送的内容超过 1 MB" in answer
    )
    assert " - - 127.0.0.1 POST - 413 - -" in site.log.read_text(encoding="utf-8")


def test_the_site_says_that_it_is_ready_and_logs_who_asked(site: Site) -> None:
    until = time.monotonic() + SECONDS
    while True:
        asked = urllib.request.Request(f"{site.address}/readyz?token=geheim", headers={"Host": "elsewhere"})
        try:
            with urllib.request.urlopen(asked, timeout=20) as answer:
                assert json.load(answer) == {"ready": True, "missing": []}
                number = answer.headers["X-Request-ID"]
                break
        except urllib.error.HTTPError as error:
            assert error.code == 503 and time.monotonic() < until
        time.sleep(0.2)
    log = site.log.read_text(encoding="utf-8")
    assert f"INFO tenglong.access {number} - 127.0.0.1 GET /readyz 200 " in log
    assert "geheim" not in log


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


def processes_of(site: Site) -> set[int]:
    """All processes that came from a site: each says so in its environment."""
    mark, found = f"TENGLONG_DATA={site.folder}".encode(), set()
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (folder / "environ").read_bytes().split(b"\0"):
                found.add(int(folder.name))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("how", ["hangup", "twice", "killed", "front killed"])
def test_nothing_is_left_of_a_site_that_ends(how: str, tmp_path: Path) -> None:
    if not Path("/proc").is_dir():
        pytest.skip("needs /proc to find processes")
    site = Site.start(tmp_path)
    assert len(processes_of(site)) > len(workers(site)) + 2
    if how == "hangup":  # as a terminal that is closed does to all that it started
        os.killpg(site.process.pid, signal.SIGHUP)
    elif how == "twice":
        site.process.terminate()
        time.sleep(0.3)
        site.process.terminate()
    elif how == "killed":
        site.process.kill()
    else:
        os.kill(arbiter(site), signal.SIGKILL)
    site.process.wait(SECONDS)
    until = time.monotonic() + SECONDS
    while left := processes_of(site):
        assert time.monotonic() < until, left
        time.sleep(0.2)
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", int(site.address.rpartition(":")[2])))


def arbiter(site: Site) -> int:
    """The process of gunicorn that the command started."""
    for pid in processes_of(site):
        with suppress(OSError):
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
            if b"gunicorn" in words and parent == site.process.pid:
                return pid
    raise AssertionError("no web server")


def test_a_killed_process_of_the_web_server_comes_back(site: Site) -> None:
    if not Path("/proc").is_dir():
        pytest.skip("needs /proc to find processes")
    first = children(arbiter(site))
    for pid in first:
        os.kill(pid, signal.SIGKILL)
    until = time.monotonic() + SECONDS
    while len(children(arbiter(site)) - first) < len(first):
        assert time.monotonic() < until
        time.sleep(0.2)
    assert b"csrfmiddlewaretoken" in page(site)


def children(parent: int) -> set[int]:
    """The processes that a process started."""
    return {int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()}
