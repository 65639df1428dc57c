"""A person at a browser, and what would tell a developer that something is wrong with the pages."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Response

PASSWORD = "Tenglong-2021"
DESKTOP = {"viewport": {"width": 1280, "height": 900}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}


@dataclass
class Watch:
    """What went wrong unseen: errors of scripts, refused content, answers of 500 and more, missing files."""

    problems: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        """Listen to everything the page says."""
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        page.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        # A refused answer is judged by its status in _answered: a 404 page may be just what a journey wants.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.problems.append(f"console: {message.text}")

    def _answered(self, answer: Response) -> None:
        missing_file = answer.status == 404 and urlsplit(answer.url).path.startswith("/static/")
        if answer.status >= 500 or missing_file:
            self.problems.append(f"{answer.status} {answer.url}")


def open_browser(browser: Browser, address: str, *, phone: bool = False, language: str = "zh-CN") -> Page:
    """An empty page of a new browser profile, on a desk or in a hand."""
    look: dict[str, Any] = PHONE if phone else DESKTOP
    context = browser.new_context(base_url=address, locale=language, timezone_id="Asia/Shanghai", **look)
    context.set_default_timeout(20_000)
    page = context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    return page


def sign_in(page: Page, username: str) -> None:
    """Sign in as a person of the demonstration would."""
    page.goto("/sign-in")
    page.locator("#id_username").fill(username)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("form:has(#id_password) button").click()
    page.wait_for_url(lambda url: not urlsplit(url).path.startswith("/sign-in"))
