"""`tenglong evaluate`: score, rank and grade the firms in a file, without a database."""

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tenglong.cli.evaluation.firms import (
    Firms,
    digest_of,
    firms_in,
    memory,
    missing_in,
    scheme_named,
    size,
)
from tenglong.cli.evaluation.results import check_output, is_workbook, write_bytes, write_frame, writing
from tenglong.cli.output import print_table
from tenglong.domain.evaluation.checks import MISSING, weight_doubts
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.evaluation.tables.wanted import wanted_by
from tenglong.domain.kernel.messages import msg

if TYPE_CHECKING:
    import polars as pl

    from tenglong.domain.evaluation.tables.measures import Line, Summary

ENGINES = ("polars", "duckdb", "reference", "spark")
SHOWN = 20  # lines of benchmarks, cuts and unread rows on the terminal; the workbook has them all
NOBODY = "没有一家企业可以评分，请核对适用范围、年度和企业表。"
STATUSES = {"rated": "已评", "not_rated": "未评", "out_of_scope": "范围外"}


def add_to(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("scheme", metavar="SCHEME", help="评价办法：文件，或内置办法的编号（见 scheme list）")
    parser.add_argument(
        "input", type=Path, metavar="INPUT", help="企业表：.parquet、.csv、.xlsx、.xls 或 .ods"
    )
    parser.add_argument("output", type=Path, metavar="OUTPUT", help="结果：.parquet、.csv 或 .xlsx")
    add_year(parser)
    parser.add_argument("--engine", choices=ENGINES, default="polars", help="计算引擎")
    parser.add_argument("--master", default="local[*]", help="Spark 的主节点，如 spark://主机:7077")
    parser.add_argument("--memory", type=memory, help="引擎可用的内存，如 2GiB")
    parser.add_argument("--details", action="store_true", help="同时写出各指标的值、得分和计分方式")
    parser.set_defaults(run=run)


def add_year(parser: argparse.ArgumentParser) -> None:
    """The argument that says which year is meant."""
    parser.add_argument("--year", type=int, help="评价年度，默认为表中最后一年；表中没有年度列时为办法的年度")


def run(arguments: argparse.Namespace) -> int:
    """Evaluate, write the results, and print the summary."""
    started = time.monotonic()
    scheme, output = scheme_named(arguments.scheme), arguments.output
    check_output(output, arguments.input)
    with firms_in(arguments.input, wanted_by(scheme), arguments.year) as firms:
        summary = _evaluated(scheme, firms, arguments)
        missing = missing_in(firms, scheme)
    _print_summary(scheme, firms, summary, arguments)
    _print_doubts(scheme, missing)
    sys.stdout.write(f"结果 {output}，摘要 {digest_of(output)}\n")
    sys.stdout.write(f"用时 {time.monotonic() - started:.1f} 秒，内存峰值 {size(_peak())}\n")
    if not summary.statuses.get("rated"):
        sys.stderr.write(str(msg(NOBODY)) + "\n")
        return 1
    return 0


def _evaluated(scheme: Scheme, firms: Firms, arguments: argparse.Namespace) -> "Summary":
    """Run the engine and write the results."""
    from tenglong.domain.evaluation.tables.measures import summary_of
    from tenglong.domain.evaluation.tables.outcomes import whole_result
    from tenglong.domain.evaluation.tables.parquet import scan

    output: Path = arguments.output
    if _straight(firms, arguments):
        benchmarks = _run_engine(scheme, firms, output, arguments)
        return summary_of(scheme, scan(output), benchmarks)
    with ExitStack() as stack:
        with writing(output):
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix=".tenglong-", dir=output.parent))
        target = Path(folder) / "results.parquet"
        benchmarks = _run_engine(scheme, firms, target, arguments)
        whole = whole_result(scan(target), firms.table, firms.year)
        summary = summary_of(scheme, whole, benchmarks)
        if is_workbook(output):
            write_bytes(output, _workbook(scheme, firms, whole.collect(), summary))
        else:
            write_frame(whole, output)
    return summary


def _straight(firms: Firms, arguments: argparse.Namespace) -> bool:
    """Whether the engine's own file is the result: a large one is not written twice."""
    from tenglong.domain.evaluation.tables.outcomes import MOST_ORDERED

    large = arguments.engine == "spark" or firms.table.rows > MOST_ORDERED
    return large and not firms.table.unread and arguments.output.suffix.lower() == ".parquet"


def _run_engine(
    scheme: Scheme, firms: Firms, target: Path, arguments: argparse.Namespace
) -> "tuple[Line, ...]":
    from tenglong.cli.evaluation.engines import evaluate_with

    return evaluate_with(
        arguments.engine,
        scheme,
        firms.table.path,
        target,
        year=firms.year,
        detail="all" if arguments.details or is_workbook(arguments.output) else "grades",
        memory=arguments.memory,
        master=arguments.master,
    )


def _workbook(scheme: Scheme, firms: Firms, results: "pl.DataFrame", summary: "Summary") -> bytes:
    """The results as a workbook for people: rated firms by peers and rank, then the others."""
    import polars as pl

    from tenglong.cli.evaluation.firms import names_in
    from tenglong.domain.reporting.grades import NotRated, grade_pages, reason_words
    from tenglong.domain.reporting.writers.xlsx import write_pages

    names = {row.id: row.name for row in firms.table.unread if row.name} | names_in(firms)
    peers = list(scheme.grades.peers) if scheme.grades else []
    ordered = results.sort(pl.col("status") != "rated", *peers, "rank", nulls_last=True, maintain_order=True)
    said = {row.id: str(row.message) for row in firms.table.unread if row.id}
    left = [
        NotRated(
            id or "",
            names.get(id, ""),
            said.get(id) or str(reason_words(scheme, status, reason)),
        )
        for id, status, reason in results.filter(pl.col("status") != "rated")
        .select("id", "status", "reason")
        .iter_rows()
        if id
    ]
    left += [NotRated("", row.name, str(row.message)) for row in firms.table.unread if not row.id]
    pages = grade_pages(
        scheme,
        year=firms.year,
        rows=ordered.iter_rows(named=True),
        names=names,
        benchmarks=summary.benchmarks,
        cuts=summary.cuts,
        not_rated=left,
        notes=(f"办法摘要 {scheme.digest}", f"数据摘要 {firms.digest}"),
    )
    return write_pages(pages, title=scheme.title, created=datetime.now(UTC))


def _print_summary(scheme: Scheme, firms: Firms, summary: "Summary", arguments: argparse.Namespace) -> None:
    table, out = firms.table, sys.stdout
    out.write(f"办法 {scheme.id} 第 {scheme.version} 版：{scheme.title}，摘要 {scheme.digest}\n")
    rows = table.rows + len(table.unread)
    out.write(f"数据 {arguments.input}，{rows} 行，{firms.year} 年，摘要 {firms.digest}\n")
    for note in table.notes:
        out.write(f"注意：{note}\n")
    for row in table.unread[:SHOWN]:
        out.write(f"未评：{row.id or row.place}，{row.message}\n")
    if len(table.unread) > SHOWN:
        out.write(f"…… 另有 {len(table.unread) - SHOWN} 行无法读取，见结果。\n")
    _print_counts(scheme, summary)
    groups = sorted({line.group for line in summary.cuts})
    _print_lines("基准值", {one.id: one.zh for one in scheme.indicator}, summary.benchmarks)
    _print_lines("分数线" if groups else "", {}, summary.cuts)


def _print_doubts(scheme: Scheme, missing: Mapping[str, int]) -> None:
    """What an attentive reader would ask about: figures that are not there, weights that are no hundred."""
    for column, count in missing.items():
        sys.stdout.write(f"{msg(MISSING, column=column, count=count)}\n")
    for problem in weight_doubts(scheme):
        sys.stdout.write(f"注意：{problem}\n")


def _print_counts(scheme: Scheme, summary: "Summary") -> None:
    from tenglong.domain.reporting.grades import reason_words

    counted = [[STATUSES[status], "", str(count)] for status, count in summary.statuses.items()]
    for reason, count in summary.reasons.items():
        counted.append(["", str(reason_words(scheme, "not_rated", reason)), str(count)])
    counted += [["等级", grade, str(count)] for grade, count in summary.grades.items()]
    print_table(["状态", "", "企业数"], counted)


def _print_lines(title: str, names: Mapping[str, str], lines: "tuple[Line, ...]") -> None:
    if not lines:
        return
    cells = [
        [
            names.get(line.id, line.id),
            "、".join(line.group) or "全部",
            f"{line.value:f}",
            "" if line.firms is None else str(line.firms),
        ]
        for line in lines[:SHOWN]
    ]
    print_table([title, "分组", "数值", "企业数"], cells)
    if len(lines) > SHOWN:
        sys.stdout.write(f"…… 另有 {len(lines) - SHOWN} 条。\n")


def _peak() -> int:
    """The largest memory of this process or of a child, in bytes."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(one).ru_maxrss for one in who) * 1024
