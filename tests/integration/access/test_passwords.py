"""Passwords are compared and hashed while no writer waits for it."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.utils import timezone

import tenglong
from tenglong.actions.access.passwords import check_password, typed_password
from tenglong.domain.kernel.errors import BadValue
from tenglong.store.models import ProviderAccount, SecondStep, TrailEvent, User
from tests.factories import PASSWORD, XITANG, build_world
from tests.integration.web import signed_in

ISSUER = "https://login.example"
NEW = "Grauer-Reiher-7"
WITHIN: list[bool] = []
"""Of each password that was hashed, whether a transaction was open meanwhile."""


class Watched(MD5PasswordHasher):
    """Notes what others had to wait for."""

    def encode(self, password: str, salt: str) -> str:
        WITHIN.append(connection.in_atomic_block)
        return super().encode(password, salt)


@pytest.fixture
def watched(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.Watched"]
    settings.OIDC = {**settings.OIDC, "issuer": ISSUER}
    WITHIN.clear()


def sent(client: Client, address: str, **told: str) -> int:
    """A form as a browser sends it, with the key of its page, so that it is done once (config.once)."""
    return client.post(address, {"csrfmiddlewaretoken": "x" * 64, **told}).status_code


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_while_a_password_is_hashed(watched: None) -> None:
    world = build_world(per_unit=2)
    town, known = world.people["demo-xitang"], {"password": PASSWORD}
    browser, manager = signed_in("demo-xitang"), signed_in("demo-jiashan")
    person = {"username": "demo-new", "display_name": "演示", "code": XITANG, "role": "town_team"}
    WITHIN.clear()

    def hashed(client: Client, address: str, **told: str) -> int:
        before = len(WITHIN)
        assert sent(client, address, **told) in (200, 302, 422), address
        return len(WITHIN) - before

    assert hashed(manager, "/people", **person) == 1
    assert hashed(manager, f"/people/{User.objects.get(username='demo-new').pk}/password") == 1
    ProviderAccount.objects.create(
        user=town, issuer=ISSUER, subject="1", bound_at=timezone.now(), bound_by="x"
    )
    assert hashed(browser, "/account/provider", **known) == 1 and not ProviderAccount.objects.exists()
    session = browser.session
    session["begun_at"] = (timezone.now() - timedelta(hours=1)).isoformat()
    session.save()
    assert hashed(browser, "/account/second-step", **known) == 1
    SecondStep.objects.update(confirmed_at=timezone.now())
    assert hashed(browser, "/account/second-step", code="1", act="drop", **known) == 1
    assert hashed(browser, "/account", old=PASSWORD, new=NEW) == 2
    assert not any(WITHIN), "a password was hashed while others waited"
    town.refresh_from_db()
    assert town.password.startswith("md5$") and TrailEvent.objects.filter(deed="change_password").count() == 1


def test_passwords_are_hashed_in_one_place() -> None:
    """Whoever needs one compared or made gets it from there, ahead of the deed; the door itself is `authenticate`."""
    hashing = re.compile(r"\bhashers\b|make_password|\.set_password\(|user\.check_password\(")
    source = Path(tenglong.__file__).parent
    found = [path for path in source.rglob("*.py") if hashing.search(path.read_text(encoding="utf-8"))]
    assert [str(path.relative_to(source)) for path in found] == ["actions/access/passwords.py"]


@pytest.mark.django_db
def test_a_password_that_changed_meanwhile_is_wrong() -> None:
    user = build_world(per_unit=2).people["demo-xitang"]
    told: dict[str, Any] = {"address": "", "at": timezone.now()}
    typed = typed_password(user, PASSWORD, **told)
    check_password(user=user, password=typed, **told)
    user.set_password(NEW)
    user.save(update_fields=["password"])
    with pytest.raises(BadValue):
        check_password(user=user, password=typed, **told)
