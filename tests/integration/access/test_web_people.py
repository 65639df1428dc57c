"""People: signing in, and granting that never reaches beyond the granter."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from tenglong.actions.access.people import add_user, create_token, grant, reset_password, revoke, set_active
from tenglong.domain.access.policy import Actor
from tenglong.domain.kernel.errors import BadValue, Conflict, NotAllowed, NotFound
from tenglong.queries.access.people import people
from tenglong.queries.registry.territory import actor_of
from tenglong.store.models import ApiToken, TrailEvent
from tests.factories import CITY, JIASHAN, PASSWORD, XITANG, World, build_world
from tests.integration.web import signed_in, text_of

NOW = datetime(2021, 11, 20, 4, tzinfo=UTC)


@pytest.fixture
def world(db: None) -> World:
    return build_world(per_unit=2)


def actor(world: World, name: str) -> Actor:
    return actor_of(world.people[name], NOW.date())


def tried(password: str, address: str = "192.0.2.1") -> HttpResponse:
    told = {"username": "demo-city", "password": password}
    return Client(REMOTE_ADDR=address).post("/sign-in", told)


def test_who_guesses_waits_and_the_owner_comes_in_from_elsewhere(world: World) -> None:
    for _ in range(5):
        assert tried("wrong").status_code == 422
    answer = tried(PASSWORD)
    assert answer.status_code == 422 and "秒后重试" in text_of(answer)
    assert tried(PASSWORD, "192.0.2.2").status_code == 302
    assert tried(PASSWORD).status_code == 422
    account = text_of(signed_in("demo-city").get("/account"))
    assert "192.0.2.1" in account and "密码错误" in account and "登录成功" in account


def test_the_old_password_is_guessed_as_slowly_as_at_the_door(world: World) -> None:
    client = signed_in("demo-city")
    for _ in range(5):
        assert "密码不正确" in text_of(client.post("/account", {"old": "wrong", "new": "Something-new-1"}))
    said = text_of(client.post("/account", {"old": PASSWORD, "new": "Something-new-1"}))
    assert "秒后重试" in said and world.people["demo-city"].check_password(PASSWORD)


@pytest.mark.parametrize(
    "name", ["demo-c1ty", "DEMO_CITY", "dеmo-city2"]
)  # the last one has a Cyrillic letter
def test_no_name_can_be_taken_for_another(world: World, name: str) -> None:
    who = {"display_name": "甲", "code": JIASHAN, "role": "department"}
    with pytest.raises(BadValue, match="混淆"):
        add_user(actor=actor(world, "demo-city"), at=NOW, username=name, **who)


def test_nobody_is_sent_to_another_site_after_signing_in(world: World) -> None:
    answer = Client().post(
        "/sign-in", {"username": "demo-city", "password": PASSWORD, "next": "https://example.org/"}
    )
    assert answer["Location"] == "/"


def test_granting_needs_containment_in_the_granters_own_territory(world: World) -> None:
    county, town = actor(world, "demo-jiashan"), world.people["demo-xitang"]
    grant(actor=county, at=NOW, user_id=town.pk, code=JIASHAN, role="department")
    for code, role in (
        (CITY, "leader"),
        ("330482", "town_team"),
        (JIASHAN, "city_office"),
        (JIASHAN, "auditor"),
    ):
        with pytest.raises(NotAllowed):
            grant(actor=county, at=NOW, user_id=town.pk, code=code, role=role)
    assert {(m.code, m.role) for m in town.memberships.all()} == {
        (XITANG, "town_team"),
        (JIASHAN, "department"),
    }


def test_a_manager_neither_sees_nor_touches_people_elsewhere(world: World) -> None:
    county = actor(world, "demo-jiashan")
    assert {person.user.username for person in people(county, NOW.date())} == {"demo-jiashan", "demo-xitang"}
    with pytest.raises(NotFound):
        reset_password(actor=county, at=NOW, user_id=world.people["demo-pinghu"].pk)
    with pytest.raises(NotAllowed):
        add_user(actor=county, at=NOW, username="x", display_name="", code="330482", role="town_team")


def test_the_account_of_somebody_with_more_rights_is_out_of_reach(world: World) -> None:
    county, city = actor(world, "demo-jiashan"), world.people["demo-city"]
    grant(actor=actor(world, "demo-city"), at=NOW, user_id=city.pk, code=JIASHAN, role="leader")
    with pytest.raises(NotAllowed):
        reset_password(actor=county, at=NOW, user_id=city.pk)
    with pytest.raises(NotAllowed):
        set_active(actor=county, at=NOW, user_id=city.pk, active=False)


def test_a_town_team_manages_nobody(world: World) -> None:
    with pytest.raises(NotAllowed):
        grant(
            actor=actor(world, "demo-xitang"), at=NOW, user_id=world.people["demo-xitang"].pk, code=XITANG,
            role="leader",
        )  # fmt: skip


def test_the_last_membership_stays_and_nobody_locks_themselves_out(world: World) -> None:
    city = actor(world, "demo-city")
    with pytest.raises(Conflict):
        revoke(actor=city, at=NOW, membership_id=world.people["demo-xitang"].memberships.get().pk)
    with pytest.raises(Conflict):
        set_active(actor=city, at=NOW, user_id=city.user_id, active=False)


def test_a_new_user_signs_in_with_the_password_shown_once(world: World) -> None:
    manager = signed_in("demo-jiashan")
    form = {"username": "new-town", "display_name": "新同志", "code": XITANG, "role": "town_team"}
    answer = manager.post("/people", form)
    password = answer.content.decode().split('<code class="secret">')[1].split("<")[0]
    assert password not in manager.get("/people").content.decode()
    assert Client().post("/sign-in", {"username": "new-town", "password": password}).status_code == 302
    assert TrailEvent.objects.filter(deed="add_user", by="demo-jiashan").count() == 1
    taken = manager.post("/people", form)
    assert taken.status_code == 422 and "已被使用" in text_of(taken)


def test_a_deactivated_account_is_out_at_once(world: World) -> None:
    town = signed_in("demo-xitang")
    set_active(actor=actor(world, "demo-city"), at=NOW, user_id=world.people["demo-xitang"].pk, active=False)
    assert town.get("/").status_code == 302


def token_of(world: World, name: str, *, scope: str = "approve", **bounds: Any) -> tuple[ApiToken, Client]:
    """A token of somebody, and a program that calls with it."""
    at = datetime.now(UTC)
    token, secret = create_token(actor=actor(world, name), at=at, name="报表程序", scope=scope, **bounds)
    return token, Client(headers={"authorization": f"Bearer {secret}"})


def test_a_token_is_shown_once_and_kept_only_as_a_digest(world: World) -> None:
    client = signed_in("demo-city")
    form = {"name": "报表程序", "scope": "read", "code": JIASHAN, "days": 30}
    shown = client.post("/account", form).content.decode()
    secret = shown.split('<code class="secret digest">')[1].split("<")[0]
    token = ApiToken.objects.get()
    assert secret not in str(ApiToken.objects.filter(pk=token.pk).values().get())
    assert (token.scope, token.code, token.expires_at - token.created_at) == (
        "read",
        JIASHAN,
        timedelta(days=30),
    )
    assert "报表程序" in text_of(client.get("/account")) and secret not in text_of(client.get("/account"))
    assert signed_in("demo-jiashan").post(f"/account/tokens/{token.pk}/revoke").status_code == 404
    assert client.post(f"/account/tokens/{token.pk}/revoke").status_code == 302
    assert ApiToken.objects.get(pk=token.pk).revoked_at is not None


def test_who_has_no_account_has_no_token(world: World) -> None:
    at_the_machine = Actor("root", everywhere=True)
    with pytest.raises(NotAllowed, match="令牌归账号所有"):
        create_token(actor=at_the_machine, at=datetime.now(UTC), name="报表程序", scope="read")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"days": 367}, "366"),
        ({"days": 0}, "1"),
        ({"scope": "everything"}, "everything"),
        ({"code": "110000"}, "110000"),
    ],
)
def test_a_token_without_bounds_is_not_made(world: World, wrong: dict[str, Any], said: str) -> None:
    form = {"name": "报表程序", "scope": "read", "code": "", "days": 30} | wrong
    answer = signed_in("demo-city").post("/account", form)
    assert answer.status_code == 422 and said in text_of(answer)
    assert not ApiToken.objects.exists()


def test_a_token_is_for_its_own_territory_only(world: World) -> None:
    with pytest.raises(NotAllowed):
        token_of(world, "demo-jiashan", code="330482")
    _, program = token_of(world, "demo-city", code=JIASHAN)
    seen = program.get("/api/v1/cases", {"roster": "hcle", "limit": 200}).json()
    assert {row["id"] for row in seen["items"]} == {case.pk for case in world.cases[JIASHAN]}


def test_a_token_does_no_more_than_its_scope(world: World) -> None:
    case, note = world.cases[JIASHAN][0].pk, {"kind": "note", "effective_on": "2021-11-09"}
    _, whole = token_of(world, "demo-jiashan")
    own = whole.post(f"/api/v1/cases/{case}/entries", note).json()["id"]
    answers = {}
    for scope in ("read", "record", "approve"):
        _, program = token_of(world, "demo-jiashan", scope=scope)
        assert program.get(f"/api/v1/cases/{case}").status_code == 200
        entry = program.post(f"/api/v1/cases/{case}/entries", note)
        void = program.post(f"/api/v1/entries/{own}/void", {"reason": "误录"}, "application/json")
        answers[scope] = (entry.status_code, void.status_code)
    assert answers == {"read": (403, 403), "record": (201, 403), "approve": (201, 201)}


def test_a_token_ends_by_itself(world: World) -> None:
    token, program = token_of(world, "demo-city", days=1)
    assert program.get("/api/v1/me").status_code == 200
    used = ApiToken.objects.get(pk=token.pk).last_used_at
    assert used is not None and program.get("/api/v1/me").status_code == 200
    assert ApiToken.objects.get(pk=token.pk).last_used_at == used
    begun = datetime.now(UTC) - timedelta(days=2)
    ApiToken.objects.filter(pk=token.pk).update(created_at=begun, expires_at=begun + timedelta(days=1))
    assert program.get("/api/v1/me").status_code == 401
    assert "已过期" in text_of(signed_in("demo-city").get("/account"))


def removed(world: World) -> None:
    town = world.people["demo-xitang"]
    grant(actor=actor(world, "demo-city"), at=NOW, user_id=town.pk, code=JIASHAN, role="leader")
    revoke(actor=actor(world, "demo-city"), at=NOW, membership_id=town.memberships.get(code=XITANG).pk)


@pytest.mark.parametrize(
    "deed",
    [
        lambda world: reset_password(
            actor=actor(world, "demo-city"), at=NOW, user_id=world.people["demo-xitang"].pk
        ),
        lambda world: set_active(
            actor=actor(world, "demo-city"), at=NOW, user_id=world.people["demo-xitang"].pk, active=False
        ),
        removed,
    ],
    ids=["reset", "deactivated", "moved"],
)
def test_a_token_ends_with_what_it_stood_on(world: World, deed: Callable[[World], Any]) -> None:
    token, program = token_of(world, "demo-xitang")
    assert program.get("/api/v1/me").status_code == 200
    ApiToken.objects.filter(pk=token.pk).update(created_at=NOW)  # these deeds are done long before today
    deed(world)
    assert ApiToken.objects.get(pk=token.pk).revoked_at == NOW
    assert TrailEvent.objects.filter(deed="revoke_token", by="demo-city").count() == 1
    set_active(actor=actor(world, "demo-city"), at=NOW, user_id=world.people["demo-xitang"].pk, active=True)
    assert program.get("/api/v1/me").status_code == 401


def test_ones_own_new_password_ends_ones_tokens(world: World) -> None:
    token, program = token_of(world, "demo-xitang")
    other = token_of(world, "demo-city")[1]
    told = {"old": PASSWORD, "new": "Grauer-Reiher-7"}
    assert signed_in("demo-xitang").post("/account", told).status_code == 302
    assert program.get("/api/v1/me").status_code == 401 and other.get("/api/v1/me").status_code == 200
    ended = TrailEvent.objects.get(deed="revoke_token")
    assert (ended.by, ended.details["because"]) == ("demo-xitang", "change_password")


def test_a_manager_sees_and_revokes_the_tokens_of_those_managed(world: World) -> None:
    token, program = token_of(world, "demo-xitang")
    town = world.people["demo-xitang"].pk
    manager, stranger = signed_in("demo-jiashan"), signed_in("demo-pinghu")
    assert "报表程序" in text_of(manager.get(f"/people/{town}"))
    path = f"/people/{town}/tokens/{token.pk}/revoke"
    assert stranger.post(path).status_code == 404 and program.get("/api/v1/me").status_code == 200
    assert manager.post(path).status_code == 302 and program.get("/api/v1/me").status_code == 401


def test_ones_own_password_needs_the_old_one_and_a_good_new_one(world: World) -> None:
    client = signed_in("demo-city")
    wrong = client.post("/account", {"old": "no", "new": "Grauer-Reiher-7"})
    weak = client.post("/account", {"old": PASSWORD, "new": "123"})
    assert wrong.status_code == weak.status_code == 422
    assert client.post("/account", {"old": PASSWORD, "new": "Grauer-Reiher-7"}).status_code == 302
    assert client.get("/").status_code == 200
    assert Client().post("/sign-in", {"username": "demo-city", "password": PASSWORD}).status_code == 422


@pytest.fixture
def newcomer(world: World) -> tuple[Client, str]:
    """A browser in which somebody new has just signed in, and the password they were given."""
    user, password = add_user(
        actor=actor(world, "demo-city"), at=NOW, username="neu", display_name="新人", code=XITANG,
        role="town_team",
    )  # fmt: skip
    client = Client(headers={"accept-language": "zh-hans"})
    answer = client.post("/sign-in", {"username": user.username, "password": password})
    assert answer.status_code == 302
    return client, password


def test_nothing_opens_until_a_given_password_is_changed(newcomer: tuple[Client, str]) -> None:
    client, given = newcomer
    for address in ("/", "/cases", "/imports", "/people"):
        assert client.get(address)["Location"] == "/account"
    assert client.get("/cases", headers={"HX-Request": "true"})["HX-Redirect"] == "/account"
    assert client.get("/api/v1/rosters").status_code == 401
    said = text_of(client.get("/account"))
    assert "您的密码由他人设定" in said and "接口令牌 程序凭令牌" not in said
    client.post("/account", {"name": "报表程序"})
    assert not ApiToken.objects.exists()
    same = client.post("/account", {"old": given, "new": given})
    assert same.status_code == 422 and "新密码与原密码相同" in text_of(same)
    assert client.post("/account", {"old": given, "new": "Grauer-Reiher-7"})["Location"] == "/"
    assert client.get("/").status_code == 200 and client.get("/api/v1/rosters").status_code == 200


def test_a_reset_password_is_changed_too_and_a_demonstration_account_never_asked(world: World) -> None:
    town = world.people["demo-xitang"]
    assert signed_in("demo-xitang").get("/").status_code == 200
    password = reset_password(actor=actor(world, "demo-jiashan"), at=NOW, user_id=town.pk)
    client = Client()
    client.post("/sign-in", {"username": "demo-xitang", "password": password})
    assert client.get("/")["Location"] == "/account"
    assert TrailEvent.objects.filter(deed="reset_password").count() == 1
