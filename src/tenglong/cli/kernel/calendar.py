"""`tenglong holidays`: what is known of each year, the notice of a year entered, open dates counted anew."""

import argparse
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tenglong.cli.output import add_operator, operator, print_table
from tenglong.domain.kernel.calendar import days_in, days_text
from tenglong.domain.kernel.periods import china_date
from tenglong.queries.kernel.calendar import CalendarYear, calendar_year, calendar_years

if TYPE_CHECKING:
    from tenglong.actions.kernel.calendar import Moved


def add_to(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    deeds = parser.add_subparsers(required=True, metavar="动作")
    deeds.add_parser("list", help="各年放假安排及依据").set_defaults(run=run_list)
    show = deeds.add_parser("show", help="某一年的放假和调休上班日期")
    show.add_argument("year", type=int, help="年份，如 2027")
    show.set_defaults(run=run_show)
    put = deeds.add_parser("put", help="登记某一年的放假安排（全年）")
    put.add_argument("year", type=int, help="年份，如 2027")
    put.add_argument("--off", required=True, nargs="+", help="放假日期，如 2027-01-01/2027-01-03，含周末")
    put.add_argument("--worked", nargs="*", default=[], help="调休上班的周六、周日")
    put.add_argument("--source", required=True, help="依据：通知的名称和文号")
    add_operator(put)
    put.set_defaults(run=run_put)
    again = deeds.add_parser("recount", help="升级软件后，按现在所知的放假安排重新计算未办结事项的日期")
    add_operator(again)
    again.set_defaults(run=run_recount)


def run_list(arguments: argparse.Namespace) -> int:
    """Print the years around today, and from where each is known."""
    years = calendar_years(china_date(datetime.now(UTC)))
    rows = [[str(one.year), "已知" if one.known else "暂定", str(one.source)] for one in years]
    print_table(["年份", "状态", "依据"], rows)
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    """Print one year."""
    _print(calendar_year(arguments.year))
    return 0


def run_put(arguments: argparse.Namespace) -> int:
    """Enter the notice of a year."""
    from tenglong.actions.kernel.calendar import put_notice  # what is counted anew loads the evaluations

    off, worked = (days_in(" ".join(said)) for said in (arguments.off, arguments.worked))
    moved = put_notice(
        actor=operator(arguments),
        at=datetime.now(UTC),
        year=arguments.year,
        off=off,
        worked=worked,
        source=arguments.source,
    )
    _print(calendar_year(arguments.year))
    return _told(moved)


def run_recount(arguments: argparse.Namespace) -> int:
    """Count the dates of open matters anew: a newer program may know holidays that an older one did not."""
    from tenglong.actions.kernel.calendar import count_anew  # as above

    return _told(count_anew(actor=operator(arguments), at=datetime.now(UTC)))


def _print(year: CalendarYear) -> None:
    sys.stdout.write(f"{year.year} 年，依据：{year.source}\n")
    sys.stdout.write(f"不上班的周一至周五：{days_text(year.off) or '无'}\n")
    sys.stdout.write(f"上班的周六、周日：{days_text(year.worked) or '无'}\n")


def _told(moved: "Moved") -> int:
    sys.stdout.write(f"重新计算：公示截止日 {moved.publicities} 个，异议裁定时限 {moved.objections} 个。\n")
    return 0
