"""`tenglong import`: a table handed in and judged, and accepted where asked for: as on the page, row by row."""

import argparse
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from tenglong.cli.output import add_operator, operator, print_table
from tenglong.domain.access.policy import Actor, Scope
from tenglong.domain.intake.kinds import table_kinds
from tenglong.domain.intake.rows import Verdict
from tenglong.domain.jobs.lanes import lanes
from tenglong.domain.kernel.errors import BadFile, BadValue, Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date, day_in
from tenglong.queries.campaign.rosters import roster_by_code
from tenglong.queries.intake.imports import import_for, problem_of, rows_of
from tenglong.queries.jobs.overview import job_of_import

if TYPE_CHECKING:
    from tenglong.queries.intake.imports import Import

SHOWN = 20
"""So many refused rows are printed."""
WAITS = ("queued", "staging", "accepting")
SECONDS_BETWEEN_LOOKS = 0.2
VERDICTS = {"inserted": "新增", "updated": "更新", "unchanged": "无变化", "rejected": "退回"}


def add_to(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("file", type=Path, metavar="文件", help="xlsx、xls、ods 或 csv 表格")
    parser.add_argument("--kind", required=True, choices=sorted(table_kinds()), help="表格种类")
    parser.add_argument("--roster", default="", help="名单代码；企业、宗地等登记表不填")
    parser.add_argument("--territory", required=True, help="填报单位的行政区划代码")
    parser.add_argument("--day", default="", metavar="日期", help="填报日期 YYYY-MM-DD，默认今天")
    parser.add_argument("--accept", action="store_true", help="预检通过的行随即入库")
    parser.add_argument("--user", default="", metavar="账号", help="以该账号的权限办理，默认为本机管理员")
    add_operator(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Hand the file in, print the verdicts, accept; ends with 1 where rows were refused."""
    from tenglong.actions import intake

    now = datetime.now(UTC)
    actor = _actor(arguments, now)
    about = _about(arguments, now)
    with _opened(arguments.file) as stream:
        batch = intake.upload(actor=actor, at=now, stream=stream, filename=arguments.file.name, **about)
    batch = _settled(batch.pk, actor)
    _tell(batch)
    if arguments.accept and batch.inserted + batch.updated:
        intake.request_acceptance(batch.pk, actor=actor, at=datetime.now(UTC))
        _settled(batch.pk, actor)
        sys.stdout.write(f"第 {batch.pk} 号导入已入库。\n")
    return 1 if batch.rejected else 0


def _actor(arguments: argparse.Namespace, now: datetime) -> Actor:
    """Whoever is at the machine, or the account in whose name it is done; the trail says then who did so, and where."""
    from tenglong.actions.steps import leave
    from tenglong.queries.access.people import actor_named

    at_the_machine = operator(arguments)
    if not arguments.user:
        return at_the_machine
    actor = actor_named(arguments.user, china_date(now))
    leave(
        by=at_the_machine.name,
        at=now,
        deed="act_for",
        about=f"user:{actor.user_id}",
        file=arguments.file.name,
    )
    return actor


def _about(arguments: argparse.Namespace, now: datetime) -> dict[str, Any]:
    """What the table is, and for whom it speaks.

    Raises:
        BadValue: the day is none; NotFound: there is no such roster.
    """
    day = day_in(arguments.day) if arguments.day else china_date(now)
    if day is None:
        raise BadValue(msg("“{text}”不是日期，请写成 2021-11-09 这样的形式。", text=arguments.day))
    roster = roster_by_code(arguments.roster, Scope(everywhere=True)) if arguments.roster else None
    return {"kind": arguments.kind, "roster": roster, "code": arguments.territory, "business_day": day}


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise BadFile(msg("文件“{name}”无法读取，请核对路径。", name=path)) from error


def _settled(id: int, actor: Actor) -> "Import":
    """The import when nothing of it waits any more; its jobs are done here, unless a worker of the site took them.

    Raises:
        BadFile: the file cannot be read; Conflict: it could not be accepted.
    """
    from tenglong.jobs.worker import run_pending

    while (batch := import_for(id, actor)).state in WAITS:
        run_pending(among=[lanes().lane_of("stage_import"), lanes().lane_of("accept_import")])
        time.sleep(SECONDS_BETWEEN_LOOKS)
    if problem := problem_of(batch):
        raise BadFile(problem)
    job = job_of_import(id)
    if job and job.problem:
        raise Conflict(job.problem)
    return batch


def _tell(batch: "Import") -> None:
    counts = "，".join(f"{word} {getattr(batch, verdict)}" for verdict, word in VERDICTS.items())
    sys.stdout.write(f"第 {batch.pk} 号导入：读入 {batch.read} 行，其中{counts}。\n")
    refused = rows_of(batch, verdict=Verdict.REJECTED, count=SHOWN)
    if not refused:
        return
    rows = [[f"{row.sheet} {cell}", str(said)] for row in refused for cell, _, said in row.messages]
    print_table(["单元格", "退回原因"], rows)
    if batch.rejected > SHOWN:
        sys.stdout.write(f"另有 {batch.rejected - SHOWN} 行退回，见导入中心第 {batch.pk} 号。\n")
