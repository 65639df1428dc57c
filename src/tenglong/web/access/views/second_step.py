"""The second step of signing in, on one's own account."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pyotp
import segno
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from tenglong.actions.access.second_step import (
    begin_second_step,
    confirm_second_step,
    drop_second_step,
    renew_recovery_codes,
)
from tenglong.domain.access.second_step import second_step_rules
from tenglong.queries.access.second_step import SECOND_STEP, begun_secret, left_to_do, second_step_of
from tenglong.web.access.entering import typed_by_owner
from tenglong.web.access.forms.people import BothForm, CodeForm, OwnPasswordForm
from tenglong.web.context import user_of
from tenglong.web.look import dress
from tenglong.web.pages import address_of, page, telling_form

Done = list[str] | None


@page(None, serves=SECOND_STEP, ahead=typed_by_owner)
@require_http_methods(["GET", "POST"])
def second_step(request: HttpRequest) -> HttpResponse:
    """Set it up, take new recovery codes, give it up: what there is to do depends on how it stands."""
    form, codes = _form(request, request.POST or None), None
    if request.method == "POST" and form.is_valid():
        with telling_form(form):
            codes = _deed(request)(request, form.cleaned_data)
            if codes is None:
                return redirect("account.second_step")
            form = _form(request, None)
    secret = begun_secret(user_of(request).pk, request.here.now)
    context = {
        "form": form,
        "codes": codes,
        "standing": second_step_of(user_of(request).pk),
        "secret": secret,
        "qr": _drawn(request, secret) if secret else "",
        "due": left_to_do(user_of(request), request.session) == SECOND_STEP,
    }
    return render(request, "people/second_step.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, said: Any) -> forms.Form:
    """What has to be typed: the password to begin (not who signed in just now), a code to confirm, both to change."""
    if second_step_of(user_of(request).pk).since:
        return dress(BothForm(said))
    if begun_secret(user_of(request).pk, request.here.now):
        form = dress(CodeForm(said))
        form.fields["code"].help_text = ""  # there are no recovery codes yet
        return form
    return forms.Form(said) if _is_fresh(request) else dress(OwnPasswordForm(said))


def _deed(request: HttpRequest) -> Callable[[HttpRequest, dict[str, Any]], Done]:
    if second_step_of(user_of(request).pk).since:
        return _drop if request.POST.get("act") == "drop" else _renew
    return _confirm if begun_secret(user_of(request).pk, request.here.now) else _begin


def _begin(request: HttpRequest, said: dict[str, Any]) -> Done:
    told = {"at": request.here.now, "address": address_of(request), "user": user_of(request)}
    begin_second_step(password=request.ahead if "password" in said else None, **told)
    return None


def _confirm(request: HttpRequest, said: dict[str, Any]) -> Done:
    here = request.here
    return confirm_second_step(actor=here.actor, at=here.now, user=user_of(request), code=said["code"])


def _renew(request: HttpRequest, said: dict[str, Any]) -> Done:
    return renew_recovery_codes(**_told(request), code=said["code"])


def _drop(request: HttpRequest, said: dict[str, Any]) -> Done:
    drop_second_step(**_told(request), code=said["code"])
    messages.success(request, gettext("两步验证已停用。"))
    return None


def _told(request: HttpRequest) -> dict[str, Any]:
    """Who gives the second step up or renews its codes, and the password that they typed."""
    here = request.here
    who = {"actor": here.actor, "at": here.now, "user": user_of(request), "address": address_of(request)}
    return who | {"password": request.ahead}


def _is_fresh(request: HttpRequest) -> bool:
    begun_at = datetime.fromisoformat(request.session["begun_at"])
    return request.here.now - begun_at <= second_step_rules().fresh


def _drawn(request: HttpRequest, secret: str) -> SafeString:
    """The secret for the phone's camera; drawn here, so that no other site learns of it."""
    site = gettext("腾笼") + " " + request.get_host()
    address = pyotp.TOTP(secret).provisioning_uri(name=user_of(request).username, issuer_name=site)
    return mark_safe(segno.make(address, error="m").svg_inline(scale=4, light="#fff"))


urls = [path("account/second-step", second_step, name="account.second_step")]
