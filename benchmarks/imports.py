"""Import of a large case ledger: staged, returned, accepted; beside merely reading the file with openpyxl.

`python -m benchmarks.imports [--rows 100000] [--database PostgreSQL]` on a fresh database. Seconds by the wall, memory
as the sum of the peaks of this process and its parsing child. All firms are invented; the seed is fixed.
"""

import argparse
import os
import random
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.databases import POSTGRESQL, SQLITE, surroundings
from benchmarks.results import Result

SEED = 20211109
ROWS = 100_000
BAD_SHARE = 0.03
START, DAY = date(2021, 4, 27), date(2021, 11, 9)
NOON = datetime(2021, 11, 9, 4, tzinfo=UTC)
HEADER = [
    "序号", "县(市、区)", "镇(街道)", "区块", "企业名称", "统一社会信用代码", "主体类型", "规模", "行业代码",
    "地址", "房东/承租关系", "实际用地(亩)", "综合能耗(吨标煤)", "废水(吨)", "COD(吨)", "名单来源", "批次", "处置方式",
    "牵头部门", "攻坚小组", "列入日期", "计划日期", "方案批准日期", "评估日期", "签约日期", "腾空日期", "核查日期",
    "销号日期", "实际腾出用地(亩)", "实际腾出用能(吨标煤)", "备注",
]  # fmt: skip
DATES = HEADER[20:28]
TOWNS = [
    ("南湖区", "凤桥镇"), ("秀洲区", "王江泾镇"), ("嘉善县", "西塘镇"), ("平湖市", "新仓镇"), ("海盐县", "沈荡镇"),
    ("海宁市", "许村镇"), ("桐乡市", "濮院镇"), ("经开区", ""), ("港区", ""),
]  # fmt: skip
CHARACTERS = (
    "安邦昌诚大德丰福广国海恒宏华嘉建金锦巨康丽利隆美明宁鹏启清荣瑞润盛顺泰天通伟祥新兴旭亚永裕远源振正志中"
)
TRADES = ["纽扣", "染整", "纺织", "五金", "塑料", "家具", "化工", "电镀", "印刷", "箱包"]


@dataclass(frozen=True)
class Measured:
    """One line of the result."""

    what: str
    seconds: float
    parent_mb: float
    child_mb: float


def make_rows(count: int) -> Iterator[list[Any]]:
    """Synthetic rows: most firms have all eight dates, the others some; 3 % are bad in one of five ways."""
    chance = random.Random(SEED)
    for number in range(1, count + 1):
        yield (
            _spoilt(_row(number, chance), number, chance)
            if chance.random() < BAD_SHARE
            else _row(number, chance)
        )


def _row(number: int, chance: random.Random) -> list[Any]:
    county, town = chance.choice(TOWNS)
    mark = "".join(CHARACTERS[number // len(CHARACTERS) ** power % len(CHARACTERS)] for power in range(4))
    name = f"嘉兴{mark}{chance.choice(TRADES)}有限公司"
    steps = 8 if chance.random() < 0.6 else chance.randint(1, 7)
    day, days = START, []
    for _ in range(steps):
        days.append(day)
        day += timedelta(days=chance.randint(1, 20))
    land, energy = round(chance.uniform(1, 40), 2), chance.randint(20, 2000)
    return [
        number, county, town, f"{chance.randint(1, 5)}号区块", name, None, "企业",
        "规下", "4119", f"{town or county}工业路{chance.randint(1, 999)}号", "自有", land, energy, energy * 8,
        round(energy / 50, 1),
        chance.choice(["省推", "市列"]), "腾退", "腾退收回", "经信局", f"第{chance.randint(1, 24)}组",
        *days, *[None] * (8 - steps), land if steps >= 6 else None, energy if steps >= 6 else None, None,
    ]  # fmt: skip


def _spoilt(row: list[Any], number: int, chance: random.Random) -> list[Any]:
    """One mistake of the kinds that real tables have."""
    column, value = chance.choice(
        [(24, "2021.13.45"), (1, "没有县"), (12, "约三百"), (26, None), (4, None), (20, date(2022, 3, 1))]
    )
    row[column] = value
    if column == 26 and row[27] is None:
        row[28], row[25], row[27] = 3, None, None
        row[20] = date(2022, 3, 1)
    return row


def write_file(path: Path, count: int) -> None:
    """The workbook, with a title row above the header as offices write it."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet, dated = book.add_worksheet("总台账"), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write(0, 0, "高耗低效企业整治总台账（演示数据）")
    sheet.write_row(1, 0, HEADER)
    for number, row in enumerate(make_rows(count), start=2):
        for column, value in enumerate(row):
            if isinstance(value, date):
                sheet.write_datetime(number, column, datetime(value.year, value.month, value.day), dated)  # noqa: DTZ001
            elif value is not None:
                sheet.write(number, column, value)
    book.close()


def timed(what: str, deed: Callable[[], Any]) -> tuple[Measured, Any]:
    """Run `deed` in this process; peaks only ever rise, so the largest counts."""
    began, worked = time.perf_counter(), _worked()
    result = deed()
    seconds, worked = time.perf_counter() - began, _worked() - worked
    own, child = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(
        f"{what:<28}{seconds:8.1f} s   processor {worked:6.1f} s   parent {own:6.0f} MB   child {child:6.0f} MB",
        flush=True,
    )
    return Measured(what, seconds, own, child), result


def _worked() -> float:
    """Seconds of processor time so far, of this process and its children."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def read_only(path: Path) -> int:
    """The baseline: walk all cells with openpyxl and do nothing."""
    import openpyxl

    book = openpyxl.load_workbook(path, read_only=True)
    return sum(len(row) for row in book.worksheets[0].iter_rows(values_only=True))


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--database", choices=(SQLITE, POSTGRESQL), default=SQLITE)
    parser.add_argument("--no-baseline", action="store_true")
    arguments = parser.parse_args()
    os.environ.pop("DATABASE_URL", None)
    with surroundings(arguments.database) as environment:
        os.environ.update(environment)
        _run(Path(os.environ["TENGLONG_DATA"]), arguments.rows, baseline=not arguments.no_baseline)


def measure() -> Iterator[Result]:
    """One line of the table of `python -m benchmarks`: on two cores, on the database of the environment."""
    from benchmarks.campaign import database_name

    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    staged, accepted, alone = _run(Path(os.environ["TENGLONG_DATA"]), ROWS, baseline=True)
    yield Result(
        what="import of a case ledger of 100,000 rows, 3 % bad, workbook returned, two cores",
        database=database_name(),
        seconds=staged.seconds + accepted.seconds,
        statistic=f"once; staging {staged.seconds:.0f} s, accepting {accepted.seconds:.0f} s",
        baseline="openpyxl reading all cells",
        baseline_seconds=alone.seconds,
        goal=60,
        memory=round((accepted.parent_mb + accepted.child_mb) * 2**20),
        memory_goal=2**30,
    )


def _run(folder: Path, rows: int, *, baseline: bool) -> list[Measured]:
    import django

    django.setup()
    from django.core.management import call_command

    from tenglong.actions import intake
    from tenglong.store.models import Entry, Roster
    from tests.integration.campaign.world import MACHINE, build_places, make_roster

    call_command("migrate", verbosity=0)
    build_places()
    roster: Roster = make_roster()
    path = folder / "ledger.xlsx"
    write_file(path, rows)
    print(f"{rows} rows, {len(HEADER)} columns, {path.stat().st_size / 1e6:.1f} MB")
    stream = [path.read_bytes()]
    batch = intake.upload(
        actor=MACHINE, at=NOON, kind="case_ledger", roster=roster, code="330400", stream=stream,
        filename="总台账.xlsx", business_day=DAY,
    )  # fmt: skip
    stream.clear()
    staged, batch = timed("stage and return workbook", lambda: intake.stage(batch.pk, at=NOON))
    accepted, batch = timed("accept", lambda: intake.accept(batch.pk, actor=MACHINE, at=NOON))
    print(
        f"read {batch.read} = {batch.inserted} + {batch.updated} + {batch.unchanged} + {batch.rejected}; ",
        end="",
    )
    print(f"{Entry.objects.count()} entries")
    total = staged.seconds + accepted.seconds
    print(f"{'all':<28}{total:8.1f} s   peak {accepted.parent_mb + accepted.child_mb:6.0f} MB")
    found = [staged, accepted]
    if baseline:
        alone, _ = timed("openpyxl read-only, nothing", lambda: read_only(path))
        print(f"ratio {total / alone.seconds:.2f}")
        found.append(alone)
    return found


if __name__ == "__main__":
    main()
