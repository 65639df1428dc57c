"""`tenglong figures`: the figures of a roster in a territory, as of a day, as known at a moment."""

import argparse
import json
import sys
from datetime import UTC, date, datetime

from tenglong.cli.output import print_table
from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date, day_in, moment_in
from tenglong.queries.campaign.figures import Question, ask, question, told
from tenglong.queries.campaign.rosters import latest_day, roster_by_code

EVERYWHERE = Scope(everywhere=True)


def add_to(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_question(parser)
    parser.add_argument("--figure", action="append", default=[], help="只查询该指标，可重复")
    parser.set_defaults(run=run)


def add_question(parser: argparse.ArgumentParser) -> None:
    """The arguments that name a question."""
    parser.add_argument("--roster", required=True, help="名单代码")
    parser.add_argument("--territory", help="行政区划代码，默认为名单所属辖区")
    parser.add_argument("--as-of", help="截止日期 YYYY-MM-DD，默认为名单最后一笔的日期")
    parser.add_argument("--known-at", help="知晓时间，如 2021-11-09T17:00:00+08:00，默认为现在")
    parser.add_argument("--format", choices=["table", "json"], default="table")


def question_from(arguments: argparse.Namespace) -> Question:
    """The question that the arguments ask.

    Raises:
        BadValue: a day or time cannot be read; NotFound: no such roster or territory.
    """
    roster = roster_by_code(arguments.roster, EVERYWHERE)
    now = datetime.now(UTC)
    as_of = read_day(arguments.as_of, china_date(now)) if arguments.as_of else latest_day(roster)
    known_at = min(_moment(arguments.known_at), now) if arguments.known_at else now
    code = arguments.territory or roster.place.code
    return question(roster=roster, code=code, as_of=as_of, known_at=known_at, scope=EVERYWHERE)


def run(arguments: argparse.Namespace) -> int:
    """Print the figures."""
    figures = ask(question_from(arguments), arguments.figure)
    if arguments.format == "json":
        rows = [vars(told(figure)) for figure in figures]
        json.dump(rows, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
        return 0
    print_table(["指标", "数值", "单位", "编号"], [[f.name, f.printed, f.unit, f.id] for f in figures])
    if figures:
        sys.stdout.write(f"口径：{figures[0].calibre}；截至 {figures[0].as_of}\n")
    return 0


def read_day(text: str, today: date) -> date:
    """A day on which something may be known already.

    Raises:
        BadValue: it is not a day, or lies ahead.
    """
    day = day_in(text)
    if day is None:
        raise BadValue(msg("日期“{value}”无法识别，请写成 2021-11-09 的形式。", value=text))
    if day > today:
        raise BadValue(msg("日期 {day} 晚于今天 {today}，请选择今天或更早的日期。", day=day, today=today))
    return day


def _moment(text: str) -> datetime:
    """A moment; without a zone it is China's, and a bare day means the end of that day."""
    moment = moment_in(text)
    if moment is None:
        problem = "时间“{value}”无法识别，请写成 2021-11-09T17:00:00+08:00 的形式。"
        raise BadValue(msg(problem, value=text))
    if len(text) == len("2021-11-09"):
        moment = moment.replace(hour=23, minute=59, second=59, microsecond=999999)
    return moment
