"""Single sign-on against a provider that runs inside the test: who comes in, who does not, and how one is bound."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone

from tenglong.actions.access.provider import bind_for
from tenglong.config import settings as site
from tenglong.domain.kernel.errors import BadValue, Conflict, NotAllowed, NotFound
from tenglong.queries.registry.territory import actor_of
from tenglong.store.models import ApiToken, ProviderAccount, TrailEvent, User
from tests.factories import PASSWORD, World, build_world
from tests.integration.access.test_second_step import given
from tests.integration.web import signed_in, text_of
from tests.provider import CLIENT, SECRET, Provider, provider_running


@pytest.fixture
def world(db: None) -> World:
    return build_world(per_unit=2)


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    with provider_running() as found:
        settings.OIDC = {
            "issuer": found.issuer, "client_id": CLIENT, "client_secret": SECRET, "name": "演示平台",
            "claim": "employee", "second_step": ("mfa",), "only": False,
        }  # fmt: skip
        yield found


def bound(provider: Provider, user: User, **who: str) -> ProviderAccount:
    return ProviderAccount.objects.create(
        user=user, issuer=provider.issuer, bound_at=timezone.now(), bound_by="演示",
        **(who or {"subject": provider.subject}),
    )  # fmt: skip


def come(provider: Provider, client: Client | None = None, query: str = "?next=/figures") -> Any:
    """Go to the provider, be known there, come back; the answer at the end."""
    client = client or Client(headers={"accept-language": "zh-hans"})
    address = client.get(f"/sign-in/provider{query}")["Location"]
    return client.get(provider.approve(address))


def test_who_is_bound_comes_in_to_the_page_they_wanted(world: World, provider: Provider) -> None:
    bound(provider, world.people["demo-xitang"])
    client = Client(headers={"accept-language": "zh-hans"})
    assert "从“演示平台”登录" in text_of(client.get("/sign-in?next=/figures"))
    assert come(provider, client)["Location"] == "/figures"
    assert provider.asked["code_challenge_method"] == "S256" and len(provider.asked["nonce"]) >= 20
    assert provider.asked["redirect_uri"] == "http://testserver/sign-in/provider/back"
    page = text_of(client.get("/account"))
    assert "西塘镇专班演示员" in page and "单点登录成功" in page


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "another"},
        {"aud": [CLIENT, "another"], "azp": "another"},
        {"iss": "https://another.example"},
        {"iss": None},
        {"exp": int(time.time()) - 3600, "iat": int(time.time()) - 7200},
        {"exp": None},
        {"sub": None},
        {"sub": ""},
        {"sub": " "},
        {"sub": ["s-1"]},
        {"sub": "s" * 256},
        {"nbf": int(time.time()) + 3600},
    ],
    ids="-".join,
)
def test_a_token_that_does_not_hold_lets_nobody_in(
    world: World, provider: Provider, claims: dict[str, Any]
) -> None:
    bound(provider, world.people["demo-xitang"])
    assert come(provider).status_code == 302  # it is the claim that is refused
    provider.claims = claims
    refused(come(provider))


def refused(answer: Any) -> None:
    assert answer.status_code == 403 and "单点登录没有成功" in text_of(answer)
    assert "_auth_user_id" not in answer.wsgi_request.session


@pytest.mark.parametrize(
    ("signed_by", "algorithm"), [("second", "RS256"), ("first", "HS256"), ("first", "none")]
)
def test_a_signature_of_somebody_else_lets_nobody_in(
    world: World, provider: Provider, signed_by: str, algorithm: str
) -> None:
    bound(provider, world.people["demo-xitang"])
    assert come(provider).status_code == 302
    provider.signed_by, provider.algorithm = signed_by, algorithm
    refused(come(provider))


@pytest.mark.parametrize("published", [["RS256", "none", "HS256"], ["none"], [], None], ids=str)
@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_what_is_not_signed_lets_nobody_in_whatever_the_provider_publishes(
    world: World, provider: Provider, published: list[str] | None, algorithm: str
) -> None:
    bound(provider, world.people["demo-xitang"])
    provider.published, provider.algorithm = published, algorithm
    refused(come(provider))


def test_an_empty_subject_is_not_whoever_was_not_here_yet(world: World, provider: Provider) -> None:
    bound(provider, world.people["demo-xitang"], claimed="E-1")
    provider.subject = ""
    refused(come(provider))
    assert ProviderAccount.objects.get().subject == ""


def test_what_the_browser_says_went_wrong_is_one_line_of_the_log(
    world: World, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    refused(Client().get("/sign-in/provider/back?error=x&error_description=y%0ANov 30 signed in: admin"))
    assert "signed in: admin" in caplog.text
    assert not [line for line in caplog.text.splitlines() if line.startswith("Nov 30")]


def test_who_came_in_by_a_binding_is_out_when_it_ends(world: World, provider: Provider) -> None:
    town = world.people["demo-xitang"]
    bound(provider, town, claimed="E-1")
    provider.claims = {"employee": "E-1"}
    client = Client()
    assert come(provider, client).status_code == 302 and client.get("/account").status_code == 200
    made = client.post("/account", {"name": "演示", "scope": "read", "days": "5"})
    assert made.status_code == 200 and ApiToken.objects.filter(revoked_at=None).count() == 1
    signed_in("demo-jiashan").post(f"/people/{town.pk}/provider", {"act": "unbind"})
    assert client.get("/account").status_code == 302
    assert not ApiToken.objects.filter(revoked_at=None).exists()
    bound(provider, town)
    assert come(provider, client).status_code == 302
    here = signed_in("demo-xitang")
    assert here.post("/account/provider", {"password": PASSWORD}).status_code == 302
    assert (here.get("/account").status_code, client.get("/account").status_code) == (200, 302)


def test_an_answer_is_good_once_and_in_its_own_browser_only(world: World, provider: Provider) -> None:
    bound(provider, world.people["demo-xitang"])
    client, other = Client(), Client()
    back = provider.approve(client.get("/sign-in/provider")["Location"])
    refused(other.get(back))
    assert client.get(back).status_code == 302
    client.post("/sign-out")
    refused(client.get(back))
    first = client.get("/sign-in/provider")["Location"]
    code = provider.approve(first).partition("code=")[2].partition("&")[0]
    provider.codes.clear()  # the provider takes a code once
    refused(client.get(f"/sign-in/provider/back?code={code}&state={provider.asked['state']}"))
    refused(client.get("/sign-in/provider/back?error=access_denied&state=x"))


@pytest.mark.parametrize(
    "goal", ["https://example.org/", "//example.org/", "/\\example.org", "javascript:alert(1)", "http:///x"]
)
def test_nobody_is_sent_to_another_site(world: World, provider: Provider, goal: str) -> None:
    bound(provider, world.people["demo-xitang"])
    assert come(provider, query=f"?next={goal}")["Location"] == "/"


def test_nobody_is_created_and_who_is_unknown_is_told(world: World, provider: Provider) -> None:
    before = User.objects.count()
    provider.claims = {"preferred_username": "demo-xitang", "email": "a@example.org", "employee": "E-1"}
    answer = come(provider)
    assert answer.status_code == 403 and "还没有与本系统的用户绑定" in text_of(answer)
    assert User.objects.count() == before and not ProviderAccount.objects.exists()
    assert TrailEvent.objects.filter(deed="sign_in_failed", details__step="provider").exists()


def test_a_deactivated_account_is_refused_with_a_sentence(world: World, provider: Provider) -> None:
    town = world.people["demo-xitang"]
    bound(provider, town)
    User.objects.filter(pk=town.pk).update(is_active=False)
    answer = come(provider)
    assert answer.status_code == 403 and "账号已停用" in text_of(answer)


def test_a_manager_states_the_claim_and_the_first_who_comes_with_it_pins_the_subject(
    world: World, provider: Provider
) -> None:
    town = world.people["demo-xitang"]
    page = f"/people/{town.pk}"
    assert signed_in("demo-jiashan").post(f"{page}/provider", {"claimed": "E-1"}).status_code == 302
    provider.told_later = {"employee": "E-1"}  # what the token does not say the provider is asked
    assert come(provider)["Location"] == "/figures"
    assert ProviderAccount.objects.get(user=town).subject == "s-1"
    provider.subject = "s-2"  # somebody else who got the number later
    assert come(provider).status_code == 403
    provider.subject, provider.told_later = "s-1", {}
    assert come(provider)["Location"] == "/figures"
    assert "绑定到“演示平台”的 s-1" in text_of(signed_in("demo-jiashan").get(page))
    signed_in("demo-jiashan").post(f"{page}/provider", {"act": "unbind"})
    assert come(provider).status_code == 403


def test_binding_for_somebody_stays_inside_ones_reach(world: World, provider: Provider) -> None:
    town = world.people["demo-xitang"]
    told = {"at": timezone.now(), "issuer": provider.issuer, "claimed": "E-1"}
    as_ = {name: actor_of(user, timezone.now().date()) for name, user in world.people.items()}
    with pytest.raises(NotFound):
        bind_for(actor=as_["demo-pinghu"], user_id=town.pk, **told)
    with pytest.raises(NotAllowed):
        bind_for(actor=as_["demo-xitang"], user_id=town.pk, **told)
    with pytest.raises(Conflict, match="自己"):
        bind_for(actor=as_["demo-jiashan"], user_id=world.people["demo-jiashan"].pk, **told)
    with pytest.raises(BadValue):
        bind_for(actor=as_["demo-jiashan"], user_id=town.pk, **{**told, "claimed": " "})
    bind_for(actor=as_["demo-jiashan"], user_id=town.pk, **told)
    with pytest.raises(Conflict, match="已绑定"):
        bind_for(actor=as_["demo-city"], user_id=world.people["demo-jiashan"].pk, **told)


@pytest.mark.parametrize(("verified", "status"), [(True, 302), (False, 403), (None, 403), ("true", 403)])
def test_an_address_of_mail_counts_only_where_it_is_verified(
    world: World, provider: Provider, settings: Any, verified: object, status: int
) -> None:
    settings.OIDC = {**settings.OIDC, "claim": "email"}
    bound(provider, world.people["demo-xitang"], claimed="a@example.org")
    provider.claims = {"email": "a@example.org", "email_verified": verified}
    assert come(provider).status_code == status


def test_one_binds_ones_own_account_with_the_password(world: World, provider: Provider) -> None:
    client, town = signed_in("demo-xitang"), world.people["demo-xitang"]
    assert come(provider, client, "?bind=1")["Location"] == "/account/provider"
    assert "s-1" in text_of(client.get("/account/provider"))
    assert client.post("/account/provider", {"password": "wrong"}).status_code == 422
    assert not ProviderAccount.objects.exists()
    assert client.post("/account/provider", {"password": PASSWORD}).status_code == 302
    assert come(provider)["Location"] == "/figures"
    other = signed_in("demo-pinghu")
    come(provider, other, "?bind=1")
    assert "已绑定给其他用户" in text_of(other.post("/account/provider", {"password": PASSWORD}))
    assert client.post("/account/provider", {"password": "wrong"}).status_code == 422
    assert client.post("/account/provider", {"password": PASSWORD}).status_code == 302
    assert not ProviderAccount.objects.filter(user=town).exists()


def test_the_second_step_is_asked_for_unless_the_provider_vouches_for_it(
    world: World, provider: Provider
) -> None:
    town = world.people["demo-xitang"]
    given(town)
    bound(provider, town)
    assert come(provider)["Location"] == "/sign-in/code"
    for claims in ({"amr": ["pwd", "mfa"]}, {"acr": "mfa"}):
        provider.claims = claims
        assert come(provider)["Location"] == "/figures"
    provider.claims = {"amr": ["pwd"], "acr": ""}
    assert come(provider)["Location"] == "/sign-in/code"


def test_the_password_can_be_closed_for_who_comes_by_the_provider(
    world: World, provider: Provider, settings: Any
) -> None:
    settings.OIDC = {**settings.OIDC, "only": True}
    row = bound(provider, world.people["demo-xitang"], claimed="E-1")
    said = {"username": "demo-xitang", "password": PASSWORD}
    assert Client().post("/sign-in", said).status_code == 302  # not yet: nobody has come in through it
    ProviderAccount.objects.filter(pk=row.pk).update(subject="s-1")
    answer = Client(headers={"accept-language": "zh-hans"}).post("/sign-in", said)
    assert answer.status_code == 422 and "请从“演示平台”登录" in text_of(answer)
    wrong = Client(headers={"accept-language": "zh-hans"}).post("/sign-in", {**said, "password": "wrong"})
    assert "演示平台”登录，不再" not in text_of(wrong)
    assert Client().post("/sign-in", {**said, "username": "demo-pinghu"}).status_code == 302
    assert come(provider)["Location"] == "/figures"


def test_without_a_provider_there_is_no_such_door(world: World) -> None:
    assert Client().get("/sign-in/provider").status_code == 404
    assert Client().get("/sign-in/provider/back?code=x&state=y").status_code == 404
    assert signed_in("demo-xitang").get("/account/provider").status_code == 404
    assert "单点登录" not in text_of(signed_in("demo-xitang").get("/account"))


def test_a_provider_that_does_not_answer_is_said(world: World, provider: Provider, settings: Any) -> None:
    settings.OIDC = {**settings.OIDC, "issuer": "http://127.0.0.1:9"}
    answer = Client(headers={"accept-language": "zh-hans"}).get("/sign-in/provider")
    assert answer.status_code == 409 and "暂时连接不上" in text_of(answer)


@pytest.mark.parametrize(
    ("given", "good"),
    [
        ("", True),
        ("https://login.example", True),
        ("http://127.0.0.1:9", True),
        ("http://login.example", False),
        ("login.example", False),
    ],
)
def test_what_the_provider_says_is_not_open_to_changes_on_the_way(given: str, good: bool) -> None:
    if good:
        assert site._issuer(given) == given
        return
    with pytest.raises(ImproperlyConfigured, match="https"):
        site._issuer(given)
