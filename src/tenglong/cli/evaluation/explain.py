"""`tenglong explain`: why a firm got its grade, and the cheapest change that would lift it."""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenglong.cli.evaluation.evaluate import add_year
from tenglong.cli.evaluation.firms import Firms, firms_in, names_in, scheme_named
from tenglong.cli.evaluation.results import write_bytes
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.evaluation.tables.wanted import wanted_by
from tenglong.domain.kernel.errors import BadValue, NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date

if TYPE_CHECKING:
    from tenglong.domain.evaluation.counterfactual.results import Counterfactual
    from tenglong.domain.evaluation.explanation import Explanation
    from tenglong.domain.reporting.letters import Letter


def add_to(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("firm", metavar="FIRM", help="企业编号，或唯一的企业名称")
    parser.add_argument("--scheme", help="评价办法：文件，或内置办法的编号")
    parser.add_argument("--input", type=Path, help="企业表：.parquet、.csv、.xlsx、.xls 或 .ods")
    parser.add_argument(
        "--run", type=int, dest="run_id", help="系统中一次评价的编号；此时 FIRM 是企业在系统中的编号"
    )
    add_year(parser)
    parser.add_argument("--letter", type=Path, help="同时写成告知书（.docx）")
    parser.add_argument("--office", default="", help="告知书的署名单位，默认为办法的地区")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the explanation; with --letter also write it as a document."""
    if arguments.run_id is not None:
        return _explain_run(arguments)
    if not arguments.scheme or not arguments.input:
        raise BadValue(
            msg("请用 --scheme 和 --input 指明评价办法和企业表，或用 --run 指明系统中的一次评价。")
        )
    scheme = scheme_named(arguments.scheme)
    with firms_in(arguments.input, wanted_by(scheme), arguments.year) as firms:
        _explain(scheme, firms, arguments)
    return 0


def _explain_run(arguments: argparse.Namespace) -> int:
    """Explain a result that is kept in the database."""
    from tenglong.cli.database import set_up

    set_up()
    from tenglong.domain.access.policy import Scope
    from tenglong.queries.evaluation.firm import cheapest_change, explanation_of
    from tenglong.queries.evaluation.letters import letter_of
    from tenglong.queries.evaluation.objections import values_of
    from tenglong.queries.evaluation.results import result_of
    from tenglong.queries.evaluation.runs import run_by_id

    everywhere = Scope(everywhere=True)
    found = run_by_id(arguments.run_id, everywhere)
    if not arguments.firm.isdecimal():
        raise BadValue(msg("“{firm}”不是企业编号，请填写企业在系统中的编号。", firm=arguments.firm))
    result = result_of(found, int(arguments.firm), everywhere)
    ways, names = cheapest_change(found, result.firm_id, everywhere)
    explanation = explanation_of(found, result)
    known = _figures(explanation.scheme, values_of(found, result.firm_id))
    explanation = replace(explanation, known=known)
    _print(f"{result.firm.name}（{result.firm_id}），{found.year} 年", explanation, ways, names)
    if arguments.letter:
        _write(letter_of(found, result.firm_id, everywhere, at=datetime.now(UTC)), arguments.letter)
    return 0


def _explain(scheme: Scheme, firms: Firms, arguments: argparse.Namespace) -> None:
    import polars as pl

    from tenglong.domain.evaluation.counterfactual.cheapest import counterfactual
    from tenglong.domain.evaluation.engines.reference import evaluate
    from tenglong.domain.evaluation.explanation import explain
    from tenglong.domain.evaluation.tables.outcomes import rows_of
    from tenglong.domain.evaluation.tables.parquet import scan
    from tenglong.domain.evaluation.trials.frames import trials_on_frame

    names = names_in(firms)
    firm = firm_named(arguments.firm, firms, names)
    rows = rows_of(firms.table.path, wanted_by(scheme))
    found = evaluate(scheme, rows, year=firms.year, input_digest=firms.digest)
    row = next(one for one in rows if one["id"] == firm and one["year"] == firms.year)
    explanation = replace(explain(scheme, found, firm), known=_figures(scheme, row))
    frame = scan(firms.table.path).with_columns(pl.col("id").cast(pl.String)).collect()
    ways = counterfactual(scheme, trials_on_frame(scheme, frame, firms.year), firm)
    name = names.get(firm, firm)
    _print(f"{name}（{firm}），{firms.year} 年", explanation, ways, names)
    if arguments.letter:
        _write(_letter(name, explanation, ways, arguments.office), arguments.letter)


def _figures(scheme: Scheme, row: Mapping[str, Any]) -> dict[str, Fraction | None]:
    """The numbers of a firm's row by column; none where firms are rated by merged parcels."""
    from tenglong.domain.evaluation.engines.reference.rows import exact

    columns = [] if scheme.merge else [id for id, column in scheme.column.items() if column.type == "number"]
    values = {id: exact(row.get(id)) for id in columns}
    return {id: value for id, value in values.items() if value is None or isinstance(value, Fraction)}


def _print(who: str, explanation: "Explanation", ways: "Counterfactual", names: Mapping[str, str]) -> None:
    from tenglong.domain.evaluation.counterfactual.wording import advice
    from tenglong.domain.evaluation.explanation.wording import sentences

    sys.stdout.write(f"{who}，{explanation.scheme.title}\n")
    if explanation.outcome.grade:
        sys.stdout.write(f"等级 {explanation.outcome.grade}\n")
    for sentence in (*sentences(explanation), *advice(ways, dict(names))):
        sys.stdout.write(f"  {sentence}\n")


def _write(letter: "Letter", path: Path) -> None:
    from tenglong.domain.reporting.letters import letter_document
    from tenglong.domain.reporting.writers.docx import write_docx

    write_bytes(path, write_docx(letter_document(letter)))
    sys.stdout.write(f"告知书已写入 {path}\n")


def _letter(name: str, explanation: "Explanation", ways: "Counterfactual", office: str) -> "Letter":
    """The letter of an evaluation that stands in files: objections are taken as long as a publicity usually lasts."""
    from tenglong.domain.evaluation.process import publicity, run_rules
    from tenglong.domain.kernel.calendar import shipped_calendar
    from tenglong.domain.reporting.letters import Letter

    now = datetime.now(UTC)
    today, place = china_date(now), explanation.scheme.place
    calendar = shipped_calendar()
    window = publicity(today, calendar, run_rules().usual_days)
    return Letter(
        firm=name,
        code="",
        number="",
        office=office or place,
        place=office or place,
        contact="",
        issued_on=today,
        deadline=window.deadline,
        provisional=calendar.is_provisional(window.start, window.deadline),
        created=now,
        explanation=explanation,
        counterfactual=ways,
    )


def firm_named(said: str, firms: Firms, names: dict[str, str]) -> str:
    """The id of the firm with this id or name.

    Raises:
        NotFound: there is none; BadValue: several have the name, or its row could not be read.
    """
    lost = next((row for row in firms.table.unread if said in (row.id, row.name)), None)
    if lost is not None:
        raise BadValue(msg("企业“{firm}”的一行无法读取，没有评价：{why}", firm=said, why=lost.message))
    found = [id for id, name in names.items() if name == said and id != said]
    if len(found) > 1:
        problem = "有 {count} 家企业名为“{name}”，请改用企业编号：{ids}。"
        raise BadValue(msg(problem, count=len(found), name=said, ids="、".join(found[:5])))
    if not found and not _has(said, firms):
        problem = "{year} 年的企业表里没有“{firm}”，请核对企业编号或名称。"
        raise NotFound(msg(problem, year=firms.year, firm=said))
    return found[0] if found else said


def _has(id: str, firms: Firms) -> bool:
    import polars as pl

    from tenglong.domain.evaluation.tables.parquet import scan

    rows = scan(firms.table.path).filter(pl.col("year") == firms.year)
    return bool(rows.filter(pl.col("id").cast(pl.String) == id).select(pl.len()).collect().item())
