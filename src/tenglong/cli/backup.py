"""`tenglong backup DIR` and `tenglong restore DIR`: the whole site in one folder, and back, with the proof printed."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management import call_command

from tenglong.actions.keeping import Kept, back_up, restore
from tenglong.queries.checkpoints import against
from tenglong.queries.verification import Report, verify
from tenglong.queries.verification_records import RecordsReport, verify_files, verify_records


def add_to(topics: Any) -> None:
    """Register the commands."""
    parser = topics.add_parser("backup", help="备份数据库、文件、密钥和校验点到一个文件夹")
    parser.add_argument("folder", metavar="文件夹", help="新的或空的文件夹；内含密钥，请妥善保管")
    parser.set_defaults(run=run)
    back = topics.add_parser("restore", help="从备份恢复到新建的数据库和数据目录，并查验")
    back.add_argument("folder", metavar="文件夹", help="tenglong backup 写出的文件夹")
    back.set_defaults(run=run_restore)


def run(arguments: argparse.Namespace) -> int:
    """Keep the whole site."""
    kept = back_up(Path(arguments.folder), at=datetime.now(UTC))
    _tell(kept, f"已备份到 {arguments.folder}")
    return 0


def run_restore(arguments: argparse.Namespace) -> int:
    """Bring a site back, then verify everything; ends with 1 when anything does not hold."""
    call_command("migrate", verbosity=0)
    kept = restore(Path(arguments.folder))
    _tell(kept, f"已从 {arguments.folder} 恢复")
    reports: list[Report | RecordsReport] = [*verify(), *verify_records(), verify_files()]
    problems = [*(one.sentence for one in reports if not one.holds), *against(kept.checkpoint)]
    for sentence in [one.sentence for one in reports if one.holds] + problems:
        sys.stdout.write(f"{sentence}\n")
    return 1 if problems else 0


def _tell(kept: Kept, what: str) -> None:
    point = kept.checkpoint
    said = f"{what}：{kept.rows} 行、{kept.files} 个文件；校验点第{point.number}号 {point.short_form}。"
    sys.stdout.write(f"{said}\n")
