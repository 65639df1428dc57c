"""People: who may do what where; one's own password and tokens."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from tenglong.actions.access.passwords import NewPassword, TypedPassword, new_password
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
from tenglong.actions.access.second_step import reset_second_step
from tenglong.actions.access.sessions import end_session, end_sessions
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
from tenglong.queries.access.provider import bound_to
from tenglong.queries.access.second_step import PASSWORD, left_to_do, second_step_of
from tenglong.queries.access.sessions import sessions_of
from tenglong.web.access.entering import typed_by_owner
from tenglong.web.access.forms.people import GrantForm, PasswordForm, PersonForm, TokenForm
from tenglong.web.context import Here, user_of
from tenglong.web.look import dress
from tenglong.web.pages import address_of, page, telling, telling_form
from tenglong.web.templatetags.tenglong import in_script, label

SHOWN_ATTEMPTS = 10


def _made(request: HttpRequest) -> NewPassword:
    return new_password()


def _typed(request: HttpRequest) -> tuple[TypedPassword, NewPassword]:
    """The old password compared, the new one hashed; of one that will be refused nothing is hashed."""
    old, new = typed_by_owner(request, "old"), request.POST.get("new", "")
    return old, new_password(new) if old.right and new else NewPassword(new, "")


@page(Permission.MANAGE, ahead=_made)
@require_http_methods(["GET", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """The people of the territory, and a new one."""
    here, secret = request.here, None
    form = dress(PersonForm(request.POST or None, **_choices(here)))
    if request.method == "POST" and form.is_valid():
        with telling_form(form):
            user, password = add_user(
                actor=here.actor, at=here.now, password=request.ahead, **form.cleaned_data
            )
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
    here.chooser = reverse("people")
    context = _about(here, person) | {"form": form}
    return render(request, "people/person.html", context, status=422 if form.errors else 200)


@page(Permission.MANAGE)
@require_POST
def take_back(request: HttpRequest, id: int, membership: int) -> HttpResponse:
    """Take a membership back."""
    with telling(request):
        revoke(actor=request.here.actor, at=request.here.now, membership_id=membership)
        messages.success(request, gettext("授权已收回。"))
    return redirect("people.one", id)


@page(Permission.MANAGE, ahead=_made)
@require_POST
def password(request: HttpRequest, id: int) -> HttpResponse:
    """A new password, shown once."""
    here = request.here
    secret = reset_password(actor=here.actor, at=here.now, user_id=id, password=request.ahead)
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


@page(None, serves=PASSWORD, ahead=_typed)
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """One's own password and tokens."""
    here, secret, first = request.here, None, left_to_do(user_of(request), request.session) == PASSWORD
    passwords = dress(PasswordForm(request.POST if "old" in request.POST else None))
    choices = _token_choices(here)
    tokens = dress(TokenForm(request.POST if "name" in request.POST and not first else None, **choices))
    if passwords.is_bound and passwords.is_valid():
        old, new = request.ahead
        with telling_form(passwords):
            change_password(
                actor=here.actor,
                at=here.now,
                user=user_of(request),
                address=address_of(request),
                session=request.session.digest,
                old=old,
                new=new,
            )
            update_session_auth_hash(request, user_of(request))
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
        "given": tokens_of(user_of(request).pk, here.now),
        "attempts": sign_ins(user_of(request).username, SHOWN_ATTEMPTS),
        "first": first,
        "sittings": sessions_of(user_of(request).pk, here.now, request.session.digest),
        "second_step": second_step_of(user_of(request).pk),
        **_at_provider(user_of(request).pk),
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


@page(Permission.MANAGE)
@require_POST
def second_step(request: HttpRequest, id: int) -> HttpResponse:
    """Take the second step from somebody whose phone is lost."""
    here = request.here
    with telling(request):
        reset_second_step(actor=here.actor, at=here.now, user_id=id, reason=request.POST.get("reason", ""))
        messages.success(request, gettext("两步验证已解除，该用户须重新登录。"))
    return redirect("people.one", id)


@page(None)
@require_POST
def session_end(request: HttpRequest, session: str, owner: int = 0) -> HttpResponse:
    """Sign out in one other browser: oneself, or a person whom one manages."""
    with telling(request):
        end_session(actor=request.here.actor, at=request.here.now, id=session)
        messages.success(request, gettext("该登录会话已结束。"))
    return redirect("people.one", owner) if owner else redirect("account")


@page(None)
@require_POST
def sessions_end(request: HttpRequest, owner: int = 0) -> HttpResponse:
    """Sign out everywhere: oneself but here, or a person whom one manages."""
    here, user = request.here, owner or user_of(request).pk
    ended = end_sessions(actor=here.actor, at=here.now, user_id=user, but=request.session.digest)
    messages.success(request, gettext("已结束 {count} 个登录会话。").format(count=ended))
    return redirect("people.one", owner) if owner else redirect("account")


def _about(here: Here, person: Person) -> dict[str, Any]:
    """A person; of an account that is wholly managed also its tokens, its sessions and the attempts to sign in."""
    if not person.wholly:
        return {"person": person}
    return {
        "person": person,
        "given": tokens_of(person.user.pk, here.now),
        "attempts": sign_ins(person.user.username, SHOWN_ATTEMPTS),
        "sittings": sessions_of(person.user.pk, here.now),
        "second_step": second_step_of(person.user.pk),
        **_at_provider(person.user.pk),
    }


def _at_provider(user_id: int) -> dict[str, Any]:
    """How somebody is bound to the provider of single sign-on, where there is one."""
    issuer, name = settings.OIDC["issuer"], settings.OIDC["name"]
    return {"provider": label(name), "bound": bound_to(user_id, issuer)} if issuer else {}


def _token_choices(here: Here) -> dict[str, Any]:
    """The scopes and days of tokens.toml, and the units where this person may do something."""
    rules = token_rules()
    return {
        "units": [(unit.code, in_script(unit.indented)) for unit in here.choices],
        "scopes": [(scope.id, label(scope)) for scope in rules.scopes.values()],
        "usual": rules.usual_days,
        "longest": rules.longest_days,
    }


def _choices(here: Here) -> dict[str, list[tuple[str, str]]]:
    """The units and roles that this manager may give, in official order."""
    grantable = {unit.code: grantable_roles(here.actor, unit.code, here.today) for unit in here.choices}
    given = {role.id for found in grantable.values() for role in found}
    return {
        "units": [(unit.code, in_script(unit.indented)) for unit in here.choices if grantable[unit.code]],
        "roles": [(role.id, label(role)) for role in roles().values() if role.id in given],
    }


urls = [
    path("people", listed, name="people"),
    path("people/<int:id>", one, name="people.one"),
    path("people/<int:id>/password", password, name="people.password"),
    path("people/<int:id>/active", active, name="people.active"),
    path("people/<int:id>/memberships/<int:membership>/revoke", take_back, name="people.revoke"),
    path("people/<int:id>/second-step", second_step, name="people.second_step"),
    path("account", account, name="account"),
    path("account/tokens/<int:id>/revoke", token_revoke, name="account.revoke"),
    path("account/sessions/end", sessions_end, name="account.end_sessions"),
    path("account/sessions/<str:session>/end", session_end, name="account.end_session"),
    path("people/<int:owner>/sessions/end", sessions_end, name="people.end_sessions"),
    path("people/<int:owner>/sessions/<str:session>/end", session_end, name="people.end_session"),
    path("people/<int:owner>/tokens/<int:id>/revoke", token_revoke, name="people.revoke_token"),
]
