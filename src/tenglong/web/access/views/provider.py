"""Single sign-on: binding one's own account, or that of a person whom one manages."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from tenglong.actions.access.provider import bind_for, bind_own, unbind
from tenglong.domain.access.provider import Identity
from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.queries.access.provider import bound_to
from tenglong.web.access.entering import typed_by_owner
from tenglong.web.access.forms.people import OwnPasswordForm
from tenglong.web.context import user_of
from tenglong.web.look import dress
from tenglong.web.pages import address_of, page, telling, telling_form
from tenglong.web.templatetags.tenglong import label

FOUND, FOUND_LASTS = "found", timedelta(minutes=10)


@page(None, ahead=typed_by_owner)
@require_http_methods(["GET", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """How one's own account is bound; with the password bind it to what the provider just said, or end that."""
    here, issuer = request.here, _issuer()
    bound, found = bound_to(user_of(request).pk, issuer), _found(request, here.now)
    form = dress(OwnPasswordForm(request.POST or None))
    if request.method == "POST" and form.is_valid() and (bound or found):
        told = {
            "actor": here.actor,
            "at": here.now,
            "address": address_of(request),
            "password": request.ahead,
        }
        with telling_form(form):
            if bound:
                unbind(user_id=user_of(request).pk, issuer=issuer, session=request.session.digest, **told)
                messages.success(request, gettext("已解除绑定。"))
            elif found:
                bind_own(user=user_of(request), identity=found, **told)
                messages.success(request, gettext("已绑定。"))
            request.session.pop(FOUND, None)
            return redirect("account.provider")
    context = {"form": form, "bound": bound, "found": found, "provider": label(settings.OIDC["name"])}
    return render(request, "people/provider.html", context, status=422 if form.errors else 200)


@page(Permission.MANAGE)
@require_POST
def of_person(request: HttpRequest, id: int) -> HttpResponse:
    """State what the provider says of somebody, or end a binding."""
    here, issuer = request.here, _issuer()
    with telling(request):
        if request.POST.get("act") == "unbind":
            unbind(actor=here.actor, at=here.now, user_id=id, issuer=issuer)
            messages.success(request, gettext("已解除绑定。"))
        else:
            claimed = request.POST.get("claimed", "")
            bind_for(actor=here.actor, at=here.now, user_id=id, issuer=issuer, claimed=claimed)
            messages.success(request, gettext("已绑定。"))
    return redirect("people.one", id)


def _issuer() -> str:
    if not settings.OIDC["issuer"]:
        raise NotFound(msg("本站没有启用单点登录，请用密码登录。"))
    return str(settings.OIDC["issuer"])


def _found(request: HttpRequest, now: datetime) -> Identity | None:
    """What the provider has just said in this session."""
    kept: dict[str, Any] = dict(request.session.get(FOUND, {}))
    if not kept or now - datetime.fromisoformat(kept.pop("at")) > FOUND_LASTS:
        return None
    return Identity(**kept)


urls = [
    path("account/provider", own, name="account.provider"),
    path("people/<int:id>/provider", of_person, name="people.provider"),
]
