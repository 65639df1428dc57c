"""The first page."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.quantities import half_up
from tenglong.queries.campaign.figures import Question
from tenglong.queries.race.standing import standing
from tenglong.queries.remembered import remembered
from tenglong.queries.reporting.first_day import first_steps
from tenglong.queries.reporting.home import Week, glance, overview, rests_on, waiting_for
from tenglong.web.pages import page


@page(Permission.VIEW)
def home(request: HttpRequest) -> HttpResponse:
    """Target and actual of the chosen roster, the race, and what waits for the person."""
    here = request.here
    waiting = waiting_for(here.actor, here.today)
    titles = {roster.pk: roster for roster in here.rosters}
    turns = [(titles[turn.roster_id], turn) for turn in waiting.turns if turn.roster_id in titles]
    nobody = [(titles[one.roster_id], one.cases) for one in waiting.nobody if one.roster_id in titles]
    founds = here.may(Permission.MANAGE)
    context: dict[str, Any] = {"waiting": waiting, "turns": turns, "nobody": nobody, "founds": founds}
    if founds:
        context["first_steps"] = first_steps(here.actor, [roster.pk for roster in here.all_rosters])
    if here.roster is None:
        return render(request, "front/empty.html", context)
    asked = here.question()
    others = [
        (titles[roster.pk], (day := here.default_as_of(roster)), glance(here.question(roster, day)))
        for roster in here.all_rosters
        if roster.pk != here.the_roster.pk
    ]
    front = _front(request, asked)
    context |= {"asked": asked, "front": front, "others": others}
    return render(request, "front/home.html", context)


def _front(request: HttpRequest, asked: Question) -> dict[str, SafeString]:
    """Tiles and race, and the course, as they are written on the page: kept as long as what they say."""

    kept = request.here.kept

    def write() -> dict[str, SafeString]:
        shown, place = overview(asked), standing(asked)
        context = {
            "here": request.here, "keeping": kept, "asked": asked, "overview": shown, "standing": place,
            "course": course(shown.weeks),
        }  # fmt: skip
        return {part: render_to_string(f"front/{part}.html", context) for part in ("overview", "course")}

    mark = rests_on(asked)
    return remembered(f"front:{get_language()}:{hash(kept)}:{mark}", write) if mark else write()


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
