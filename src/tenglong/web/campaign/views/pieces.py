"""The evidence that a case needs: handing in a piece, waiving one, and what lacks in each unit."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from tenglong.actions.campaign.pieces import give_piece, waive_piece
from tenglong.domain.access.roles import Permission
from tenglong.queries.campaign.cases import CaseHead, case_by_id
from tenglong.queries.campaign.missing import board
from tenglong.queries.campaign.pieces import piece_of
from tenglong.web.campaign.forms.entries import ProofForm, WaiverForm
from tenglong.web.look import dress
from tenglong.web.pages import page, telling_form
from tenglong.web.templatetags.tenglong import label


@page(Permission.RECORD)
@require_http_methods(["GET", "POST"])
def give(request: HttpRequest, id: int, piece: str) -> HttpResponse:
    """The files of a piece."""
    here = request.here
    case = case_by_id(id, here.scope)
    here.actor.check_may(Permission.RECORD, case.place_id)
    named = piece_of(case, piece, here.today)
    form = dress(ProofForm(request.POST or None, request.FILES or None))
    if request.method == "POST" and form.is_valid():
        with telling_form(form):
            give_piece(
                actor=here.actor, at=here.now, case=case, piece=piece, files=form.cleaned_data["proofs"]
            )
            messages.success(request, gettext("已提交佐证“{piece}”。").format(piece=label(named)))
            return redirect("cases.one", case.pk)
    context = {"case": CaseHead.of(case), "piece": named, "form": form, "waiving": False}
    return render(request, "entries/piece.html", context, status=422 if form.errors else 200)


@page(Permission.WRITE_OFF)
@require_http_methods(["GET", "POST"])
def waive(request: HttpRequest, id: int, piece: str) -> HttpResponse:
    """Why a piece does not apply to a case."""
    here = request.here
    case = case_by_id(id, here.scope)
    here.actor.check_may(Permission.WRITE_OFF, case.place_id)
    named = piece_of(case, piece, here.today)
    form = dress(WaiverForm(request.POST or None))
    if request.method == "POST" and form.is_valid():
        with telling_form(form):
            reason = form.cleaned_data["reason"]
            waive_piece(actor=here.actor, at=here.now, case=case, piece=piece, reason=reason)
            messages.success(request, gettext("已免交佐证“{piece}”。").format(piece=label(named)))
            return redirect("cases.one", case.pk)
    context = {"case": CaseHead.of(case), "piece": named, "form": form, "waiving": True}
    return render(request, "entries/piece.html", context, status=422 if form.errors else 200)


@page(Permission.VIEW)
def missing(request: HttpRequest) -> HttpResponse:
    """How many pieces lack in the cases of the chosen roster, by unit and by piece."""
    here = request.here
    found = board(here.the_roster, here.unit.code, here.places, here.today)
    return render(request, "entries/missing.html", {"board": found})


urls = [
    path("cases/missing", missing, name="cases.missing"),
    path("cases/<int:id>/pieces/<str:piece>", give, name="cases.piece"),
    path("cases/<int:id>/pieces/<str:piece>/waive", waive, name="cases.waive"),
]
