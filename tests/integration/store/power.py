"""Cuts the power of a site that works: `python -m tests.integration.store.power FOLDER SEED CUTS`.

At random moments it keeps what is on the disk (disk.py) beside what was acknowledged by then, starts from each of these
again, and prints what is missing or does not hold.
"""

import os
import random
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from tenglong.cli.database import set_up

set_up()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402

from tenglong.actions.campaign.cases import add_evidence, open_case  # noqa: E402
from tenglong.queries.files import is_whole  # noqa: E402
from tenglong.queries.verification import verify  # noqa: E402
from tenglong.queries.verification_records import verify_files, verify_records  # noqa: E402
from tenglong.store.models import Entry, Evidence, Place  # noqa: E402
from tests.factories import build_firm  # noqa: E402
from tests.integration.campaign.world import MACHINE, NOON, build_places, make_roster  # noqa: E402
from tests.integration.store.disk import Disk  # noqa: E402


class Photograph:
    """A piece of evidence."""

    name, content_type = "现场.jpg", "image/jpeg"

    def __init__(self, content: bytes) -> None:
        self._content = content

    def chunks(self) -> list[bytes]:
        """The content in one piece."""
        return [b"\xff\xd8\xff\xe0" + self._content]


def work(cuts: int, disk: Disk, kept: Path, chance: random.Random) -> Iterator[tuple[Path, list[int]]]:
    """Record evidence and cut the power now and then: what was left of the disk, and what was acknowledged."""
    build_places()
    roster, place = make_roster(), Place.objects.get(code="330421103")
    case = open_case(roster, build_firm("断电纽扣厂", place), place, at=NOON, by="演示", source={})
    first, acknowledged, number = Entry.objects.get(case_id=case.pk).pk, [], 0
    for cut in range(cuts):
        for _ in range(chance.randint(1, 4)):
            number += 1
            paper = Photograph(chance.randbytes(chance.randint(100, 40_000)))
            told = add_evidence(
                actor=MACHINE, at=NOON + timedelta(seconds=number), entry_id=first, files=[paper]
            )
            acknowledged.append(told.entry.id)
        target = kept / str(cut)
        target.mkdir()
        disk.after_a_cut(target, chance)
        yield target, list(acknowledged)


def problems_after(folder: Path, acknowledged: list[int]) -> Iterator[str]:
    """What a site that starts from `folder` has lost, or cannot prove."""
    connection.close()
    connection.settings_dict["NAME"] = str(folder / "site.sqlite3")
    settings.FILE_STORE = folder / "files"
    there = set(Entry.objects.filter(pk__in=acknowledged).values_list("pk", flat=True))
    if lost := sorted(set(acknowledged) - there):
        yield f"entries {lost} are lost"
    if spoilt := [one for one in Evidence.objects.all() if not is_whole(one.digest)]:
        yield f"of {len(spoilt)} entries the evidence is not whole"
    for report in (*verify(), *verify_records(), verify_files()):
        if not report.holds:
            yield str(report.sentence)


def main(folder: Path, seed: int, cuts: int) -> None:
    """Work, cut, and look at each of the disks that are left."""
    chance = random.Random(seed)
    disk = Disk(folder)
    disk.databases[folder / "site.sqlite3"] = (folder / "site.sqlite3").read_bytes()
    connection.settings_dict["NAME"], settings.FILE_STORE = str(folder / "site.sqlite3"), folder / "files"
    (folder / "kept").mkdir()
    left = list(work(cuts, disk, folder / "kept", chance))
    for target, acknowledged in left:
        for problem in problems_after(target, acknowledged):
            print(target.name, problem)  # noqa: T201
    print("looked at", len(left), "with", len(left[-1][1]), flush=True)  # noqa: T201
    os._exit(0)  # SQLite still holds the functions of disk.py, which Python would take away first


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
