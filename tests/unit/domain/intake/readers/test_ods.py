"""OpenDocument spreadsheets are read like workbooks."""

import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tenglong.domain.intake.seen import OTHER_FIGURE
from tenglong.domain.kernel.errors import BadFile
from tests.intake_files import parse

NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"))
)
STYLE = '<style:style style:name="ce1"><style:text-properties style:text-line-through-style="solid"/></style:style>'
HEADER = "".join(
    f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
    for text in ("企业名称", "实际用地(亩)", "签约日期")
)


def cell(kind: str, value: str, shown: str, more: str = "") -> str:
    name = {"date": "office:date-value"}.get(kind, "office:value")
    values = f'office:value-type="{kind}" {name}="{value}" {more}'
    return f"<table:table-cell {values}><text:p>{shown}</text:p></table:table-cell>"


def text(shown: str, more: str = "") -> str:
    return f'<table:table-cell office:value-type="string" {more}><text:p>{shown}</text:p></table:table-cell>'


def write(path: Path, *rows: str, manifest: str = "", extra: str = "") -> Path:
    body = f"<table:table-row>{HEADER}</table:table-row>{''.join(rows)}"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {NAMES} office:version="1.3">'
        f"<office:automatic-styles>{STYLE}</office:automatic-styles><office:body><office:spreadsheet>"
        f'<table:table table:name="台账">{body}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest or "<manifest/>")
        if extra:
            archive.writestr(extra, "x")
    return path


def row(*cells: str, more: str = "") -> str:
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


def test_values_and_days_are_read(tmp_path: Path) -> None:
    line = row(text("演示一厂"), cell("float", "2.504", "2.50"), cell("date", "2021-11-09", "2021年11月9日"))
    blanks = row(
        '<table:table-cell table:number-columns-repeated="1024"/>',
        more='table:number-rows-repeated="1048570"',
    )
    rows, summary = parse(write(tmp_path / "a.ods", line, blanks))
    assert (str(rows[0].value("land")), rows[0].value("signed_on")) == ("2.504", date(2021, 11, 9))
    assert (rows[0].problems, summary.warnings) == ((), ())


def test_errors_and_formulas_without_a_result_are_problems(tmp_path: Path) -> None:
    formula = '<table:table-cell table:formula="of:=1+1"/>'
    rows, _ = parse(
        write(
            tmp_path / "a.ods",
            row(text("演示一厂"), text("#REF!", 'table:formula="of:=1"')),
            row(text("演示二厂"), formula),
            row(text("演示三厂"), text("Err:502")),
        )
    )
    assert [[p.ref for p in row.errors] for row in rows] == [["B2"], ["B3"], ["B4"]]


def test_what_is_not_seen_is_told(tmp_path: Path) -> None:
    rows, _ = parse(
        write(
            tmp_path / "a.ods",
            row(
                text("演示一厂"), cell("float", "1234567", "123.5"), cell("date", "2021-11-01", "2021年11月")
            ),
            row(text("演示二厂"), cell("float", "5", "5"), more='table:visibility="filter"'),
            row(text("演示三厂", 'table:style-name="ce1"'), cell("float", "5", "")),
        )
    )
    assert [[(p.ref, p.severity) for p in row.problems] for row in rows] == [
        [("B2", "error"), ("C2", "error")],
        [("A3", "warning")],
        [("A4", "warning"), ("B4", "error")],
    ]


def test_a_merged_cell_is_carried_down(tmp_path: Path) -> None:
    name = text("演示一厂", 'table:number-rows-spanned="2" table:number-columns-spanned="1"')
    rows, _ = parse(
        write(
            tmp_path / "a.ods",
            row(name, cell("float", "1", "1"), cell("date", "2021-11-09", "2021-11-09")),
            row(
                "<table:covered-table-cell/>",
                cell("float", "2", "2"),
                cell("date", "2021-11-09", "2021-11-09"),
            ),
        )
    )
    assert [row.value("firm_name") for row in rows] == ["演示一厂", "演示一厂"]


@pytest.mark.parametrize(
    ("manifest", "extra", "why"),
    [("<x>encryption-data</x>", "", "密码"), ("", "Basic/Standard/Module1.xml", "宏")],
)
def test_passwords_and_macros_are_refused(tmp_path: Path, manifest: str, extra: str, why: str) -> None:
    with pytest.raises(BadFile, match=why):
        parse(write(tmp_path / "a.ods", manifest=manifest, extra=extra))


def test_a_sheet_that_claims_to_be_huge_is_refused_before_it_is_built(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="上限"):
        parse(write(tmp_path / "a.ods", row(text("演示厂"), more='table:number-rows-repeated="900000000"')))


@pytest.mark.parametrize(
    ("stored", "shown", "read"),
    [
        ("123456", "1.23E+05", Decimal(123456)),
        ("123456", "1.5E+05", None),
        ("0.0025", "2.5E-03", Decimal("0.0025")),
        ("12.5", "17", None),
        ("0.25", "1/4", None),
    ],
)
def test_a_figure_is_refused_by_itself_where_its_cell_shows_another(
    tmp_path: Path, stored: str, shown: str, read: Decimal | None
) -> None:
    line = row(text("演示一厂"), cell("float", stored, shown))
    rows, _ = parse(write(tmp_path / "a.ods", line, row(text("演示二厂"), cell("float", "3", "3"))))
    assert [row.cells.get("land") and row.cells["land"].value for row in rows] == [read, Decimal(3)]
    assert [problem.message.template for problem in rows[0].problems] == ([] if read else [OTHER_FIGURE])


@pytest.mark.parametrize("shown", ["11/09/21", "9.11.21", "21-11-9", "2021/11/09"])
def test_a_day_is_seen_whole_in_any_order_of_its_parts(tmp_path: Path, shown: str) -> None:
    line = row(text("演示一厂"), cell("float", "1", "1"), cell("date", "2021-11-09", shown))
    rows, _ = parse(write(tmp_path / "a.ods", line))
    assert rows[0].cells["signed_on"].value == date(2021, 11, 9)
    assert rows[0].problems == ()
