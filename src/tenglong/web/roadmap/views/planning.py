"""Asking for a roadmap: the form of its settings, filled in from a file, another roadmap or the cheapest relaxation."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from tenglong.actions import roadmap as roadmaps
from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.errors import BadFile, NotFound
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.roadmap.replanning import going_on
from tenglong.domain.roadmap.settings import Settings, Target, read_settings
from tenglong.queries.campaign.rosters import Roster, RosterView
from tenglong.queries.registry.territory import territory
from tenglong.queries.roadmap.overview import Roadmap, check_sees_all, roadmap_by_id
from tenglong.queries.roadmap.results import relaxation_of, relaxed_settings
from tenglong.queries.roadmap.settings import settings_of, settings_text, usual_settings, zones_and_teams
from tenglong.web.context import Here
from tenglong.web.look import dress
from tenglong.web.pages import page, telling_form
from tenglong.web.roadmap.forms.settings import WEIGHTS, PlanningForms, SettingsFileForm
from tenglong.web.roadmap.views.overview import head
from tenglong.web.templatetags.tenglong import in_script

JSON = "application/json; charset=utf-8"
BASICS = ("code", "start", "deadline", "period", "facts_on")
CAPACITY = ("staff_days", "appraisals", "legal")


@page(Permission.ROADMAP_PLAN)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask for a roadmap of the chosen roster; `from` starts the form with the settings of another one."""
    here = request.here
    source = request.GET.get("from", "")
    before = roadmap_by_id(int(source), here.scope) if source.isascii() and source.isdigit() else None
    relaxed = before is not None and "relaxed" in request.GET
    return _answered(Asking(request, before.roster if before else here.the_roster, before, relaxed=relaxed))


@page(Permission.ROADMAP_PLAN)
@require_http_methods(["GET", "POST"])
def replan(request: HttpRequest, id: int) -> HttpResponse:
    """Ask for a roadmap that keeps the promises of another one."""
    roadmap = roadmap_by_id(id, request.here.scope)
    return _answered(Asking(request, roadmap.roster, roadmap, keeps=True))


@page(Permission.ROADMAP_PLAN)
def usual(request: HttpRequest) -> HttpResponse:
    """The settings that the form of the chosen roster starts with, as a file."""
    return as_file(usual_settings(request.here.the_roster), "settings.json")


@page(Permission.VIEW)
def settings(request: HttpRequest, id: int) -> HttpResponse:
    """The settings of a roadmap, every default filled in, as a file: for those who see the whole roadmap."""
    roadmap = roadmap_by_id(id, request.here.scope)
    check_sees_all(roadmap, request.here.scope)
    return as_file(settings_of(roadmap), f"roadmap-{roadmap.pk}-settings.json")


def as_file(found: Settings, name: str) -> HttpResponse:
    """Settings to save, change and load again."""
    headers = {"Content-Disposition": content_disposition_header(True, name)}
    return HttpResponse(settings_text(found), content_type=JSON, headers=headers)


@dataclass(frozen=True)
class Asking:
    """Who asks for a roadmap of what: beginning from another one, relaxed or to be kept, or from the usual."""

    request: HttpRequest
    roster: Roster
    before: Roadmap | None
    relaxed: bool = False
    keeps: bool = False

    @property
    def here(self) -> Here:
        """The surroundings of the request."""
        return self.request.here

    @cached_property
    def facts_on(self) -> date:
        """The day that the form starts with: of the other roadmap, else the last in the ledger."""
        planned_anew = self.before is None or self.keeps
        return self.here.default_as_of(self.roster) if planned_anew else self.before.facts_on

    @cached_property
    def started(self) -> Settings:
        """The settings that the form starts with. Raises NotFound."""
        if self.before is None:
            return usual_settings(self.roster, self.facts_on)
        check_sees_all(self.before, self.here.scope)
        if self.keeps:
            return going_on(settings_of(self.before), self.facts_on)
        if not self.relaxed:
            return settings_of(self.before)
        found = relaxed_settings(self.before, self.here.scope)
        if found is None:
            raise NotFound(msg("这份路线图没有可以直接套用的放宽办法，请改参数后编制。"))
        return found

    @property
    def over(self) -> list[Target]:
        """The targets of the roadmap to be kept whose day is over: they are left out, and said."""
        if self.before is None or not self.keeps:
            return []
        return [one for one in settings_of(self.before).targets if one.by < self.started.start]

    @cached_property
    def code(self) -> str:
        """The place that the form starts with: the roster's own where the person may plan there."""
        if self.before is not None:
            return self.before.place.code
        here, roster = self.here, self.roster
        return roster.place.code if here.may(Permission.ROADMAP_PLAN, roster.place_id) else here.unit.code

    def forms(self, data: Any, started: Settings) -> PlanningForms:
        """The form, begun with some settings."""
        here, tree = self.here, territory().at(self.here.today)
        units = [
            (unit.code, in_script(unit.indented))
            for unit in here.choices
            if here.may(Permission.ROADMAP_PLAN, tree.place(unit.code).id)
        ]
        towns = (
            [(place.code, place.name) for place in tree.children(self.code)] if tree.has(self.code) else []
        )
        zones, teams = zones_and_teams(self.roster, here.scope)
        initial = {"code": self.code, "facts_on": self.facts_on}
        return PlanningForms(
            data, started, units=units, zones=zones, teams=teams, towns=towns, initial=initial
        )

    def shown(self, forms: PlanningForms, file: SettingsFileForm) -> HttpResponse:
        """The page with the form."""
        context = _fields(forms) | {
            **(head(self.here, self.before) if self.before else {}),
            "roster": RosterView.of(self.roster),
            "heading": gettext("滚动重排") if self.keeps else gettext("编制路线图"),
            "keeps": self.keeps,
            "over": self.over,
            "relaxed": relaxation_of(self.before, self.here.scope) if self.before and self.relaxed else (),
            "file": file,
            "download": reverse("roadmaps.settings", args=[self.before.pk])
            if self.before
            else f"{reverse('roadmaps.usual')}?roster={self.roster.code}",
        }
        wrong = bool(file.errors) or forms.wrong
        return render(self.request, "roadmaps/plan.html", context, status=422 if wrong else 200)


def _answered(asking: Asking) -> HttpResponse:
    request, data = asking.request, asking.request.POST if asking.request.method == "POST" else None
    if data is not None and "load" in data:
        file = dress(SettingsFileForm(data, request.FILES))
        found = None
        if file.is_valid():
            try:
                found = _loaded(file.cleaned_data["file"])
            except BadFile as error:
                file.add_error("file", error.message.render(gettext))
        return asking.shown(asking.forms(None, found or asking.started), file)
    forms = asking.forms(data, asking.started)
    if data is not None and forms.is_valid():
        made = _made(asking, forms)
        if made is not None:
            return redirect("roadmaps.one", made.pk)
    return asking.shown(forms, dress(SettingsFileForm()))


def _loaded(file: Any) -> Settings:
    """The settings in an uploaded file. Raises BadFile."""
    try:
        text = file.read().decode("utf-8-sig")
        given = json.loads(text, parse_float=str) if file.name.lower().endswith(".json") else text
    except (ValueError, RecursionError) as error:
        raise BadFile(
            msg("参数文件 {name} 不是有效的 UTF-8 文本或 JSON，请核对是否选错了文件。", name=file.name)
        ) from error
    if not isinstance(given, dict | str):
        raise BadFile(msg("参数文件 {name} 应为一个对象 {{…}}，请从本页下载一份后修改。", name=file.name))
    return read_settings(given, file.name)


def _made(asking: Asking, forms: PlanningForms) -> Roadmap | None:
    """The roadmap that was asked for; None where the settings are refused, with the reason at its field."""
    here, said = asking.here, forms.form.cleaned_data
    known = {name: said[name] for name in ("title", "facts_on", "note")} | {
        "actor": here.actor,
        "at": here.now,
    }
    with telling_form(forms.form):
        try:
            stated = read_settings(forms.stated(), gettext("本页"))
        except BadFile as error:
            forms.refuse(*_beside(error))
            return None
        if asking.before is not None and asking.keeps:
            return roadmaps.start_replanning(roadmap=asking.before, settings=stated, **known)
        return roadmaps.start_planning(roster=asking.roster, code=said["code"], settings=stated, **known)
    return None


def _beside(error: BadFile) -> tuple[str, str]:
    """The key of the settings that is wrong, and what is wrong with it; the whole sentence where no key is named."""
    said = error.message.params
    problem = said.get("problem")
    known = "key" in said and isinstance(problem, Message)
    return str(said.get("key", "")), (problem if known else error.message).render(gettext)


def _fields(forms: PlanningForms) -> dict[str, object]:
    """The fields in the groups that the page shows."""
    form, teams = forms.form, forms.form.team_fields()
    return {
        "form": form,
        "targets": forms.targets,
        "cash": forms.cash,
        "basics": [form[name] for name in BASICS],
        "weights": [form[f"weight_{id}"] for id in WEIGHTS],
        "capacity": [form[name] for name in CAPACITY],
        "zones": form.zone_fields(),
        "teams": teams,
        "cash_open": bool(forms.cash.initial) or bool(forms.cash.is_bound and forms.cash.has_changed()),
        "teams_open": any(field.value() not in (None, "") for field in teams),
    }


urls = [
    path("roadmaps/new", new, name="roadmaps.new"),
    path("roadmaps/settings.json", usual, name="roadmaps.usual"),
    path("roadmaps/<int:id>/settings.json", settings, name="roadmaps.settings"),
    path("roadmaps/<int:id>/replan", replan, name="roadmaps.replan"),
]
