"""`tenglong ledger verify`: proves the chain, and that the stored states equal the fold."""

import argparse
import sys
from typing import Any

from tenglong.queries.verification import verify


def add_to(topics: Any) -> None:
    """Register the command."""
    parser = topics.add_parser("ledger", help="台账查验")
    deeds = parser.add_subparsers(required=True, metavar="动作")
    check = deeds.add_parser("verify", help="验证哈希链完整、现状与台账一致")
    check.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Verify every roster; ends with 1 when anything does not hold."""
    reports = verify()
    for report in reports:
        sys.stdout.write(f"{report.sentence}\n")
    return 0 if all(report.holds for report in reports) else 1
