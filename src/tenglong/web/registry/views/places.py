"""Units in official order, their targets, and the series a roster is compared with."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenglong.actions.campaign.rosters import add_reference, set_target
from tenglong.domain.access.roles import Permission
from tenglong.domain.campaign.figures import definitions
from tenglong.domain.kernel.quantities import parse_quantity
from tenglong.queries.matters import open_steps
from tenglong.queries.registry.places import references, targets, tree_rows
from tenglong.web.campaign.forms.rosters import ReferenceForm, TargetForm
from tenglong.web.context import Here
from tenglong.web.look import dress
from tenglong.web.pages import page, telling
from tenglong.web.templatetags.tenglong import figure_label, in_script


@page(Permission.VIEW)
def listed(request: HttpRequest) -> HttpResponse:
    """The person's units with their validity, the targets set for them, and the reference series."""
    here = request.here
    context: dict[str, Any] = {"rows": tree_rows(here.actor.codes, here.today)}
    if here.roster is not None:
        open_now = {offer.step.id for offer in open_steps(here.the_roster, here.actor, here.today)}
        context |= {
            "targets": targets(here.the_roster, {unit.code for unit in here.units}),
            "references": references(here.the_roster),
            "target_form": dress(TargetForm(**_choices(here))) if "set_target" in open_now else None,
            "reference_form": dress(ReferenceForm()) if "add_reference" in open_now else None,
        }
    return render(request, "places/places.html", context)


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
        "units": [(unit.code, in_script(unit.indented)) for unit in here.units],
        "figures": [(figure.id, figure_label(figure.id)) for figure in figures],
    }


urls = [
    path("places", listed, name="places"),
    path("places/targets", target, name="places.target"),
    path("places/references", reference, name="places.reference"),
]
