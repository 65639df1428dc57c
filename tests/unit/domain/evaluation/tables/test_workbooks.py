"""Workbooks as counties send them."""

from pathlib import Path

import openpyxl
import pytest

from tenglong.domain.kernel.errors import BadFile
from tests.intake_files import write_xlsx
from tests.unit.domain.evaluation.tables.samples import FIRMS, HEADER, read


def test_titles_merged_headers_and_totals(tmp_path: Path) -> None:
    rows = [
        ["演示县2022年度企业基础数据表", *[None] * 6],
        ["企业名称", "统一社会信用代码", "指标", None, None, "行业", "新上规"],
        [None, None, "实缴税收(元)", "综合能耗(等价值)(kgce)", "用地面积(㎡)", None, None],
        ["演示一厂", "X1", 1234567.8, 3000.1, "6,666.7", 17, "否"],
        ["演示二厂", "X2", 0.1, None, 100, "17", "是"],
        ["合计", None, 1234567.9, 3000.1, 6766.7, None, None],
        ["填表人：某某"],
    ]
    merges = ("A1:G1", "A2:A3", "B2:B3", "C2:E2", "F2:F3", "G2:G3")
    table, frame = read(write_xlsx(tmp_path / "a.xlsx", rows, merges=merges))
    assert frame.select("id", "tax", "energy", "land", "industry", "fresh").rows() == [
        ("X1", 123.45678, 3.0001, 10.00005, "17", False),
        ("X2", 0.00001, None, 0.15, "17", True),
    ]
    assert [str(note).partition("“")[0] for note in table.notes] == ["台账!6", "台账!7"]


def test_numbers_keep_every_place(tmp_path: Path) -> None:
    firm = (*FIRMS[0][:3], 0.1234567, 1 / 3, *FIRMS[0][5:])
    _, frame = read(write_xlsx(tmp_path / "a.xlsx", [HEADER, firm]))
    assert frame.select("tax", "energy").row(0) == (0.1234567, 1 / 3)


def test_two_sheets_are_read_together_and_doubles_named_with_both(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "甲镇"
    for row in (HEADER, FIRMS[0]):
        book.active.append(row)
    other = book.create_sheet("乙镇")
    for row in (HEADER, FIRMS[1]):
        other.append(row)
    book.save(tmp_path / "a.xlsx")
    assert read(tmp_path / "a.xlsx")[1]["id"].to_list() == ["X1", "X2"]
    other.append(FIRMS[0])
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(BadFile, match="X1（甲镇!2、乙镇!3）"):
        read(tmp_path / "a.xlsx")


def test_a_basis_column_beside_a_quantity(tmp_path: Path) -> None:
    header = [*HEADER[:4], "综合能耗(吨标煤)", *HEADER[5:], "能耗口径"]
    rows = [[*row, "等价"] for row in FIRMS]
    table, _ = read(write_xlsx(tmp_path / "a.xlsx", [header, *rows]))
    assert table.rows == 3 and table.notes == ()
