"""The search box in the head of every page."""

from itertools import groupby

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from tenglong.domain.access.roles import Permission
from tenglong.queries.reporting.search import AT_MOST, LONGEST, Hit, search
from tenglong.web.pages import page

SORTS = {
    "firm": (_("企业"), "firms.one"),
    "case": (_("案件"), "cases.one"),
    "roster": (_("名单"), "rosters.one"),
    "bulletin": (_("通报"), "bulletins.one"),
    "roadmap": (_("路线图"), "roadmaps.one"),
    "evaluation": (_("评价"), "evaluations.one"),
    "import": (_("导入"), "imports.one"),
}


@page(Permission.VIEW)
def found(request: HttpRequest) -> HttpResponse:
    """What bears the text, by sort."""
    here, text = request.here, request.GET.get("q", "").strip()
    hits = search(text, here.actor, here.today)
    groups = [
        (SORTS[sort][0], [(_address(hit), hit) for hit in part])
        for sort, part in groupby(hits, lambda hit: hit.sort)
    ]
    return render(
        request,
        "search/search.html",
        {"text": text[:LONGEST], "groups": groups, "count": len(hits), "most": AT_MOST},
    )


def _address(hit: Hit) -> str:
    return reverse(SORTS[hit.sort][1], args=[hit.id])


urls = [path("search", found, name="search")]
