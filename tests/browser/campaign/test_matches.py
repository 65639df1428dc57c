"""Two records are declared one firm, and the decision is taken back."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.slow


def test_a_decision_merges_two_records_and_is_undone(visit):
    page = visit("demo-city")
    page.get_by_role("link", name="企业比对").click()
    waiting = int(page.get_by_role("link", name="待认定").inner_text().split()[-1])
    assert waiting == 28
    pair = page.locator(".pair").first
    new, known = (link.inner_text() for link in pair.locator("tbody tr").first.get_by_role("link").all())
    known_file = pair.get_by_role("link", name=known).get_attribute("href")

    pair.get_by_role("button", name="认定为同一家企业", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text(re.compile("理由|依据"))
    pair.get_by_label("认定依据").fill("营业执照与现场门牌一致")
    pair.get_by_role("button", name="认定为同一家企业", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("已认定为同一家企业，两份记录已合并。")
    expect(page.get_by_role("link", name=f"待认定 {waiting - 1}", exact=True)).to_be_visible()
    page.goto(known_file)
    merged = page.locator("section.card", has_text="合并的记录")
    expect(merged).to_contain_text("营业执照与现场门牌一致")

    page.goto("/matches?decided=1")
    pair = page.locator(".pair", has_text=new)
    pair.get_by_label("撤销理由").fill("经核实为两家企业，演示撤销")
    pair.get_by_role("button", name="撤销合并").click()
    expect(page.get_by_role("status")).to_have_text("结论已撤销，这条比对重新待办。")
    expect(page.get_by_role("link", name=f"待认定 {waiting}", exact=True)).to_be_visible()
    page.goto(known_file)
    expect(page.get_by_text("撤销合并")).to_be_visible()
