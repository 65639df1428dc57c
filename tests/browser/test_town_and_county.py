"""A town team on a phone brings a case forward; the county office, at a desk, checks it and writes it off."""

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow


def photo(colour: str) -> dict[str, object]:
    """A small photograph, as a phone hands it over."""
    content = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(content, "JPEG")
    return {"name": f"现场-{colour}.jpg", "mimeType": "image/jpeg", "buffer": content.getvalue()}


def record(page: Page, kind: str, day: str, *, colour: str = "", reason: str = "") -> None:
    """From the firm's file: choose the step, fill in what it asks for, record it."""
    page.get_by_role("link", name="登记进展").first.click()
    page.locator("a.step").filter(has_text=re.compile(rf"^\s*{kind}")).first.click()
    expect(page.locator("h1")).to_have_text(kind)
    page.get_by_label("发生日期").fill(day)
    if reason:
        page.locator("#id_reason").fill(reason)
    if colour:
        page.get_by_label("现场拍照").set_input_files(photo(colour))
    page.get_by_role("button", name="登记", exact=True).click()


def said(page: Page, sentence: str) -> None:
    """The page tells what was done, where the case stands and whose turn it is."""
    expect(page.get_by_role("status").filter(has_text=sentence)).to_be_visible()


def offered(page: Page) -> str:
    """Every step that the page offers."""
    page.get_by_role("link", name="登记进展").first.click()
    found = page.locator("main").inner_text()
    page.go_back()
    return found


def waiting_for(page: Page, state: str) -> None:
    """Open what waits for this person: the cases of the provincial list in a state."""
    page.goto("/?roster=hcle-2021")
    page.locator("a.waiting").filter(has_text=state).filter(has_text="省级").click()
    expect(page.locator("h1")).to_have_text("案件清单")


def test_a_case_goes_from_the_town_to_the_county_and_back(visit, tmp_path):
    town = visit("demo-xitang", phone=True)
    firm = begin_in_town(town)
    for kind, colour, state in [
        ("签约", "red", "已签约"),
        ("腾空", "green", "已腾空"),
        ("申请销号", "", "待核查"),
    ]:
        record(town, kind, "2021-11-10", colour=colour)
        said(town, f"已登记“{kind}”。{firm}现为“{state}”，轮到")
    said(town, "轮到县整治办办理。")
    refuse_what_is_the_countys(town)
    fetch_evidence(town, tmp_path)

    county = visit("demo-jiashan")
    waiting_for(county, "待核查")
    county.get_by_role("link", name=firm).click()
    record(county, "现场核查通过", "2021-11-11", colour="blue")
    said(county, f"{firm}现为“核查通过”")
    assert "同一次申报的“县级审核通过”须由另一位有权限的人员办理。" in offered(county)
    take_back(county, "现场核查通过", "核查日期登记有误，演示更正")
    said(county, f"{firm}现为“待核查”")


def begin_in_town(page: Page) -> str:
    """See only Xitang, open what waits, go to the firm that was appraised; gives its name."""
    page.goto("/cases?roster=hcle-2021")
    expect(page.locator(".case-totals")).to_contain_text("共 18 户")
    places = page.locator("td[data-label='属地']").all_inner_texts()
    assert {place.strip() for place in places} == {"西塘镇"}
    waiting_for(page, "已评估")
    link = page.locator(".case-table tbody a").first
    firm = link.inner_text()
    link.click()
    expect(page.locator("h1")).to_have_text(firm)
    return firm


def refuse_what_is_the_countys(page: Page) -> None:
    """Checking, writing off and voiding are not offered to the town, nor done when asked for by address."""
    steps = offered(page)
    assert not re.search(r"^(现场核查通过|销号|撤销销号)", steps, re.MULTILINE)
    assert page.get_by_role("link", name="更正", exact=True).count() == 0
    case = re.search(
        r"/cases/(\d+)/record", page.locator("a.btn", has_text="登记进展").first.get_attribute("href")
    )
    entry = re.search(r"第 (\d+) 号 ·", page.locator(".timeline-list").first.inner_text())
    assert case and entry
    for address, sentence in [
        (f"/cases/{case[1]}/record?kind=written_off", "不能登记“销号”"),
        (f"/entries/{entry[1]}/void", "没有"),
    ]:
        answer = page.request.get(address)
        assert answer.status in (403, 409) and sentence in answer.text(), (address, answer.status)


def fetch_evidence(page: Page, folder: Path) -> None:
    """The photograph in the timeline is the one that was taken."""
    with page.expect_download() as download:
        page.get_by_role("link", name="现场-red.jpg").click()
    download.value.save_as(folder / "red.jpg")
    assert (folder / "red.jpg").read_bytes() == photo("red")["buffer"]


def take_back(page: Page, kind: str, reason: str) -> None:
    """Void the entry of a kind, with the reason; it stays, struck through."""
    line = page.locator(".timeline-list li").filter(has=page.locator(f"strong:text-is('{kind}')"))
    line.get_by_role("link", name="更正").click()
    page.get_by_label("更正理由").fill(reason)
    page.get_by_role("button", name="作废这条记录").click()
    expect(line.locator("s")).to_contain_text(kind)
    expect(line).to_contain_text(f"已作废：{reason}")


def test_nobody_checks_what_they_handed_in_themselves(visit):
    page = visit("demo-jiashan")
    page.goto("/cases?roster=hcle-2021&state=constructing")
    page.locator(".case-table tbody a").first.click()
    record(page, "申请销号", "2021-11-10")
    said(page, "现为“待核查”")
    steps = offered(page)
    assert "“申请销号”由您本人经手，“现场核查通过”须由他人办理。" in steps
