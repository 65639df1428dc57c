"""`tenglong screen`: which firms in a file are suspected, by which rule, and why; without a database."""

import argparse
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tenglong.cli.evaluation.evaluate import add_year
from tenglong.cli.evaluation.firms import Firms, check_readable, digest_of, firms_in, names_in
from tenglong.cli.evaluation.results import check_output, is_workbook, write_bytes, write_frame
from tenglong.cli.output import print_table
from tenglong.domain.evaluation.screening.rules import Rules, override, parse_screening, shipped_rules
from tenglong.domain.evaluation.tables.wanted import wanted_for_screening
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.kernel.rulefiles import parse_rules

if TYPE_CHECKING:
    from tenglong.domain.evaluation.screening import Screening

DEFAULT = "default"


def add_to(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("rules", metavar="RULES", help="default，或修改了阈值的本地规则文件")
    parser.add_argument(
        "input", type=Path, metavar="INPUT", help="企业表：.parquet、.csv、.xlsx、.xls 或 .ods"
    )
    parser.add_argument("output", type=Path, metavar="OUTPUT", help="结果：.parquet、.csv 或 .xlsx")
    add_year(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Try every rule on every firm of the year and write what was found."""
    from tenglong.domain.evaluation.screening import screen
    from tenglong.domain.evaluation.tables.outcomes import rows_of

    rules, now = rules_named(arguments.rules), datetime.now(UTC)
    check_output(arguments.output, arguments.input)
    wanted = wanted_for_screening(rules, china_date(now).year)
    with firms_in(arguments.input, wanted, arguments.year) as firms:
        rows = [row for row in rows_of(firms.table.path, wanted) if row["year"] == firms.year]
        found = screen(
            rules, rows, date=china_date(now), data_source=f"{arguments.input.name} {firms.digest}"
        )
        _write(rules, found, firms, arguments.output)
        _print_summary(rules, found, firms, len(rows))
    sys.stdout.write(f"结果 {arguments.output}，摘要 {digest_of(arguments.output)}\n")
    return 0


def rules_named(name: str) -> Rules:
    """The shipped rules, or with the thresholds of a county's file over them.

    Raises:
        BadFile: the file cannot be opened; BadRules: it is wrong.
    """
    if name == DEFAULT:
        return shipped_rules()
    path = Path(name)
    check_readable(path)
    file = parse_rules(path.name, path.read_bytes(), decimals=True)
    return (
        parse_screening(file)
        if isinstance(file.content.get("rule"), list)
        else override(shipped_rules(), file)
    )


def _write(rules: Rules, found: "Screening", firms: Firms, output: Path) -> None:
    import polars as pl

    from tenglong.domain.reporting.suspects import COLUMNS, suspect_page, suspect_rows
    from tenglong.domain.reporting.writers.xlsx import write_pages

    rows = list(suspect_rows(rules, found, names_in(firms), firms.table.unread))
    if is_workbook(output):
        page = suspect_page(rules, firms.year, rows, firms.digest)
        write_bytes(output, write_pages((page,), title=page.title, created=datetime.now(UTC)))
    else:
        schema = dict.fromkeys(COLUMNS, pl.String)
        write_frame(pl.DataFrame([list(row) for row in rows], schema=schema, orient="row").lazy(), output)


def _print_summary(rules: Rules, found: "Screening", firms: Firms, count: int) -> None:
    out = sys.stdout
    out.write(f"数据 {count} 家企业，{firms.year} 年，摘要 {firms.digest}；规则摘要 {rules.digest}\n")
    for note in (*firms.table.notes, *(row.message for row in firms.table.unread)):
        out.write(f"注意：{note}\n")
    hits = Counter(hit.rule for hit in found.hits)
    untested = Counter(one.rule for one in found.untested)
    rows = [[one.id, one.zh, one.version, str(hits[one.id]), str(untested[one.id])] for one in rules.rules]
    print_table(["规则", "名称", "版本", "命中", "未能检验"], rows)
    out.write(f"疑似企业 {len({hit.firm for hit in found.hits})} 家。命中不是结论，应现场核实。\n")
