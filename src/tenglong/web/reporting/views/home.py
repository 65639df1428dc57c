"""The first page."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext

from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.quantities import half_up
from tenglong.queries.reporting.home import Week, glance, overview, waiting_for
from tenglong.web.pages import page


@page(Permission.VIEW)
def home(request: HttpRequest) -> HttpResponse:
    """Target and actual of the chosen roster, the race, and what waits for the person."""
    here = request.here
    waiting = waiting_for(here.actor)
    titles = {roster.pk: roster for roster in here.rosters}
    turns = [(titles[turn.roster_id], turn) for turn in waiting.turns if turn.roster_id in titles]
    context = {"waiting": waiting, "turns": turns}
    if here.roster is None:
        context["founds"] = here.may(Permission.MANAGE)
        return render(request, "front/empty.html", context)
    asked = here.question()
    shown = overview(asked)
    others = [
        (roster, (day := here.default_as_of(roster)), glance(here.question(roster, day)))
        for roster in here.rosters
        if roster.pk != here.roster.pk
    ]
    context |= {"asked": asked, "overview": shown, "others": others, "course": course(shown.weeks)}
    return render(request, "front/home.html", context)


def course(weeks: Sequence[Week]) -> dict[str, Any]:
    """Done against the pace, week by week."""
    return {
        "days": [week.day.isoformat() for week in weeks],
        "lines": [
            {"name": gettext("累计完成"), "values": [week.done for week in weeks], "area": True},
            {
                "name": gettext("序时进度应完成"),
                "values": [float(half_up(week.due, 1)) for week in weeks],
                "dashed": True,
            },
        ],
    }


urls = [path("", home, name="home")]
