"""A bulletin is issued in the background, comes back to the byte, and says later what has moved since."""

import hashlib
import io
import zipfile

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.slow

DAY, REASON = "2021-11-16", "现场复核发现未拆除设备，演示更正"


def issue(page: Page) -> None:
    """Preview the bulletin of a later day, issue it, watch the job, open the result."""
    page.goto("/bulletins?roster=hcle-2021")
    page.get_by_label("数据截至").fill(DAY)
    page.get_by_role("button", name="预览通报").click()
    expect(page.locator("article.document")).to_contain_text("2021年11月16日")
    expect(page.locator("article.document")).to_contain_text("520")
    page.get_by_role("button", name="签发", exact=True).click()
    expect(page.locator("h1")).to_have_text("签发通报")
    expect(page.get_by_text("办理完成。")).to_be_visible()
    page.get_by_role("link", name="查看通报").click()
    expect(page.locator("h1")).to_contain_text("第 10 期")


def document(page: Page) -> bytes:
    """The Word file as it is downloaded."""
    with page.expect_download() as download:
        page.get_by_role("link", name="下载 Word").click()
    assert download.value.suggested_filename.endswith("第10期（2021-11-16）.docx")
    return download.value.path().read_bytes()


def void_write_off(page: Page) -> str:
    """Take back one write-off; gives the firm."""
    page.goto("/cases?roster=hcle-2021&state=written_off")
    page.locator(".case-table tbody a").first.click()
    firm = page.locator("h1").inner_text()
    line = page.locator(".timeline-list li").filter(has=page.locator("strong:text-is('销号')"))
    line.get_by_role("link", name="更正").click()
    page.get_by_label("更正理由").fill(REASON)
    page.get_by_role("button", name="作废这条记录").click()
    expect(page.get_by_role("status")).to_contain_text("已更正")
    return firm


def test_an_issued_bulletin_stays_and_tells_what_moved(visit):
    page = visit("demo-city")
    issue(page)
    address = page.url
    content = document(page)
    digest = hashlib.sha256(content).hexdigest()
    expect(page.locator("dl.facts")).to_contain_text(digest)
    text = zipfile.ZipFile(io.BytesIO(content)).read("word/document.xml").decode()
    assert "嘉善县" in text and "520" in text

    page.get_by_role("button", name="重新生成并核对").click()
    expect(page.get_by_role("status")).to_have_text(f"已按冻结的快照重新生成，摘要与签发时一致：{digest}")
    page.get_by_role("link", name="按今天所知再看").click()
    expect(page.get_by_text("没有变动：")).to_be_visible()

    firm = void_write_off(page)
    page.goto(address)
    assert document(page) == content
    page.get_by_role("link", name="按今天所知再看").click()
    moved = page.locator("section.card", has_text="变动的数据").locator("tbody tr", has_text="销号企业数")
    expect(moved.first).to_contain_text("520")
    expect(moved.first).to_contain_text("519")
    why = page.locator("section.card", has_text="变动的原因")
    expect(why).to_contain_text(REASON)
    expect(why).to_contain_text(firm)
