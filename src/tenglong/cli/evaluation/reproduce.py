"""`tenglong reproduce`: compute a kept run again from the table it was computed from, and compare firm by firm."""

import argparse
import sys

from tenglong.cli.campaign.figures import EVERYWHERE

SHOWN = 20


def add_to(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("id", type=int, metavar="RUN", help="系统中一次评价的编号")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Say whether every result comes out again; ends with 1 when one does not."""
    from tenglong.actions.evaluation.runs import reproduce  # loads the engines' rules
    from tenglong.queries.evaluation.runs import run_by_id

    again = reproduce(run_by_id(arguments.id, EVERYWHERE))
    if again.identical:
        sys.stdout.write(f"重新计算的结果与留存的完全一致，摘要 {again.digest}。\n")
        return 0
    firms = "、".join(str(firm) for firm in again.differing[:SHOWN])
    sys.stdout.write(
        f"重新计算的结果与留存的不一致：{len(again.differing)} 家企业不同（企业编号 {firms or '—'}），"
        f"摘要 {again.digest}。\n"
    )
    return 1
