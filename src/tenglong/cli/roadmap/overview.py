"""`tenglong roadmap`: the roadmaps in the database: which there are, what one says, what slipped, what to take away."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from tenglong.cli.campaign.figures import EVERYWHERE, read_day
from tenglong.cli.output import print_table
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.ledger.kinds import vocabulary
from tenglong.domain.roadmap.process import roadmap_rules
from tenglong.queries.campaign.rosters import roster_by_code
from tenglong.queries.roadmap.overview import printed_gap, roadmap_by_id, visible_roadmaps

SHOWN = 20
FILES = {
    "problem": "问题文件，供 tenglong plan 使用",
    "plan": "方案文件和证书，供 tenglong plan --check 核对",
    "chart": "挂图（PDF）",
    "workbook": "工作簿（xlsx）",
}


def add_to(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    deeds = parser.add_subparsers(required=True, metavar="动作")
    listing = deeds.add_parser("list", help="已编制的路线图")
    listing.add_argument("--roster", help="名单代码，默认为全部名单")
    listing.set_defaults(run=run_list)
    show = deeds.add_parser("show", help="一份路线图的结论、三可审查和影子价格")
    show.add_argument("id", type=int, help="路线图编号，见 roadmap list")
    show.set_defaults(run=run_show)
    slips = deeds.add_parser("slips", help="到期未完成的节点")
    slips.add_argument("id", type=int, help="路线图编号，见 roadmap list")
    slips.add_argument("--as-of", help="截至日 YYYY-MM-DD，默认为今天")
    slips.add_argument("--top", type=int, default=SHOWN, help="列出逾期最久的多少项")
    slips.set_defaults(run=run_slips)
    for name, words in FILES.items():
        file = deeds.add_parser(name, help=words)
        file.add_argument("id", type=int, help="路线图编号，见 roadmap list")
        file.add_argument("output", type=Path, help="把文件写到这里")
        file.set_defaults(run=run_file, content=name)


def run_list(arguments: argparse.Namespace) -> int:
    """Print the roadmaps, the latest first."""
    roster = roster_by_code(arguments.roster, EVERYWHERE) if arguments.roster else None
    cells = []
    for one in visible_roadmaps(EVERYWHERE, roster):
        gap = f"{printed_gap(one.gap)}%" if one.gap else "—"
        state = roadmap_rules().process.states[one.shown_state].zh
        cells.append(
            [str(one.pk), one.roster.code, f"第{one.number}号", one.title, one.place.name, state, gap]
        )
    print_table(["编号", "名单", "号", "标题", "辖区", "状态", "证明差距"], cells)
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    """Print what a roadmap says as a whole; ends with 1 when it has no feasible plan."""
    from tenglong.cli.roadmap.telling import tell  # loads NumPy: to list roadmaps needs nothing of it

    return tell(roadmap_by_id(arguments.id, EVERYWHERE))


def run_slips(arguments: argparse.Namespace) -> int:
    """Print the milestones that were due and are not reached, the longest delay first."""
    from tenglong.queries.roadmap.slips import slips_of  # as above

    now = datetime.now(UTC)
    day = read_day(arguments.as_of, china_date(now)) if arguments.as_of else china_date(now)
    roadmap = roadmap_by_id(arguments.id, EVERYWHERE)
    found = slips_of(roadmap, EVERYWHERE, day, now, size=max(1, arguments.top))
    sys.stdout.write(f"截至 {day}：应完成 {found.due} 项，已完成 {found.done} 项，逾期 {found.late} 项。\n")
    kinds = vocabulary().kinds
    cells = [
        [
            str(row.number),
            row.name,
            row.town_name,
            row.team,
            kinds[row.kind].zh,
            f"{row.due_on}（暂定）" if row.provisional else str(row.due_on),
            str(row.days),
        ]
        for row in found.rows
    ]
    if cells:
        print_table(["序号", "企业", "属地", "小组", "节点", "应完成", "逾期天数"], cells)
    return 0


def run_file(arguments: argparse.Namespace) -> int:
    """Write one of the files of a roadmap."""
    from tenglong.cli.evaluation.results import write_bytes  # like telling: only where it is used
    from tenglong.cli.roadmap.telling import content

    write_bytes(arguments.output, content(arguments.content, roadmap_by_id(arguments.id, EVERYWHERE)))
    return 0
