"""`tenglong race`: the race board of a roster."""

import argparse
import json
import sys
from fractions import Fraction
from typing import Any

from tenglong.cli.figures import add_question, question_from
from tenglong.cli.output import print_table
from tenglong.domain.kernel.quantities import exact_text, half_up
from tenglong.domain.race.ranking import Row
from tenglong.queries.figures import Question
from tenglong.queries.race import board
from tenglong.queries.rosters import calibre_of


def add_to(topics: Any) -> None:
    """Register the command."""
    parser = topics.add_parser("race", help="赛马榜：目标、进度、序时差、位次和亮牌")
    add_question(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the board."""
    asked = question_from(arguments)
    rows = board(asked)
    if arguments.format == "json":
        json.dump([row_json(row, asked) for row in rows], sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
        return 0
    header = ["位次", "单位", "目标", "完成", "本周", "完成率%", "序时差", "上期", "亮牌"]
    print_table(header, [_cells(row) for row in rows])
    sys.stdout.write(f"口径：{calibre_of(asked.roster)}；截至 {asked.as_of}\n")
    return 0


def row_json(row: Row, asked: Question) -> dict[str, Any]:
    """A line of the board as programs read it: exact values as strings, printed ones beside them."""
    unit = row.entrant
    return {
        "unit": unit.code,
        "name": unit.name,
        "order": unit.order + 1,
        "rank": row.rank,
        "last_rank": row.last_rank,
        "change": row.change,
        "target": _exact(unit.target),
        "done": _exact(unit.done),
        "new_this_week": _exact(unit.new),
        "rate": _exact(row.rate),
        "rate_printed": _printed(row.rate),
        "pace": _exact(row.pace),
        "pace_printed": _printed(row.pace),
        "pace_difference": _exact(row.difference),
        "pace_difference_printed": _printed(row.difference),
        "card": row.card.id if row.card else None,
        "land_vacated": _exact(unit.land),
        "energy_freed": _exact(unit.energy),
        "roster": asked.roster.code,
        "calibre": str(calibre_of(asked.roster)),
        "as_of": asked.as_of.isoformat(),
        "known_at": asked.known_at.isoformat(),
    }


def _exact(value: Fraction | None) -> str | None:
    return None if value is None else exact_text(value)


def _printed(value: Fraction | None) -> str:
    return "—" if value is None else f"{half_up(value, 1):f}"


def _cells(row: Row) -> list[str]:
    unit = row.entrant
    return [
        str(row.rank or "—"),
        unit.name,
        _exact(unit.target) or "—",
        exact_text(unit.done),
        exact_text(unit.new),
        _printed(row.rate),
        _printed(row.difference),
        str(row.last_rank or "—"),
        row.card.zh if row.card else "—",
    ]
