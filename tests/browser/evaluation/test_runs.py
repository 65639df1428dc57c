"""An evaluation from draft to final by its own offices, and what a firm in D reads of itself."""

import re
import sqlite3
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.served import Site

pytestmark = pytest.mark.slow

SECONDS = 60_000
PAPER = {"name": "异议书.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 stamped by the firm"}


def test_a_draft_is_publicised_objected_to_decided_revised_and_made_final(
    visit: Callable[..., Page], site: Site
) -> None:
    office, city, town = visit("demo-jiashan"), visit("demo-city"), visit("demo-xitang", phone=True)
    run = draft(office)
    expect(office.get_by_text("还不能“公示”：“公示”须由他人办理")).to_be_visible()
    answer = town.goto(run)
    assert answer and answer.status == 404
    publicise(city, run)
    objection = protest(town, run)
    expect(town.locator("main")).not_to_contain_text("裁定异议")
    decide(office, objection)
    city.goto(run)
    expect(city.get_by_text(re.compile("还不能“定稿”：公示到"))).to_be_visible()
    let_the_publicity_end(site, run)
    revision = revise(office, run)
    city.goto(revision)
    city.get_by_role("button", name="定稿").click()
    expect(city.get_by_role("status").filter(has_text="已定稿")).to_be_visible()
    town.goto(objection)
    town.get_by_role("link", name="企业评价页").click()
    town.get_by_role("link", name="一企一档").click()
    expect(town.locator("main")).to_contain_text("2020 年")


def test_a_firm_in_d_reads_why_and_what_would_change_it(visit: Callable[..., Page]) -> None:
    page = visit("demo-city")
    page.goto("/evaluations")
    page.get_by_role("link", name=re.compile("2019 年")).first.click()
    expect(page.locator("[data-chart='by-territory'] svg")).to_be_visible()
    page.locator("a.grade-tile.grade-D").click()
    grades = page.locator("td[data-label='等级'] .grade").all_inner_texts()
    assert grades and set(grades) == {"D"}
    page.locator(".case-table tbody a").first.click()
    expect(page.locator("main")).to_contain_text("按比例为 D 档")
    expect(page.locator("strong.lost").first).to_be_visible()
    expect(page.get_by_text(re.compile("最省的一项：.*升为 C 档"))).to_be_visible(timeout=SECONDS)
    with page.expect_download(timeout=SECONDS) as download:
        page.get_by_role("link", name="下载告知书").click()
    assert download.value.suggested_filename.endswith(".docx")


def draft(page: Page) -> str:
    """Ask for a run of the city's scheme over Jiashan and wait for it; gives its address."""
    page.goto("/evaluations")
    scheme = page.get_by_label("评价办法", exact=True)
    scheme.select_option(label=scheme.locator("option").filter(has_text="2020").first.inner_text())
    page.get_by_label("评价地区").select_option("330421")
    page.get_by_label("评价年度").fill("2020")
    page.get_by_role("button", name="开始试算").click()
    expect(page.get_by_text("试算已完成")).to_be_visible(timeout=SECONDS)
    return page.url


def publicise(page: Page, run: str) -> None:
    """Another person shows the results."""
    page.goto(run)
    page.get_by_role("button", name="公示").click()
    expect(page.get_by_role("status").filter(has_text=re.compile("已公示，公示到 .* 结束"))).to_be_visible()


def protest(page: Page, run: str) -> str:
    """The town records what its lowest firm says; gives the address of the objection."""
    page.goto(f"{run}/firms?sort=total&status=rated")
    places = {text.strip() for text in page.locator("td[data-label='属地']").all_inner_texts()}
    assert places == {"西塘镇"}
    page.locator(".case-table tbody a").first.click()
    page.get_by_role("link", name="登记异议").click()
    page.get_by_label("异议内容").fill("实际用地应为 5 亩，见不动产权证")
    page.get_by_label("盖章的异议材料").set_input_files(PAPER)
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_role("status").filter(has_text="已登记第 1 号异议")).to_be_visible()
    return page.url


def decide(page: Page, objection: str) -> None:
    """The office upholds it with the corrected figure."""
    page.goto(objection)
    with page.expect_download() as download:
        page.get_by_role("link", name="异议书.pdf").click()
    assert download.value.path().read_bytes() == PAPER["buffer"]
    page.get_by_label("裁定", exact=True).select_option(label="异议成立")
    page.get_by_label("裁定理由").fill("已核对不动产权证")
    page.get_by_label("实际用地（亩）").fill("5")
    page.get_by_role("button", name="裁定").click()
    expect(page.get_by_role("status").filter(has_text="异议成立")).to_be_visible()


def revise(page: Page, run: str) -> str:
    """Carry the decision out; the others keep their results. Gives the address of the revision."""
    page.goto(run)
    page.get_by_role("button", name="按异议修订").click()
    expect(page.get_by_text("如何得出")).to_be_visible(timeout=SECONDS)
    revision = page.url
    assert revision != run
    page.get_by_role("link", name="等级变动").click()
    expect(page.locator(".grade-tile").filter(has_text="等级不变")).to_be_visible()
    return revision


def let_the_publicity_end(site: Site, run: str) -> None:
    """A week goes by."""
    base = sqlite3.connect(site.folder / "tenglong.sqlite3", timeout=30)
    with base:
        base.execute(
            "UPDATE store_evaluation SET publicity_start = '2026-01-05', publicity_end = '2026-01-12' WHERE id = ?",
            (run.rpartition("/")[2],),
        )
    base.close()
