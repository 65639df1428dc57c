"""The oldest browser that pages are made for, where the machine has one, beside one of today; the head on a phone.

The old one comes from npm's chrome-aws-lambda 5.3.1 (bin/*.br, unpacked beside each other) and is named by
TENGLONG_OLD_CHROMIUM. Playwright's own actions need newer methods of pages, so keys and measures do.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visits import PASSWORD

pytestmark = pytest.mark.slow

OLD = os.environ.get("TENGLONG_OLD_CHROMIUM", "")
FLAGS = ["--no-sandbox", "--disable-gpu", "--single-process", "--no-zygote"]
MOST_HEAD = 64  # px of a phone's 844
COLOURS = """selector => {
  const style = getComputedStyle(document.querySelector(selector));
  return [style.color, style.backgroundColor, style.borderTopColor, style.display, style.visibility, style.opacity];
}"""
MENU, PAGE = "#menu .nav-link", ".topbar .btn"
LOOKS = {
    "/?roster=hcle-2021&as_of=2021-11-09": (MENU, ".navbar-vertical", PAGE, ".tile", ".race-card"),
    "/cases?roster=hcle-2021": (MENU, ".form-select", ".table thead th", ".card", ".case-table tbody a"),
    "/roadmaps/new?roster=xitang-buttons-2021": (".form-control:not([type=hidden])", ".btn-primary", ".card"),
    "/account": (".form-control", ".btn-primary", ".dropdown-menu"),
}
SIGN_IN = ("#id_username", "#id_password", ".btn-primary", ".too-old", "body")


def looks(page: Page) -> dict[str, list[str]]:
    """Sign in with the keys alone, and how the parts of the pages are coloured, shown and hidden on the way."""
    page.goto("/sign-in")
    found = {f"/sign-in {part}": page.evaluate(COLOURS, part) for part in SIGN_IN}
    page.evaluate("document.getElementById('id_username').focus()")
    page.keyboard.type("demo-city")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    for address, parts in LOOKS.items():
        page.goto(address)
        found |= {f"{address} {part}": page.evaluate(COLOURS, part) for part in parts}
    page.evaluate("document.querySelector('.topbar .dropdown-toggle').click()")
    found["an open menu"] = page.evaluate(COLOURS, ".dropdown-menu.show .dropdown-item")
    return found


@pytest.mark.skipif(
    not OLD, reason="TENGLONG_OLD_CHROMIUM names no old browser: npm's chrome-aws-lambda 5.3.1"
)
def test_an_old_browser_shows_what_a_new_one_shows(chromium, site):
    context = chromium.new_context(base_url=site.address, viewport={"width": 1366, "height": 768})
    new = looks(context.new_page())
    context.close()
    libraries = {"LD_LIBRARY_PATH": str(Path(OLD).parent / "lib")}
    driver = chromium.browser_type
    old_browser = driver.launch(executable_path=OLD, args=FLAGS, env=libraries)
    assert old_browser.version.startswith("86.")
    old = looks(old_browser.new_page(base_url=site.address, viewport={"width": 1366, "height": 768}))
    old_browser.close()
    assert old == new
    assert new["/sign-in .too-old"][3] == "none"


def test_the_head_of_a_phone_is_one_line_until_it_is_opened(visit):
    page = visit("demo-city", phone=True)
    page.goto("/?roster=hcle-2021&as_of=2021-11-09")
    top = page.locator("#content").bounding_box()
    assert top and top["y"] <= MOST_HEAD
    expect(page.locator(".demo-mark")).to_be_visible()
    expect(page.locator("#head")).to_be_hidden()
    page.get_by_role("button", name="名单、单位和账号").click()
    expect(page.get_by_label("语言")).to_be_visible()
    expect(page.get_by_label("当前名单")).to_be_visible()
