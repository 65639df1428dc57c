"""People: who may do what where; one's own password and tokens."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from tenglong.actions.access.people import (
    add_user,
    change_password,
    create_token,
    grant,
    reset_password,
    revoke,
    revoke_token,
    set_active,
)
from tenglong.domain.access.roles import Permission, roles
from tenglong.domain.access.tokens import token_rules
from tenglong.queries.access.people import (
    Person,
    grantable_roles,
    people,
    person_by_id,
    sign_ins,
    tokens_of,
)
from tenglong.web.access.forms.people import GrantForm, PasswordForm, PersonForm, TokenForm
from tenglong.web.context import Here
from tenglong.web.look import dress
from tenglong.web.pages import address_of, page, telling, telling_form
from tenglong.web.templatetags.tenglong import in_script, label

SHOWN_ATTEMPTS = 10


@page(Permission.MANAGE)
@require_http_methods(["GET", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """The people of the territory, and a new one."""
    here, secret = request.here, None
    form = dress(PersonForm(request.POST or None, **_choices(here)))
    if request.method == "POST" and form.is_valid():
        with telling_form(form):
            user, password = add_user(actor=here.actor, at=here.now, **form.cleaned_data)
            secret = (user.username, password)
            form = dress(PersonForm(**_choices(here)))
    context = {"people": people(here.actor, here.today), "form": form, "secret": secret}
    return render(request, "people/people.html", context, status=422 if form.errors else 200)


@page(Permission.MANAGE)
@require_http_methods(["GET", "POST"])
def one(request: HttpRequest, id: int) -> HttpResponse:
    """One person: memberships, account, and a further membership."""
    here = request.here
    person = person_by_id(id, here.actor, here.today)
    form = dress(GrantForm(request.POST or None, **_choices(here)))
    if request.method == "POST" and form.is_valid():
        with telling_form(form):
            grant(actor=here.actor, at=here.now, user_id=id, **form.cleaned_data)
            return redirect("people.one", id)
    context = _about(here, person) | {"form": form, "chooser_action": "/people"}
    return render(request, "people/person.html", context, status=422 if form.errors else 200)


@page(Permission.MANAGE)
@require_POST
def take_back(request: HttpRequest, id: int, membership: int) -> HttpResponse:
    """Take a membership back."""
    with telling(request):
        revoke(actor=request.here.actor, at=request.here.now, membership_id=membership)
        messages.success(request, gettext("授权已收回。"))
    return redirect("people.one", id)


@page(Permission.MANAGE)
@require_POST
def password(request: HttpRequest, id: int) -> HttpResponse:
    """A new password, shown once."""
    here = request.here
    secret = reset_password(actor=here.actor, at=here.now, user_id=id)
    person = person_by_id(id, here.actor, here.today)
    context = _about(here, person) | {"form": dress(GrantForm(**_choices(here))), "secret": secret}
    return render(request, "people/person.html", context)


@page(Permission.MANAGE)
@require_POST
def active(request: HttpRequest, id: int) -> HttpResponse:
    """Deactivate an account, or let it sign in again."""
    with telling(request):
        wanted = request.POST.get("active") == "1"
        set_active(actor=request.here.actor, at=request.here.now, user_id=id, active=wanted)
        messages.success(request, gettext("账号已启用。") if wanted else gettext("账号已停用。"))
    return redirect("people.one", id)


@page(None)
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """One's own password and tokens."""
    here, secret, first = request.here, None, request.user.must_change_password
    passwords = dress(PasswordForm(request.POST if "old" in request.POST else None))
    choices = _token_choices(here)
    tokens = dress(TokenForm(request.POST if "name" in request.POST and not first else None, **choices))
    if passwords.is_bound and passwords.is_valid():
        with telling_form(passwords):
            change_password(
                actor=here.actor,
                at=here.now,
                user=request.user,
                address=address_of(request),
                **passwords.cleaned_data,
            )
            update_session_auth_hash(request, request.user)
            messages.success(request, gettext("密码已修改。"))
            return redirect("home" if first else "account")
    if tokens.is_bound and tokens.is_valid():
        with telling_form(tokens):
            _, secret = create_token(actor=here.actor, at=here.now, **tokens.cleaned_data)
            tokens = dress(TokenForm(**choices))
    context = {
        "passwords": passwords,
        "tokens": tokens,
        "secret": secret,
        "given": tokens_of(request.user.pk, here.now),
        "attempts": sign_ins(request.user.username, SHOWN_ATTEMPTS),
        "first": first,
    }
    wrong = passwords.errors or tokens.errors
    return render(request, "people/account.html", context, status=422 if wrong else 200)


@page(None)
@require_POST
def token_revoke(request: HttpRequest, id: int, owner: int = 0) -> HttpResponse:
    """A token stops working: one's own, or that of a person whom one manages."""
    revoke_token(actor=request.here.actor, at=request.here.now, token_id=id)
    messages.success(request, gettext("令牌已吊销。"))
    return redirect("people.one", owner) if owner else redirect("account")


def _about(here: Here, person: Person) -> dict[str, Any]:
    """A person; of an account that is wholly managed also its tokens and the attempts to sign in."""
    if not person.wholly:
        return {"person": person}
    attempts = sign_ins(person.user.username, SHOWN_ATTEMPTS)
    return {"person": person, "given": tokens_of(person.user.pk, here.now), "attempts": attempts}


def _token_choices(here: Here) -> dict[str, Any]:
    """The scopes and days of tokens.toml, and the units where this person may do something."""
    rules = token_rules()
    return {
        "units": [(unit.code, in_script(unit.indented)) for unit in here.units],
        "scopes": [(scope.id, label(scope)) for scope in rules.scopes.values()],
        "usual": rules.usual_days,
        "longest": rules.longest_days,
    }


def _choices(here: Here) -> dict[str, list[tuple[str, str]]]:
    """The units and roles that this manager may give, in official order."""
    grantable = {unit.code: grantable_roles(here.actor, unit.code, here.today) for unit in here.units}
    given = {role.id for found in grantable.values() for role in found}
    return {
        "units": [(unit.code, in_script(unit.indented)) for unit in here.units if grantable[unit.code]],
        "roles": [(role.id, label(role)) for role in roles().values() if role.id in given],
    }


urls = [
    path("people", listed, name="people"),
    path("people/<int:id>", one, name="people.one"),
    path("people/<int:id>/password", password, name="people.password"),
    path("people/<int:id>/active", active, name="people.active"),
    path("people/<int:id>/memberships/<int:membership>/revoke", take_back, name="people.revoke"),
    path("account", account, name="account"),
    path("account/tokens/<int:id>/revoke", token_revoke, name="account.revoke"),
    path("people/<int:owner>/tokens/<int:id>/revoke", token_revoke, name="people.revoke_token"),
]
