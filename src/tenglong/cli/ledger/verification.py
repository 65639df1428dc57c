"""`tenglong ledger verify|refold`: proves the ledger, what is derived and the records; makes what is derived anew."""

import argparse
import sys
from typing import Any

from tenglong.actions.ledger.projection import refold
from tenglong.actions.registry.book import refold_register
from tenglong.domain.access.policy import Scope
from tenglong.queries.campaign.rosters import roster_by_code, visible_rosters
from tenglong.queries.verification import Report, verify
from tenglong.queries.verification_records import RecordsReport, verify_records


def add_to(topics: Any) -> None:
    """Register the commands."""
    parser = topics.add_parser("ledger", help="台账查验与重新归集")
    deeds = parser.add_subparsers(required=True, metavar="动作")
    check = deeds.add_parser("verify", help="验证哈希链完整、现状与台账一致、佐证文件未被改动")
    check.set_defaults(run=run)
    anew = deeds.add_parser("refold", help="按台账记录重新归集各户现状、各地合计和佐证目录")
    anew.add_argument("--roster", default="", help="名单编号；不写则归集全部名单和登记簿")
    anew.set_defaults(run=run_refold)


def run(arguments: argparse.Namespace) -> int:
    """Verify every roster, and every record that only grows; ends with 1 when anything does not hold."""
    reports: list[Report | RecordsReport] = [*verify(), *verify_records()]
    for report in reports:
        sys.stdout.write(f"{report.sentence}\n")
    return 0 if all(report.holds for report in reports) else 1


def run_refold(arguments: argparse.Namespace) -> int:
    """Make everything that is derived anew, of one roster or all; no entry changes."""
    everywhere = Scope(everywhere=True)
    named = arguments.roster
    rosters = [roster_by_code(named, everywhere)] if named else visible_rosters(everywhere)
    for roster in rosters:
        cases = refold(roster)
        sys.stdout.write(f"{roster.title}：已按台账重新归集 {cases} 户。\n")
    if not named:
        sys.stdout.write(f"登记簿：已重新归集企业、宗地和持有关系 {refold_register()} 项。\n")
    return 0
