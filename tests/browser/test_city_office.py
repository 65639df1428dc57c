"""The city office: from the tiles of the first page down to a cell, and from a workbook up to a case."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.cell import Cell
from playwright.sync_api import Download, Locator, Page, expect

pytestmark = pytest.mark.slow

DAY = "2021-11-09"
LEDGER = "十一月补报台账.xlsx"
HEADERS = ["序号", "县(市、区)", "镇(街道)", "企业名称", "统一社会信用代码", "签约日期", "备注"]
SIGNED = 6  # the column of 签约日期, from 1


def texts(rows: Locator) -> list[list[str]]:
    """The cells of table rows, as they are read."""
    return [[cell.strip() for cell in row.locator("td").all_inner_texts()] for row in rows.all()]


def number(text: str) -> Decimal:
    """What a printed number says."""
    found = re.search(r"[-+]?[\d,]+(\.\d+)?", text)
    assert found, text
    return Decimal(found[0].replace(",", ""))


def saved(download: Download, folder: Path) -> Path:
    """A downloaded file, under the name it came with."""
    target = folder / download.suggested_filename
    download.save_as(target)
    return target


def printed(cell: Cell) -> str:
    """A cell of the export as the page prints it."""
    match cell.value:
        case None:
            return ""
        case datetime() | date() as day:
            return day.strftime("%Y-%m-%d")
        case int() | float() as value if cell.number_format.endswith("0.00"):
            return f"{value:,.2f}"
        case value:
            return str(value)


def tile(page: Page, title: str) -> Locator:
    """The tile with this title."""
    return page.locator(".tile").filter(has=page.get_by_role("heading", name=title, exact=True))


def test_the_first_page_shows_the_campaign_as_the_article_does(visit):
    page = visit("demo-city")
    page.get_by_label("当前名单").select_option("hcle-2021")
    expect(page.locator("h1")).to_have_text("嘉兴市 · 省级高耗低效企业整治销号名单")
    expect(page.get_by_label("截至")).to_have_value(DAY)

    expect(tile(page, "销号企业数")).to_contain_text(re.compile(r"520\s*/ 730 家"))
    expect(tile(page, "完成率")).to_contain_text(re.compile(r"71\.2\s*%"))
    expect(tile(page, "与全省平均相比")).to_contain_text("+11.8")
    expect(tile(page, "腾出用地")).to_contain_text(re.compile(r"8,940\s*亩"))
    expect(tile(page, "腾出用能")).to_contain_text(re.compile(r"313,000\s*吨标准煤"))

    rows = texts(page.locator("table tbody tr"))
    ranks = [int(cells[0]) for cells in rows]
    assert len(rows) == 9 and ranks == sorted(ranks)
    assert [cells[1] for cells in rows][:3] == ["嘉善县", "嘉兴经济技术开发区", "平湖市"]
    assert sum(int(cells[2]) for cells in rows) == 730 and sum(int(cells[3]) for cells in rows) == 520
    assert "口径不同，不得与上述数据相加。" in page.locator("main").inner_text()


def test_a_figure_is_opened_down_to_the_cell_it_comes_from(visit, tmp_path):
    page = visit("demo-city")
    page.goto(f"/?roster=hcle-2021&as_of={DAY}")
    page.get_by_role("link", name="8,940").click()
    expect(page.locator("h1")).to_have_text("腾出用地 8,940 亩")
    expect(page.locator("tr.total")).to_contain_text("8,940")

    first = page.locator("table.card-table > tbody > tr").first
    amount = number(first.locator("td").nth(3).inner_text())
    first.get_by_role("button").click()
    source = page.locator(".sources-table tbody tr").first
    expect(source).to_contain_text("腾出用地")
    found = re.search(r"(\S+\.xlsx) · (\S+) · ([A-Z]+\d+)", source.inner_text())
    assert found, source.inner_text()

    source.get_by_role("link", name=found[1]).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载原文件").click()
    book = openpyxl.load_workbook(saved(download.value, tmp_path))
    assert Decimal(str(book[found[2]][found[3]].value)) == amount


def test_two_points_compared_add_up(visit):
    page = visit("demo-city")
    page.goto(f"/figures/land_vacated?roster=hcle-2021&as_of={DAY}")
    page.get_by_role("link", name="两期比较").click()
    page.get_by_label("期初截至").fill("2021-10-26")
    page.get_by_role("button", name="比较").click()

    expect(page.locator(".tile")).to_have_count(4)
    opening, corrected, new, closing = (
        number(text) for text in page.locator(".tile .tile-value").all_inner_texts()
    )
    assert opening + corrected + new == closing == 8940
    assert new > 0
    changed = texts(page.locator("section.card:has-text('新增和变化的企业') tbody tr"))
    assert sum(number(cells[3]) for cells in changed) == new


def test_rosters_differ_and_overlap_in_numbers_that_add_up(visit):
    page = visit("demo-city")
    page.get_by_role("link", name="名单", exact=True).click()
    card = page.locator("section.card", has=page.get_by_role("heading", name="省级高耗低效企业整治销号名单"))
    card.get_by_role("link", name="推送与最终差异").click()
    pushed, removed, still_open, kept, added, final = (
        int(text) for text in page.locator(".tile .tile-value").all_inner_texts()
    )
    assert (pushed, pushed - removed - still_open, kept + added) == (861, kept, final) and final == 730
    assert len(page.locator("section.card:has-text('推送后剔除') tbody tr").all()) == removed

    page.get_by_role("link", name="名单", exact=True).click()
    card.get_by_role("link", name="与市“两高一低”企业整治清单比对").click()
    both, here, there, unknown_here, unknown_there = (
        number(text) for text in page.locator(".tile .tile-value").all_inner_texts()
    )
    assert (both + here + unknown_here, both + there + unknown_there) == (730, 340)
    expect(page.locator("main")).to_contain_text("都不得相加")


def test_the_export_is_the_list_that_is_shown(visit, tmp_path):
    page = visit("demo-city")
    page.goto("/cases?roster=hcle-2021")
    page.get_by_label("状态").select_option(label="改造中")
    page.get_by_role("button", name="查询").click()
    expect(page.locator(".case-totals")).to_contain_text("共 22 户")
    shown = texts(page.locator(".case-table tbody tr"))

    with page.expect_download() as download:
        page.get_by_role("link", name="导出所见清单").click()
    sheet = openpyxl.load_workbook(saved(download.value, tmp_path)).worksheets[0]
    rows = [[printed(cell) for cell in row] for row in sheet.iter_rows()]
    start = next(place for place, row in enumerate(rows) if row[0] == "编号")
    assert rows[start + 1 : start + 1 + len(shown)] == shown
    assert rows[start + 1 + len(shown)][:2] == ["合计", "22 户"]


def planned_firms(page: Page) -> Iterator[tuple[str, str, str]]:
    """Town, name and credit code of Jiashan's firms that have a plan and nothing more, as the pages say."""
    page.goto("/cases?roster=hcle-2021&unit=330421&state=planned")
    links = page.locator(".case-table tbody td[data-label='企业'] a").all()
    for address in [link.get_attribute("href") for link in links]:
        page.goto(address)
        town, code = page.locator("p.about").inner_text().split(" · ")[:2]
        yield town, page.locator("h1").inner_text(), code


def bad_ledger(folder: Path, good: tuple[str, str, str], bad: tuple[str, str, str]) -> Path:
    """A small ledger: one good date, one that is no date, one firm of another county."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "台账"
    sheet.append(["嘉善县高耗低效企业整治台账（演示数据）"])
    sheet.append(HEADERS)
    sheet.append([1, "嘉善县", *good, date(2021, 11, 8), "合同已签"])
    sheet.append([2, "嘉善县", *bad, "2021年13月40日", None])
    sheet.append([3, "桐乡市", "濮院镇", "桐乡演示外县塑料厂", None, date(2021, 11, 8), None])
    book.save(folder / LEDGER)
    return folder / LEDGER


def upload(page: Page, ledger: Path) -> None:
    """Hand the ledger in for Jiashan and wait until it has been checked."""
    page.goto("/imports")
    page.get_by_label("表格种类").select_option(label="总台账")
    page.get_by_label("名单（口径）").select_option("hcle-2021")
    page.get_by_label("填报辖区").select_option("330421")
    page.get_by_label("填报日期").fill("2021-11-10")
    page.get_by_label("文件").set_input_files(ledger)
    page.get_by_role("button", name="上传并预检").click()
    expect(page.get_by_text("待确认", exact=True)).to_be_visible(timeout=60_000)


def test_a_workbook_with_bad_rows_comes_back_marked_and_its_good_rows_count_once(visit, tmp_path):
    page = visit("demo-city")
    firms = planned_firms(page)
    good, bad = next(firms), next(firms)
    ledger = bad_ledger(tmp_path, good, bad)

    upload(page, ledger)
    expect(page.locator("p.account")).to_have_text("读取 3 行 = 新增 0 + 更新 1 + 不变 0 + 退回 2")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载标出问题的表").click()
    check_marks(saved(download.value, tmp_path))

    page.get_by_role("button", name="确认入账").click()
    expect(page.get_by_text("已确认", exact=True)).to_be_visible()
    page.get_by_role("link", name=good[1]).click()
    entry = page.locator(".timeline-list li", has_text="2021-11-08")
    expect(entry).to_contain_text("签约")
    expect(entry).to_contain_text(f"来自 {LEDGER} · 台账 · F3")
    expect(page.locator("p.stands").filter(has_text="已签约")).to_have_count(1)

    upload(page, ledger)
    expect(page.locator("p.account")).to_have_text("读取 3 行 = 新增 0 + 更新 0 + 不变 1 + 退回 2")


def check_marks(returned: Path) -> None:
    """The bad date is red and says why; both bad rows say it again at their end; the good one is left alone."""
    sheet = openpyxl.load_workbook(returned)["台账"]
    bad, good = sheet.cell(4, SIGNED), sheet.cell(3, SIGNED)
    assert bad.value == "2021年13月40日" and bad.comment and "日期" in bad.comment.text
    assert bad.fill.fill_type == "solid" and bad.fill.fgColor.rgb != good.fill.fgColor.rgb
    assert good.comment is None and printed(good) == "2021-11-08"
    added = [sheet.cell(row, len(HEADERS) + 1).value for row in range(2, 6)]
    assert "错误" in str(added[0]) and not added[1] and added[2] and added[3]
