"""`tenglong backup DIR`: the whole site in one folder."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from tenglong.actions.keeping import Kept, back_up
from tenglong.cli.output import add_operator, operator


def add_to(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("folder", metavar="文件夹", help="新的或空的文件夹；内含密钥，请妥善保管")
    add_operator(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Keep the whole site."""
    kept = back_up(Path(arguments.folder), by=operator(arguments).name, at=datetime.now(UTC))
    tell(kept, f"已备份到 {arguments.folder}")
    return 0


def tell(kept: Kept, what: str) -> None:
    """Say what a backup holds, and its checkpoint."""
    point = kept.checkpoint
    said = f"{what}：{kept.rows} 行、{kept.files} 个文件；校验点第{point.number}号 {point.short_form}。"
    sys.stdout.write(f"{said}\n")
