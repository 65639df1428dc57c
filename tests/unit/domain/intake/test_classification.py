"""What each row below the header is."""

from typing import Any

import pytest

from tenglong.domain.intake.classification import classify
from tenglong.domain.intake.kinds import table_kind
from tenglong.domain.intake.raw import RawSheet
from tenglong.domain.intake.shapes import FoundTable, RowClass, find_table

HEADER = ["序号", "县(市、区)", "企业名称", "统一社会信用代码", "实际用地(亩)"]


@pytest.fixture(scope="module")
def table() -> FoundTable:
    rows: list[tuple[int, list[Any]]] = [(1, list(HEADER))]
    found = find_table(RawSheet("台账", False, 1, (), lambda: iter(rows)), rows, table_kind("case_ledger"))
    assert isinstance(found, FoundTable)
    return found


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([1.0, "甲县", "演示一厂", "91330421MATE5T017P", 3.0], RowClass.DATA),
        ([1.0, "甲县", "", "91330421MATE5T017P", ""], RowClass.DATA),
        ([1.0, "甲县", "演示合计设备厂", "", 3.0], RowClass.DATA),
        (["", "", "嘉兴小计", "91330421MATE5T017P", 3.0], RowClass.DATA),
        (["", " ", "　", "", ""], RowClass.EMPTY),
        (["合计", "", "", "", 3.0], RowClass.TOTAL),
        (["全县平均", "", "", "", 3.0], RowClass.NOTE),
        (["", "", "平均值", "", 3.0], RowClass.NOTE),
        (["", "甲县小计", "", "", 3.0], RowClass.TOTAL),
        (["", "合 计", "730家", "", 3.0], RowClass.TOTAL),
        (HEADER, RowClass.HEADER),
        ([*HEADER[:4], 3.0], RowClass.HEADER),  # four of five cells say the header: just enough
        ([*HEADER[:3], "91330421MATE5T017P", 3.0], RowClass.DATA),
        ([*HEADER[:3], "", 3.0], RowClass.DATA),  # three of four: not enough
        ([*HEADER[:2], "", "", ""], RowClass.HEADER),
        (["填表人:张某某", "", "", "审核人:李某某", ""], RowClass.NOTE),
        (["注:1.按月报送", "", "", "", ""], RowClass.NOTE),
        (["以上数据截至本月底", "", "", "", ""], RowClass.NOTE),
        (["单位:亩", "", "", "", ""], RowClass.UNIT),
    ],
)
def test_rows(table: FoundTable, cells: list[Any], expected: RowClass) -> None:
    assert classify(table, (9, cells), 1) is expected
