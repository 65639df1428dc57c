"""What became of what the replanned roadmap announced, firm by firm."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from tenglong.domain.access.roles import Permission
from tenglong.domain.roadmap.promises import Fate
from tenglong.queries.roadmap.overview import roadmap_by_id
from tenglong.queries.roadmap.promises import promise_rows, promises_made
from tenglong.queries.roadmap.results import stability_of
from tenglong.web.pages import page
from tenglong.web.roadmap.views.overview import head


@page(Permission.VIEW)
def promises(request: HttpRequest, id: int) -> HttpResponse:
    """Kept, moved, broken and missed promises, from which day to which and why; one fate only where it is asked for."""
    here = request.here
    roadmap = roadmap_by_id(id, here.scope)
    asked = request.GET.get("fate", "")
    fates = tuple(Fate) if asked not in set(Fate) else (Fate(asked),)
    context = head(here, roadmap) | {
        "made": promises_made(roadmap, here.scope),
        "stability": stability_of(roadmap, here.scope),
        "rows": promise_rows(roadmap, here.scope, fates),
        "fate": asked if len(fates) == 1 else "",
    }
    return render(request, "roadmaps/promises.html", context)


urls = [path("roadmaps/<int:id>/promises", promises, name="roadmaps.promises")]
