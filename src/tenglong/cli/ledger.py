"""`tenglong ledger verify`: proves the chain, that the stored states equal the fold, and that records are unchanged."""

import argparse
import sys
from typing import Any

from tenglong.queries.verification import Report, verify
from tenglong.queries.verification_records import RecordsReport, verify_records


def add_to(topics: Any) -> None:
    """Register the command."""
    parser = topics.add_parser("ledger", help="台账查验")
    deeds = parser.add_subparsers(required=True, metavar="动作")
    check = deeds.add_parser("verify", help="验证哈希链完整、现状与台账一致")
    check.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Verify every roster, and every record that only grows; ends with 1 when anything does not hold."""
    reports: list[Report | RecordsReport] = [*verify(), *verify_records()]
    for report in reports:
        sys.stdout.write(f"{report.sentence}\n")
    return 0 if all(report.holds for report in reports) else 1
