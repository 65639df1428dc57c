"""Somebody of another county sees nothing of Jiashan; somebody without a unit sees nothing at all."""

import io
import re

import openpyxl
import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow

THEIRS = ("嘉善", "西塘")
ADDRESSES = ("firm", "record", "case", "import", "bulletin", "evidence")
API = (
    *("places", "rosters", "cases?roster=hcle-2021", "imports", "bulletins?roster=hcle-2021", "people/me"),
    *("figures?roster=hcle-2021", "race?roster=hcle-2021"),
)


@pytest.fixture
def hidden(visit) -> dict[str, str]:
    """Addresses of Jiashan that are there for its own office, found on its pages."""
    page = visit("demo-jiashan")
    page.goto("/cases?roster=xitang-buttons-2021&state=signed")
    page.locator(".case-table tbody a").first.click()
    found = {"firm": page.url, "name": page.locator("h1").inner_text()}
    found["record"] = page.locator("a", has_text="登记进展").first.get_attribute("href") or ""
    found["case"] = found["record"].removesuffix("/record")
    for name, address in [("import", "/imports"), ("bulletin", "/bulletins?roster=xitang-buttons-2021")]:
        page.goto(address)
        found[name] = page.locator("tbody a").first.get_attribute("href") or ""
    every_file = (f"/evidence/{number}" for number in range(1, 100))
    found["evidence"] = next(file for file in every_file if page.request.get(file).status == 200)
    for name in ADDRESSES:
        assert page.request.get(found[name]).status == 200, name
    return found


def test_every_address_of_another_county_is_not_there(visit, hidden):
    page = visit("demo-puyuan")
    addresses = [hidden[name] for name in ADDRESSES]
    addresses += [f"{hidden['import']}/original", f"{hidden['bulletin']}.docx"]
    addresses += ["/?unit=330421103", "/?roster=xitang-buttons-2021", "/rosters/xitang-buttons-2021"]
    for address in addresses:
        answer = page.goto(address)
        assert answer and answer.status == 404, address
        expect(page.get_by_role("alert")).to_be_visible()
        said = page.locator("main").inner_text()
        assert not any(word in said for word in THEIRS), (address, said)
        assert hidden["name"] not in page.content()


def test_lists_counts_search_export_and_figures_hold_only_their_own_town(visit, hidden):
    page = visit("demo-puyuan")
    addresses = ("/", "/figures", "/rosters", "/cases", "/imports", "/bulletins", "/places", "/jobs")
    for address in addresses:
        page.goto(f"{address}?roster=hcle-2021")
        without_options = page.locator("body").inner_text()
        assert not any(word in without_options for word in THEIRS), address
    options = " ".join(page.locator("header option").all_inner_texts())
    assert "濮院镇" in options and not any(word in options for word in THEIRS)

    page.goto("/cases?roster=hcle-2021")
    expect(page.locator(".case-totals")).to_contain_text("共 25 户")
    exported = page.request.get("/cases.xlsx?roster=hcle-2021").body()
    check_export(exported, 25)
    search(page, hidden["name"])
    page.goto("/figures/firms_listed?roster=hcle-2021&as_of=2021-11-09")
    places = page.locator("main tbody tr:not(.total):not([hidden]) td:nth-child(3)").all_inner_texts()
    assert places and set(places) == {"濮院镇"}


def check_export(content: bytes, count: int) -> None:
    """The workbook has the town's cases and no others."""
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    rows = [[str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert sum(row[3] == "濮院镇" for row in rows) == count
    assert not any(word in cell for row in rows for cell in row for word in THEIRS)


def search(page: Page, name: str) -> None:
    """A name of another county is not found."""
    page.goto("/cases?roster=hcle-2021")
    page.get_by_label("企业名称或信用代码").fill(name)
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_text("没有符合条件的案件，请放宽条件后再查。")).to_be_visible()


def test_the_api_says_no_more_than_the_pages(visit, hidden):
    page = visit("demo-puyuan")
    for path in API:
        answer = page.request.get(f"/api/v1/{path}")
        assert answer.status in (200, 404), (path, answer.status)
        assert not any(word in answer.text() for word in (*THEIRS, hidden["name"])), path
    firm, case = (re.findall(r"\d+", hidden[name].split("#")[0])[-1] for name in ("firm", "case"))
    for path in (f"firms/{firm}", f"cases/{case}"):
        assert page.request.get(f"/api/v1/{path}").status == 404, path


def test_somebody_without_a_unit_sees_a_sentence_and_nothing_else(visit):
    page = visit("demo-nobody")
    expect(page.locator("main")).to_contain_text("您的账号还没有分配到任何单位，因此看不到任何数据。")
    assert page.get_by_role("navigation").count() == 0
    for address in (
        "/figures",
        "/rosters",
        "/cases",
        "/imports",
        "/matches",
        "/bulletins",
        "/people",
        "/places",
    ):
        page.goto(address)
        expect(page.locator("h1")).to_have_text("尚未分配单位")
    for path in ("cases?roster=hcle-2021", "rosters", "imports"):
        answer = page.request.get(f"/api/v1/{path}")
        assert answer.status in (403, 404) or answer.json() in ([], {"items": [], "count": 0}), path
    page.get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("heading", name="登录")).to_be_visible()
