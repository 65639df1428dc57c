"""`tenglong dossier`: the dossier of a case as one file that proves itself, and the check of such a file."""

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from tenglong.cli.output import add_operator, operator
from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg
from tenglong.domain.ledger.checker import check_dossier, tell_dossier


def add_to(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "case", metavar="案件", help="案件号，或“名单编号/名单序号”；写 verify 则核对后面的档案文件"
    )
    parser.add_argument("file", metavar="文件", help="写出（或核对）的 zip 文件")
    parser.add_argument("--key", default="", metavar="公钥", help="核对时：从别处得到的本站公钥")
    add_operator(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write a dossier, or check one; ends with 1 where a dossier does not hold."""
    return _verify(arguments) if arguments.case == "verify" else _make(arguments)


def _verify(arguments: argparse.Namespace) -> int:
    problems = check_dossier(arguments.file, arguments.key)
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    if not problems:
        tell_dossier(arguments.file)
    return 1 if problems else 0


def _make(arguments: argparse.Namespace) -> int:
    from tenglong.actions.campaign.dossiers import make_dossier  # what signs is loaded only where it is used
    from tenglong.queries.campaign.cases import case_by_id

    case = case_by_id(_case_number(arguments.case), Scope(everywhere=True))
    path = Path(arguments.file)
    part = path.with_name(f"{path.name}.part")
    try:
        with part.open("wb") as out:
            made = make_dossier(actor=operator(arguments), at=datetime.now(UTC), case=case, out=out)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    lacks = sum(piece.lacks for piece in made.pieces)
    told = f"{made.subject.firm}：已写出 {path}，记录 {len(made.facts)} 笔，佐证 {len(made.files)} 件"
    sys.stdout.write(told + (f"，缺 {lacks} 件。\n" if lacks else "。\n"))
    return 0


def _case_number(text: str) -> int:
    """The number of the case that a person named.

    Raises:
        BadValue: it is neither the number of a case nor that of a roster's line; NotFound: there is no such roster.
    """
    from tenglong.queries.campaign.cases import case_in_roster

    code, slash, number = text.rpartition("/")
    if not number.isascii() or not number.isdecimal() or len(number) > 15:
        raise BadValue(
            msg(
                "“{text}”不是案件号，请写案件号，或“名单编号/名单序号”，如 xitang-buttons-2021/17。",
                text=text,
            )
        )
    return case_in_roster(code, int(number)) if slash else int(number)
