"""How a page is guarded, and how what went wrong is said on it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Page
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseRedirectBase
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext

from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.errors import BadFile, BadValue, Conflict, UserError
from tenglong.queries.access.second_step import PASSWORD, SECOND_STEP, left_to_do
from tenglong.queries.values import Value
from tenglong.web.context import Here

View = Callable[..., HttpResponseBase]
PLACE_TO_DO = {PASSWORD: "account", SECOND_STEP: "account.second_step"}
YEAR = timedelta(days=365)
SAID_IN_PLACE = (BadValue, BadFile, Conflict)


def page(
    permission: Permission | None, *, serves: str = "", ahead: Callable[[HttpRequest], Any] | None = None
) -> Callable[[View], View]:
    """A page for people who hold `permission` somewhere; None is a page for everybody who is signed in.

    Who has something to do before all else (`left_to_do`) is sent to the page that serves it, and reaches no other.

    `ahead` does what takes long and needs no writer's turn, before the deed of a form begins (config.once); the view
    finds it in `request.ahead`, and its surroundings in `request.here`. What it shows must still be narrowed to
    `here.scope`.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _go(request, _door(request))
            request.here = Here(request)
            due = left_to_do(request.user, request.session)
            if due and due != serves:
                return _go(request, resolve_url(PLACE_TO_DO[due]))
            if permission is not None:
                if not request.here.actor.grants:
                    return render(request, "layout/no_unit.html", status=403)
                request.here.actor.check_may(permission)
            if request.method == "POST" and not hasattr(request, "ahead"):
                go_ahead(request, guarded)
            return _kept(request, view(request, *args, **kwargs))

        guarded.permission = permission
        guarded.ahead = ahead
        return guarded

    return decorate


def _kept(request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
    """The answer, which goes on with what the page is about, and remembers the roster that somebody chose."""
    here: Here = request.here
    if isinstance(answer, HttpResponseRedirectBase) and answer.url.startswith("/"):
        answer["Location"] = here.kept.to(answer.url)
    if here.actor.grants and "roster" in request.GET and answer.status_code < 400 and here.roster:
        answer.set_cookie(
            here.roster_cookie,
            here.roster.code,
            max_age=YEAR,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return answer


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; behind a proxy that is trusted, what the proxy says."""
    return str(request.META.get("REMOTE_ADDR", ""))


def go_ahead(request: HttpRequest, view: View) -> None:
    """Do what a view has to do before the deed of its form begins."""
    if ahead := getattr(view, "ahead", None):
        request.ahead = ahead(request)


def public(view: View) -> View:
    """A page that answers before anybody has signed in; there is no other way to make one."""
    view.permission = "public"
    return view


def reads(view: View) -> View:
    """A form that asks and changes nothing: it may be sent again, and keeps no writer waiting."""
    view.reads = True
    return view


def say(request: HttpRequest, error: UserError) -> HttpResponse:
    """The page, or for htmx the part of a page, that says what went wrong."""
    template = "layout/problem_part.html" if request.headers.get("HX-Request") else "layout/problem.html"
    return render(request, template, {"sentence": error.message.render(gettext)}, status=error.status)


def part(request: HttpRequest, template: str, context: dict[str, Any], *, whole: str) -> HttpResponse:
    """A part of a page for htmx; for somebody without scripts the page `whole`, which holds the part."""
    if request.headers.get("HX-Request"):
        return render(request, template, context)
    return render(request, whole, {**context, "part": template})


def as_values(found: "Page[Any]", kind: type[Value]) -> "Page[Any]":
    """A page of rows with what is shown of each."""
    found.object_list = [kind.of(row) for row in found]
    return found


@contextmanager
def telling(request: HttpRequest) -> Iterator[None]:
    """What a person gave wrong inside is said on top of the next page; what they may not do stays an error."""
    try:
        yield
    except SAID_IN_PLACE as error:
        messages.error(request, error.message.render(gettext))


@contextmanager
def telling_form(form: Form, beside: str | None = None) -> Iterator[None]:
    """What a person gave wrong inside is said on top of `form`, which keeps what they typed; what is taken
    already is said at the field `beside`, if there is one that could be."""
    try:
        yield
    except SAID_IN_PLACE as error:
        form.add_error(beside if isinstance(error, Conflict) else None, error.message.render(gettext))


def _door(request: HttpRequest) -> str:
    """The sign-in page, from where one comes back; it says why a session that there was is none any more."""
    asked = {"next": _where(request)} | ({"why": lapsed} if (lapsed := request.session.lapsed) else {})
    return f"{resolve_url(settings.LOGIN_URL)}?{urlencode(asked)}"


def _where(request: HttpRequest) -> str:
    """The page on which somebody is: a form or a part of a page is no place to come back to."""
    if request.method == "GET" and "HX-Request" not in request.headers:
        return request.get_full_path()
    told = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if not url_has_allowed_host_and_scheme(told, {request.get_host()}, require_https=request.is_secure()):
        return resolve_url(settings.LOGIN_REDIRECT_URL)
    parts = urlsplit(told)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _go(request: HttpRequest, address: str) -> HttpResponse:
    """The whole page goes elsewhere, even when htmx asked for a part of it."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)
