"""The second step of signing in: set up, asked for, given up, reset; required of a role."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Thread
from typing import Any

import pyotp
import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tenglong.actions.access.people import create_token
from tenglong.actions.access.second_step import (
    begin_second_step,
    confirm_second_step,
    pass_second_step,
    reset_second_step,
)
from tenglong.domain.access import second_step as rules
from tenglong.domain.kernel.errors import BadValue, Conflict, NotAllowed, NotFound, UserError
from tenglong.queries.access.people import working_token
from tenglong.queries.access.second_step import begun_secret, has_second_step
from tenglong.queries.registry.territory import actor_of
from tenglong.store.models import RecoveryCode, SecondStep, Session, TrailEvent, User
from tests.factories import PASSWORD, World, build_world
from tests.integration.web import signed_in, text_of

PAGE, DOOR = "/account/second-step", "/sign-in/code"


@pytest.fixture
def world(db: None) -> World:
    return build_world(per_unit=2)


@pytest.fixture
def required(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A rule file that requires the second step of town teams."""
    strict = replace(rules.second_step_rules(), required_of=frozenset({"town_team"}))
    for module in ("tenglong.queries.access.second_step", "tenglong.actions.access.second_step"):
        monkeypatch.setattr(f"{module}.second_step_rules", lambda: strict)
    yield


def actor(user: User) -> Any:
    return actor_of(user, timezone.now().date())


def given(user: User) -> tuple[str, list[str]]:
    """The second step, set up a minute ago: the secret and the recovery codes."""
    then = timezone.now() - timedelta(minutes=2)
    begin_second_step(at=then, user=user, password=None, address="")
    secret = begun_secret(user.pk, then)
    assert secret is not None
    code = pyotp.TOTP(secret).at(then)
    return secret, confirm_second_step(actor=actor(user), at=then, user=user, code=code)


def at_the_door(username: str = "demo-xitang", **more: Any) -> Client:
    """Somebody who gave the right password."""
    client = Client(headers={"accept-language": "zh-hans"}, **more)
    answer = client.post("/sign-in", {"username": username, "password": PASSWORD, "next": "/figures"})
    assert answer["Location"] == DOOR
    return client


def test_one_sets_it_up_with_a_first_code(world: World) -> None:
    client, town = signed_in("demo-xitang"), world.people["demo-xitang"]
    assert "开始设置" in text_of(client.get(PAGE))
    client.post(PAGE, {"act": "begin"})
    page, secret = client.get(PAGE).content.decode(), begun_secret(town.pk, timezone.now())
    assert secret is not None and secret in page and "<svg" in page and "style=" not in page
    assert client.post(PAGE, {"code": "000000"}).status_code == 422 and not has_second_step(town.pk)
    answer = client.post(PAGE, {"code": pyotp.TOTP(secret).now()})
    codes = re.findall(r'<code class="secret">([a-z2-9-]{19})</code>', answer.content.decode())
    assert len(codes) == len(set(codes)) == 10 and has_second_step(town.pk)
    assert (
        codes[0] not in client.get(PAGE).content.decode() and secret not in client.get(PAGE).content.decode()
    )
    said = str(list(SecondStep.objects.values())) + str(list(RecoveryCode.objects.values()))
    assert secret not in said and codes[0].replace("-", "") not in said


def test_setting_it_up_needs_the_password_unless_one_signed_in_just_now(world: World) -> None:
    client = signed_in("demo-xitang")
    session = client.session
    session["begun_at"] = (timezone.now() - timedelta(minutes=11)).isoformat()
    session.save()
    assert client.post(PAGE, {"act": "begin"}).status_code == 422
    assert "密码不正确" in text_of(client.post(PAGE, {"password": "wrong"}))
    assert client.post(PAGE, {"password": PASSWORD}).status_code == 302
    assert begun_secret(world.people["demo-xitang"].pk, timezone.now())


def test_a_secret_that_nobody_confirmed_soon_is_none_any_more(world: World, settings: Any) -> None:
    """Somebody else may have seen it; and one of another key of the site keeps nobody out."""
    client, town = signed_in("demo-xitang"), world.people["demo-xitang"]
    client.post(PAGE, {"act": "begin"})
    secret = begun_secret(town.pk, timezone.now())
    assert secret is not None
    SecondStep.objects.update(begun_at=timezone.now() - timedelta(minutes=31))
    assert secret not in client.get(PAGE).content.decode()
    with pytest.raises(Conflict, match="重新开始"):
        confirm_second_step(actor=actor(town), at=timezone.now(), user=town, code=pyotp.TOTP(secret).now())
    settings.SECRET_KEY = "another"
    again = signed_in("demo-xitang")
    assert again.get(PAGE).status_code == 200
    again.post(PAGE, {"act": "begin"})
    assert begun_secret(town.pk, timezone.now()) not in (None, secret)


def test_half_way_in_has_a_key_of_its_own(world: World) -> None:
    given(world.people["demo-xitang"])
    client = Client()
    session = client.session  # somebody gave the browser a session that they know
    session["roster"] = "x"
    session.save()
    known = client.cookies["sessionid"].value
    client.post("/sign-in", {"username": "demo-xitang", "password": PASSWORD})
    assert client.get(DOOR).status_code == 200
    other = Client()
    other.cookies["sessionid"] = known
    assert other.get(DOOR).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_codes_that_come_at_once_are_taken_one_after_the_other() -> None:
    town = build_world(per_unit=2).people["demo-xitang"]
    given(town)
    found: list[UserError] = []

    def guess(address: str) -> None:
        try:
            pass_second_step(at=timezone.now(), user=town, code="000000", address=address)
        except (BadValue, Conflict) as error:
            found.append(error)
        finally:
            connection.close()

    guesses = [Thread(target=guess, args=(f"192.0.2.{number}",)) for number in range(12)]
    for one in guesses:
        one.start()
    for one in guesses:
        one.join(60)
    assert sorted(type(error).__name__ for error in found) == ["BadValue"] * 5 + ["Conflict"] * 7


def test_the_door_asks_for_a_code_that_is_good_once(world: World) -> None:
    secret, _ = given(world.people["demo-xitang"])
    client = at_the_door()
    assert client.get("/account").status_code == 302  # not in yet
    code = pyotp.TOTP(secret).now()
    assert client.post(DOOR, {"code": code})["Location"] == "/figures"
    assert client.get("/account").status_code == 200
    again = at_the_door()
    assert "已经用过" in text_of(again.post(DOOR, {"code": code}))
    assert again.get("/account").status_code == 302
    log = text_of(client.get("/account"))
    assert "验证码错误" in log and "登录成功" in log


def test_a_recovery_code_is_good_once(world: World) -> None:
    _, codes = given(world.people["demo-xitang"])
    assert at_the_door().post(DOOR, {"code": codes[3].upper()}).status_code == 302
    assert at_the_door().post(DOOR, {"code": codes[3]}).status_code == 422
    assert at_the_door().post(DOOR, {"code": codes[4].replace("-", "")}).status_code == 302
    assert TrailEvent.objects.filter(deed="use_recovery_code").count() == 2


def test_guessing_codes_is_slowed_from_everywhere(world: World) -> None:
    secret, _ = given(world.people["demo-xitang"])
    for number in range(5):
        client = at_the_door(REMOTE_ADDR=f"192.0.2.{number}")
        assert client.post(DOOR, {"code": "000000"}).status_code == 422
    answer = at_the_door(REMOTE_ADDR="192.0.2.99").post(DOOR, {"code": pyotp.TOTP(secret).now()})
    assert answer.status_code == 422 and "秒后重试" in text_of(answer)


def test_half_way_in_is_nowhere_and_not_for_long(world: World) -> None:
    town = world.people["demo-xitang"]
    secret, _ = given(town)
    assert Client().get(DOOR)["Location"] == "/sign-in"
    client = at_the_door()
    assert client.get("/api/v1/cases").status_code in (401, 404)
    session = client.session
    session["half_in"] = {**session["half_in"], "at": (timezone.now() - timedelta(minutes=11)).isoformat()}
    session.save()
    assert client.post(DOOR, {"code": pyotp.TOTP(secret).now()})["Location"] == "/sign-in"
    late = at_the_door()
    town.set_password("Something-new-1")
    town.save()
    assert late.post(DOOR, {"code": pyotp.TOTP(secret).now()})["Location"] == "/sign-in"


def test_giving_it_up_needs_password_and_code(world: World) -> None:
    town = world.people["demo-xitang"]
    secret, codes = given(town)
    client = signed_in("demo-xitang")
    for said in ({"password": "wrong", "code": codes[0]}, {"password": PASSWORD, "code": "000000"}):
        assert client.post(PAGE, {"act": "drop", **said}).status_code == 422
    assert has_second_step(town.pk)
    fresh = client.post(PAGE, {"act": "renew", "password": PASSWORD, "code": pyotp.TOTP(secret).now()})
    assert "备用码只显示这一次" in text_of(fresh)
    assert RecoveryCode.objects.filter(user=town, used_at=None).count() == 10
    assert client.post(PAGE, {"act": "drop", "password": PASSWORD, "code": codes[1]}).status_code == 422
    new = re.findall(r'<code class="secret">([a-z2-9-]{19})</code>', fresh.content.decode())[0]
    assert client.post(PAGE, {"act": "drop", "password": PASSWORD, "code": new}).status_code == 302
    assert not has_second_step(town.pk) and not RecoveryCode.objects.exists()


def test_a_manager_resets_it_with_a_reason(world: World) -> None:
    town, county = world.people["demo-xitang"], world.people["demo-jiashan"]
    given(town)
    signed_in("demo-xitang")
    told = {"at": timezone.now(), "user_id": town.pk}
    with pytest.raises(BadValue):
        reset_second_step(actor=actor(county), reason=" ", **told)
    with pytest.raises(NotFound):
        reset_second_step(actor=actor(world.people["demo-pinghu"]), reason="甲", **told)
    with pytest.raises(NotAllowed):
        reset_second_step(actor=actor(town), reason="甲", **told)
    answer = signed_in("demo-jiashan").post(f"/people/{town.pk}/second-step", {"reason": "手机丢失"})
    assert answer.status_code == 302 and not has_second_step(town.pk)
    assert not Session.objects.filter(user=town).exists()
    assert TrailEvent.objects.get(deed="reset_second_step").details["reason"] == "手机丢失"
    given(county)
    with pytest.raises(Conflict):
        reset_second_step(actor=actor(county), at=timezone.now(), user_id=county.pk, reason="甲")


def test_another_key_of_the_site_opens_no_secret(world: World, settings: Any) -> None:
    secret, _ = given(world.people["demo-xitang"])
    settings.SECRET_KEY = "another"
    client = at_the_door()
    assert "站点密钥已更换" in text_of(client.post(DOOR, {"code": pyotp.TOTP(secret).now()}))


def test_a_role_that_requires_it_reaches_nothing_else_before(world: World, required: None) -> None:
    client = signed_in("demo-xitang")
    for page in ("/", "/account", "/cases", "/imports"):
        assert client.get(page)["Location"] == PAGE, page
    assert client.post("/account/sessions/end")["Location"] == PAGE
    assert client.get("/api/v1/cases").status_code in (401, 404)
    assert "您的角色须启用两步验证" in text_of(client.get(PAGE))
    assert signed_in("demo-jiashan").get("/").status_code == 200
    client.post(PAGE, {"act": "begin"})
    secret = begun_secret(world.people["demo-xitang"].pk, timezone.now())
    assert secret is not None
    client.post(PAGE, {"code": pyotp.TOTP(secret).now()})
    assert client.get("/").status_code == 200


def test_tokens_of_such_a_person_sleep_until_it_is_set_up(
    world: World, request: pytest.FixtureRequest
) -> None:
    town, now = world.people["demo-xitang"], timezone.now()
    _, token = create_token(actor=actor(town), at=now, name="甲", scope="read")
    assert working_token(token, now)
    request.getfixturevalue("required")
    assert working_token(token, now) is None
    with pytest.raises(Conflict, match="两步验证"):
        create_token(actor=actor(town), at=now, name="乙", scope="read")
    given(town)
    assert working_token(token, now)
