import io
from decimal import Decimal
from typing import Any

import openpyxl

from tenglong.domain.reporting.roadmap.sheets import workbook_pages
from tenglong.domain.reporting.writers.xlsx import write_pages
from tests.unit.domain.reporting.roadmap.samples import content

NAMES = ["总览", "路线图明细", "月度资金", "小组负荷", "分区汇总", "三可审查", "影子价格"]


def opened() -> Any:
    whole = content()
    book = write_pages(workbook_pages(whole), title=whole.title, created=whole.computed_at)
    return openpyxl.load_workbook(io.BytesIO(book))


def rows(name: str) -> list[tuple[Any, ...]]:
    return [row for row in opened()[name].iter_rows(min_row=3, values_only=True) if any(row)]


def test_the_sheets_stand_in_their_order_with_frozen_heads() -> None:
    book = opened()
    assert book.sheetnames == NAMES
    assert {sheet.freeze_panes for sheet in book} == {"B4", "C4"}


def test_every_sheet_says_its_calibre_and_is_marked() -> None:
    for sheet in opened():
        texts = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
        assert any("整治名单" in text for text in texts)
        assert "演示数据" in texts


def test_a_case_is_a_row_with_its_milestones_amounts_and_note() -> None:
    head, first, second, third, total, *_ = rows("路线图明细")
    found = dict(zip(head, first, strict=True))
    assert (found["编号"], found["措施"], found["备注"]) == (1, "关停淘汰", "已签约")
    assert f"{found['签约期限']:%Y-%m-%d}" == "2021-08-05"
    assert found["腾出土地（亩）"] == 1.25
    assert (second[0], third[6], third[7]) == (2, "暂缓", None)
    assert dict(zip(head, total, strict=True))["腾出用能（吨标准煤）"] == 200


def test_the_sums_of_the_zones_are_those_of_the_overview() -> None:
    whole = {row[0]: row[1] if row[2] is None else row[2] for row in rows("总览")}
    head, *zones, total = [row for row in rows("分区汇总") if row[1] is not None]
    found = dict(zip(head, total, strict=True))
    assert (found["户数"], found["启动"], found["暂缓"]) == (3, 2, 1)
    assert (whole["名单企业"], whole["启动"], whole["暂缓"]) == (3, 2, 1)
    assert (
        whole["腾出土地"]
        == found["腾出土地（亩）"]
        == sum(row[head.index("腾出土地（亩）")] for row in zones)
    )


def test_money_by_month_says_where_it_is_too_little() -> None:
    _, august, september, total, *_ = rows("月度资金")
    assert august == ("2021-08", 15, 25, 40, 30, 30, -10)
    assert september == ("2021-09", 0, 0, 40, 20, 50, 10)
    assert total[:3] == ("合计", 15, 25)


def test_teams_stand_with_their_busiest_week() -> None:
    _, second, tenth, *_ = rows("小组负荷")
    assert second[:3] == ("第2组", None, 1)
    assert tenth[:3] == ("第10组", 5, 2.5)


def test_checks_of_the_plan_and_of_firms_are_listed() -> None:
    _, first, second, third, *_ = rows("三可审查")
    assert (first[0], second[2], third[0]) == ("全方案", "不通过", "演示1号纽扣厂")
    assert second[3:5] == (40, 30)


def test_amounts_stay_exact() -> None:
    sheet = next(page.sheet for page in workbook_pages(content()) if page.sheet.name == "路线图明细")
    assert Decimal("2.50") in (sheet.total or ())


def test_a_shadow_price_has_its_numbers_and_its_sentence() -> None:
    said = "每增加 100 万元，约可多腾出用能 38 吨标准煤。"
    assert rows("影子价格")[1] == ("8 月资金", 100, "万元", 3.5, said)
