"""What counts without the files that the rules ask for, handing them in later, and all of a case in one file."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from tenglong.actions.campaign.cases import add_evidence
from tenglong.actions.campaign.dossiers import dossier_file
from tenglong.domain.access.roles import Permission
from tenglong.queries.campaign.cases import CaseHead, case_by_id
from tenglong.queries.campaign.lacking import lacking
from tenglong.queries.campaign.timelines import line_by_id
from tenglong.web.campaign.forms.entries import ProofForm
from tenglong.web.look import dress
from tenglong.web.pages import page, telling_form
from tenglong.web.templatetags.tenglong import kind_label

PER_PAGE = 50


@page(Permission.VIEW)
def listed(request: HttpRequest) -> HttpResponse:
    """The entries of the chosen roster and unit that lack files."""
    here = request.here
    rows = Paginator(lacking(here.the_roster, here.places), PER_PAGE).get_page(request.GET.get("page"))
    context = {"rows": rows, "records": here.may(Permission.RECORD)}
    return render(request, "entries/lacking.html", context)


@page(Permission.RECORD)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, id: int) -> HttpResponse:
    """Files for an entry that was recorded before."""
    here = request.here
    case, line = line_by_id(id, here.scope)
    here.actor.check_may(Permission.RECORD, case.place_id)
    form = dress(ProofForm(request.POST or None, request.FILES or None))
    if request.method == "POST" and form.is_valid():
        with telling_form(form):
            add_evidence(actor=here.actor, at=here.now, entry_id=id, files=form.cleaned_data["proofs"])
            messages.success(
                request, gettext("已为“{kind}”补充佐证材料。").format(kind=kind_label(line.fact.kind))
            )
            return redirect("cases.one", case.pk)
    context = {"case": CaseHead.of(case), "line": line, "form": form}
    return render(request, "entries/proof.html", context, status=422 if form.errors else 200)


@page(Permission.EXPORT)
def dossier(request: HttpRequest, id: int) -> FileResponse:
    """The dossier of a case, to save."""
    here = request.here
    case = case_by_id(id, here.scope)
    out, name = dossier_file(actor=here.actor, at=here.now, case=case)
    return FileResponse(out, as_attachment=True, filename=name, content_type="application/zip")


urls = [
    path("cases/<int:id>/dossier", dossier, name="cases.dossier"),
    path("cases/lacking", listed, name="cases.lacking"),
    path("entries/<int:id>/evidence", add, name="entries.proof"),
]
