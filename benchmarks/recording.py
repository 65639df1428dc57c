"""Recording by hand while a large import is being accepted into the same roster by another process.

`python -m benchmarks.recording [--rows 10000]` tries it on both databases with fewer rows.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import django
from django.db import OperationalError, connection
from django.utils import timezone

from benchmarks.databases import POSTGRESQL, SQLITE, surroundings
from benchmarks.imports import DAY, ROWS, write_file
from benchmarks.results import Result, p95

CASES, ALONE = 1_000, 50
EVERY = 0.5
GOALS = {SQLITE: 2.0, POSTGRESQL: 0.5}
ACCEPT = "accept"


def measure(rows: str = str(ROWS)) -> Iterator[Result]:
    """Seconds of an entry by hand during the acceptance, beside those before it began."""
    from benchmarks.campaign import database_name

    cases, batch = _staged(int(rows))
    alone = _recorded(cases, lambda done: done < ALONE)
    connection.close()
    began = time.perf_counter()
    with subprocess.Popen([sys.executable, "-m", "benchmarks.recording", ACCEPT, str(batch)]) as accepting:
        beside = _recorded(cases, lambda _: accepting.poll() is None)
    took = time.perf_counter() - began
    if accepting.returncode:
        raise RuntimeError("the import was not accepted")
    database, middle = database_name(), sorted(beside)[len(beside) // 2]
    words = f"median {middle * 1000:.0f} ms, longest {max(beside):.1f} s; accepting took {took:.0f} s"
    yield Result(
        what=f"recording by hand while {int(rows):,} rows are being accepted",
        database=database,
        seconds=p95(beside),
        statistic=f"p95 of {len(beside)}; {words}",
        baseline="recording alone, p95",
        baseline_seconds=p95(alone),
        goal=GOALS[database],
    )


def _staged(rows: int, count: int = CASES) -> tuple[list[int], int]:
    """Cases to record in, and the number of an import of other firms that waits to be accepted."""
    from benchmarks.campaign import fill, new_roster
    from tenglong.actions import intake
    from tenglong.store.models import Case, Entry
    from tests.integration.campaign.world import MACHINE

    roster = new_roster()
    fill(roster, count)
    path = Path(os.environ["TENGLONG_DATA"]) / "ledger.xlsx"
    write_file(path, rows)
    batch = intake.upload(
        actor=MACHINE, at=timezone.now(), kind="case_ledger", roster=roster, code="330400",
        stream=[path.read_bytes()], filename="总台账.xlsx", business_day=DAY,
    )  # fmt: skip
    intake.stage(batch.pk, at=timezone.now())
    voided = Entry.objects.exclude(corrects=None).values("case_id")  # a note would be refused beside a gap
    whole = Case.objects.filter(roster=roster, number__lte=count).exclude(pk__in=voided)
    return list(whole.values_list("pk", flat=True)), batch.pk


def _recorded(cases: list[int], goes_on: Callable[[int], bool]) -> list[float]:
    """The seconds of entries of which one is due every half a second, from when it is due: who comes while another
    waits for the database waits too. One that the database gives up counts as long as it waited."""
    from tenglong.actions.campaign.cases import record_entry
    from tenglong.store.models import Case
    from tests.integration.campaign.world import MACHINE

    seconds: list[float] = []
    start = time.perf_counter()
    while goes_on(len(seconds)):
        due = start + EVERY * len(seconds)
        time.sleep(max(due - time.perf_counter(), 0))
        case = Case.objects.select_related("roster").get(pk=cases[len(seconds) % len(cases)])
        try:
            record_entry(actor=MACHINE, at=timezone.now(), case=case, kind="note", effective_on=DAY)
        except OperationalError as error:
            print(f"given up: {error}", file=sys.stderr)
        seconds.append(time.perf_counter() - due)
    return seconds


def _accept(batch: int) -> None:
    """The other process."""
    from tenglong.actions import intake
    from tests.integration.campaign.world import MACHINE

    intake.accept(batch, actor=MACHINE, at=timezone.now())


def main() -> None:
    """Carry an acceptance out, or try the whole on both databases."""
    if sys.argv[1:2] == [ACCEPT]:
        django.setup()
        _accept(int(sys.argv[2]))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    rows = parser.parse_args().rows
    for database in (SQLITE, POSTGRESQL):
        with surroundings(database) as environment:
            command = [sys.executable, "-m", "benchmarks.one", f"recording.{rows}"]
            subprocess.run(command, env=environment, check=True)


if __name__ == "__main__":
    main()
