"""Rosters: what they mean, who stands at which step, what became of what was pushed, and sets of two."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from tenglong.actions.campaign.review import STEPS, review_cases
from tenglong.actions.campaign.rosters import freeze_version
from tenglong.domain.access.roles import Permission
from tenglong.domain.campaign.cases import machine
from tenglong.domain.campaign.evidence import deciding_place, permission_for
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.queries.campaign.review import FINAL, REMOVED, Difference, difference, members, steps
from tenglong.queries.campaign.rosters import (
    Amendment,
    Roster,
    RosterView,
    amendments,
    is_empty,
    overlap,
    roster_by_code,
    versions_of,
)
from tenglong.queries.matters import open_steps
from tenglong.web.campaign.forms.founding import WordsForm
from tenglong.web.campaign.forms.rosters import FreezeForm, ReviewForm
from tenglong.web.context import Here
from tenglong.web.look import dress
from tenglong.web.pages import page, telling
from tenglong.web.sheets import as_download, difference_sheet
from tenglong.web.steps import Button, step_buttons
from tenglong.web.templatetags.tenglong import in_script, kind_label, said

PER_PAGE = 100
TOOLS = {"amend": Button("rosters.words", link=True)}
FREEZING = {"freeze": Button("rosters.freeze", FreezeForm, _("确定冻结当前名单为新版本？"))}


@page(Permission.VIEW)
def listed(request: HttpRequest) -> HttpResponse:
    """The rosters of the territory, each with its calibre and its versions."""
    rosters = [
        (RosterView.of(roster), versions_of(roster, request.here.scope))
        for roster in request.here.all_rosters
    ]
    context = {"rosters": rosters, "founds": request.here.may(Permission.MANAGE)}
    return render(request, "rosters/rosters.html", context)


@page(Permission.VIEW)
def one(request: HttpRequest, code: str) -> HttpResponse:
    """One roster: its members at a step of the review, and what may be done with them."""
    here = request.here
    roster = roster_by_code(code, here.scope)
    here.turn_to(roster, chooser=reverse("rosters"))
    found = steps(roster, here.places)
    shown = request.GET.get("step") or next((step.id for step in found if step.cases), FINAL)
    if shown not in {step.id for step in found}:
        raise NotFound(msg("没有步骤“{step}”，请从名单页面选择。", step=shown))
    rows = members(roster, here.places, shown, here.today)
    kinds = _kinds(here, roster, shown)
    offers = open_steps(roster, here.actor, here.today)
    freeze = dress(FreezeForm(initial={"as_of": here.default_as_of(roster)}, auto_id="freeze_%s"))
    context = {
        "roster": RosterView.of(roster),
        "steps": found,
        "shown": shown,
        "rows": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "form": dress(ReviewForm(kinds=kinds, today=here.today)) if kinds else None,
        "tools": step_buttons(offers, TOOLS, code),
        "freezing": step_buttons(offers, FREEZING, code, forms={"freeze": freeze}),
        "versions": versions_of(roster, request.here.scope),
        "amendments": [_amendment(one) for one in amendments(roster)],
        "empty": not any(step.cases for step in found) and is_empty(roster),
        "imports": here.may(Permission.IMPORT),
        "sets_targets": any(offer.step.id == "set_target" for offer in offers),
    }
    return render(request, "rosters/roster.html", context)


@page(Permission.REVIEW)
@require_POST
def review(request: HttpRequest, code: str) -> HttpResponse:
    """Record a step of the review for the ticked cases."""
    here = request.here
    roster = roster_by_code(code, here.scope)
    form = ReviewForm(request.POST, kinds=[(kind, kind) for kind in STEPS], today=here.today)
    ids = [int(id) for id in request.POST.getlist("case") if id.isdecimal()]
    if form.is_valid():
        with telling(request):
            count = review_cases(
                actor=here.actor, at=here.now, roster=roster, case_ids=ids, **form.cleaned_data
            )
            done = gettext("已登记“{kind}” {count} 户。")
            messages.success(request, done.format(kind=kind_label(form.cleaned_data["kind"]), count=count))
    else:
        messages.error(request, gettext("核定步骤或日期有误，请重新选择。"))
    return redirect(f"{reverse('rosters.one', args=[code])}?step={request.POST.get('step', '')}")


@page(Permission.VIEW)
@require_POST
def freeze(request: HttpRequest, code: str) -> HttpResponse:
    """Freeze a version of the roster."""
    here = request.here
    roster = roster_by_code(code, here.scope)
    form = FreezeForm(request.POST)
    if form.is_valid():
        with telling(request):
            version = freeze_version(actor=here.actor, at=here.now, roster=roster, **form.cleaned_data)
            messages.success(request, gettext("已冻结第 {number} 版。").format(number=version.number))
    else:
        messages.error(request, gettext("名单截至日期有误，请按 2021-11-09 的格式填写。"))
    return redirect("rosters.one", code)


@page(Permission.VIEW)
def changes(request: HttpRequest, code: str) -> HttpResponse:
    """From what was pushed to what is final: counts that add up, and every row with its reason."""
    roster, found = _difference(request, code)
    parts = [
        (gettext("推送后剔除"), [r for r in found.rows if r.pushed and r.outcome == REMOVED]),
        (gettext("本级新增"), [r for r in found.rows if not r.pushed and r.outcome == FINAL]),
        (gettext("新增后剔除"), [r for r in found.rows if not r.pushed and r.outcome == REMOVED]),
    ]
    count = {
        "pushed": found.count(pushed=True),
        "kept": found.count(pushed=True, outcome=FINAL),
        "removed": found.count(pushed=True, outcome=REMOVED),
        "open": found.count(pushed=True, outcome="open"),
        "added": found.count(pushed=False, outcome=FINAL),
        "final": found.final,
    }
    context = {"roster": RosterView.of(roster), "parts": parts, "count": count}
    return render(request, "rosters/changes.html", context)


@page(Permission.EXPORT)
def changes_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The whole difference as a workbook."""
    roster, found = _difference(request, code)
    title = f"{said(roster, 'title')}{gettext('推送与最终名单差异')}"
    notes = [gettext("口径：{definition}").format(definition=said(roster, "definition"))]
    return as_download(difference_sheet(found), title=title, notes=notes, created=request.here.now)


@page(Permission.VIEW)
def sets(request: HttpRequest, code: str, other: str) -> HttpResponse:
    """Two rosters as sets of firms; their figures are never added."""
    here = request.here
    one_roster, other_roster = (roster_by_code(name, here.scope) for name in (code, other))
    found = overlap(one_roster, other_roster, here.scope.narrowed(here.places))
    names = [in_script(said(roster, "title")) for roster in (one_roster, other_roster)]
    parts = [
        (gettext("两份名单都有"), [mine for mine, _ in found.both]),
        (gettext("只在{title}").format(title=names[0]), found.only_here),
        (gettext("只在{title}").format(title=names[1]), found.only_there),
        (gettext("重合与否未知（{title}）").format(title=names[0]), found.unknown_here),
        (gettext("重合与否未知（{title}）").format(title=names[1]), found.unknown_there),
    ]
    chosen = _chosen_part(request.GET.get("part", ""), [len(rows) for _, rows in parts])
    rows = Paginator(parts[chosen][1], PER_PAGE).get_page(request.GET.get("page"))
    shown = {"roster": RosterView.of(one_roster), "other": RosterView.of(other_roster)}
    context = shown | {"parts": parts, "chosen": chosen, "rows": rows}
    return render(request, "rosters/sets.html", context)


def _chosen_part(asked: str, sizes: list[int]) -> int:
    """The part whose firms are listed: the one asked for, else the first that has any."""
    if asked.isdecimal() and int(asked) < len(sizes):
        return int(asked)
    return next((number for number, size in enumerate(sizes) if size), 0)


def _difference(request: HttpRequest, code: str) -> tuple[Roster, Difference]:
    here = request.here
    roster = roster_by_code(code, here.scope)
    asked = here.question(roster, here.default_as_of(roster))
    return roster, difference(asked)


def _kinds(here: Here, roster: Roster, step: str) -> list[tuple[str, str]]:
    """The steps of the review that a case at `step` may take by this person, at least in one place."""
    state = "target" if step == FINAL else step
    kinds = [move.kind for move in machine().leaving(state) if move.kind in STEPS]
    return [(kind, kind_label(kind)) for kind in kinds if _may_take(here, roster, kind)]


def _may_take(here: Here, roster: Roster, kind: str) -> bool:
    return any(
        here.may(permission_for(kind), deciding_place(kind, case_place=place, roster_place=roster.place_id))
        for place in here.places
    )


def _amendment(found: Amendment) -> dict[str, object]:
    """An amendment with the names of what was changed."""
    labels = {"definition": "definition_text"}
    fields = WordsForm.base_fields
    changes = [(fields[labels.get(name, name)].label, *texts) for name, *texts in found.changes]
    return {"at": found.at, "by": found.by, "reason": found.reason, "changes": changes}


urls = [
    path("rosters", listed, name="rosters"),
    path("rosters/<slug:code>", one, name="rosters.one"),
    path("rosters/<slug:code>/review", review, name="rosters.review"),
    path("rosters/<slug:code>/freeze", freeze, name="rosters.freeze"),
    path("rosters/<slug:code>/changes", changes, name="rosters.changes"),
    path("rosters/<slug:code>/changes.xlsx", changes_sheet, name="rosters.changes_sheet"),
    path("rosters/<slug:code>/with/<slug:other>", sets, name="rosters.sets"),
]
