"""A served site killed at random moments while people record: nothing acknowledged is lost, nothing is doubled.

`python -m benchmarks.kills [--kills 50] [--seed 1] [--database SQLite|PostgreSQL]` prints what was counted. Server,
workers and everything they started die at once (SIGKILL to the whole session); clients send again, with the same key,
until they are answered. Every third entry brings a file.
"""

import argparse
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial

from benchmarks.databases import POSTGRESQL, SQLITE, surroundings

PEOPLE, CASES = 6, 30
SHORTEST_LIFE, LONGEST_LIFE = 0.05, 2.0
SECONDS_TO_START = 60
DAY = "2021-11-01"
BOUNDARY = "a-boundary-of-the-kills"


@dataclass
class Sent:
    """What one person sent: keys that were answered and, at most one, that is not yet."""

    token: str
    chance: random.Random
    answered: list[str] = field(default_factory=list)
    waiting: str = ""
    refused: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """What was counted at the end, over all lives of the server."""

    kills: int
    answered: int
    lost: int
    doubled: int
    never_sent: int
    faults: list[str]

    @property
    def whole(self) -> bool:
        """Whether every entry is there once and the ledger proves it."""
        return self.answered > 0 and not (self.lost or self.doubled or self.never_sent or self.faults)


def trial(kills: int, seed: int) -> Outcome:
    """Let people record on the database of this process, killing the server `kills` times; the last life ends well."""
    chance = random.Random(seed)
    cases, tokens = _people()
    sent = [Sent(token, random.Random(f"{seed}-{token}")) for token in tokens]
    for _ in range(kills):
        life = SHORTEST_LIFE + (LONGEST_LIFE - SHORTEST_LIFE) * chance.random()
        _live(sent, cases, partial(time.sleep, life), signal.SIGKILL)
    _live(sent, cases, partial(_until, lambda: not any(one.waiting for one in sent)), signal.SIGTERM)
    return _counted(kills, sent)


def _people() -> tuple[list[int], list[str]]:
    """Cases to record in, and a token for each person."""
    from django.core.management import call_command
    from django.utils import timezone

    from tenglong.actions.access.people import create_token
    from tenglong.store.models import Case
    from tests.integration.campaign.world import accepted, build_places, csv_file, make_actor, make_roster

    call_command("migrate", verbosity=0)
    build_places()
    roster = make_roster()
    rows = [[f"演示{n:03d}厂", "西塘镇"] for n in range(CASES)]
    accepted(csv_file(["企业名称", "镇街"], *rows), roster=roster)
    office = make_actor("kills", "city_office", "330400")
    tokens = [
        create_token(actor=office, at=timezone.now(), name=f"{n}", scope="record")[1] for n in range(PEOPLE)
    ]
    return list(Case.objects.values_list("pk", flat=True)), tokens


def _live(sent: Sequence[Sent], cases: Sequence[int], life: Callable[[], None], end: signal.Signals) -> None:
    """One life of the server: people record for as long as `life` takes, then it ends."""
    from tests.postgresql import free_port

    port, over = free_port(), threading.Event()
    command = [sys.executable, "-m", "tenglong.cli", "serve", "--port", str(port)]
    server = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    _until(lambda: _answers(port))
    people = [
        threading.Thread(target=_record, args=(one, cases, port, over, end == signal.SIGTERM)) for one in sent
    ]
    for person in people:
        person.start()
    life()
    if end == signal.SIGKILL:
        os.killpg(server.pid, end)
    else:
        server.send_signal(end)
    over.set()
    for person in people:
        person.join()
    server.wait(60)


def _record(one: Sent, cases: Sequence[int], port: int, over: threading.Event, ending: bool) -> None:
    """One person records until the server is gone; in its last life only what was not answered is sent again."""
    while not over.is_set():
        if not one.waiting:
            if ending:
                return
            one.waiting = str(uuid.UUID(int=one.chance.getrandbits(128)))
        with suppress(OSError, http.client.HTTPException):  # killed meanwhile: sent again in the next life
            status, words = _send(one, cases, port)
            (one.answered if status == 201 else one.refused).append(one.waiting if status == 201 else words)
            one.waiting = ""


def _send(one: Sent, cases: Sequence[int], port: int) -> tuple[int, str]:
    """Send the waiting entry; case and file follow from its key, so that a repetition is the same deed."""
    number = uuid.UUID(one.waiting).int
    body = _form({"kind": "note", "effective_on": DAY, "reason": one.waiting}, with_file=number % 3 == 0)
    headers = {
        "Authorization": f"Bearer {one.token}",
        "Idempotency-Key": one.waiting,
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
    }
    visit = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        visit.request("POST", f"/api/v1/cases/{cases[number % len(cases)]}/entries", body, headers)
        answer = visit.getresponse()
        return answer.status, answer.read().decode()
    finally:
        visit.close()


def _form(fields: dict[str, str], *, with_file: bool) -> bytes:
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data"
    parts = [f'{head}; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
    if with_file:
        about = 'name="files"; filename="a.pdf"\r\nContent-Type: application/pdf'
        parts.append(f"{head}; {about}\r\n\r\n%PDF-1.4\n%{fields['reason']}\n%%EOF\n\r\n")
    return "".join([*parts, f"--{BOUNDARY}--\r\n"]).encode()


def _counted(kills: int, sent: Sequence[Sent]) -> Outcome:
    from tenglong.store.models import Entry

    verify = [sys.executable, "-m", "tenglong.cli", "ledger", "verify", "--files"]
    proof = subprocess.run(verify, capture_output=True, text=True, check=False)
    told = [
        details.get("note") for details in Entry.objects.filter(kind="note").values_list("details", flat=True)
    ]
    there, answered = Counter(told), [key for one in sent for key in one.answered]
    return Outcome(
        kills=kills,
        answered=len(answered),
        lost=sum(not there[key] for key in answered),
        doubled=sum(count > 1 for count in there.values()),
        never_sent=len(there.keys() - set(answered)),
        faults=[words for one in sent for words in one.refused]
        + ((proof.stdout + proof.stderr).splitlines() if proof.returncode else []),
    )


def _answers(port: int) -> bool:
    visit = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    with suppress(OSError, http.client.HTTPException):
        visit.request("GET", "/sign-in")
        return visit.getresponse().status == 200
    return False


def _until(met: Callable[[], bool]) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while not met():
        if time.monotonic() > until:
            raise TimeoutError(f"not so after {SECONDS_TO_START} s")
        time.sleep(0.05)


def main() -> int:
    """Try it on a database of its own, in a process that has it as its environment says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=[SQLITE, POSTGRESQL], default=SQLITE)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here:
        import django

        django.setup()
        outcome = trial(asked.kills, asked.seed)
        print(json.dumps(asdict(outcome), ensure_ascii=False))
        return int(not outcome.whole)
    with surroundings(asked.database) as environment:
        command = [sys.executable, "-m", "benchmarks.kills", *sys.argv[1:], "--here"]
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
