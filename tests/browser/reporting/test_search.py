"""The search box: reached by a key from any page, it leads to a firm by a part of its name typed in any script."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.slow


def test_a_firm_is_found_from_any_page_by_the_keyboard(visit):
    page = visit("demo-city")
    page.goto("/cases?roster=hcle-2021")
    name = page.locator(".case-table tbody a").first.inner_text()
    page.keyboard.press("/")
    page.keyboard.type(name[:5])
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("查找")
    page.get_by_role("link", name=name, exact=True).click()
    expect(page.locator("h1")).to_contain_text(name)


def test_sections_of_a_bulletin_are_worded_before_issue(visit):
    page = visit("demo-city")
    page.goto("/bulletins/preview?roster=hcle-2021&as_of=2021-11-15")
    page.get_by_text("修改亮点、问题和下步要求").click()
    page.get_by_label("存在问题").fill("个别单位材料报送不及时。\n嘉善县已销号999家。")
    page.get_by_role("button", name="按修改后的内容预览").click()
    expect(page.locator("article.document")).to_contain_text("个别单位材料报送不及时。")
    expect(page.get_by_role("status").first).to_contain_text("“999家”与计算的数据不一致")
    expect(page.get_by_text("人工修改的部分")).to_be_visible()
    page.goto("/bulletins/preview?as_of=2021-11-09")
    expect(page.get_by_role("status").first).to_contain_text("已经签发")
