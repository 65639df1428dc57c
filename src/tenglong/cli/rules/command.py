"""`tenglong rules`: the rule files of a city: list, show, check, compare, put, release."""

import argparse
import sys
from datetime import UTC, date, datetime
from pathlib import Path

from tenglong.cli.output import add_operator, operator, print_table
from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.errors import BadFile, BadRules, BadValue
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.rules.owned import file_problems, owned_by
from tenglong.queries.rules.versions import (
    before,
    difference,
    rule_in_force,
    rules_in_force,
    version_by_id,
    version_text,
    versions_of,
)

EVERYWHERE = Scope(everywhere=True)
STATES = {"submitted": "待放行", "released": "已放行", "withdrawn": "已撤回"}


def add_to(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    deeds = parser.add_subparsers(required=True, metavar="动作")
    listing = deeds.add_parser("list", help="可由本市规定的规则，各决定什么，现行的是哪一份")
    _add_place(listing, required=False)
    listing.set_defaults(run=run_list)
    showing = deeds.add_parser("show", help="打印现行的规则文件，可在此基础上修改")
    _add_rule(showing)
    _add_place(showing, required=False)
    showing.set_defaults(run=run_show)
    history = deeds.add_parser("history", help="一项规则历次提交、放行的记录")
    _add_rule(history)
    _add_place(history)
    history.set_defaults(run=run_history)
    checking = deeds.add_parser("check", help="检查一份规则文件，指出全部错误")
    _add_rule(checking)
    _add_file(checking)
    checking.set_defaults(run=run_check)
    comparing = deeds.add_parser("diff", help="一份规则文件与现行规则逐行比较")
    _add_rule(comparing)
    comparing.add_argument("file", metavar="FILE", help="规则的 TOML 文件，或已提交规则的号码")
    _add_place(comparing)
    comparing.set_defaults(run=run_diff)
    putting = deeds.add_parser("put", help="提交一份规则文件，待另一人放行")
    _add_rule(putting)
    _add_file(putting)
    _add_place(putting)
    putting.add_argument(
        "--from", dest="from_day", required=True, metavar="日期", help="从哪天起施行，如 2027-01-01"
    )
    add_operator(putting)
    putting.set_defaults(run=run_put)
    for name, run, words in (
        ("release", run_release, "放行一份规则，须与提交人不是同一人"),
        ("withdraw", run_withdraw, "撤回一份尚未放行的规则"),
    ):
        deed = deeds.add_parser(name, help=words)
        deed.add_argument("number", type=int, metavar="号码", help="见 rules history")
        add_operator(deed)
        deed.set_defaults(run=run)


def run_list(arguments: argparse.Namespace) -> int:
    """Print every rule file and what counts of it."""
    rows = []
    for one in rules_in_force(arguments.territory, _day(arguments.day)):
        whose = f"{one.place}，自 {one.from_day}" if one.version else "随软件提供"
        waiting = f"，待放行 {one.waiting} 份" if one.waiting else ""
        rows.append([one.file.id, one.file.title, f"{whose}{waiting}", one.digest[:12], one.file.decides])
    print_table(["编号", "名称", "现行", "摘要", "决定什么"], rows)
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    """Print the file that counts as it is."""
    sys.stdout.write(rule_in_force(arguments.rule, arguments.territory, _day(arguments.day)).text)
    return 0


def run_history(arguments: argparse.Namespace) -> int:
    """Print what was put of a rule file, the latest first."""
    day = _day(arguments.day)
    rows = [
        [
            str(row.pk), row.place.name, str(row.from_day), STATES[row.state], f"{row.put_by} {china_date(row.put_at)}",
            f"{row.released_by} {china_date(row.released_at)}" if row.released_at else "", row.digest[:12],
        ]
        for row in versions_of(owned_by(arguments.rule).id, arguments.territory, day, EVERYWHERE)
    ]  # fmt: skip
    print_table(["号码", "辖区", "施行日", "状态", "提交", "放行", "摘要"], rows)
    return 0


def run_check(arguments: argparse.Namespace) -> int:
    """Say everything that is wrong with a file."""
    problems = file_problems(owned_by(arguments.rule), arguments.file.name, _read(arguments.file))
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    if problems:
        sys.stdout.write(f"共 {len(problems)} 处需要改正。\n")
        return BadRules.exit_code
    sys.stdout.write(f"规则文件 {arguments.file.name} 没有错误。\n")
    return 0


def run_diff(arguments: argparse.Namespace) -> int:
    """Print how a file differs from what counts, line by line."""
    if arguments.file.isdecimal():
        version = version_by_id(int(arguments.file), EVERYWHERE)
        lines = difference(before(version), version_text(version))
    else:
        ours = rule_in_force(arguments.rule, arguments.territory, _day(arguments.day)).text
        lines = difference(ours, _read(Path(arguments.file)).decode(errors="replace"))
    sys.stdout.write("".join(f"{line}\n" for line in lines) or "与现行规则一致。\n")
    return 0


def run_put(arguments: argparse.Namespace) -> int:
    """Put a rule file; it counts once somebody else has released it."""
    from tenglong.actions.rules.releasing import put_rules  # what only looks needs none of the actions

    version = put_rules(
        actor=operator(arguments),
        at=datetime.now(UTC),
        rule=arguments.rule,
        raw=_read(arguments.file),
        code=arguments.territory,
        from_day=_day(arguments.from_day),
        filename=arguments.file.name,
    )
    sys.stdout.write(
        f"已提交（第 {version.pk} 号），待另一人放行：tenglong rules release {version.pk} --as 姓名\n"
    )
    return 0


def run_release(arguments: argparse.Namespace) -> int:
    """Release what somebody else put."""
    from tenglong.actions.rules.releasing import release_rules  # as above

    version = version_by_id(arguments.number, EVERYWHERE)
    release_rules(actor=operator(arguments), at=datetime.now(UTC), version=version)
    sys.stdout.write(f"第 {version.pk} 号规则已放行，自 {version.from_day} 起施行。\n")
    return 0


def run_withdraw(arguments: argparse.Namespace) -> int:
    """Take back what is not released."""
    from tenglong.actions.rules.releasing import withdraw_rules  # as above

    version = version_by_id(arguments.number, EVERYWHERE)
    withdraw_rules(actor=operator(arguments), at=datetime.now(UTC), version=version)
    sys.stdout.write(f"第 {version.pk} 号规则已撤回。\n")
    return 0


def _add_rule(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", metavar="RULE", help="规则的编号，见 rules list")


def _add_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help="规则的 TOML 文件")


def _add_place(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    parser.add_argument(
        "--territory", required=required, default="", metavar="代码", help="辖区代码，如 330400"
    )
    parser.add_argument("--day", default="", metavar="日期", help="看哪一天的规则，默认今天")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else china_date(datetime.now(UTC))
    except ValueError as error:
        raise BadValue(msg("日期“{value}”应写成 2027-01-01 这样的格式。", value=text)) from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadFile(msg("读不到文件 {name}，请检查路径和权限。", name=str(path))) from error
