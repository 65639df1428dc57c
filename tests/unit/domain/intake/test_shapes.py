"""Finding the table in the sheet."""

from collections.abc import Sequence
from typing import Any

import pytest

from tenglong.domain.intake.kinds import table_kind
from tenglong.domain.intake.raw import MergedRange, RawSheet
from tenglong.domain.intake.shapes import FoundTable, Misfit, RowClass, find_table
from tenglong.domain.kernel.errors import BadFile


def find(
    rows: Sequence[Sequence[Any]], *merged: MergedRange, kind: str = "case_ledger", csv: bool = False
) -> FoundTable | Misfit:
    numbered = [(number, list(cells)) for number, cells in enumerate(rows, start=1)]
    sheet = RawSheet("台账", False, 1, None if csv else merged, lambda: iter(numbered))
    return find_table(sheet, numbered, table_kind(kind))


def found(*args: Any, **options: Any) -> FoundTable:
    table = find(*args, **options)
    assert isinstance(table, FoundTable)
    return table


def test_title_and_unit_line_stand_above_and_the_unit_is_used() -> None:
    table = found(
        [["高耗低效企业整治台账", "", ""], ["单位:公顷", "", ""], ["企业名称", "信用代码", "用地面积"]]
    )
    assert table.header_rows == (3,)
    assert [kind for _, kind, _ in table.above] == [RowClass.TITLE, RowClass.UNIT]
    assert (table.columns[2].header_ref, table.columns[2].factor) == ("C3", 15)


TWO_LEVELS = [["企业名称", "信用代码", "腾出用地(亩)", "", "备注"], ["", "", "预计", "实际", ""]]


def test_a_two_level_merged_header() -> None:
    merges = (MergedRange(1, 3, 1, 4), *(MergedRange(1, column, 2, column) for column in (1, 2, 5)))
    table = found(TWO_LEVELS, *merges)
    assert table.header_rows == (1, 2)
    assert [c.column.id for c in table.columns] == [
        "firm_name",
        "code",
        "land_expected",
        "area_vacated",
        "note",
    ]


def test_a_two_level_header_that_lost_its_merges_in_a_csv() -> None:
    assert [c.column.id for c in found(TWO_LEVELS, csv=True).columns][2:4] == [
        "land_expected",
        "area_vacated",
    ]


def test_unknown_columns_are_named() -> None:
    assert found([["企业名称", "信用代码", "神秘列"]]).unknown == (("C1", "神秘列"),)


def test_a_missing_unit_is_said_and_an_implied_one_is_not() -> None:
    table = found([["企业名称", "实际用地", "从业人员"]])
    assert [str(w) for w in table.warnings] == [
        "工作表“台账”B1 的表头“实际用地”没有写单位，按“亩”读取；如果不是，请注明单位后重新上传。"
    ]


def test_an_unknown_unit_is_never_guessed() -> None:
    with pytest.raises(BadFile, match="B1 的表头“用地面积\\(顷\\)”中，“顷”不是可识别的单位"):
        find([["企业名称", "用地面积(顷)"]])


def test_two_columns_of_one_meaning_are_refused_unless_one_is_official() -> None:
    with pytest.raises(BadFile, match="都表示“统一社会信用代码”：B1“税号”、C1“信用代码”"):
        find([["企业名称", "税号", "信用代码"]])
    table = found([["企业名称", "税号", "统一社会信用代码"]])
    assert [c.letters for c in table.columns] == ["A", "C"]
    assert "只读取 C 列" in str(table.warnings[0])


def test_a_sheet_of_another_kind_says_what_is_missing_and_what_was_found() -> None:
    misfit = find([["姓名", "性别"]], kind="events")
    assert isinstance(misfit, Misfit)
    assert "应有列“企业名称、事项、日期”" in str(misfit.message) and "找到的表头是“姓名、性别”" in str(
        misfit.message
    )


def test_more_than_thirty_two_columns() -> None:
    kind = table_kind("case_ledger")
    headers = [column.header_with_unit for column in kind.columns]
    assert len(headers) > 32
    assert [c.column.id for c in found([headers]).columns] == [column.id for column in kind.columns]
