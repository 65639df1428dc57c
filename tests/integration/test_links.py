"""Every page: its links, forms and redirects go on speaking of the roster, unit, day and moment that were asked for."""

import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.urls import Resolver404, URLPattern, get_resolver, resolve
from django.utils import timezone

from tenglong.actions.campaign.rosters import create_roster
from tenglong.actions.reporting.bulletins import issue
from tenglong.domain.kernel.periods import Window
from tenglong.queries.registry.territory import actor_of
from tenglong.store.models import Bulletin, Case, Roster, User
from tenglong.web.links import Kept, kept_by
from tests.factories import BEGAN, MACHINE, World, build_world
from tests.integration.web import signed_in, text_of

ABOUT = {"roster": "hcle", "unit": "330421", "as_of": "2021-10-31", "known_at": "2021-11-08T12:00"}
ASKED = urlencode(ABOUT)
LINK = re.compile(r"""<(?:a|button)\b[^>]*?\b(?:href|hx-get)="([^"#]*)""")
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
HIDDEN = re.compile(r'name="(\w+)"')
NO_PAGE = ("sign-out", "sign-in", "language")
BACK_TO_NOW = {"as_of", "known_at"}


@pytest.fixture
def world(db: None) -> World:
    return build_world(per_unit=3)


def addresses(world: World) -> list[str]:
    """Every page without an id in its address, and one of each kind of object that this world has."""
    plain = [
        f"/{pattern.pattern}"
        for resolver in get_resolver().url_patterns
        if str(getattr(resolver, "urlconf_name", "")).find("tenglong.web") >= 0
        for pattern in resolver.url_patterns
        if isinstance(pattern, URLPattern)
        and "<" not in str(pattern.pattern)
        and pattern.callback.permission != "public"
    ]
    case = Case.objects.filter(roster=world.hcle).first()
    assert case is not None
    return [
        *plain,
        f"/firms/{case.firm_id}",
        f"/cases/{case.pk}",
        f"/cases/{case.pk}/record",
        f"/cases/{case.pk}/plan",
        "/rosters/hcle",
        "/figures/energy_freed",
        "/figures/write_off_rate",
        "/figures/lead_pp",
        "/figures/energy_freed/compare?from=2021-10-20",
        "/places/330421",
    ]


def opened(client: Client, world: World) -> Iterator[tuple[str, str]]:
    """The text of every page that may be looked at."""
    for address in addresses(world):
        answer = client.get(f"{address}{'&' if '?' in address else '?'}{ASKED}", follow=True)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            yield address, answer.content.decode()


def lost(address: str, allowed: set[str]) -> set[str]:
    """What an address of a page no longer says as it was asked, but for what it is meant to change."""
    parts = urlsplit(unescape(address))
    if parts.netloc or parts.path.startswith("/static"):
        return set()
    try:
        name = resolve(parts.path).url_name if parts.path else ""
    except Resolver404:
        return set()
    if name in NO_PAGE:
        return set()
    said = parse_qs(parts.query)
    return {key for key, value in ABOUT.items() if said.get(key) != [value]} - allowed


def test_every_link_and_form_of_every_page_keeps_what_was_asked(world: World) -> None:
    client, found, seen = signed_in("demo-city"), [], 0
    for address, page in opened(client, world):
        for link in filter(None, LINK.findall(page)):
            chooses = {key for key in ABOUT if f"{key}=" in link and key in ("roster", "unit")}
            back_to_now = (
                BACK_TO_NOW if not BACK_TO_NOW & parse_qs(urlsplit(unescape(link)).query).keys() else set()
            )
            is_back = back_to_now and f'href="{link}" title="回到最新数据"' in page
            missing = lost(link, chooses | (back_to_now if is_back else set()))
            found += [(address, link, missing)] if missing else []
            seen += 1
        for head, body in FORM.findall(page):
            if 'method="get"' in head:
                missing = ABOUT.keys() - set(HIDDEN.findall(body))
                found += [(address, head, missing)] if missing else []
    assert not found, "\n".join(map(str, found))
    assert seen > 500


def test_a_redirect_keeps_it_too(world: World) -> None:
    case = Case.objects.filter(roster=world.hcle).first()
    assert case is not None
    answer = signed_in("demo-city").get(f"/cases/{case.pk}?{ASKED}")
    parts = urlsplit(answer["Location"])
    assert answer.status_code == 302 and parts.fragment == f"case-{case.pk}"
    assert parse_qs(parts.query) == {key: [value] for key, value in ABOUT.items()}


def test_the_way_back_leads_to_the_list_as_it_was_narrowed(world: World) -> None:
    client = signed_in("demo-city")
    page = client.get("/cases?state=target&sort=-land&as_of=2021-10-31").content.decode()
    firm = unescape(next(link for link in LINK.findall(page) if link.startswith("/firms/")))
    file = client.get(firm).content.decode()
    back = [unescape(link) for link in LINK.findall(file) if link.startswith("/cases?")]
    ways = [parse_qs(urlsplit(link).query) for link in back]
    assert {"state": ["target"], "sort": ["-land"], "as_of": ["2021-10-31"]} in ways
    assert {"as_of": ["2021-10-31"]} in ways  # the menu opens the whole list


def test_a_way_back_to_another_site_is_none() -> None:
    for address in ("https://example.org/cases?state=x", "//example.org/cases"):
        opened_so = RequestFactory().get("/firms/1", {"back": address})
        assert kept_by(opened_so, {}).to("/figures") == "/figures"


def test_what_an_address_says_itself_comes_first() -> None:
    kept = Kept((("roster", "a"), ("as_of", "2021-10-31")), "/cases?state=target")
    assert (
        kept.to("/figures?roster=b#x")
        == "/figures?as_of=2021-10-31&roster=b&back=%2Fcases%3Fstate%3Dtarget#x"
    )
    assert kept.to("/cases") == "/cases?roster=a&as_of=2021-10-31&state=target"
    assert QueryDict(urlsplit(kept.to("/cases", state="")).query).dict() == {
        "roster": "a",
        "as_of": "2021-10-31",
    }
    assert Kept().to("/figures") == "/figures"


def test_the_header_follows_the_bulletin_and_the_links_stay_with_it(world: World) -> None:
    user = User.objects.get(username="demo-city")
    at = BEGAN
    bulletin = issue(
        actor=actor_of(user, at.date()), at=at, roster=world.hcle, code="330421", as_of=at.date()
    )
    client = signed_in("demo-city")
    page = client.get(f"/bulletins/{bulletin.pk}?roster=own&unit=330482").content.decode()
    assert '<option value="hcle" selected>' in page and '<option value="330421" selected>' in page
    assert f"截至 {at.date()}" in page and Bulletin.objects.count() == 1
    figures = next(unescape(link) for link in LINK.findall(page) if link.startswith("/figures"))
    asked = parse_qs(urlsplit(figures).query)
    assert asked == {"roster": ["hcle"], "unit": ["330421"], "as_of": [at.date().isoformat()]}


def test_a_new_roster_is_nobodys_default_until_it_is_chosen(world: World) -> None:
    client = signed_in("demo-city")
    before = text_of(client.get("/"))
    title = world.hcle.title
    assert f" · {title}" in before
    window = Window(date(2026, 1, 1), date(2027, 12, 31))
    create_roster(
        actor=MACHINE,
        at=timezone.now(),
        code="brand-new",
        title="新名单",
        issuer="演示",
        place=world.hcle.place,
        window=window,
        definition_text="演示口径",
    )
    for name in ("demo-city", "demo-pinghu"):
        assert f" · {title}" in text_of(signed_in(name).get("/")), name
    assert " · 新名单" in text_of(client.get("/?roster=brand-new"))  # by this person in this browser
    assert " · 新名单" in text_of(client.get("/"))
    assert f" · {title}" in text_of(signed_in("demo-city").get("/"))
    at = timezone.now()
    issue(
        actor=actor_of(User.objects.get(username="demo-city"), at.date()),
        at=at,
        roster=Roster.objects.get(code="brand-new"),
        code="330400",
        as_of=at.date(),
    )
    assert " · 新名单" in text_of(signed_in("demo-city").get("/"))  # by the office
