"""Sessions: who sees them, who ends them, what ends by itself, and how one comes back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone

from tenglong.actions.access.people import grant, reset_password, revoke, set_active
from tenglong.actions.tidying import tidy_up
from tenglong.config import settings as site
from tenglong.domain.access.policy import Actor
from tenglong.queries.registry.territory import actor_of
from tenglong.store.models import Session, TrailEvent
from tenglong.store.sessions import session_digest
from tests.factories import JIASHAN, PASSWORD, XITANG, World, build_world
from tests.integration.web import signed_in, text_of

WECHAT = "Mozilla/5.0 (Linux; Android 12) AppleWebKit/537.36 Chrome/110 MicroMessenger/8.0"


@pytest.fixture
def world(db: None) -> World:
    return build_world(per_unit=2)


def come_in(username: str = "demo-xitang", **said: Any) -> Client:
    """Somebody who signs in at the door."""
    client = Client(headers={"accept-language": "zh-hans"}, REMOTE_ADDR="192.0.2.7", **said)
    assert client.post("/sign-in", {"username": username, "password": PASSWORD}).status_code == 302
    return client


def key_of(client: Client) -> str:
    return session_digest(client.cookies["sessionid"].value)


def is_in(client: Client) -> bool:
    return client.get("/account").status_code == 200


def unused_for(client: Client, **time: float) -> None:
    last = timezone.now() - timedelta(**time)
    assert Session.objects.filter(pk=key_of(client)).update(last_used_at=last) == 1


def test_one_sees_ones_own_sessions_in_words(world: World) -> None:
    client = come_in(HTTP_USER_AGENT=WECHAT)
    said = text_of(client.get("/account"))
    assert "微信 · 安卓 当前浏览器" in said and "192.0.2.7" in said
    signed_in("demo-city")
    assert "未知浏览器" not in text_of(client.get("/account"))  # another's
    signed_in("demo-xitang")
    assert "未知浏览器" in text_of(client.get("/account"))


def test_the_database_does_not_hold_what_opens_a_session(world: World) -> None:
    client = come_in()
    row = Session.objects.get(user=world.people["demo-xitang"])
    assert row.digest == key_of(client) and client.cookies["sessionid"].value not in (row.digest + row.data)


def test_one_ends_one_other_session_or_all_others(world: World) -> None:
    here, first, second, third = (come_in() for _ in range(4))
    assert here.post(f"/account/sessions/{key_of(first)}/end").status_code == 302
    assert (is_in(here), is_in(first), is_in(second)) == (True, False, True)
    assert "已结束 2 个" in text_of(here.post("/account/sessions/end", follow=True))
    assert (is_in(here), is_in(second), is_in(third)) == (True, False, False)
    assert TrailEvent.objects.filter(deed="end_sessions", by="demo-xitang").count() == 1


def test_nobody_ends_a_session_of_somebody_elsewhere(world: World) -> None:
    client = come_in("demo-jiashan")
    for name in ("demo-pinghu", "demo-xitang"):
        other = signed_in(name)
        assert (
            other.post(f"/account/sessions/{key_of(client)}/end").status_code == 404 or name == "demo-pinghu"
        )
        id = world.people["demo-jiashan"].pk
        assert other.post(f"/people/{id}/sessions/{key_of(client)}/end").status_code in (403, 404)
        assert other.post(f"/people/{id}/sessions/end").status_code in (403, 404)
    assert is_in(client)


def test_a_manager_sees_and_ends_them(world: World) -> None:
    county, town = signed_in("demo-jiashan"), come_in()
    page = f"/people/{world.people['demo-xitang'].pk}"
    assert "192.0.2.7" in text_of(county.get(page))
    county.post(f"{page}/sessions/{key_of(town)}/end")
    assert not is_in(town)
    again = come_in()
    county.post(f"{page}/sessions/end")
    assert not is_in(again)


def test_a_changed_password_ends_all_other_sessions(world: World) -> None:
    here, other = come_in(), come_in()
    here.post("/account", {"old": PASSWORD, "new": "Something-new-1"})
    assert is_in(here) and Session.objects.filter(user=world.people["demo-xitang"]).count() == 1
    assert not is_in(other)


def reset(county: Any, town: Any) -> None:
    reset_password(actor=county, at=timezone.now(), user_id=town.pk)


def deactivate(county: Any, town: Any) -> None:
    set_active(actor=county, at=timezone.now(), user_id=town.pk, active=False)


def transfer(county: Any, town: Any) -> None:
    grant(actor=county, at=timezone.now(), user_id=town.pk, code=JIASHAN, role="department")
    revoke(actor=county, at=timezone.now(), membership_id=town.memberships.get(code=XITANG).pk)


@pytest.mark.parametrize("deed", [reset, deactivate, transfer])
def test_what_changes_the_account_ends_its_sessions(world: World, deed: Callable[..., None]) -> None:
    client, town = come_in(), world.people["demo-xitang"]
    deed(actor_of(world.people["demo-jiashan"], timezone.now().date()), town)
    assert not Session.objects.filter(user=town).exists() and not is_in(client)
    assert client.get("/api/v1/me").status_code in (401, 404)


def test_a_request_under_way_does_not_bring_an_ended_session_back(world: World) -> None:
    client = come_in()
    session = client.session
    assert session["means"] == "password"
    Session.objects.filter(pk=key_of(client)).delete()
    session["roster"] = "hcle"
    with pytest.raises(UpdateError):
        session.save()
    assert not Session.objects.filter(pk=key_of(client)).exists()


def test_who_does_nothing_is_signed_out_and_told_so(world: World) -> None:
    client = come_in()
    unused_for(client, minutes=29)
    assert is_in(client)
    assert Session.objects.get(pk=key_of(client)).last_used_at > timezone.now() - timedelta(minutes=1)
    unused_for(client, minutes=30)
    answer = client.get("/account?x=1")
    assert answer["Location"] == "/sign-in?next=%2Faccount%3Fx%3D1&why=idle"
    said = text_of(client.get(answer["Location"]))
    assert "您已超过 30 分钟没有操作" in said
    back = client.post("/sign-in", {"username": "demo-xitang", "password": PASSWORD, "next": "/account?x=1"})
    assert back["Location"] == "/account?x=1"


def test_what_a_page_asks_by_itself_is_no_use(world: World) -> None:
    client = come_in()
    unused_for(client, minutes=20)
    client.get("/account", headers={"X-Unattended": "1"})
    assert Session.objects.get(pk=key_of(client)).last_used_at < timezone.now() - timedelta(minutes=19)


def test_to_change_what_a_session_holds_is_no_use_of_it(world: World) -> None:
    client = come_in()
    unused_for(client, minutes=20)
    client.get("/cases?unit=330421103", headers={"X-Unattended": "1"})
    row = Session.objects.get(pk=key_of(client))
    assert client.session["unit"] == "330421103"
    assert row.last_used_at < timezone.now() - timedelta(minutes=19)


@pytest.mark.parametrize("goal", ["nowhere", "home", "a.b", "nowhere:there"])
def test_a_goal_that_is_no_address_leads_home(world: World, goal: str) -> None:
    said = {"username": "demo-xitang", "password": PASSWORD, "next": goal}
    client = Client()
    assert client.post("/sign-in", said)["Location"] == "/"
    assert client.get(f"/sign-in?next={goal}")["Location"] == "/"


def test_the_limit_is_a_setting(world: World, settings: Any) -> None:
    settings.IDLE_MINUTES = 5
    client = come_in()
    unused_for(client, minutes=6)
    assert not is_in(client)
    assert "超过 5 分钟没有操作将自动退出" in text_of(Client().get("/sign-in"))


def test_a_session_in_use_ends_too(world: World) -> None:
    client = come_in()
    row = Session.objects.get(pk=key_of(client))
    assert row.ends_at - row.begun_at == timedelta(hours=12)
    Session.objects.filter(pk=row.pk).update(ends_at=timezone.now())
    assert "why=ended" in client.get("/account")["Location"]


def test_a_form_that_comes_too_late_leads_back_to_its_page(world: World) -> None:
    client = come_in()
    unused_for(client, hours=1)
    said = {"Referer": "http://testserver/people/3?unit=330421"}
    answer = client.post("/people/3/active", {"active": "1"}, headers=said)
    assert answer["Location"] == "/sign-in?next=%2Fpeople%2F3%3Funit%3D330421&why=idle"
    answer = Client().post("/people/3/active", headers={"Referer": "https://example.org/x"})
    assert answer["Location"] == "/sign-in?next=%2F"


def test_a_part_of_a_page_leads_back_to_the_whole(world: World) -> None:
    said = {"HX-Request": "true", "HX-Current-URL": "http://testserver/imports/61"}
    answer = Client().get("/imports/61/progress", headers=said)
    assert answer["HX-Redirect"] == "/sign-in?next=%2Fimports%2F61"


def test_sessions_that_nobody_can_use_are_forgotten(world: World) -> None:
    kept, lost = come_in(), come_in()
    unused_for(lost, hours=1)
    tidy_up(actor=Actor("每夜整理"), at=timezone.now())
    assert list(Session.objects.exclude(user=None).values_list("pk", flat=True)) == [key_of(kept)]


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant", "en"])
def test_password_rules_speak_the_language_of_the_page(world: World, language: str) -> None:
    client = signed_in("demo-xitang")
    client.cookies["django_language"] = language
    seen = [
        client.post("/account", {"old": PASSWORD, "new": new}).content.decode()
        for new in ("Ab-3", "password123", "demo-xitang-1")
    ]
    expected = {
        "zh-hans": ["新密码太短，至少需要 10 个字符", "新密码太常见", "太相近"],
        "zh-hant": ["新密碼太短，至少需要 10 個字符", "新密碼太常見", "太相近"],
        "en": ["The new password is too short", "The new password is too common", "too much like"],
    }[language]
    assert [sentence in page for sentence, page in zip(expected, seen, strict=True)] == [True] * 3


@pytest.mark.parametrize("given", ["", "0", "1", "-5", "2.5", "三十", "half"])
def test_a_limit_that_is_none_is_refused_with_a_sentence(given: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="TENGLONG_IDLE_MINUTES"):
        site._minutes(given)
