"""Every document that an office signs, as it was last looked at: words, sizes, colours, places."""

import base64
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tenglong.domain.evaluation.screening import screen
from tenglong.domain.evaluation.screening.rules import shipped_rules
from tenglong.domain.evaluation.tables.found import Unread
from tenglong.domain.evaluation.tables.measures import Line as Measured
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.rulebook import SHIPPED
from tenglong.domain.reporting import documents as d
from tenglong.domain.reporting.bulletins.pages import bulletin_document
from tenglong.domain.reporting.drawings import Box, Drawing, Hatch, Line, Text
from tenglong.domain.reporting.grades import NotRated, blank_page, grade_pages
from tenglong.domain.reporting.letters import letter_document
from tenglong.domain.reporting.roadmap.chart import chart_pages
from tenglong.domain.reporting.roadmap.content import CaseLine
from tenglong.domain.reporting.roadmap.sheets import workbook_pages
from tenglong.domain.reporting.sheets import Cell, Page, Sheet, SheetColumn
from tenglong.domain.reporting.suspects import suspect_page, suspect_rows
from tenglong.domain.reporting.writers import pdf
from tenglong.domain.reporting.writers.docx import write_docx
from tenglong.domain.reporting.writers.pdf import write_pdf
from tenglong.domain.reporting.writers.xlsx import write_pages
from tests.kept import first_difference, package_lines
from tests.unit.domain.evaluation.tables.samples import scheme
from tests.unit.domain.reporting.roadmap.samples import content
from tests.unit.domain.reporting.roadmap.test_chart import many
from tests.unit.domain.reporting.samples import COURSE, sample_content
from tests.unit.domain.reporting.test_letters import letter
from tests.unit.domain.reporting.test_suspects import FIRM
from tests.unit.domain.reporting.writers.test_xlsx import written as written_table

CREATED = datetime(2021, 8, 1, 9, 5, tzinfo=UTC)


def rounded(text: str) -> str:
    """Numbers to two places: what the last bit of a number may change is left out."""
    return re.sub(r"\d+\.\d+", lambda found: f"{float(found[0]):.2f}", text)


def drawn(pages: list[Drawing]) -> list[str]:
    """The items of drawings, one a line."""
    lines = []
    for page in pages:
        lines.append(f"=== {page.width:g} × {page.height:g}")
        lines += [rounded(repr(item)) for item in page.items]
    return lines


def lettered() -> Iterator[str]:
    for firm in ("癸", "庚", "丁", "甲", "己", "水厂"):
        yield from map(repr, letter_document(letter(firm)).blocks)
    without_cap = letter("癸", ("weight = 20\ncap = 1.5", "weight = 20"))
    yield from map(repr, letter_document(without_cap).blocks)
    bare = replace(letter("癸"), number="", notice="", provisional=True)
    yield from map(repr, letter_document(bare).blocks)
    final = replace(letter("癸"), contact="", stage="final", consequences=("用电价格每千瓦时加价0.10元。",))
    yield from map(repr, letter_document(final).blocks)


def graded() -> bytes:
    row = {"id": "X1", "status": "rated", "reason": "", "industry": None, "points": 0.0, "total": 66.5}
    row |= {f"{part}_{one}": 0.5 for part in ("value", "score") for one in ("tax_per_mu", "tax_per_tce")}
    row |= {"rank": 1, "peers": 2, "grade_by_quota": "A", "adjustments": "", "grade": "A"}
    pages = grade_pages(
        scheme(),
        year=2022,
        rows=[row],
        names={"X1": "演示一厂"},
        benchmarks=[Measured("tax_per_mu", ("17",), Decimal("1.5"))],
        cuts=[Measured("A", (), Decimal(60), 3)],
        not_rated=[NotRated("X3", "", "新上规企业")],
        notes=("注：演示数据",),
    )
    return write_pages(pages, title="评价结果", created=CREATED)


def blank() -> bytes:
    return write_pages([blank_page(scheme())], title="企业表", created=CREATED)


def worded() -> bytes:
    """Texts around what fits into a line of their column: how high a row is made."""
    columns = (SheetColumn("说明", width=10), SheetColumn("备注", width=10))
    texts = ["a" * n for n in (5, 6, 10, 11, 19, 28)] + ["甲" * n for n in (5, 6, 9, 10, 40)]
    rows: list[tuple[Cell, ...]] = [(text, None) for text in texts] + [("甲", "a" * 28)]
    page = Page(Sheet("说明", columns, iter(rows)), "说明")
    return write_pages([page], title="说明", created=CREATED)


def suspected() -> bytes:
    rules = shipped_rules()
    found = screen(rules, [FIRM, {"id": "X2"}], date=date(2022, 3, 1), data_source="a.csv")
    lost = Unread("台账!9", "X3", "演示三厂", 2022, "unreadable", msg("台账!D9：坏"))
    page = suspect_page(rules, 2022, suspect_rows(rules, found, {"X1": "演示一厂"}, [lost]), "abc")
    return write_pages([page], title="疑似名单", created=CREATED)


def waiting() -> list[Drawing]:
    cases = tuple(CaseLine(n, f"企业{n}", "东片", "西塘镇", "第1组") for n in range(3))
    return chart_pages(replace(content(), cases=cases, targets=(), months=(), checks=()))


def every_block() -> d.Document:
    day = "2021年11月9日"
    table = d.Table("表", (d.Column("序号", 20), d.Column("名称", 100)), (("1", "甲厂"), ("2", "乙厂")))
    blocks = (d.Masthead("淘汰落后专项行动工作通报"), d.Paragraph("正文"), table, d.Signature("整治办", day))
    return d.Document("题", "整治办", CREATED, (*blocks, d.Imprint(("报：甲。", "发：乙。"), "整治办", day)))


KEPT: dict[str, Callable[[], list[str]]] = {
    "bulletin": lambda: package_lines(write_docx(bulletin_document(sample_content(roadmap=COURSE), SHIPPED))),
    "blocks": lambda: package_lines(write_docx(every_block())),
    "chart": lambda: drawn(chart_pages(content())),
    "chart-of-forty": lambda: drawn(chart_pages(many(40, zones=2, teams=3))),
    "chart-of-waiting": lambda: drawn(waiting()),
    "roadmap-workbook": lambda: package_lines(
        write_pages(workbook_pages(content()), title="路线图", created=CREATED)
    ),
    "table": lambda: package_lines(written_table()),
    "grades": lambda: package_lines(graded()),
    "blank": lambda: package_lines(blank()),
    "words": lambda: package_lines(worded()),
    "suspects": lambda: package_lines(suspected()),
}


@pytest.mark.parametrize("name", KEPT)
def test_a_document_is_as_it_was_kept(name: str) -> None:
    assert first_difference(name, KEPT[name]()) == ""


@pytest.mark.slow
def test_letters_say_what_was_kept() -> None:
    assert first_difference("letters", lettered()) == ""


@pytest.mark.skipif(
    not (pdf.FOLDER / "bold.ttf").exists(), reason="needs the letters that make setup fetches"
)
def test_a_page_is_painted_as_it_was_kept() -> None:
    boxes = [
        Box(
            10 * n,
            5,
            8,
            12,
            color="#123456",
            fill="#EEEEEE" if n % 2 else "",
            hatch=hatch,
            border=0.3 * (n % 3),
        )
        for n, hatch in enumerate(Hatch)
    ]
    texts = [
        Text(100, 40 + n, "很长的一行字" * n, 9 + n, align=align, bold=bool(n % 2), width=30)
        for n, align in enumerate(d.Align, 1)
    ]
    lines = [Line(5, 50, 80, 60, color="#FF0000", width=0.4), Line(5, 60, 80, 50, dash=2)]
    written = write_pdf([Drawing(200, 100, (*boxes, *texts, *lines))], title="挂图", created=CREATED)
    pages = re.findall(rb"/ASCII85Decode /FlateDecode \].*?stream\n(.*?)~>endstream", written, re.DOTALL)
    painted = "\n".join(zlib.decompress(base64.a85decode(page)).decode("latin-1") for page in pages)
    assert first_difference("painted", rounded(painted).splitlines()) == ""
