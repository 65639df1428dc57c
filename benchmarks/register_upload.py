"""The first register of a county: 90,000 firms, staged and accepted, every row held against all others.

`python -m benchmarks.register_upload [rows]` on a fresh SQLite database. Memory as in benchmarks.imports. The firms are
invented; the seed is fixed. One in fifty stands there twice, in another spelling.
"""

import os
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.databases import SQLITE, surroundings
from benchmarks.imports import DAY, NOON, SEED, TOWNS, Measured, read_only, timed
from benchmarks.invented_firms import BRAND, TRADES
from benchmarks.results import Result

ROWS = 90_000
HEADER = ["县(市、区)", "镇(街道)", "企业名称", "统一社会信用代码", "地址", "行业代码", "规模"]
SECONDS, MEMORY = 60, 700 * 2**20
TWICE = 50


def make_rows(count: int) -> Iterator[list[Any]]:
    """Invented firms of Jiaxing; some twice."""
    chance = random.Random(SEED)
    row: list[Any] = []
    for number in range(count):
        if number % TWICE == TWICE - 1:
            yield [*row[:2], row[2].replace("有限公司", "厂"), *row[3:]]
            continue
        county, town = chance.choice(TOWNS)
        brand, trade = "".join(chance.choices(BRAND, k=chance.choice((2, 3, 4)))), chance.choice(TRADES)
        address = f"{town or county}{''.join(chance.choices(BRAND, k=2))}路{chance.randint(1, 500)}号"
        row = [county, town, f"嘉兴{brand}{trade}有限公司", None, address, "4119", "规下"]
        yield row


def main(arguments: list[str]) -> None:
    """Measure and print."""
    os.environ.pop("DATABASE_URL", None)
    with surroundings(SQLITE) as environment:
        os.environ.update(environment)
        _run(int(arguments[0]) if arguments else ROWS)


def measure() -> Iterator[Result]:
    """One line of the table of `python -m benchmarks`."""
    from benchmarks.campaign import database_name

    staged, accepted, alone = _run(ROWS)
    yield Result(
        what=f"first register of {ROWS:,} rows, each held against all others",
        database=database_name(),
        seconds=staged.seconds + accepted.seconds,
        statistic=f"once; staging {staged.seconds:.0f} s, accepting {accepted.seconds:.0f} s",
        baseline="openpyxl reading all cells",
        baseline_seconds=alone.seconds,
        goal=SECONDS,
        memory=round((accepted.parent_mb + accepted.child_mb) * 2**20),
        memory_goal=MEMORY,
    )


def _run(rows: int) -> tuple[Measured, Measured, Measured]:
    import django

    django.setup()
    import xlsxwriter
    from django.core.management import call_command

    from tenglong.actions import intake
    from tenglong.store.models import MatchPair
    from tests.integration.campaign.world import MACHINE, build_places

    call_command("migrate", verbosity=0)
    build_places()
    path = Path(os.environ["TENGLONG_DATA"]) / "register.xlsx"
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("企业名录")
        for number, row in enumerate([HEADER, *make_rows(rows)]):
            sheet.write_row(number, 0, row)
    stream = [path.read_bytes()]
    batch = intake.upload(
        actor=MACHINE, at=NOON, kind="firms", roster=None, code="330400", stream=stream,
        filename="企业名录.xlsx", business_day=DAY,
    )  # fmt: skip
    stream.clear()
    staged, batch = timed("stage and return workbook", lambda: intake.stage(batch.pk, at=NOON))
    accepted, batch = timed("accept", lambda: intake.accept(batch.pk, actor=MACHINE, at=NOON))
    print(f"read {batch.read}, inserted {batch.inserted}, questions {MatchPair.objects.count()}", flush=True)
    alone, _ = timed("openpyxl read-only, nothing", lambda: read_only(path))
    return staged, accepted, alone


if __name__ == "__main__":
    main(sys.argv[1:])
