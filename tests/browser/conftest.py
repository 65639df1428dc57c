"""A real server with the demonstration, and Debian's Chromium in front of it.

The demonstration is loaded once in a run, whichever worker of xdist comes first. Every module gets a copy of it
and a server of its own, so that no journey sees what another one changed.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.served import Site
from tests.browser.visits import Watch, open_browser, sign_in
from tests.demonstration import Demonstration

# Chromium must not call anybody: names other than this machine are not even looked up.
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
]

Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def demonstration() -> Path:
    """A data folder with the demonstration on SQLite; never served itself."""
    return Demonstration.of_this_run().folder


@pytest.fixture(scope="module")
def chromium(program: Callable[[str, str], str]) -> Iterator[Browser]:
    """The browser. It ends with the module: while it runs, Django refuses its database in this thread."""
    path = program("chromium", "chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def site(chromium: Browser, demonstration: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of this module's own; a traceback in its log fails the module."""
    folder = tmp_path_factory.mktemp("site") / "data"
    shutil.copytree(demonstration, folder)
    served = Site.start(folder)
    yield served
    served.stop()
    said = served.log.read_text(encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    assert "Traceback" not in said, said[said.find("Traceback") :][:4000]


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Visit]:
    """`visit("demo-city", phone=True)`: a page after signing in; afterwards nothing may have gone wrong unseen."""
    watch, pages = Watch(), []

    def begin(username: str, *, phone: bool = False, language: str = "zh-CN") -> Page:
        page = open_browser(chromium, site.address, phone=phone, language=language)
        pages.append(page)
        watch.over(page)
        sign_in(page, username)
        return page

    yield begin
    for page in pages:
        page.context.close()
    assert not watch.problems
