"""Upgrade certificates: the list of a unit, those of one firm, and what is said of one."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from tenglong.actions.uplift.certificates import end_certificate, record_certificate, take_back_certificate
from tenglong.domain.access.roles import Permission
from tenglong.domain.campaign.figures import definitions
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.uplift.certificates import (
    Certificate,
    certificate_kind,
    certificate_kinds,
    days_ahead,
    expiring_by,
)
from tenglong.queries.campaign.figures import Question, ask
from tenglong.queries.registry.firms import firm_file
from tenglong.queries.uplift.listing import Shown, certificate_by_id, certificates_at, certificates_of
from tenglong.web.context import Here, day_from
from tenglong.web.look import F, dress
from tenglong.web.pages import page, telling_form
from tenglong.web.uplift.forms.certificates import CertificateForm, EndingForm, MistakeForm

PER_PAGE = 50
FIGURES = tuple(figure.id for figure in definitions().values() if figure.certificate)


@page(Permission.VIEW)
def listed(request: HttpRequest) -> HttpResponse:
    """The certificates that hold at the chosen unit, or that expire soon, and what the roster's firms gained since a
    day (`from`; the beginning of the roster by default)."""
    here, kind = request.here, request.GET.get("kind", "")
    soon, expiring = expiring_by(here.today), request.GET.get("show") == "expiring"
    kind = kind if kind in certificate_kinds() else ""
    day = here.today if expiring else here.as_of
    rows = certificates_at(here.places, day, kind=kind, expiring_by=soon if expiring else None)
    context: dict[str, Any] = {
        "rows": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "kinds": certificate_kinds().values(),
        "kind": kind,
        "day": day,
        "expiring": expiring,
        "soon": len(certificates_at(here.places, here.today, expiring_by=soon)),
        "days": days_ahead(),
    }
    if here.roster and not expiring:
        now = here.question()
        since = min(_since(request, now), now.as_of)
        context |= {"asked": now, "since": since, "gained": _gained(here, now, since)}
    return render(request, "certificates/certificates.html", context)


def _since(request: HttpRequest, now: Question) -> date:
    asked = request.GET.get("from", "")
    return day_from(asked, request.here.today) if asked else now.roster.start


def _gained(here: Here, now: Question, since: date) -> list[dict[str, Any]]:
    """Each count on two days, and the net increase; a base of 0 has no percentage."""
    before = here.question(as_of=since)
    pairs = zip(ask(before, FIGURES), ask(now, FIGURES), strict=True)
    return [
        {"id": after.id, "before": first, "after": after, "net": _net(first.exact, after.exact)}
        for first, after in pairs
    ]


def _net(first: Any, last: Any) -> str:
    """The net increase with its sign; a dash where one of the two is not known."""
    if first is None or last is None:
        return "—"
    return f"{int(last - first):+d}" if last != first else "0"


@page(Permission.VIEW)
@require_http_methods(["GET", "POST"])
def of_firm(request: HttpRequest, id: int) -> HttpResponse:
    """The certificates of one firm, and a form for a further one."""
    here, file = request.here, firm_file(id, request.here.scope)
    _check_here(here, file.firm.place_id)
    may = here.may(Permission.RECORD, file.firm.place_id)
    form = dress(CertificateForm(request.POST or None))
    if request.method == "POST" and form.is_valid():
        with telling_form(form):
            record_certificate(_said(file.firm.id, form.cleaned_data), actor=here.actor, at=here.now)
            messages.success(request, gettext("已登记提升证书。"))
            return redirect("firms.certificates", file.firm.id)
    context = {
        "firm": file.firm,
        "rows": [(row, row.last is None or row.last >= here.as_of) for row in certificates_of(file.firm.id)],
        "form": form if may else None,
        "records": may,
    }
    return render(request, "certificates/of_firm.html", context, status=422 if form.errors else 200)


@page(Permission.RECORD)
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, id: int) -> HttpResponse:
    """Say that a certificate was revoked or given up."""

    def say(here: Here, given: dict[str, Any]) -> None:
        end_certificate(id, given["ended"], actor=here.actor, at=here.now, reason=given["reason"])

    return _said_of(request, id, dress(EndingForm(request.POST or None)), say, gettext("登记失效"))


@page(Permission.RECORD)
@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest, id: int) -> HttpResponse:
    """Say that a certificate was recorded by mistake."""

    def say(here: Here, given: dict[str, Any]) -> None:
        take_back_certificate(id, actor=here.actor, at=here.now, reason=given["reason"])

    return _said_of(request, id, dress(MistakeForm(request.POST or None)), say, gettext("撤销登记"))


def _said_of(
    request: HttpRequest, id: int, form: F, say: Callable[[Here, dict[str, Any]], None], title: str
) -> HttpResponse:
    """A page that says something of one certificate, and goes back to its firm."""
    shown: Shown = certificate_by_id(id)
    firm = firm_file(shown.firm_id, request.here.scope).firm
    _check_here(request.here, firm.place_id)
    request.here.actor.check_may(Permission.RECORD, firm.place_id)
    if request.method == "POST" and form.is_valid():
        with telling_form(form):
            say(request.here, form.cleaned_data)
            messages.success(request, gettext("已登记。已印发的通报不变。"))
            return redirect("firms.certificates", firm.id)
    context = {"row": shown, "firm": firm, "form": form, "title": title}
    return render(request, "certificates/said.html", context, status=422 if form.errors else 200)


def _check_here(here: Here, place_id: int) -> None:
    """The certificates of a firm that lies elsewhere are its own office's, though it has a case here."""
    if not (here.scope.everywhere or place_id in here.scope.places):
        raise NotFound(msg("这家企业登记在其他辖区，它的证书由当地整治办管理。"))


def _said(firm_id: int, given: dict[str, Any]) -> Certificate:
    kind, granted = certificate_kind(given["kind"]), given["granted"]
    until: date | None = given["until"] or kind.until(granted)
    return Certificate(kind.id, firm_id, given["number"].strip(), granted, until)


urls = [
    path("certificates", listed, name="certificates"),
    path("firms/<int:id>/certificates", of_firm, name="firms.certificates"),
    path("certificates/<int:id>/end", end, name="certificates.end"),
    path("certificates/<int:id>/take-back", take_back, name="certificates.take_back"),
]
