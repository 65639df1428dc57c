"""Every page: who may open it, and what those see who may not."""

from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from tests.factories import PASSWORD, World, build_world
from tests.integration.web import cells_of, signed_in, text_of

PAGES = [
    "/", "/figures", "/figures.xlsx", "/figures/energy_freed", "/figures/energy_freed.xlsx", "/figures/write_off_rate",
    "/figures/energy_freed/compare?from=2021-10-31", "/figures/energy_freed/compare.xlsx?from=2021-10-31", "/rosters",
    "/cases/lacking", "/cases/missing", "/signing", "/signing.xlsx",
    "/rosters/hcle", "/rosters/hcle/changes", "/rosters/hcle/changes.xlsx", "/rosters/hcle/with/own", "/bulletins",
    "/bulletins/preview", "/places", "/people", "/ledger", "/jobs", "/account",
]  # fmt: skip
MANAGERS = {"/people"}
VERIFIERS = {"/ledger"}


@pytest.fixture
def world(db: None) -> World:
    return build_world(per_unit=3)


@pytest.mark.parametrize("address", PAGES)
def test_a_stranger_is_led_to_the_door(db: None, address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in?next=")


def test_every_address_of_the_pages_states_its_permission() -> None:
    found = [
        pattern
        for resolver in get_resolver().url_patterns
        if str(getattr(resolver, "urlconf_name", "")).find("tenglong.web") >= 0
        for pattern in resolver.url_patterns
        if isinstance(pattern, URLPattern)
    ]
    assert len(found) > 30
    assert [pattern.name for pattern in found if not hasattr(pattern.callback, "permission")] == []


def test_the_city_office_opens_every_page(world: World) -> None:
    client = signed_in("demo-city")
    answers = {address: client.get(address) for address in PAGES}
    assert {
        address: answer.status_code for address, answer in answers.items() if answer.status_code != 200
    } == {}
    policies = {answer["Content-Security-Policy"] for answer in answers.values()}
    assert len(policies) == 1 and policies.pop().startswith("default-src 'self';")
    pages = [answer.content for answer in answers.values() if answer["Content-Type"].startswith("text/html")]
    assert [page for page in pages if b"onclick=" in page or b" style=" in page or b"<script>" in page] == []


def test_a_town_team_meets_a_sentence_where_it_has_no_permission(world: World) -> None:
    client = signed_in("demo-xitang")
    for address in PAGES:
        answer = client.get(address)
        if address in MANAGERS | VERIFIERS:
            assert answer.status_code == 403
            assert "您在该辖区没有" in text_of(answer)
        else:
            assert answer.status_code == 200, address


def test_somebody_without_a_unit_is_told_so_and_sees_nothing_else(world: World) -> None:
    client = signed_in("demo-nobody")
    for address in PAGES:
        if address == "/account":
            continue
        answer = client.get(address)
        assert answer.status_code == 403
        assert "还没有分配到任何单位" in text_of(answer)
        assert "高耗低效" not in text_of(answer)


def test_another_county_sees_none_of_these_firms(world: World) -> None:
    client = signed_in("demo-pinghu")
    for address in PAGES:
        answer = client.get(address)
        seen = text_of(answer) if answer["Content-Type"].startswith("text/html") else str(cells_of(answer))
        assert "西塘" not in seen.replace("西塘镇专班演示员", ""), address  # who recorded its own cases here
    assert client.get("/figures?unit=330421").status_code == 404
    case = world.cases["330421"][0].pk
    assert client.get(f"/figures/energy_freed/cases/{case}").status_code == 404


def test_what_is_not_there_and_what_is_not_yours_look_the_same(world: World) -> None:
    client = signed_in("demo-pinghu")
    elsewhere, nowhere = client.get("/?unit=330421"), client.get("/?unit=999999")
    assert elsewhere.status_code == nowhere.status_code == 404
    assert text_of(elsewhere).replace("330421", "X") == text_of(nowhere).replace("999999", "X")


def test_a_part_of_a_page_says_its_error_as_a_part(world: World) -> None:
    answer = signed_in("demo-city").get("/?as_of=yesterday", headers={"HX-Request": "true"})
    assert answer.status_code == 400
    assert answer.content.decode().startswith('<div class="alert alert-danger"')


QUERIES = {
    "/": 27,  # certificates that expire, and cases without a responsible person
    "/figures": 11,  # whether anybody spoke of a certificate
    "/rosters/hcle": 11,
    "/figures/energy_freed": 13,
    "/bulletins": 8,
    "/people": 7,
    "/places": 8,
}


@pytest.mark.parametrize("page", QUERIES)
def test_a_page_asks_the_database_no_more_than_this(
    world: World, django_assert_max_num_queries: Any, page: str
) -> None:
    client = signed_in("demo-city")
    client.get(page)
    with django_assert_max_num_queries(QUERIES[page]):
        client.get(page)


@pytest.mark.parametrize(
    "language, title", [("zh-hans", "赛马榜"), ("zh-hant", "賽馬榜"), ("en", "Race board")]
)
def test_home_speaks_three_languages(world: World, language: str, title: str) -> None:
    client = Client()
    client.post("/sign-in", {"username": "demo-city", "password": PASSWORD})
    client.post("/language", {"language": language, "next": "/"})
    assert title in text_of(client.get("/"))
    again = Client()
    assert again.post("/sign-in", {"username": "demo-city", "password": PASSWORD}).status_code == 302
    assert title in text_of(again.get("/"))
