"""What every answer tells a browser, whoever asks and whatever comes of it."""

import pytest
from django.test import Client

from tenglong.store.models import User

TOLD = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@pytest.mark.parametrize("address", ["/", "/sign-in", "/cases", "/nowhere", "/api/v1/me", "/api/v1/nowhere"])
@pytest.mark.parametrize("signed_in", [True, False])
def test_every_answer_says_what_a_browser_may_do(db: None, address: str, signed_in: bool) -> None:
    browser = Client()
    if signed_in:
        browser.force_login(User.objects.create(username="somebody"))
    answer = browser.get(address)
    assert {name: answer.headers.get(name) for name in TOLD} == TOLD
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'self'" and policy["object-src"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
