"""Roadmaps of a roster: the list, one of them, how far its planning is, and taking one back."""

import json
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenglong.actions import roadmap as roadmaps
from tenglong.domain.access.roles import Permission
from tenglong.domain.roadmap.assumptions import assumptions_of
from tenglong.domain.roadmap.process import COMPUTING, INFEASIBLE
from tenglong.queries.matters import open_steps
from tenglong.queries.roadmap.accounts import account_of
from tenglong.queries.roadmap.grid import gantt_table, load_table
from tenglong.queries.roadmap.overview import (
    Roadmap,
    RoadmapView,
    job_of_roadmap,
    roadmap_by_id,
    sees_all,
    visible_roadmaps,
)
from tenglong.queries.roadmap.promises import promises_made
from tenglong.queries.roadmap.results import (
    certificate_of,
    checks_of,
    conflict_of,
    prices_of,
    relaxation_of,
    stability_of,
    trajectory_of,
)
from tenglong.queries.roadmap.settings import settings_of
from tenglong.queries.roadmap.totals import Totals, totals_by, totals_of
from tenglong.queries.roadmap.views import cash_by_month, cumulative, gantt, load_of_teams
from tenglong.web.context import Here
from tenglong.web.evaluation.forms.runs import ReasonForm
from tenglong.web.pages import as_values, page
from tenglong.web.roadmap.charts import cash_chart, freed_charts, search_chart
from tenglong.web.roadmap.tags import BATCHES
from tenglong.web.steps import DANGER, PRIMARY, Button, Moved, step_buttons, step_paths

PER_PAGE = 20
BUTTONS = {
    "retry": Button("roadmaps.retry", look=PRIMARY, act=roadmaps.retry),
    "stop": Button(
        "roadmaps.stop", act=roadmaps.stop, done=_("正在停止，随后显示目前最好的方案。")
    ),
    "adjust": Button("roadmaps.lines", link=True),
    "replan": Button("roadmaps.replan", link=True),
    "adopt": Button("roadmaps.adopt", look=PRIMARY, link=True),
    "approve": Button(
        "roadmaps.approve", None, _("确定批准各户方案？台账为等待批准的企业登记“方案批准”。"), PRIMARY,
        act=roadmaps.approve, done=_("已批准各户方案。"),
    ),
    "withdraw": Button(
        "roadmaps.withdraw", ReasonForm, _("确定撤回这份路线图？撤回后不能恢复，原方案保留备查。"), DANGER,
        folded=True, act=roadmaps.withdraw, done=_("已撤回，原方案保留备查。"),
    ),
}  # fmt: skip
"""What is asked on the overview; what-if and the front have tabs of their own."""
AMOUNTS = ("land", "energy", "wastewater", "cod", "money")
"""What the tables of totals show, in this order."""


@page(Permission.VIEW)
def listed(request: HttpRequest) -> HttpResponse:
    """The roadmaps of the chosen roster that the person may see, and below them those of their other rosters."""
    here = request.here
    every = visible_roadmaps(here.scope)
    found = [one for one in every if one.roster_id == here.the_roster.pk]
    rows = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": as_values(rows, RoadmapView),
        "comparable": sum(bool(one.gap) for one in found),
        "others": [RoadmapView.of(one) for one in every if one.roster_id != here.the_roster.pk],
        "plans": here.may(Permission.ROADMAP_PLAN),
    }
    return render(request, "roadmaps/roadmaps.html", context)


@page(Permission.VIEW)
def one(request: HttpRequest, id: int) -> HttpResponse:
    """One roadmap: its certificate, what it brings and takes, when and where; or why there is none (yet)."""
    here = request.here
    roadmap = roadmap_by_id(id, here.scope)
    context = head(here, roadmap)
    if roadmap.state == COMPUTING:
        return render(request, "roadmaps/computing.html", context | _waiting(here, roadmap))
    if roadmap.state == INFEASIBLE or not roadmap.plan_digest:
        context |= {
            "conflict": conflict_of(roadmap, here.scope),
            "relaxed": relaxation_of(roadmap, here.scope),
        }
        return render(request, "roadmaps/infeasible.html", context)
    return render(request, "roadmaps/roadmap.html", context | _content(here, roadmap))


@page(Permission.VIEW)
def progress(request: HttpRequest, id: int) -> HttpResponse:
    """How far the planning is; once it has ended the whole page is asked for anew."""
    here = request.here
    roadmap = roadmap_by_id(id, here.scope)
    waiting = _waiting(here, roadmap)
    if roadmap.state != COMPUTING or waiting["failed"]:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "roadmaps/progress.html", {"roadmap": RoadmapView.of(roadmap)} | waiting)


def head(here: Here, roadmap: Roadmap) -> dict[str, Any]:
    """What the head of every page of a roadmap needs."""
    here.turn_to(roadmap.roster, code=roadmap.place.code, chooser=reverse("roadmaps"))
    offers = open_steps(roadmap, here.actor, here.today)
    return {
        "roadmap": RoadmapView.of(roadmap),
        "steps": step_buttons(offers, BUTTONS, roadmap.pk),
        "open_now": {offer.step.id for offer in offers if not offer.barred},
        "plans": here.may(Permission.ROADMAP_PLAN, roadmap.place_id),
        "exports": here.may(Permission.EXPORT),
        "whole": sees_all(roadmap, here.scope),
    }


def _waiting(here: Here, roadmap: Roadmap) -> dict[str, object]:
    """The job of a roadmap that has no plan yet, and the gap so far."""
    job = job_of_roadmap(roadmap.pk)
    course = search_chart(trajectory_of(roadmap, here.scope))
    return {
        "job": job,
        "failed": job is not None and job.state == "failed",
        "course": course,
        "values": json.dumps(course, ensure_ascii=False),
    }


def _content(here: Here, roadmap: Roadmap) -> dict[str, object]:
    scope = here.scope
    totals, cash = totals_of(roadmap, scope), cash_by_month(roadmap, scope)
    titles = {
        "zone": (gettext("按区块"), gettext("区块")),
        "town": (gettext("按镇（街道）"), gettext("镇（街道）")),
        "team": (gettext("按专班"), gettext("专班")),
    }
    return {
        "certificate": certificate_of(roadmap),
        "stability": stability_of(roadmap, scope),
        "made": promises_made(roadmap, scope),
        "account": account_of(roadmap, scope),
        "totals": totals,
        "main_amounts": main_amounts(totals),
        "by_measure": totals_by(roadmap, scope, "measure"),
        "batches": BATCHES,
        "checks": checks_of(roadmap, scope),
        "grid": gantt_table(gantt(roadmap, scope)),
        "curves": freed_charts(cumulative(roadmap, scope)),
        "cash": cash,
        "cash_chart": cash_chart(cash),
        "load": load_table(load_of_teams(roadmap, scope)),
        "prices": prices_of(roadmap, scope),
        "assumptions": assumptions_of(settings_of(roadmap)),
        "groups": [
            {
                "by": by,
                "title": title,
                "header": header,
                "rows": totals_by(roadmap, scope, by),
                "open": by == "zone",
            }
            for by, (title, header) in titles.items()
        ],
        "others": [
            RoadmapView.of(other)
            for other in visible_roadmaps(scope, roadmap.roster)
            if other.gap and other.pk != roadmap.pk
        ],
    }


def main_amounts(totals: Totals) -> list[tuple[str, object]]:
    """The amounts that tables of totals show."""
    return [(id, totals.amounts.get(id)) for id in AMOUNTS]


urls = [
    path("roadmaps", listed, name="roadmaps"),
    path("roadmaps/<int:id>", one, name="roadmaps.one"),
    path("roadmaps/<int:id>/progress", progress, name="roadmaps.progress"),
    *step_paths("roadmaps", Moved("roadmap", roadmap_by_id, "roadmaps.one"), BUTTONS),
]
