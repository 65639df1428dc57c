"""Roadmaps side by side, the trade between money and benefit, and what other limits would bring."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from tenglong.actions import roadmap as roadmaps
from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg
from tenglong.domain.roadmap.what_if import Change
from tenglong.queries.roadmap.explanations import Levers, answer_of, job_of_what_if, levers_of
from tenglong.queries.roadmap.overview import (
    Roadmap,
    RoadmapView,
    check_sees_all,
    job_of_front,
    roadmap_by_id,
)
from tenglong.queries.roadmap.results import front_of
from tenglong.queries.roadmap.totals import Compared, compare
from tenglong.web.context import Here
from tenglong.web.look import dress
from tenglong.web.pages import page, telling
from tenglong.web.roadmap.charts import curve_chart, front_chart
from tenglong.web.roadmap.forms.lines import WhatIfForm
from tenglong.web.roadmap.tags import BATCHES, amount, amount_label, amount_unit, words
from tenglong.web.roadmap.views.overview import AMOUNTS, head

CURVES = ("land", "energy", "cod", "money")
FEWEST, MOST = 2, 4


@page(Permission.VIEW)
def compared(request: HttpRequest) -> HttpResponse:
    """Two to four roadmaps of one roster side by side."""
    here = request.here
    asked = dict.fromkeys(id for ids in request.GET.getlist("ids") for id in ids.split(","))
    numbers = [int(id) for id in asked if id.isascii() and id.isdigit() and len(id) < 10]
    if not FEWEST <= len(numbers) <= MOST:
        raise BadValue(msg("请选择 2 至 4 份路线图进行比较，现在选了 {count} 份。", count=len(numbers)))
    found = [roadmap_by_id(id, here.scope) for id in numbers]
    if len({one.roster_id for one in found}) > 1:
        raise BadValue(msg("只有同一份名单的路线图才能比较，请重新选择。"))
    sides = compare(found, here.scope)
    context = {
        "first": RoadmapView.of(found[0]),
        "found": sides,
        "batches": BATCHES,
        "amounts": (*AMOUNTS, "staff_days", "jobs", "tax"),
        "curves": [
            curve_chart(id, {_name(one): one.curves.get(id, ()) for one in sides.columns}) for id in CURVES
        ],
    }
    return render(request, "roadmaps/compare.html", context)


@page(Permission.VIEW)
@require_http_methods(["GET", "POST"])
def front(request: HttpRequest, id: int) -> HttpResponse:
    """How much can be done with how much money: asked for once, and kept."""
    here = request.here
    roadmap = roadmap_by_id(id, here.scope)
    check_sees_all(roadmap, here.scope)
    if request.method == "POST":
        with telling(request):
            roadmaps.ask_for_front(actor=here.actor, at=here.now, roadmap=roadmap)
        return redirect("roadmaps.front", id)
    job, rows = job_of_front(roadmap.pk), front_of(roadmap, here.scope)
    if request.headers.get("HX-Request"):
        return _still(request, job, request.path)
    context = head(here, roadmap)
    context |= {
        "rows": rows,
        "chart": front_chart(rows),
        "amounts": ("land", "energy", "cod"),
        "job": job,
        "waiting": job is not None and not job.ended,
        "address": request.path,
        "asks": "front" in context["open_now"],
    }
    return render(request, "roadmaps/front.html", context)


@page(Permission.ROADMAP_PLAN)
@require_http_methods(["GET", "POST"])
def what_if(request: HttpRequest, id: int) -> HttpResponse:
    """One limit moved: asked by the form, worked out in the background, and found again under its own address."""
    here = request.here
    roadmap = roadmap_by_id(id, here.scope)
    check_sees_all(roadmap, here.scope)
    levers = levers_of(roadmap, here.scope)
    said = request.POST if request.method == "POST" else request.GET
    asked = "limit" in said
    form = dress(WhatIfForm(said if asked else None, limits=_choices(levers), together=levers.amounts))
    context: dict[str, Any] = head(here, roadmap) | {"form": form, "limits": levers.tight}
    if asked and form.is_valid():
        changes = levers.changes(form.cleaned_data["limit"], **form.moved)
        if request.method == "POST":
            with telling(request):
                _ask(here, roadmap, changes)
            return redirect(f"{request.path}?{urlencode({name: said[name] for name in form.fields})}")
        job = job_of_what_if(roadmap.pk, changes)
        if request.headers.get("HX-Request"):
            return _still(request, job, request.get_full_path())
        context |= {"answer": answer_of(roadmap, changes, here.scope), "job": job}
        context |= {"waiting": job is not None and not job.ended, "address": request.get_full_path()}
        context |= {"amounts": (*AMOUNTS, "write_off", "staff_days")}
    return render(request, "roadmaps/what_if.html", context, status=422 if asked and form.errors else 200)


def _ask(here: Here, roadmap: Roadmap, changes: tuple[Change, ...]) -> None:
    """Have the answer looked for, unless it is kept or being looked for."""
    job = job_of_what_if(roadmap.pk, changes)
    if answer_of(roadmap, changes, here.scope) is None and (job is None or job.ended):
        roadmaps.ask_what_if(actor=here.actor, at=here.now, roadmap=roadmap, changes=changes)


def _choices(levers: Levers) -> list[tuple[str, str]]:
    """All limits of an amount together, and the scarce ones one by one."""
    together = gettext("全部“{amount}”限额")
    found = [(id, together.format(amount=amount_label(id))) for id in levers.amounts]
    return found + [
        (one.id, f"{words(one.label)} {amount(one.bound)} {amount_unit(one.amount)}") for one in levers.tight
    ]


def _still(request: HttpRequest, job: Any, address: str) -> HttpResponse:
    """How far a job is; once it has ended the whole page is asked for anew."""
    if job is None or job.ended:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "roadmaps/waiting.html", {"job": job, "address": address})


def _name(one: Compared) -> str:
    return gettext("第 {number} 号").format(number=one.roadmap.number)


urls = [
    path("roadmaps/compare", compared, name="roadmaps.compare"),
    path("roadmaps/<int:id>/front", front, name="roadmaps.front"),
    path("roadmaps/<int:id>/what-if", what_if, name="roadmaps.what_if"),
]
