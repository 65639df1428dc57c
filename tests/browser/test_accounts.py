"""Sessions and the second step, as a person meets them at a browser."""

import sqlite3

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Visit
from tests.browser.served import Site
from tests.browser.visits import PASSWORD, open_browser, sign_in

pytestmark = pytest.mark.slow


def leave_for_an_hour(site: Site) -> None:
    """Nobody has done anything for an hour."""
    base = sqlite3.connect(site.folder / "tenglong.sqlite3", timeout=20)
    with base:
        base.execute("UPDATE store_session SET last_used_at = datetime(last_used_at, '-1 hour')")
    base.close()


def fill_half(page: Page) -> None:
    """A token's form, half filled in when somebody is called away; sent an hour later."""
    page.goto("/account")
    page.locator("#id_name").fill("每日取数（演示）")
    page.locator("#id_scope").select_option("record")
    page.locator("#id_days").fill("7")


def sent(page: Page) -> None:
    page.locator("form:has(#id_name) button").click()
    expect(page.locator("[role=status]")).to_contain_text("已超过 30 分钟没有操作")


def test_who_was_signed_out_finds_the_form_again(visit: Visit, site: Site) -> None:
    page = visit("demo-xitang")
    fill_half(page)
    leave_for_an_hour(site)
    sent(page)
    come_in(page, "demo-xitang")
    expect(page).to_have_url(f"{site.address}/account")
    expect(page.locator("#id_name")).to_have_value("每日取数（演示）")
    expect(page.locator("#id_scope")).to_have_value("record")
    expect(page.locator("#id_days")).to_have_value("7")
    page.reload()
    expect(page.locator("#id_name")).to_have_value("")


def test_nobody_else_finds_it(visit: Visit, site: Site) -> None:
    page = visit("demo-xitang")
    fill_half(page)
    leave_for_an_hour(site)
    sent(page)
    come_in(page, "demo-jiashan")
    expect(page).to_have_url(f"{site.address}/account")
    expect(page.locator("#id_name")).to_have_value("")


def come_in(page: Page, username: str) -> None:
    page.locator("#id_username").fill(username)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("form:has(#id_password) button").click()


def test_one_sets_up_the_second_step_and_ends_the_other_browser(
    visit: Visit, chromium: Browser, site: Site
) -> None:
    page = visit("demo-jiashan", phone=True)
    other = open_browser(chromium, site.address)
    sign_in(other, "demo-jiashan")
    page.goto("/account/second-step")
    page.get_by_role("button", name="开始设置").click()
    expect(page.locator(".qr svg")).to_be_visible()
    secret = page.locator("code.secret").inner_text()
    page.locator("#id_code").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="确认启用").click()
    codes = page.locator(".recovery-codes code").all_inner_texts()
    assert len(codes) == 10
    page.goto("/account")
    page.get_by_role("button", name="其他全部退出").click()
    other.goto("/figures")
    expect(other.locator("[role=status]")).to_contain_text("您的登录已失效")
    come_in(other, "demo-jiashan")
    other.locator("#id_code").fill(codes[0])
    other.get_by_role("button", name="登录").click()
    expect(other).to_have_url(f"{site.address}/figures")
    other.context.close()
