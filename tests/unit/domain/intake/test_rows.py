"""Rows and summaries survive the temporary file."""

from decimal import Decimal

from tenglong.domain.intake.parsed import Severity
from tenglong.domain.intake.rows import (
    Cell,
    OtherRow,
    Summary,
    UnknownColumn,
    UnusedSheet,
    row_from_json,
    sheet_from_json,
)
from tenglong.domain.intake.shapes import RowClass
from tenglong.domain.kernel.messages import msg


def test_a_summary_survives() -> None:
    other = OtherRow("台账", 1, RowClass.TITLE, "标题")
    unknown, unused = UnknownColumn("台账", "K4", "神秘列"), UnusedSheet("说明", msg("空的"))
    summary = Summary(3, 2, (other,), (unknown,), (unused,), (msg("第 {n} 行", n="7"),))
    assert Summary.from_json(summary.to_json()) == summary


def test_a_row_knows_its_values_and_its_errors() -> None:
    sheet = sheet_from_json(
        {"sheet": "台账", "columns": [["land", "C1", "用地", "公顷"]], "header_rows": [1]}
    )
    assert sheet.header_refs == {"land": "C1"}
    trouble = ["code", "B2", msg("不行").to_json(), "error"]
    warning = ["land", "C2", msg("约").to_json(), "warning"]
    data = [0, 2, [["land", "C2", "2公顷", "30"]], [trouble, warning], '{"land":"30"}', "ab"]
    row = row_from_json(data, [sheet], {"land": Decimal})
    assert row.cells == {"land": Cell("C2", "2公顷", Decimal(30))}
    assert (row.value("land"), row.value("code"), row.sheet, row.row) == (30, None, "台账", 2)
    assert (row.said, row.digest) == ('{"land":"30"}', "ab")
    assert [(error.column_id, error.severity) for error in row.errors] == [("code", Severity.ERROR)]
