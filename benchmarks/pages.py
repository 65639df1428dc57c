"""Pages with 50,000 cases and 20 users at once, beside the sign-in page under the same load.

The server is the one that people run (`tenglong serve`: a process of four threads for each core, and its
worker). The users are signed in; each asks, reads for up to 0.2 s, asks again. City users see everything, town
users only their town, which must not be slower.
"""

import http.client
import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.utils import timezone

from benchmarks.campaign import DAYS, START, database_name, fill, new_roster
from benchmarks.results import Result, p95
from tenglong.actions.ledger.appending import append
from tenglong.domain.ledger.entries import Draft
from tenglong.store.models import Case, Entry, Firm, Membership, Place, Roster, User
from tests.postgresql import free_port

CASES, USERS, ASKED = 50_000, 20, 15
READING = 0.2
GOAL = 0.3
RECORDED_EVERY = 5.0
FILTERS = (
    "state=written_off&sort=-energy",
    "state=signed",
    "text=0012",
    "member=target&sort=name",
    "overdue=on",
    "owner=county_office&sort=-since",
)
Address = Callable[[random.Random], str]


def measure() -> Iterator[Result]:
    """Every page for city users and for town users, each next to the sign-in page."""
    roster = new_roster()
    fill(roster, CASES)
    towns = list(Place.objects.filter(level="town").order_by("code")[:USERS])
    crowds = {
        "city office": [_signed_in(f"city-{n}", "330400", "city_office") for n in range(USERS)],
        "town team": [_signed_in(f"town-{n}", town.code, "town_team") for n, town in enumerate(towns)],
    }
    firms = {
        "city office": [range(1, CASES + 1)] * USERS,
        "town team": [list(Firm.objects.filter(place=town).values_list("pk", flat=True)) for town in towns],
    }
    connection.close()
    with _server() as (server, port), _recording(roster):
        for who, sessions in crowds.items():
            for what, addresses in _pages(firms[who]).items():
                _load(port, sessions, addresses, times=5)
                door = _load(port, [""] * USERS, [lambda _: "/sign-in"] * USERS)
                worked = _worked(server)
                seconds = _load(port, sessions, addresses)
                each = (_worked(server) - worked) / len(seconds)
                middle = f"median {statistics.median(seconds) * 1000:.0f} ms"
                yield Result(
                    what=f"{what}, {who}",
                    database=database_name(),
                    seconds=p95(seconds),
                    statistic=f"p95 of {len(seconds)}; {middle}; processor {each * 1000:.1f} ms a page",
                    baseline="sign-in page, p95",
                    baseline_seconds=p95(door),
                    goal=GOAL,
                )


def _pages(firms: Sequence[Sequence[int]]) -> dict[str, list[Address]]:
    """What is asked of each page by each user."""
    return {
        "home": [lambda _: "/"] * USERS,
        "case list": [lambda chance: f"/cases?page={chance.randint(1, 9)}"] * USERS,
        "case list, filtered": [lambda chance: f"/cases?{chance.choice(FILTERS)}"] * USERS,
        "firm file": [lambda chance, own=own: f"/firms/{chance.choice(own)}" for own in firms],
    }


def _signed_in(name: str, code: str, role: str) -> str:
    """A new user of a unit; the key of a session of theirs."""
    user = User.objects.create(username=name)
    Membership.objects.create(user=user, code=code, role=role)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


@contextmanager
def _server() -> Iterator[tuple[int, int]]:
    """Process and port of a running `tenglong serve`."""
    port = free_port()
    command = [sys.executable, "-m", "tenglong.cli", "serve", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=os.environ)
    try:
        _await(port)
        yield process.pid, port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def _worked(server: int) -> float:
    """Seconds of processor time of the server and its processes so far; PostgreSQL's own are not among them."""
    return sum(_worked_alone(pid) for pid in (server, *_children(server)))


def _children(pid: int) -> Iterator[int]:
    for of_thread in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in map(int, of_thread.read_text(encoding="ascii").split()):
            yield child
            yield from _children(child)


def _worked_alone(pid: int) -> float:
    _, _, fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")
    user, system = map(int, fields.split()[11:13])
    return (user + system) / os.sysconf("SC_CLK_TCK")


def _await(port: int, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=5).connect()
            return
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


@contextmanager
def _recording(roster: Roster) -> Iterator[None]:
    """Meanwhile somebody records an entry every few seconds, so that kept answers must be found again."""
    stop = threading.Event()

    def record() -> None:
        voided = Entry.objects.exclude(corrects=None).values("case_id")
        cases = list(Case.objects.exclude(pk__in=voided).values_list("pk", flat=True)[:1000])
        while not stop.wait(RECORDED_EVERY):
            draft = Draft(cases.pop(), "note", START + timedelta(days=DAYS))
            append(roster, [draft], by="benchmark", at=timezone.now())
        connection.close()

    writer = threading.Thread(target=record)
    writer.start()
    try:
        yield
    finally:
        stop.set()
        writer.join()


def _load(
    port: int, sessions: Sequence[str], addresses: Sequence[Address], times: int = ASKED
) -> list[float]:
    """The seconds of every answer, with all users asking at once."""
    with ThreadPoolExecutor(USERS) as pool:
        jobs = [
            pool.submit(_ask, port, session, address, random.Random(n), times)
            for n, (session, address) in enumerate(zip(sessions, addresses, strict=True))
        ]
        return [seconds for job in jobs for seconds in job.result()]


def _ask(port: int, session: str, address: Address, chance: random.Random, times: int) -> list[float]:
    """One user: each answer must be a whole page, from connecting to its last byte."""
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"} if session else {}
    seconds = []
    for _ in range(times):
        time.sleep(chance.random() * READING)
        path = address(chance)
        began = time.perf_counter()
        visit = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        visit.request("GET", path, headers=headers)
        answer = visit.getresponse()
        body = answer.read()
        visit.close()
        seconds.append(time.perf_counter() - began)
        if answer.status != 200 or b"</html>" not in body:
            raise RuntimeError(f"{path} answered {answer.status}")
    return seconds
