"""Putting a roadmap in force."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from tenglong.actions import roadmap as roadmaps
from tenglong.domain.access.roles import Permission
from tenglong.queries.roadmap.adoption import adoption_preview
from tenglong.queries.roadmap.overview import check_sees_all, roadmap_by_id
from tenglong.queries.roadmap.results import certificate_of, checks_of
from tenglong.web.look import dress
from tenglong.web.pages import page, telling_form
from tenglong.web.roadmap.forms.lines import AdoptForm
from tenglong.web.roadmap.views.overview import head


@page(Permission.ROADMAP_ADOPT)
@require_http_methods(["GET", "POST"])
def adopt(request: HttpRequest, id: int) -> HttpResponse:
    """What adopting does to how many cases; and doing it."""
    here = request.here
    roadmap = roadmap_by_id(id, here.scope)
    check_sees_all(roadmap, here.scope)
    preview = adoption_preview(roadmap, here.actor)
    count = len(preview.dates)
    form = dress(AdoptForm(request.POST if request.method == "POST" else None, dates=count))
    if request.method == "POST" and form.is_valid():
        with telling_form(form):
            said = form.cleaned_data
            roadmaps.adopt(
                actor=here.actor,
                at=here.now,
                roadmap=roadmap,
                note=said["note"],
                dates_seen=said["dates"] or 0,
            )
            messages.success(request, gettext("已采纳第 {number} 号路线图。").format(number=roadmap.number))
            return redirect("roadmaps.one", id)
    context = head(here, roadmap) | {
        "form": form,
        "certificate": certificate_of(roadmap),
        "preview": preview,
        "failed": [check for check in checks_of(roadmap, here.scope) if check.outcome == "fail"],
    }
    return render(request, "roadmaps/adopt.html", context, status=422 if form.errors else 200)


urls = [path("roadmaps/<int:id>/adopt", adopt, name="roadmaps.adopt")]
