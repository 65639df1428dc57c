"""A ledger as it really arrives: every cell traced, every row accounted for."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tenglong.domain.intake.shapes import RowClass
from tenglong.domain.kernel.errors import BadFile
from tests.intake_files import parse, write_xlsx

HEADER = ["序号", "县(市、区)", "企业名称", "信用代码", "用地面积(公顷)", "签约日期", "神秘列"]
LEDGER: list[list[Any]] = [
    ["高耗低效企业整治台账"],
    ["填报单位:演示县  填报日期:2021-11-09  单位:公顷"],
    HEADER,
    [1, "甲县", "演示一厂", "91330421MATE5T017P", "１.５", datetime(2021, 11, 9), "x"],  # noqa: DTZ001
    [2, None, "演示二厂", 9.13304e17, "约2", "11月9日"],
    ["小计", None, None, None, 3.5],
    HEADER,
    [3, "乙县", "演示三厂", None, 1, 44509],
    [],
    ["合计", None, None, None, 9],
    ["填表人:张某某", None, None, "审核人:李某某"],
]


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return write_xlsx(tmp_path / "台账.xlsx", LEDGER, merges=["B1:H1", "C4:C5"], first=(1, 2))


def test_cells_keep_their_true_place_beside_a_blank_column(ledger: Path) -> None:
    rows, _ = parse(ledger)
    assert [row.row for row in rows] == [4, 5, 8]
    land = rows[0].cells["land"]
    assert (land.ref, land.raw, land.value) == ("F4", "１.５", Decimal("22.5"))
    assert str(rows[2].value("signed_on")) == "2021-11-09"


def test_a_merged_name_serves_every_row_it_covers(ledger: Path) -> None:
    rows, _ = parse(ledger)
    assert [row.value("county") for row in rows] == ["甲县", "甲县", "乙县"]
    assert rows[1].cells["county"].ref == "C4"


def test_bad_cells_are_told_where_they_stand(ledger: Path) -> None:
    rows, _ = parse(ledger)
    assert [(p.ref, p.severity) for p in rows[1].problems] == [
        ("E5", "error"),
        ("F5", "warning"),
        ("G5", "error"),
    ]


def test_every_row_is_accounted_for(ledger: Path) -> None:
    _, summary = parse(ledger)
    assert (summary.read, summary.empty) == (3, 1)
    assert [(row.row, row.kind) for row in summary.other_rows] == [
        (1, RowClass.TITLE),
        (2, RowClass.UNIT),
        (3, RowClass.HEADER),
        (6, RowClass.TOTAL),
        (7, RowClass.HEADER),
        (10, RowClass.TOTAL),
        (11, RowClass.NOTE),
    ]
    assert summary.unknown_columns[0].ref == "H3"


def test_a_total_that_disagrees_is_told(ledger: Path) -> None:
    _, summary = parse(ledger)
    assert [str(w) for w in summary.warnings] == [
        "工作表“台账”F10 的合计“用地面积(公顷)”是 135，数据行相加是 67.5，请核对。"
    ]


def test_a_quantity_merged_over_rows_counts_once(tmp_path: Path) -> None:
    rows = [["企业名称", "信用代码", "用地(亩)"], ["演示一厂", None, 30], ["演示二厂", None, None]]
    parsed, _ = parse(write_xlsx(tmp_path / "m.xlsx", rows, merges=["C2:C3"]))
    assert [row.value("land") for row in parsed] == [30, None]
    assert "只计入第 2 行" in str(parsed[1].problems[0].message)


def test_several_fitting_sheets_are_all_read_and_the_rest_is_explained(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name in ("甲镇", "乙镇", "旧"):
        page = book.create_sheet(name)
        page.append(["企业名称", "信用代码"])
        page.append([f"{name}演示厂", "91330421MATE5T017P"])
    book["旧"].sheet_state = "hidden"
    book["Sheet"].append(["填报说明"])
    book.save(tmp_path / "b.xlsx")
    rows, summary = parse(tmp_path / "b.xlsx")
    assert [(row.sheet, row.row) for row in rows] == [("甲镇", 2), ("乙镇", 2)]
    assert [unused.sheet for unused in summary.unused_sheets] == ["Sheet", "旧"]
    assert "隐藏" in str(summary.unused_sheets[1].reason)
    assert "甲镇、乙镇" in str(summary.warnings[0])


def test_content_under_no_header_is_said(tmp_path: Path) -> None:
    rows = [["企业名称", "信用代码"], ["演示一厂", None, None, "手写备注"]]
    _, summary = parse(write_xlsx(tmp_path / "u.xlsx", rows))
    assert "D 列没有表头，其中 1 行有内容" in str(summary.warnings[0])


def test_a_book_without_the_table_says_what_was_found(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="没有找到“总台账”.*应有列“企业名称”.*找到的表头是“姓名、性别”"):
        parse(write_xlsx(tmp_path / "x.xlsx", [["姓名", "性别"], ["张某某", "男"]]))


def test_a_second_table_with_other_columns_is_refused(tmp_path: Path) -> None:
    below = [
        ["二、能耗"],
        ["企业名称", "综合能耗(吨标煤)", "信用代码"],
        ["演示二厂", 5, "91330421MATE5T017P"],
    ]
    with pytest.raises(BadFile, match="第 5 行起是另一张表"):
        parse(write_xlsx(tmp_path / "a.xlsx", [["企业名称", "用地(亩)"], ["演示一厂", 1], [], *below]))


def test_the_same_columns_in_other_words_go_on_but_not_in_another_unit(tmp_path: Path) -> None:
    above, rest = [["企业名称", "实际用地(亩)"], ["演示一厂", 1], []], [["演示二厂", 2]]
    rows, summary = parse(write_xlsx(tmp_path / "a.xlsx", [*above, ["单位名称", "占地面积"], *rest]))
    assert ([str(row.value("land")) for row in rows], len(summary.other_rows)) == (["1", "2"], 2)
    with pytest.raises(BadFile, match="另一张表"):
        parse(write_xlsx(tmp_path / "b.xlsx", [*above, ["单位名称", "占地面积(公顷)"], *rest]))


def test_rows_and_columns_out_of_sight_are_remarked_on_and_counted(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [["企业名称", "用地(亩)"], ["演示一厂", 1], ["演示二厂", 2]])
    book = openpyxl.load_workbook(path)
    book.active.row_dimensions[3].hidden = True
    book.active.column_dimensions["B"].hidden = True
    book.save(path)
    rows, summary = parse(path)
    assert [[p.ref for p in row.problems] for row in rows] == [["B2"], ["A3", "B3"]]
    assert len(summary.warnings) == 2


def test_traditional_headers_are_known(tmp_path: Path) -> None:
    header = ["縣(市、區)", "企業名稱", "實際用地(畝)", "簽約日期", "註冊號"]
    rows, _ = parse(
        write_xlsx(
            tmp_path / "a.xlsx", [header, ["桐鄉市", "演示一廠", 1, "2021年11月9號", "330421000012345"]]
        )
    )
    assert set(rows[0].cells) == {"county", "firm_name", "land", "signed_on", "code"}
