"""`tenglong scheme`: list, show, check and compare schemes of evaluation, without a database."""

import argparse
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tenglong.cli.evaluation.firms import check_readable, firms_in, scheme_named
from tenglong.cli.evaluation.results import is_workbook, write_bytes
from tenglong.cli.output import print_table
from tenglong.domain.evaluation.differences import scheme_difference
from tenglong.domain.evaluation.expressions import Arithmetic
from tenglong.domain.evaluation.expressions.parsing import parse
from tenglong.domain.evaluation.expressions.wording import in_words, names_of
from tenglong.domain.evaluation.loading import parse_scheme, scheme_problems
from tenglong.domain.evaluation.provenance import numbers
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.evaluation.shipped import scheme_text, shipped
from tenglong.domain.evaluation.tables.wanted import wanted_by
from tenglong.domain.kernel.errors import BadRules, BadValue
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.quantities import plain
from tenglong.domain.kernel.rulefiles import parse_rules


def add_to(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    deeds = parser.add_subparsers(required=True, metavar="动作")
    listing = deeds.add_parser("list", help="内置的评价办法")
    listing.set_defaults(run=run_list)
    showing = deeds.add_parser("show", help="打印一份内置办法的文件，可在此基础上写自己的办法")
    showing.add_argument("id", metavar="ID", help="编号，见 scheme list")
    showing.set_defaults(run=run_show)
    checking = deeds.add_parser(
        "check", help="检查一份办法：指出全部错误；无误则列出每个数字的出处和每个公式的含义"
    )
    checking.add_argument("file", type=Path, metavar="FILE", help="评价办法的 TOML 文件")
    checking.set_defaults(run=run_check)
    template = deeds.add_parser("template", help="写出一份空白企业表，表头是这份办法所需的列")
    template.add_argument("scheme", metavar="SCHEME", help="评价办法：文件或编号")
    template.add_argument("output", type=Path, metavar="OUTPUT", help="空白表 .xlsx")
    template.set_defaults(run=run_template)
    comparing = deeds.add_parser("compare", help="逐条说出两份办法的不同；给出企业表时预演谁的等级会变")
    comparing.add_argument("before", metavar="A", help="现行办法：文件或编号")
    comparing.add_argument("after", metavar="B", help="草案：文件或编号")
    comparing.add_argument("input", type=Path, nargs="?", metavar="INPUT", help="企业表")
    comparing.add_argument("--year", type=int, help="只预演这一年，默认为表中每一年")
    comparing.set_defaults(run=run_compare)


def run_list(arguments: argparse.Namespace) -> int:
    """Print the shipped schemes."""
    rows = [[one.id, one.place, str(one.year), str(one.version), one.title] for one in shipped().values()]
    print_table(["编号", "地区", "年度", "版本", "名称"], rows)
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    """Print the file of a shipped scheme as it is."""
    sys.stdout.write(scheme_text(arguments.id))
    return 0


def run_check(arguments: argparse.Namespace) -> int:
    """Say everything that is wrong with a file, or where every number of it comes from."""
    path: Path = arguments.file
    check_readable(path)
    rules = parse_rules(path.name, path.read_bytes(), decimals=True)
    problems = scheme_problems(rules)
    for problem in problems:
        sys.stdout.write(f"{problem}\n")
    if problems:
        sys.stdout.write(f"共 {len(problems)} 处需要改正。\n")
        return BadRules.exit_code
    scheme = parse_scheme(rules)
    _print_numbers(scheme)
    _print_expressions(scheme)
    sys.stdout.write(f"办法 {scheme.id} 第 {scheme.version} 版没有错误，摘要 {scheme.digest}\n")
    return 0


def run_template(arguments: argparse.Namespace) -> int:
    """Write an empty table of firms for a scheme."""
    from tenglong.domain.reporting.grades import blank_page
    from tenglong.domain.reporting.writers.xlsx import write_pages

    if not is_workbook(arguments.output):
        raise BadValue(msg("空白表“{name}”应以 .xlsx 结尾。", name=arguments.output.name))
    page = blank_page(scheme_named(arguments.scheme))
    write_bytes(arguments.output, write_pages((page,), title=page.title, created=datetime.now(UTC)))
    return 0


def run_compare(arguments: argparse.Namespace) -> int:
    """Print what is different and, on a table of firms, what it changes."""
    before, after = scheme_named(arguments.before), scheme_named(arguments.after)
    differences = scheme_difference(before, after)
    for difference in differences:
        sys.stdout.write(f"{difference.sentence}\n")
    if not differences:
        sys.stdout.write("两份办法的计算规则相同。\n")
    if arguments.input:
        _rehearse(before, after, arguments)
    return 0


def _print_numbers(scheme: Scheme) -> None:
    found = list(numbers(scheme))
    rows = [
        [one.path, f"{plain(one.value):f}", f"假定：{one.assumed}" if one.assumed else one.source]
        for one in found
    ]
    print_table(["项目", "数值", "出处"], rows)
    assumed = sum(bool(one.assumed) for one in found)
    sys.stdout.write(f"共 {len(found)} 个数字，其中 {assumed} 个是假定。\n")


def _print_expressions(scheme: Scheme) -> None:
    names, rows = names_of(scheme), []
    for one in scheme.indicator:
        tree = parse(one.numerator, where=one.id)
        if one.denominator:
            tree = Arithmetic("/", tree, parse(one.denominator, where=one.id))
        rows.append([f"{one.zh}（{one.id}）", str(in_words(tree, names))])
    if scheme.scope.when:
        rows.append(["评价范围", str(in_words(parse(scheme.scope.when, where="scope"), names))])
    for rule in (*scheme.exempt, *scheme.points, *scheme.adjust):
        if rule.when:
            said = str(in_words(parse(rule.when, where=rule.id), names))
            rows.append([f"{rule.zh}（{rule.id}）", said])
    print_table(["指标或条件", "含义"], rows)


def _rehearse(before: Scheme, after: Scheme, arguments: argparse.Namespace) -> None:
    from tenglong.cli.evaluation.rehearsal import print_rehearsal

    wanted = wanted_by(before).joined(wanted_by(after))
    with firms_in(arguments.input, wanted, arguments.year) as firms:
        for row in firms.table.unread:
            sys.stdout.write(f"未参加预演：{row.id or row.place}，{row.message}\n")
        for year in [arguments.year] if arguments.year else firms.table.years:
            print_rehearsal(before, after, replace(firms, year=year))
