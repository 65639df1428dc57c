"""Many officers at once: reading, recording, handing photographs in, while a large import is being accepted.

`python -m benchmarks.officers [--database PostgreSQL] [--officers 200] [--cases 50000] [--rows 100000] [--seconds 120]`

locust plays the officers on the same processors as the server. Each one reads (home, lists, firms), records a note in
one request of ten, and in one of thirty hands in a photograph of 2 MB, with 1 to 5 seconds in between. At the end the
recorded notes are counted in the database: what was acknowledged must be there once.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.databases import POSTGRESQL, SQLITE, surroundings

PLAY = Path(__file__).with_name("officers_locust.py")
GOAL_SECONDS = 0.5
ROLES = ("city_office", "town_team")


def trial(officers: int, cases: int, rows: int, seconds: int) -> Iterator[str]:
    """The lines of what was seen on the database of this process."""
    from benchmarks.pages import _server

    folder = Path(tempfile.mkdtemp(prefix="officers-", dir=os.environ["TENGLONG_DATA"]))
    batch = _prepared(folder / "people.json", officers, cases, rows)
    with _server() as (_, port):
        accept = [sys.executable, "-m", "benchmarks.recording", "accept", str(batch)]
        play = [
            sys.executable,
            "-m",
            "locust",
            "--locustfile",
            str(PLAY),
            "--headless",
            "--host",
            f"http://127.0.0.1:{port}",
        ]
        play += [
            "--users",
            str(officers),
            "--spawn-rate",
            "20",
            "--run-time",
            f"{seconds}s",
            "--csv",
            str(folder / "seen"),
        ]
        about = os.environ | {"OFFICERS": str(folder)}
        with subprocess.Popen(accept) as accepting:
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            subprocess.run([*play, "--only-summary"], env=about, check=False, **quiet)
            yield f"the import was {'still being accepted' if accepting.poll() is None else 'accepted'} at the end"
            accepting.terminate()
    yield from _seen(folder)
    yield _kept(folder)


def _prepared(path: Path, officers: int, cases: int, rows: int) -> int:
    """People with their sessions and tokens, in a file for the players; the number of an import to accept."""
    from django.utils import timezone

    from benchmarks.pages import _signed_in
    from benchmarks.recording import _staged
    from tenglong.actions.access.people import create_token
    from tenglong.queries.registry.territory import actor_of
    from tenglong.store.models import Case, Place, User

    own, batch = _staged(rows, cases)
    towns = list(Place.objects.filter(level="town").order_by("code"))
    people = []
    for number in range(officers):
        town = towns[number % len(towns)]
        role = ROLES[number % len(ROLES)]
        code = town.code if role == "town_team" else "330400"
        session = _signed_in(f"officer-{number}", code, role)
        actor = actor_of(User.objects.get(username=f"officer-{number}"), timezone.localdate())
        _, token = create_token(actor=actor, at=timezone.now(), name="bench", scope="record")
        mine = Case.objects.filter(pk__in=own[:2000])
        if role == "town_team":
            mine = mine.filter(place=town)
        people.append(
            {"session": session, "token": token, "cases": list(mine.values_list("pk", flat=True)[:40])}
        )
    path.write_text(json.dumps(people), encoding="utf-8")
    return batch


def _seen(folder: Path) -> Iterator[str]:
    """A line for each kind of request: how many, how many failed, median, p95 and the longest, in milliseconds."""
    with (folder / "seen_stats.csv").open(encoding="utf-8") as lines:
        for line in csv.DictReader(lines):
            met = "" if float(line["95%"]) <= GOAL_SECONDS * 1000 else " (over)"
            yield (
                f"{line['Name']}: {line['Request Count']} requests, {line['Failure Count']} failed, "
                f"median {line['50%']} ms, p95 {line['95%']} ms{met}, longest {float(line['Max Response Time']):.0f} ms"
            )


def _kept(folder: Path) -> str:
    """Whether every acknowledged note is in the ledger once."""
    from collections import Counter

    from tenglong.store.models import Entry

    told = [line for path in folder.glob("answered-*") for line in path.read_text(encoding="ascii").split()]
    there = Counter(
        details.get("note") for details in Entry.objects.filter(kind="note").values_list("details", flat=True)
    )
    lost = sum(not there[key] for key in told)
    doubled = sum(there[key] > 1 for key in told)
    return f"acknowledged {len(told)}, lost {lost}, doubled {doubled}"


def main() -> int:
    """Try it on a database of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=[SQLITE, POSTGRESQL], default=POSTGRESQL)
    for name, usual in (("officers", 200), ("cases", 50_000), ("rows", 100_000), ("seconds", 120)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.here:
        import django

        django.setup()
        for line in trial(asked.officers, asked.cases, asked.rows, asked.seconds):
            print(line, flush=True)
        return 0
    with surroundings(asked.database) as environment:
        command = [sys.executable, "-m", "benchmarks.officers", *sys.argv[1:], "--here"]
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
