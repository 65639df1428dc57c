"""Units in official order, their targets, and the series a roster is compared with."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenglong.actions.campaign.rosters import add_reference, set_target
from tenglong.actions.registry.places import take_back_place_step, take_place_step
from tenglong.domain.access.roles import Permission
from tenglong.domain.campaign.figures import definitions
from tenglong.domain.kernel.errors import BadValue, NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.quantities import parse_quantity
from tenglong.domain.registry.changes import Kind
from tenglong.domain.registry.divisions import unrecorded_start
from tenglong.domain.registry.territory import Place
from tenglong.queries.matters import open_steps
from tenglong.queries.registry.place_steps import left_behind, may_add, may_change, sees, step_asked, steps_of
from tenglong.queries.registry.places import (
    found_places,
    nodes,
    nodes_under,
    references,
    rows_of,
    targets,
)
from tenglong.queries.registry.territory import territory
from tenglong.web.campaign.forms.rosters import ReferenceForm, TargetForm
from tenglong.web.context import Here
from tenglong.web.look import dress
from tenglong.web.pages import page, telling, telling_form
from tenglong.web.registry.forms.places import ABOUT, FIELDS, LABELS, StepForm
from tenglong.web.templatetags.tenglong import figure_label, in_script


@page(Permission.VIEW)
def listed(request: HttpRequest) -> HttpResponse:
    """The person's units with their validity, the targets set for them, and the reference series."""
    here = request.here
    asked = request.GET.get("find", "").strip()[:60]
    context: dict[str, Any] = {"asked": asked, "may_record": here.may(Permission.MANAGE)}
    if asked:
        context["found"] = found_places(asked, here.actor.codes, here.today)
    else:
        context["nodes"] = nodes(here.actor.codes, here.today)
    if here.roster is not None:
        open_now = {offer.step.id for offer in open_steps(here.the_roster, here.actor, here.today)}
        context |= {
            "targets": targets(here.the_roster, {unit.code for unit in here.units}),
            "references": references(here.the_roster),
            "target_form": dress(TargetForm(**_choices(here))) if "set_target" in open_now else None,
            "reference_form": dress(ReferenceForm()) if "add_reference" in open_now else None,
        }
    return render(request, "places/places.html", context)


@page(Permission.VIEW)
def under(request: HttpRequest, code: str) -> HttpResponse:
    """The units directly under one, for whoever opens it in the tree."""
    place = _seen(request.here, code)
    if not request.headers.get("HX-Request"):
        return redirect("places.one", place.code)
    return render(request, "places/nodes.html", {"nodes": nodes_under(place.code, request.here.today)})


@page(Permission.VIEW)
def one(request: HttpRequest, code: str) -> HttpResponse:
    """A unit: what it was and is, what happened to it, and what may be recorded now."""
    return _shown(request, code, {})


@page(Permission.MANAGE)
@require_POST
def step(request: HttpRequest, code: str) -> HttpResponse:
    """Record what happens to a unit."""
    here, kind = request.here, request.POST.get("kind", "")
    if kind not in FIELDS:
        raise BadValue(msg("没有这种单位变动，请从页面上选择。"))
    form = dress(StepForm(request.POST, kind=Kind(kind), today=here.today))
    if form.is_valid():
        with telling_form(form):
            asked = step_asked(Kind(kind), code, form.cleaned_data)
            reason = form.cleaned_data["reason"]
            take_place_step(actor=here.actor, at=here.now, step=asked, reason=reason)
            messages.success(request, gettext("单位变动已登记。"))
            for warning in left_behind(code, here.today):
                messages.warning(request, warning.render(gettext))
            return redirect("places.one", code)
    return _shown(request, code, {Kind(kind): form}, status=422)


@page(Permission.MANAGE)
@require_POST
def take_back(request: HttpRequest, id: int) -> HttpResponse:
    """Say that a step was recorded by mistake."""
    here = request.here
    with telling(request):
        taken = take_back_place_step(
            actor=here.actor, at=here.now, id=id, reason=request.POST.get("reason", "")[:300]
        )
        messages.success(request, gettext("这一步变动已撤回。"))
        return redirect("places.one", taken.code)
    return redirect("places")


def _shown(request: HttpRequest, code: str, forms: dict[Kind, StepForm], status: int = 200) -> HttpResponse:
    here = request.here
    place = _seen(here, code)
    tree = territory().at(here.today)
    living = tree.has(code)
    kinds = [
        kind for kind in FIELDS if living and (may_add if kind is Kind.ADD else may_change)(here.actor, place)
    ]
    context = {
        "place": place,
        "living": living,
        "heir": None if living else territory().home(place, here.today),
        "above": tree.ancestors(code)[::-1] if living else (),
        "nodes": nodes_under(code, here.today) if living else (),
        "rows": rows_of(code),
        "unrecorded": unrecorded_start(),
        "steps": steps_of(here.scope, {code}),
        "forms": [
            (kind, LABELS[kind], ABOUT[kind], forms.get(kind) or dress(StepForm(kind=kind, today=here.today)))
            for kind in kinds
        ],
        "failed": next(iter(forms), None),
        "may_take_back": here.may(Permission.MANAGE),
    }
    return render(request, "places/place.html", context, status=status)


def _seen(here: Here, code: str) -> Place:
    """The unit that bears the code today, or bore it last.

    Raises:
        NotFound: there is none, or not for this person.
    """
    rows = rows_of(code)
    shown = next((row for row in rows if row.valid_on(here.today)), rows[0] if rows else None)
    if shown is None or not sees(here.actor, code):
        raise NotFound(msg("没有代码为“{code}”的单位，或不在您的辖区内。", code=code[:20]))
    return shown


@page(Permission.MANAGE)
@require_POST
def target(request: HttpRequest) -> HttpResponse:
    """Set what a unit has to reach."""
    here = request.here
    form = TargetForm(request.POST, **_choices(here))
    with telling(request):
        if _valid(request, form):
            values = form.cleaned_data | {"quantity": parse_quantity(form.cleaned_data["quantity"])}
            set_target(actor=here.actor, at=here.now, roster=here.the_roster, **values)
            messages.success(request, gettext("目标已登记。"))
    return redirect("places")


@page(Permission.MANAGE)
@require_POST
def reference(request: HttpRequest) -> HttpResponse:
    """Add a value of the reference series."""
    here = request.here
    form = ReferenceForm(request.POST)
    with telling(request):
        if _valid(request, form):
            values = form.cleaned_data | {"percent": parse_quantity(form.cleaned_data["percent"])}
            add_reference(
                actor=here.actor, at=here.now, roster=here.the_roster, figure="write_off_rate", **values
            )
            messages.success(request, gettext("参照值已登记。"))
    return redirect("places")


def _valid(request: HttpRequest, form: TargetForm | ReferenceForm) -> bool:
    for name, errors in form.errors.items():
        messages.error(request, f"{form.fields[name].label}：{''.join(errors)}")
    return form.is_valid()


def _choices(here: Here) -> dict[str, list[tuple[str, str]]]:
    """Units in official order; figures that can have a target: what is counted or added up."""
    figures = [figure for figure in definitions().values() if not (figure.part or figure.lead_of)]
    own = here.the_roster.done_figure
    figures.sort(key=lambda figure: figure.id != own)
    return {
        "units": [(unit.code, in_script(unit.indented)) for unit in here.choices],
        "figures": [(figure.id, figure_label(figure.id)) for figure in figures],
    }


urls = [
    path("places", listed, name="places"),
    path("places/under/<slug:code>", under, name="places.under"),
    path("places/one/<slug:code>", one, name="places.one"),
    path("places/one/<slug:code>/steps", step, name="places.step"),
    path("places/steps/<int:id>/take-back", take_back, name="places.take_back"),
    path("places/targets", target, name="places.target"),
    path("places/references", reference, name="places.reference"),
]
