"""`tenglong bulletin`: list, issue, issue again, and ask what an issue would say today."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from tenglong.cli.campaign.figures import EVERYWHERE, read_day
from tenglong.cli.output import add_operator, operator, print_table
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date
from tenglong.queries.campaign.rosters import roster_by_code
from tenglong.queries.reporting.bulletins import issued, issued_bulletin


def add_to(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    deeds = parser.add_subparsers(required=True, metavar="动作")
    listing = deeds.add_parser("list", help="已签发的通报")
    listing.add_argument("--roster", required=True, help="名单代码")
    listing.set_defaults(run=run_list)
    issue = deeds.add_parser("issue", help="签发某日的通报")
    issue.add_argument("--roster", required=True, help="名单代码")
    issue.add_argument("--territory", help="行政区划代码，默认为名单所属辖区")
    issue.add_argument("--as-of", required=True, help="数据截止日 YYYY-MM-DD")
    add_operator(issue)
    issue.set_defaults(run=run_issue)
    again = deeds.add_parser("reissue", help="由快照重新生成并核对摘要")
    again.add_argument("id", type=int, help="通报编号，见 bulletin list")
    again.add_argument("--output", type=Path, help="把文件写到这里")
    again.set_defaults(run=run_reissue)
    today = deeds.add_parser("today", help="按今日所知，同一期会有哪些数字变动")
    today.add_argument("id", type=int, help="通报编号，见 bulletin list")
    today.set_defaults(run=run_today)


def run_list(arguments: argparse.Namespace) -> int:
    """Print the issued bulletins of a roster."""
    roster = roster_by_code(arguments.roster, EVERYWHERE)
    rows = issued(roster.pk, None)
    cells = [[str(b.pk), f"{b.year} 第{b.number}期", str(b.as_of), b.place.name, b.digest] for b in rows]
    print_table(["编号", "期号", "截至", "辖区", "摘要"], cells)
    return 0


def run_issue(arguments: argparse.Namespace) -> int:
    """Issue a bulletin now."""
    from tenglong.actions.reporting import bulletins  # loads all that a bulletin may speak of

    roster = roster_by_code(arguments.roster, EVERYWHERE)
    now = datetime.now(UTC)
    bulletin = bulletins.issue(
        actor=operator(arguments),
        at=now,
        roster=roster,
        code=arguments.territory or roster.place.code,
        as_of=read_day(arguments.as_of, china_date(now)),
    )
    sys.stdout.write(f"{bulletin.pk} 第{bulletin.number}期 {bulletin.digest}\n")
    return 0


def run_reissue(arguments: argparse.Namespace) -> int:
    """Make a bulletin again; ends with 1 when it is not the same to the byte."""
    from tenglong.actions.reporting import bulletins  # as above

    bulletin = issued_bulletin(arguments.id, None)
    again = bulletins.reissue(bulletin)
    if arguments.output:
        _write(arguments.output, again.document)
    sys.stdout.write(f"{again.digest} {'与签发时一致' if again.identical else '与签发时不一致'}\n")
    return 0 if again.identical else 1


def _write(path: Path, document: bytes) -> None:
    try:
        path.write_bytes(document)
    except OSError as error:
        problem = "文件“{path}”无法写入（{why}），请换一个存在且可写的位置。"
        raise BadValue(msg(problem, path=path, why=error.strerror or error)) from error


def run_today(arguments: argparse.Namespace) -> int:
    """Print the cells that would be different today."""
    from tenglong.actions.reporting import bulletins  # as above

    bulletin = issued_bulletin(arguments.id, None)
    hindsight = bulletins.with_todays_knowledge(bulletin, at=datetime.now(UTC))
    cells = [
        [m.list_title, m.unit or "—", m.cell, m.printed, m.now, "；".join(m.reasons)] for m in hindsight.moved
    ]
    print_table(["名单", "单位", "项目", "原印发", "今日", "原因"], cells)
    for correction in hindsight.corrections:
        firms = "、".join(correction.cases)
        sys.stdout.write(
            f"{correction.figure}：{correction.printed} → {correction.now}，{correction.reason}（{firms}）\n"
        )
    return 0
