"""`tenglong race`: the race board of a roster."""

import argparse
import json
import sys

from tenglong.cli.campaign.figures import add_question, question_from
from tenglong.cli.output import print_table
from tenglong.domain.kernel.quantities import exact_text
from tenglong.domain.race.ranking import Row
from tenglong.queries.campaign.rosters import calibre_of
from tenglong.queries.race.board import board, exact, to_tenth, told


def add_to(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add_question(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the board."""
    asked = question_from(arguments)
    rows = board(asked)
    if arguments.format == "json":
        json.dump([vars(told(row, asked)) for row in rows], sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
        return 0
    header = ["位次", "单位", "目标", "完成", "本周", "完成率%", "序时差", "上期", "亮牌"]
    print_table(header, [_cells(row) for row in rows])
    sys.stdout.write(f"口径：{calibre_of(asked.roster)}；截至 {asked.as_of}\n")
    return 0


def _cells(row: Row) -> list[str]:
    unit = row.entrant
    return [
        str(row.rank or "—"),
        unit.name,
        exact(unit.target) or "—",
        exact_text(unit.done),
        exact_text(unit.new),
        to_tenth(row.rate),
        to_tenth(row.difference),
        str(row.last_rank or "—"),
        row.card.zh if row.card else "—",
    ]
