"""一企一档: everything about one firm that the person may see."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse

from tenglong.domain.access.roles import Permission
from tenglong.queries.campaign.case_files import case_files
from tenglong.queries.evaluation.grades import history_of
from tenglong.queries.registry.firms import firm_file
from tenglong.queries.roadmap.adoption import planned_of_case
from tenglong.web.pages import page


@page(Permission.VIEW)
def one(request: HttpRequest, id: int) -> HttpResponse:
    """The file of a firm."""
    here = request.here
    here.chooser = reverse("cases")
    file = firm_file(id, here.scope)
    if file.firm.id != id:
        return redirect("firms.one", file.firm.id)
    context = {
        "file": file,
        "firm": file.firm,
        "cases": case_files(file.cases, here.actor, here.today),
        "plans": {case.id: planned_of_case(case, here.scope, here.today) for case in file.cases},
        "history": history_of(file.firm, here.scope),
        "lies_here": here.scope.everywhere or file.firm.place_id in here.scope.places,
    }
    return render(request, "firms/firm.html", context)


urls = [path("firms/<int:id>", one, name="firms.one")]
