"""The first page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from tenglong.domain.access.roles import Permission
from tenglong.queries.home import glance, overview, waiting_for
from tenglong.web.charts import course
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


urls = [path("", home, name="home")]
