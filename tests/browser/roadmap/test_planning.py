"""A roadmap from the form to the slips, by the county office: asked for, explained, adjusted, adopted, watched."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow

ROSTER = "xitang-buttons-2021"
DAY_ONE = "2021-04-27"
SECONDS = 180_000


def test_a_county_user_plans_explains_adjusts_adopts_and_watches(visit: Callable[..., Page]) -> None:
    page = visit("demo-jiashan")
    planned = plan(page)
    read(page, planned)
    adjusted = adjust(page, planned)
    compare(page, planned, adjusted)
    adopt(page, adjusted)
    town = visit("demo-xitang", phone=True)
    watch(town, adjusted)


def plan(page: Page) -> str:
    """Ask for a roadmap of what was known on day one; gives its address."""
    page.goto(f"/roadmaps?roster={ROSTER}")
    page.get_by_role("link", name="编制路线图").click()
    page.get_by_label("名称", exact=True).fill("纽扣行业百日攻坚")
    page.get_by_label("依据何日的情况").fill(DAY_ONE)
    page.get_by_label("开始日期").fill(DAY_ONE)
    page.get_by_label("完成期限").fill("2021-03-01")
    page.get_by_label("分期").select_option("month")
    page.get_by_role("button", name="开始编制").click()
    expect(page.get_by_text("完成期限不能早于开始日期")).to_be_visible()
    page.get_by_label("完成期限").fill("2021-12-31")
    page.get_by_role("button", name="开始编制").click()
    expect(page.locator("progress.bar")).to_be_visible()
    expect(page.locator(".certificate")).to_contain_text("在全部可行方案中", timeout=SECONDS)
    return page.url.partition("?")[0]


def read(page: Page, planned: str) -> None:
    """The result in charts and tables, and one firm with its reasons."""
    expect(page.locator("[data-chart='curve-land'] svg")).to_be_visible()
    expect(page.locator("[data-chart='cash'] svg")).to_be_visible()
    expect(page.get_by_role("heading", name="三可审查")).to_be_visible()
    page.locator(".plan-grid .bar-starts a").first.click()
    expect(page.locator(".case-table tbody tr").first).to_be_visible()
    page.goto(f"{planned}/firms?waits=no")
    page.locator(".case-table tbody a").first.click()
    expect(page.get_by_role("heading", name="为什么这样安排")).to_be_visible(timeout=SECONDS)


def adjust(page: Page, planned: str) -> str:
    """Let a firm wait on which nobody depends: checked at once, then kept as a roadmap; gives its address."""
    page.goto(f"{planned}/firms?waits=no&page=9999")  # the last page: tenants
    firms = [link.get_attribute("href") for link in page.locator(".case-table tbody a").all()]
    for firm in firms:
        page.goto(str(firm))
        page.get_by_label("改为").select_option("wait")
        page.get_by_role("button", name="先检查").click()
        expect(page.locator("#checked .alert")).to_be_visible(timeout=SECONDS)
        if page.locator("#checked .alert-success").count():
            break
    page.get_by_role("button", name="另存为调整后的路线图").click()
    expect(page.get_by_role("status").filter(has_text="已另存为第")).to_be_visible(timeout=SECONDS)
    return page.url.partition("/firms")[0]


def compare(page: Page, *roadmaps: str) -> None:
    """Side by side."""
    page.goto("/roadmaps/compare?" + "&".join(f"ids={one.rpartition('/')[2]}" for one in roadmaps))
    expect(page.locator("[data-chart='curve-money'] svg")).to_be_visible()
    expect(page.locator("main table").first).to_contain_text("与最优的差距不超过")


def adopt(page: Page, roadmap: str) -> None:
    """Read what will happen, and put it in force."""
    page.goto(roadmap)
    page.get_by_role("link", name="采纳", exact=True).click()
    expect(page.get_by_text("现行路线图将被取代")).to_be_visible()
    page.get_by_label("已逐户看过原定和现定的日期").check()
    page.get_by_role("button", name="采纳", exact=True).click()
    said = page.get_by_role("status").filter(has_text=re.compile("已采纳第 .* 号路线图"))
    expect(said).to_be_visible(timeout=SECONDS)


def watch(page: Page, roadmap: str) -> None:
    """On a phone the town sees its own course and slips, and the milestones in the file of a firm."""
    page.goto(f"{roadmap}/course")
    expect(page.locator("[data-chart='curve-contracts'] svg")).to_be_visible()
    page.goto(f"{roadmap}/slips?as_of=2021-08-15")
    expect(page.get_by_role("heading", name="到期节点")).to_be_visible()
    page.locator("td[data-label='企业'] a").first.click()
    expect(page.locator("main")).to_contain_text("路线图第")
