"""`tenglong restore DIR`: a site back from its backup, with the proof printed."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from django.core.management import call_command

from tenglong.actions.keeping import restore
from tenglong.cli.backup import tell
from tenglong.cli.output import add_operator, operator
from tenglong.queries.checkpoints import against
from tenglong.queries.verification import Report, verify
from tenglong.queries.verification_records import RecordsReport, verify_files, verify_records


def add_to(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("folder", metavar="文件夹", help="tenglong backup 写出的文件夹")
    add_operator(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Bring a site back, then verify everything; ends with 1 when anything does not hold."""
    call_command("migrate", verbosity=0)
    kept = restore(Path(arguments.folder), by=operator(arguments).name, at=datetime.now(UTC))
    tell(kept, f"已从 {arguments.folder} 恢复")
    reports: list[Report | RecordsReport] = [*verify(), *verify_records(), verify_files()]
    problems = [*(one.sentence for one in reports if not one.holds), *against(kept.checkpoint)]
    for sentence in [one.sentence for one in reports if one.holds] + problems:
        sys.stdout.write(f"{sentence}\n")
    return 1 if problems else 0
