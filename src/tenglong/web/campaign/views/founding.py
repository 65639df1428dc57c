"""Founding a roster, and saying anew what it means."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from tenglong.actions.campaign.rosters import amend_roster, create_roster
from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.periods import Window
from tenglong.queries.campaign.rosters import Roster, RosterView, roster_by_code
from tenglong.queries.registry.places import place_of
from tenglong.queries.registry.territory import territory
from tenglong.web.campaign.forms.founding import AmendForm, RosterForm
from tenglong.web.context import Here
from tenglong.web.look import dress
from tenglong.web.pages import page, telling_form
from tenglong.web.templatetags.tenglong import in_script


@page(Permission.MANAGE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Found a roster in one's own territory."""
    here = request.here
    form = dress(RosterForm(request.POST or None, units=_units(here), initial=_initial(here.today)))
    if request.method == "POST" and form.is_valid():
        with telling_form(form, beside="code"):
            roster = _create(here, form.cleaned_data)
            messages.success(request, gettext("名单“{title}”已建立。").format(title=roster.title))
            return redirect(f"{reverse('rosters.one', args=[roster.code])}?roster={roster.code}")
    return render(request, "rosters/new.html", {"form": form}, status=422 if form.errors else 200)


@page(Permission.MANAGE)
@require_http_methods(["GET", "POST"])
def words(request: HttpRequest, code: str) -> HttpResponse:
    """Say anew what a roster means, and until when."""
    here = request.here
    roster = roster_by_code(code, here.scope)
    here.actor.check_may(Permission.MANAGE, roster.place_id)
    form = dress(AmendForm(request.POST or None, start=roster.start, initial=_words(roster)))
    if request.method == "POST" and form.is_valid():
        with telling_form(form):
            amend_roster(actor=here.actor, at=here.now, roster=roster, **form.cleaned_data)
            messages.success(request, gettext("口径已修改；已印发的通报保持原样。"))
            return redirect("rosters.one", code)
    context = {"form": form, "roster": RosterView.of(roster)}
    return render(request, "rosters/words.html", context, status=422 if form.errors else 200)


def _create(here: Here, answers: dict[str, Any]) -> Roster:
    about = {name: value for name, value in answers.items() if name not in ("territory", "start", "deadline")}
    return create_roster(
        actor=here.actor,
        at=here.now,
        place=place_of(answers["territory"], here.today),
        window=Window(answers["start"], answers["deadline"]),
        **about,
    )


def _units(here: Here) -> list[tuple[str, str]]:
    """The units that the person manages, in official order."""
    tree = territory().at(here.today)
    return [
        (unit.code, in_script(unit.indented))
        for unit in here.choices
        if here.may(Permission.MANAGE, tree.place(unit.code).id)
    ]


def _initial(today: date) -> dict[str, object]:
    """This year's campaign counts write-offs unless somebody says otherwise."""
    return {"start": today, "deadline": date(today.year, 12, 31), "done_figure": "firms_written_off"}


def _words(roster: Roster) -> dict[str, object]:
    same = ("title", "title_en", "issuer", "definition_en", "deadline")
    return {"definition_text": roster.definition, **{name: getattr(roster, name) for name in same}}


urls = [
    path("new-roster", new, name="rosters.new"),
    path("rosters/<slug:code>/words", words, name="rosters.words"),
]
