"""`tenglong ledger …`: proves the ledger and all beside it, signs how far it went, makes what is derived anew."""

import argparse
import inspect
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tenglong.cli.output import add_operator, operator
from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import msg
from tenglong.domain.ledger import checker
from tenglong.domain.ledger.checkpoints import Stated
from tenglong.queries.campaign.rosters import roster_by_code, visible_rosters
from tenglong.queries.checkpoints import (
    Checkpoint,
    against,
    checkpoint_words,
    key_changes,
    proof_of,
    stated,
)
from tenglong.queries.verification import Report, verify
from tenglong.queries.verification_records import RecordsReport, verify_files, verify_records


def add_to(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    deeds = parser.add_subparsers(required=True, metavar="动作")
    check = deeds.add_parser("verify", help="验证哈希链完整、现状与台账一致、佐证文件未被改动")
    check.add_argument("--files", action="store_true", help="逐个核对文件库中的全部文件")
    check.add_argument("--checkpoint", metavar="文件", help="另与留存的校验点文件核对")
    check.set_defaults(run=run)
    anew = deeds.add_parser("refold", help="按台账记录重新归集各户现状、各地合计和佐证目录")
    anew.add_argument("--roster", default="", help="名单编号；不写则归集全部名单和登记簿")
    add_operator(anew)
    anew.set_defaults(run=run_refold)
    point = deeds.add_parser("checkpoint", help="生成校验点：签署全部名单、登记簿和各类记录现在的摘要")
    point.add_argument("--out", metavar="文件", help="同时写出校验点文件，供留存或见证")
    add_operator(point)
    point.set_defaults(run=run_checkpoint)
    proof = deeds.add_parser("prove", help="给出一笔记录的证明，无需数据库即可核对")
    proof.add_argument("entry", nargs="?", type=int, metavar="记录号", help="台账记录号")
    proof.add_argument("--register", action="store_true", help="记录号是登记簿的")
    proof.add_argument("--checker", action="store_true", help="改为打印核对证明的程序（只需 Python）")
    proof.set_defaults(run=run_prove)
    other = deeds.add_parser("cosign", help="为另一站点的校验点文件见证签名")
    other.add_argument("file", metavar="文件", help="对方的校验点文件")
    other.add_argument("--witness", required=True, metavar="名称", help="见证方名称")
    add_operator(other)
    other.set_defaults(run=run_cosign)
    kept = deeds.add_parser("witness", help="收存见证方签回的文件")
    kept.add_argument("file", metavar="文件", help="由 tenglong ledger cosign 打印的内容")
    add_operator(kept)
    kept.set_defaults(run=run_witness)
    key = deeds.add_parser("rekey", help="更换签署校验点的密钥：由原密钥签署指定新密钥")
    key.add_argument("--lost", action="store_true", help="原密钥已遗失或外泄，不能由它签署；须写明理由")
    key.add_argument("--reason", default="", metavar="理由", help="与 --lost 同用，以后每次查验都会显示")
    add_operator(key)
    key.set_defaults(run=run_rekey)


def run(arguments: argparse.Namespace) -> int:
    """Verify every roster, and every record beside the ledger; ends with 1 when anything does not hold."""
    reports: list[Report | RecordsReport] = [*verify(), *verify_records()]
    if arguments.files:
        reports.append(verify_files())
    if arguments.checkpoint:
        reports += _against(arguments.checkpoint)
    for report in reports:
        sys.stdout.write(f"{report.sentence}\n")
    return 0 if all(report.holds for report in reports) else 1


def _against(name: str) -> list[RecordsReport]:
    told = Stated.from_json(_json(name))
    problems = [RecordsReport(False, problem) for problem in against(told)]
    good = msg("与留存的第 {number} 号校验点一致。", number=told.number)
    return problems or [RecordsReport(True, good)]


def run_refold(arguments: argparse.Namespace) -> int:
    """Make everything that is derived anew, of one roster or all; no entry changes."""
    from tenglong.actions.ledger.projection import refold  # like what signs, only where it is used
    from tenglong.actions.registry.book import refold_register
    from tenglong.actions.steps import leave

    everywhere = Scope(everywhere=True)
    named = arguments.roster
    rosters = [roster_by_code(named, everywhere)] if named else visible_rosters(everywhere)
    leave(by=operator(arguments).name, at=datetime.now(UTC), deed="refold", about="site", roster=named)
    for roster in rosters:
        cases = refold(roster)
        sys.stdout.write(f"{roster.title}：已按台账重新归集 {cases} 户。\n")
    if not named:
        sys.stdout.write(f"登记簿：已重新归集企业、宗地和持有关系 {refold_register()} 项。\n")
    return 0


def run_checkpoint(arguments: argparse.Namespace) -> int:
    """Take a checkpoint."""
    from tenglong.actions.checkpoints import take_checkpoint

    row = take_checkpoint(at=datetime.now(UTC), by=operator(arguments).name)
    _tell(row)
    if arguments.out:
        text = json.dumps(stated(row).to_json(), ensure_ascii=False, indent=1)
        Path(arguments.out).write_text(text + "\n", encoding="utf-8")
        sys.stdout.write(f"已写出 {arguments.out}，请交见证方或离线留存。\n")
    return 0


def _tell(row: Checkpoint) -> None:
    sys.stdout.write(f"校验点{checkpoint_words(row)}\n公钥 {row.key}\n")


def run_prove(arguments: argparse.Namespace) -> int:
    """Print the proof of an entry, or the program that checks one."""
    if arguments.checker:
        sys.stdout.write(inspect.getsource(checker))
        return 0
    if arguments.entry is None:
        raise BadFile(msg("请写明记录号，或用 --checker 打印核对程序。"))
    proof = proof_of(arguments.entry, in_register=arguments.register)
    sys.stdout.write(json.dumps(proof, ensure_ascii=False, indent=1) + "\n")
    return 0


def run_cosign(arguments: argparse.Namespace) -> int:
    """Sign the checkpoint of another site, and print what to send back."""
    from tenglong.actions.checkpoints import cosign

    given = cosign(
        Stated.from_json(_json(arguments.file)),
        witness=arguments.witness,
        by=operator(arguments).name,
        at=datetime.now(UTC),
    )
    sys.stdout.write(json.dumps(given, ensure_ascii=False, indent=1) + "\n")
    return 0


def run_witness(arguments: argparse.Namespace) -> int:
    """Keep what a witness signed."""
    from tenglong.actions.checkpoints import keep_cosignature

    kept = keep_cosignature(_json(arguments.file), by=operator(arguments).name, at=datetime.now(UTC))
    sys.stdout.write(f"已收存见证方“{kept.witness}”对第 {kept.checkpoint.number} 号校验点的签名。\n")
    return 0


def run_rekey(arguments: argparse.Namespace) -> int:
    """Change the site's key, and take the first checkpoint that goes on from there."""
    from tenglong.actions.checkpoints import hand_key_on, replace_lost_key, take_checkpoint

    who: dict[str, Any] = {"by": operator(arguments).name, "at": datetime.now(UTC)}
    if arguments.lost:
        replace_lost_key(reason=arguments.reason, **who)
    else:
        hand_key_on(**who)
    for change in list(key_changes())[-1:]:
        sys.stdout.write(f"{change}\n")
    _tell(take_checkpoint(at=datetime.now(UTC)))
    return 0


def _json(name: str) -> Any:
    try:
        return json.loads(Path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadFile(msg("文件“{name}”无法读取，或不是 JSON 文件，请核对。", name=name)) from error
