"""How a page is guarded, and how what went wrong is said on it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Page
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import gettext

from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.errors import BadFile, BadValue, Conflict, NotAllowed, NotFound, UserError
from tenglong.queries.values import Value
from tenglong.web.context import Here

View = Callable[..., HttpResponse]
STATUS = {NotFound: 404, NotAllowed: 403, Conflict: 409}
SAID_IN_PLACE = (BadValue, BadFile, Conflict)


def page(permission: Permission | None) -> Callable[[View], View]:
    """A page for people who hold `permission` somewhere; None is a page for everybody who is signed in.

    Who must change their password first is sent to the account page, whose own pages are of the second sort.

    The view finds its surroundings in `request.here`. What it shows must still be narrowed to `here.scope`.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return _go(request, redirect_to_login(request.get_full_path())["Location"])
            request.here = Here(request)
            if permission is not None:
                if request.user.must_change_password:
                    return _go(request, resolve_url("account"))
                if not request.here.actor.grants:
                    return render(request, "layout/no_unit.html", status=403)
                request.here.actor.check_may(permission)
            return view(request, *args, **kwargs)

        guarded.permission = permission
        return guarded

    return decorate


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; behind a proxy that is trusted, what the proxy says."""
    return str(request.META.get("REMOTE_ADDR", ""))


def public(view: View) -> View:
    """A page that answers before anybody has signed in; there is no other way to make one."""
    view.permission = "public"
    return view


def say(request: HttpRequest, error: UserError) -> HttpResponse:
    """The page, or for htmx the part of a page, that says what went wrong."""
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
    template = "layout/problem_part.html" if request.headers.get("HX-Request") else "layout/problem.html"
    return render(request, template, {"sentence": error.message.render(gettext)}, status=status)


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


def _go(request: HttpRequest, address: str) -> HttpResponse:
    """The whole page goes elsewhere, even when htmx asked for a part of it."""
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return redirect(address)
