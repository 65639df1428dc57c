"""Coming in: after the first step perhaps the second, then a session that knows of its beginning."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from tenglong.actions.access.passwords import TypedPassword, note_sign_in, typed_password
from tenglong.queries.access.people import User, active_user
from tenglong.queries.access.second_step import has_second_step
from tenglong.web.context import user_of
from tenglong.web.pages import address_of

LONGEST_AGENT, LONGEST_PASSWORD = 400, 200
HALF, HALF_LASTS = "half_in", timedelta(minutes=10)


@dataclass(frozen=True)
class Half:
    """Somebody who has taken the first step of signing in."""

    user: User
    means: str
    goal: str


def come_in(
    request: HttpRequest, user: User, means: str, goal: str, *, vouched: bool = False
) -> HttpResponse:
    """Somebody has shown who they are by `means`: "password" or "provider". Who has set up the second step takes it
    now, but where the provider vouches for it."""
    if vouched or not has_second_step(user.pk):
        return let_in(request, user, means, goal, vouched=vouched)
    request.session.cycle_key()  # whoever knew the key of before is not half-way in too
    request.session[HALF] = {
        "user": user.pk,
        "known": user.get_session_auth_hash(),
        "at": timezone.now().isoformat(),
        "means": means,
        "goal": goal,
    }
    return redirect("sign-in.code")


def half_in(request: HttpRequest) -> Half | None:
    """Who has taken the first step in this browser, a few minutes ago at most and with the password of today."""
    kept = request.session.get(HALF)
    if kept is None or timezone.now() - datetime.fromisoformat(kept["at"]) > HALF_LASTS:
        return None
    user = active_user(kept["user"])
    if user is None or not constant_time_compare(user.get_session_auth_hash(), kept["known"]):
        return None
    return Half(user, kept["means"], kept["goal"])


def let_in(request: HttpRequest, user: User, means: str, goal: str, *, vouched: bool = False) -> HttpResponse:
    """A new session, a line in the sign-in log, the person's own language, and the page they wanted."""
    now, address = timezone.now(), address_of(request)
    step = means if means == "provider" else ""
    note_sign_in(username=user.get_username(), at=now, succeeded=True, address=address, step=step)
    request.session.pop(HALF, None)
    login(request, user)
    request.session["begun_at"] = now.isoformat()
    request.session["address"] = address
    request.session["agent"] = request.headers.get("User-Agent", "")[:LONGEST_AGENT]
    request.session["means"], request.session["vouched"] = means, vouched
    response = redirect(goal)
    if user.language:
        set_language(response, user.language)
    return response


def set_language(response: HttpResponse, language: str) -> None:
    """Read the site in a language from now on."""
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 24 * 3600, samesite="Lax")


def typed_by_owner(request: HttpRequest, field: str = "password") -> TypedPassword:
    """The password that who is signed in typed into a field, compared with their own: before the deed of the form."""
    plain = request.POST.get(field, "")[:LONGEST_PASSWORD]
    return typed_password(user_of(request), plain, address=address_of(request), at=timezone.now())


def goal_of(request: HttpRequest) -> str:
    """Where the person wanted to go: an address of this site only."""
    goal = request.POST.get("next") or request.GET.get("next") or ""
    here = url_has_allowed_host_and_scheme(goal, {request.get_host()}, require_https=request.is_secure())
    if here and goal.startswith("/"):
        return goal
    return resolve_url(settings.LOGIN_REDIRECT_URL)
