"""A form or a write of a program that is sent twice is done once, and both senders get the same answer."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from tenglong.actions import deeds
from tenglong.actions.access.people import create_token, revoke_token, set_active
from tenglong.actions.deeds import Answer, Sending
from tenglong.config import once
from tenglong.domain.access.policy import Actor
from tenglong.queries.registry.territory import actor_of
from tenglong.store.models import ApiToken, Deed, Membership, Scheme
from tenglong.store.sessions import SessionStore
from tenglong.web.pages import reads
from tenglong.web.reporting.views import bulletins
from tenglong.web.roadmap.views import lines
from tests.factories import XITANG, World, build_world
from tests.integration.web import text_of

NOW = datetime(2021, 11, 20, 4, tzinfo=UTC)
SENDING = Sending(b"7 POST /account", b"name=x")


@pytest.fixture
def world(db: None) -> World:
    return build_world(per_unit=2)


@pytest.fixture
def browser(world: World) -> Client:
    """A browser whose forms are checked for the token of their page."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.people["demo-city"])
    return client


def posted(browser: Client, token: str, **told: str) -> HttpResponse:
    return browser.post("/account", {"csrfmiddlewaretoken": token, "scope": "read", "days": "5", **told})


def token_of(browser: Client) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', browser.get("/account").content.decode())
    assert found
    return found[1]


def test_a_double_click_makes_one_token_and_shows_the_same_secret_twice(browser: Client) -> None:
    token = token_of(browser)
    first, second = (posted(browser, token, name="报表") for _ in range(2))
    assert ApiToken.objects.count() == 1
    assert "令牌只显示这一次" in text_of(first) and second.content == first.content
    kept = bytes(Deed.objects.get().answer or b"")
    secret = re.search(rb"tl_[\w-]+", first.content)
    assert secret and secret[0] not in kept


def test_another_page_or_other_words_are_another_deed(browser: Client) -> None:
    token = token_of(browser)
    posted(browser, token, name="报表")
    posted(browser, token, name="大屏")
    posted(browser, token_of(browser), name="报表")
    assert ApiToken.objects.count() == 3


def test_what_was_refused_may_be_sent_again(browser: Client) -> None:
    token = token_of(browser)
    assert posted(browser, token, name="报表", days="5000").status_code == 422
    assert not Deed.objects.exists()
    assert posted(browser, token, name="报表").status_code == 200


@pytest.mark.parametrize("place", ["form", "page"])
def test_what_htmx_sends_twice_is_done_once_too(browser: Client, place: str) -> None:
    """With the key of its form, or of the page around it."""
    token, told = token_of(browser), {"scope": "read", "days": "5", "name": "报表"}
    headers = {"HX-Request": "true"} | ({"X-CSRFToken": token} if place == "page" else {})
    told |= {"csrfmiddlewaretoken": token} if place == "form" else {}
    first, second = (browser.post("/account", told, headers=headers) for _ in range(2))
    assert first.content == second.content and ApiToken.objects.count() == Deed.objects.count() == 1


def test_a_program_retries_with_its_key(world: World) -> None:
    actor = actor_of(world.people["demo-city"], NOW.date())
    _, secret = create_token(actor=actor, at=datetime.now(UTC), name="x", scope="approve")
    program = Client(headers={"authorization": f"Bearer {secret}"})

    def sent(key: str, text: str) -> HttpResponse:
        headers = {"Idempotency-Key": key} if key else {}
        return program.post("/api/v1/schemes/check", text, content_type="application/json", headers=headers)

    first, second = (sent("one", '{"text": "x = 1"}') for _ in range(2))
    assert (second.status_code, second.content) == (first.status_code, first.content)
    other = sent("one", '{"text": "x = 2"}')
    assert other.status_code == 409 and "幂等键" in other.json()["error"]
    assert not Scheme.objects.filter(title="x").exists() and Deed.objects.count() == 1
    sent("", '{"text": "x = 1"}')
    assert Deed.objects.count() == 1
    revoke_token(actor=actor, at=datetime.now(UTC), token_id=ApiToken.objects.get().pk)
    assert sent("one", '{"text": "x = 1"}').status_code == 401


def test_an_answer_of_before_is_for_the_session_that_got_it(world: World) -> None:
    """A session ends with the rights that it had: what it was shown is not for the next one of the same person."""
    person = {"username": "demo-new", "display_name": "演示", "code": XITANG, "role": "town_team"}
    told, county = {"csrfmiddlewaretoken": "x" * 64, **person}, world.people["demo-jiashan"]
    before, after = Client(), Client()
    before.force_login(county)
    assert "demo-new" in text_of(before.post("/people", told))
    assert before.post("/people", told).status_code == 200 and Deed.objects.count() == 1
    Membership.objects.filter(user=county).update(role="department")
    after.force_login(county)
    assert after.post("/people", told).status_code == 403


def test_who_is_put_out_while_waiting_for_other_writers_does_nothing_more(
    world: World, browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    token, asked = token_of(browser), once.sending_of

    def put_out_meanwhile(request: HttpRequest) -> Sending | None:
        sending = asked(request)
        machine = Actor(user_id=None, name="演示", grants=(), everywhere=True)
        told = {"at": datetime.now(UTC), "user_id": world.people["demo-city"].pk}
        set_active(actor=machine, active=False, **told)
        return sending

    monkeypatch.setattr(once, "sending_of", put_out_meanwhile)
    answer = posted(browser, token, name="报表")
    assert answer.status_code == 302 and answer["Location"].startswith("/sign-in")
    assert "why=ended" in answer["Location"] and not ApiToken.objects.exists() and not Deed.objects.exists()


def test_a_token_revoked_while_waiting_does_nothing_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor, asked = actor_of(world.people["demo-city"], NOW.date()), once.sending_of
    token, secret = create_token(actor=actor, at=datetime.now(UTC), name="x", scope="approve")
    program = Client(headers={"authorization": f"Bearer {secret}", "Idempotency-Key": "one"})

    def sent() -> HttpResponse:
        return program.post("/api/v1/schemes/check", '{"text": "x = 1"}', content_type="application/json")

    assert sent().status_code == 200

    def revoked_meanwhile(request: HttpRequest) -> Sending | None:
        sending = asked(request)
        revoke_token(actor=actor, at=datetime.now(UTC), token_id=token.pk)
        return sending

    monkeypatch.setattr(once, "sending_of", revoked_meanwhile)
    assert sent().status_code == 401


def test_a_form_that_only_asks_keeps_no_writer_waiting(world: World, rf: RequestFactory) -> None:
    def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse("x")

    def first_of(view: Callable[..., HttpResponse]) -> HttpResponse | None:
        request = rf.post("/x", {"csrfmiddlewaretoken": "x"})
        request.user, request.session = world.people["demo-city"], SessionStore()
        request.session.create()
        return once.Once(view).process_view(request, view, (), {})

    assert first_of(view) is not None and Deed.objects.count() == 1
    assert first_of(reads(view)) is None and Deed.objects.count() == 1
    assert bulletins.again.reads and lines.check.reads


@pytest.mark.django_db(transaction=True)
def test_what_was_begun_by_a_killed_process_is_gone_with_its_deed() -> None:
    with suppress(InterruptedError), transaction.atomic():
        assert deeds.begin(SENDING, NOW) is None
        deeds.finish(SENDING, Answer(302, {"Location": "/"}, b""))
        raise InterruptedError
    assert not Deed.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_second_waits_for_the_first() -> None:
    heard: list[Answer | None] = []

    def second() -> None:
        with transaction.atomic():
            heard.append(deeds.begin(SENDING, NOW))
        connection.close()

    with transaction.atomic():
        assert deeds.begin(SENDING, NOW) is None
        waiting = Thread(target=second)
        waiting.start()
        waiting.join(0.5)
        assert waiting.is_alive()
        deeds.finish(SENDING, Answer(302, {"Location": "/"}, b"\x00done"))
    waiting.join(20)
    assert heard == [Answer(302, {"Location": "/"}, b"\x00done")]


@pytest.mark.django_db
def test_an_answer_is_kept_for_a_day() -> None:
    deeds.begin(SENDING, NOW)
    deeds.clear(NOW)
    assert Deed.objects.exists()
    deeds.clear(NOW + timedelta(seconds=1))
    assert not Deed.objects.exists()
