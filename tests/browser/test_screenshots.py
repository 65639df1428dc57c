"""The pictures of the READMEs, taken of the demonstration.

`make screenshots` writes them to docs/images. Every other run holds them against the pages: that they are
there, of the size of the screen, and that the pages still say what the pictures are shown for.
"""

import io
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.conftest import ROOT

pytestmark = pytest.mark.slow

IMAGES = ROOT / "docs/images"
WRITING = os.environ.get("TENGLONG_SCREENSHOTS") == "1"
MOST_BYTES = 300_000
WIDE, HIGH = 1280, 960
PHONE = (780, 1688)
DPI = 96
A4 = (794, 1123)


def keep(picture: bytes, name: str, size: tuple[int, int]) -> None:
    """Write the picture when asked to; then the one in docs/images is good to print."""
    path = IMAGES / name
    if WRITING:
        path.parent.mkdir(exist_ok=True)
        image = Image.open(io.BytesIO(picture)).convert("RGB").quantize(128, dither=Image.Dither.NONE)
        image.save(path, optimize=True)
    assert path.is_file(), f"{name} is missing: run `make screenshots`"
    with Image.open(path) as kept:
        assert kept.size == size
    assert path.stat().st_size < MOST_BYTES


def home(page: Page, texts: list[str]) -> None:
    """The first page of the provincial list, with the chart drawn."""
    page.set_viewport_size({"width": WIDE, "height": HIGH})
    page.goto("/?roster=hcle-2021&as_of=2021-11-09")
    for text in texts:
        expect(page.locator("main")).to_contain_text(text)
    expect(page.locator(".chart svg")).to_be_visible()


def test_the_first_page_in_chinese(visit):
    page = visit("demo-city")
    titles = [
        "嘉兴市 · 省级高耗低效企业整治销号名单",
        "销号企业数",
        "完成率",
        "腾出用地",
        "腾出用能",
        "与全省平均相比",
    ]
    home(page, [*titles, "520", "71.2", "8,940", "313,000", "+11.8"])
    keep(page.screenshot(), "home.png", (WIDE, HIGH))


def test_the_first_page_in_english(visit):
    page = visit("demo-city", language="en-GB")
    titles = ["Provincial list of high-consumption low-efficiency firms", "Firms written off", "Land vacated"]
    home(page, [*titles, "Energy freed", "520", "71.2", "8,940", "313,000", "+11.8"])
    keep(page.screenshot(), "home.en.png", (WIDE, HIGH))


def test_a_firm_on_a_phone(visit):
    page = visit("demo-xitang", phone=True)
    page.goto("/cases?roster=hcle-2021&state=appraised")
    page.locator(".case-table tbody a").first.click()
    expect(page.get_by_role("link", name="登记进展").first).to_be_visible()
    expect(page.locator("main")).to_contain_text("轮到 镇（街道）专班 办理")
    page.goto(page.url.partition("#")[0])
    keep(page.screenshot(), "phone.png", PHONE)


def test_the_bulletin_on_paper(visit, program: Callable[[str, str], str], tmp_path: Path):
    office, render = program("soffice", "libreoffice-writer-nogui"), program("pdftoppm", "poppler-utils")
    page = visit("demo-city")
    page.goto("/bulletins?roster=hcle-2021")
    row = page.locator("tbody tr").filter(has_text="2021-11-09").first
    with page.expect_download() as download:
        row.get_by_role("link", name="下载 Word").click()
    document = tmp_path / "bulletin.docx"
    download.value.save_as(document)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    convert = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(document)]
    subprocess.run(convert, check=True, capture_output=True, timeout=120)
    first = ["-png", "-r", str(DPI), "-f", "1", "-singlefile"]
    subprocess.run(
        [render, *first, str(tmp_path / "bulletin.pdf"), str(tmp_path / "paper")], check=True, timeout=60
    )
    keep((tmp_path / "paper.png").read_bytes(), "bulletin.png", A4)
