"""Every page in every language, on a desk and in a hand: nothing untranslated, nothing wider than the screen.

What people typed (names of firms and people, issuers, reasons, files) has no translation. It is read
from the database, so that a Chinese word on an English page is either there or was forgotten by us.
"""

import json
import re
import sqlite3
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tenglong.domain.registry.addresses import normalise_address
from tenglong.web.traditional import traditional
from tests.browser.served import Site
from tests.browser.visits import DESKTOP, PHONE
from tests.conftest import ROOT

pytestmark = pytest.mark.slow

CHINESE = re.compile(r"[\u3400-\u9fff]")
QUOTED = re.compile(r"'([\u3400-\u9fff]+)'")  # the texts that conditions of a scheme compare with
BETWEEN = "\0"
PLACEHOLDER = re.compile(r"\{\w+\}|%\(\w+\)s|\bNone\b|\bundefined\b")
TYPED = {
    "store_firm": ["name", "address"],
    "store_firmname": ["name"],
    "store_case": ["zone", "team", "department", "responsible"],
    "store_organisationstep": ["reason"],
    "store_roster": ["issuer"],
    "store_rosterversion": ["note"],
    "store_referencepoint": ["source"],
    "store_evaluation": ["note", "reason"],
    "store_objection": ["claim", "reason"],
    "store_roadmap": ["title", "note", "withdrawal_reason"],
    "store_evaluationresult": ["peer_group"],
}
PLACES = {"store_place": ["name"]}  # in Latin letters on English pages
KEPT = {"store_user": ["display_name"], "store_import": ["filename"]}  # never put into another script
INDUSTRIES = ROOT / "src/tenglong/domain/registry/data/industry_2017.toml"  # a standard that has no English
INSIDE = (
    *(
        "/account",
        "/account/second-step",
        "/jobs",
        "/figures/land_vacated",
        "/figures/write_off_rate",
        "/rosters/hcle-2021",
    ),
    "/figures/land_vacated/compare?from=2021-10-26&as_of=2021-11-09",
    *(
        "/rosters/hcle-2021/changes",
        "/rosters/hcle-2021/with/city-2021",
        "/bulletins/47",
        "/bulletins/47/today",
    ),
    *(
        "/bulletins/preview?as_of=2021-11-09",
        "/matches?decided",
        "/imports/61",
        "/imports/61?verdict=updated",
    ),
    *("/evaluations/schemes", "/evaluations/schemes/2", "/evaluations/schemes/1/with/2"),
    *(
        "/evaluations/schemes/shipped/demo-jiaxing-2020",
        "/evaluations/objections/1",
        "/evaluations/screening",
    ),
    *("/evaluations/screening?year=2020", "/evaluations/screening/2020/roster"),
)
EVALUATIONS = (
    *("", "/firms", "/firms?status=not_rated", "/review", "/weights", "/comparison", "/comparison/1/effects"),
    *("/deciding", "/objections", "/prices", "/prices?rates_of=330481", "/roster"),
)
ROADMAPS = (
    *("", "/firms", "/firms?waits=no", "/what-if", "/front", "/course", "/slips", "/replan"),
    *("/course?as_of=2021-08-31", "/slips?as_of=2021-08-31"),
)
# Text as it is read, outside what is marked as being in Chinese (the bulletin itself, names of languages).
TEXTS = """() => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, language = node.parentElement.closest("[lang]").lang;
    const quiet = node.parentElement.closest("script, noscript, style");
    if (!quiet && !(language !== document.documentElement.lang && language.startsWith("zh")))
      found.push(node.data.trim());
  }
  for (const element of document.querySelectorAll("[aria-label], [title], [placeholder], [data-confirm]"))
    for (const name of ["aria-label", "title", "placeholder", "data-confirm"])
      if (element.hasAttribute(name)) found.push(element.getAttribute(name));
  return [document.title, ...found].filter((text) => text);
}"""


@dataclass(frozen=True)
class Data:
    """What people typed, the longest first; `kept` is shown as it is, `places` are spelt in English."""

    typed: list[str]
    kept: list[str]
    places: list[str]


@pytest.fixture(scope="module")
def data(site: Site) -> Data:
    """Everything Chinese that people typed."""
    base = sqlite3.connect(site.folder / "tenglong.sqlite3")
    typed, kept, places = (
        {
            value
            for table, columns in tables.items()
            for column in columns
            for (value,) in base.execute(f"SELECT DISTINCT {column} FROM {table}")
        }
        for tables in (TYPED, KEPT, PLACES)
    )
    for (details,) in base.execute("SELECT DISTINCT details FROM store_entry"):
        typed |= {value for value in json.loads(details).values() if isinstance(value, str)}
    for (said,) in base.execute("SELECT DISTINCT said FROM store_organisationstep"):
        typed |= {value for value in json.loads(said).values() if isinstance(value, str)}
    for (files,) in base.execute("SELECT files FROM store_objection"):
        kept |= {file["name"] for file in json.loads(files)}
    for (text,) in base.execute("SELECT text FROM store_scheme"):
        typed |= set(QUOTED.findall(text))
    addresses = base.execute("SELECT DISTINCT address FROM store_firm").fetchall()
    typed |= {
        normalise_address(address).road for (address,) in addresses
    }  # named alone where two are compared
    base.close()
    typed |= set(tomllib.loads(INDUSTRIES.read_text(encoding="utf-8"))["names"].values())
    return Data(
        *(sorted(filter(CHINESE.search, found), key=len, reverse=True) for found in (typed, kept, places))
    )


def addresses(page: Page) -> list[str]:
    """The pages of the menu, those behind them, and the file of a firm."""
    menu = [link.get_attribute("href") for link in page.locator("#menu a").all()]
    page.goto("/cases?roster=hcle-2021&state=planned")
    firm = page.locator(".case-table tbody a").first.get_attribute("href").split("#")[0]
    page.goto(firm)
    record = page.locator("a[href*='/record']").first.get_attribute("href")
    page.goto("/roadmaps/1/firms?waits=no")
    line = page.locator(".case-table tbody a").first.get_attribute("href")
    planned = [f"/roadmaps/1{page}" for page in ROADMAPS] + [line, f"{line}/why"]
    planned += ["/roadmaps?roster=xitang-buttons-2021", "/roadmaps/new?roster=xitang-buttons-2021"]
    evaluated = [f"/evaluations/2{page}" for page in EVALUATIONS]
    page.goto("/evaluations/2/firms?grade=D")
    sheet = page.locator(".case-table tbody a").first.get_attribute("href")
    return [
        *menu,
        *INSIDE,
        firm,
        record,
        f"{record}?kind=signed",
        *responsible(page, firm),
        *evaluated,
        sheet,
        f"{sheet}/cheapest",
        *planned,
    ]


def responsible(page: Page, firm: str) -> list[str]:
    """Who answers for a case of a firm, what everybody has on hand, and a hand-over."""
    page.goto(firm)
    assign = page.locator("a[href*='/assign']").first.get_attribute("href")
    page.goto("/organisation/load?roster=hcle-2021")
    handover = page.locator("a[href*='/handover?']").first.get_attribute("href")
    return [
        assign,
        handover,
        *(f"/organisation/load?by={by}" for by in ("responsible", "team", "department")),
    ]


def opened(page: Page) -> Iterator[str]:
    """Open every page in turn."""
    for address in addresses(page):
        answer = page.goto(address)
        assert answer and answer.status == 200, address
        yield address


def check(pages: dict[str, list[str]], data: list[str], is_wrong: Callable[[str], object]) -> None:
    """No text is wrong when what people typed is taken out of it; of all texts at once, for the time's sake."""
    suspects = [(address, text) for address, texts in pages.items() for text in texts if is_wrong(text)]
    left = BETWEEN.join(text for _, text in suspects)
    for value in data:
        left = left.replace(value, "")
    rests = zip(suspects, left.split(BETWEEN), strict=False)
    found = {f"{address}: {text}" for (address, text), rest in rests if is_wrong(rest)}
    if found:
        pytest.fail("\n".join(sorted(found)), pytrace=False)


def in_a_hand(page: Page, address: str) -> list[str]:
    """The texts of a page on a phone, on which it is not wider than the screen and shows nothing for programs."""
    width = page.evaluate("document.scrollingElement.scrollWidth")
    assert width <= PHONE["viewport"]["width"], (address, width)
    texts: list[str] = page.evaluate(TEXTS)
    bare = [text for text in texts if PLACEHOLDER.search(text)]
    assert not bare, (address, bare)
    return texts


def on_a_desk(page: Page) -> list[str]:
    """The texts of the same page on a wide screen, as charts draw themselves anew."""
    page.set_viewport_size(DESKTOP["viewport"])
    texts: list[str] = page.evaluate(TEXTS)
    page.set_viewport_size(PHONE["viewport"])
    return texts


def test_english_pages_fit_a_phone_and_have_no_chinese_words_but_those_of_the_data(visit, data):
    page = visit("demo-city", phone=True, language="en-GB")
    pages = {address: in_a_hand(page, address) + on_a_desk(page) for address in opened(page)}
    check(pages, [*data.kept, *data.typed], CHINESE.search)


def test_traditional_pages_fit_a_phone_and_are_traditional_down_to_the_names(visit, data):
    """Made of the simplified ones character by character: what fits, or was forgotten, in one is so in the other."""
    page = visit("demo-city", phone=True)
    page.set_viewport_size(DESKTOP["viewport"])
    page.get_by_label("语言").select_option("zh-hant")
    expect(page.get_by_role("link", name="導入中心")).to_be_visible()
    page.set_viewport_size(PHONE["viewport"])
    pages = {address: in_a_hand(page, address) for address in opened(page)}
    names = [traditional(value) for value in [*data.typed, *data.places]]
    check(pages, [*data.kept, *names], lambda text: traditional(text) != text)
