"""The organisation as a tree with people by name, and saying what changes of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenglong.actions.registry.organisation import take_back_organisation_step, tell_organisation
from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg
from tenglong.queries.registry.organisation import may_organise, organisation_steps
from tenglong.queries.registry.organisation_chart import Organigram, organigram
from tenglong.web.context import Here
from tenglong.web.look import dress
from tenglong.web.pages import page, telling, telling_form
from tenglong.web.registry.forms.organisation import EndForm, PersonForm, PostForm, SaidForm, UnitForm
from tenglong.web.templatetags.tenglong import in_script


@page(Permission.VIEW)
def chart(request: HttpRequest) -> HttpResponse:
    """The units of the person's places on a day with who holds which post, and the forms of who manages them."""
    return _shown(request, {})


@page(Permission.ORGANISE)
@require_POST
def told(request: HttpRequest, what: str) -> HttpResponse:
    """Say something of the organisation."""
    here = request.here
    made = _forms(here, organigram(here.scope, here.today), request.POST)
    if what not in made:
        raise BadValue(msg("没有这种登记，请从页面上选择。"))
    form = dress(made[what])
    if form.is_valid():
        with telling_form(form):
            reason = form.cleaned_data["reason"]
            tell_organisation(actor=here.actor, at=here.now, statements=[form.statement], reason=reason)
            messages.success(request, gettext("组织机构变动已登记。"))
            return redirect("organisation")
    return _shown(request, {what: form}, status=422)


@page(Permission.ORGANISE)
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End a unit or a post, or say that somebody left."""
    here = request.here
    form = EndForm(request.POST, today=here.today)
    with telling(request):
        if not form.is_valid():
            raise BadValue(msg("请填写日期和理由后再提交。"))
        reason = form.cleaned_data["reason"]
        tell_organisation(actor=here.actor, at=here.now, statements=[form.statement], reason=reason)
        messages.success(request, gettext("组织机构变动已登记。"))
    return redirect("organisation")


@page(Permission.ORGANISE)
@require_POST
def take_back(request: HttpRequest, id: int) -> HttpResponse:
    """Say that a step was recorded by mistake."""
    here = request.here
    with telling(request):
        reason = request.POST.get("reason", "")[:300]
        take_back_organisation_step(actor=here.actor, at=here.now, id=id, reason=reason)
        messages.success(request, gettext("这一步登记已撤回。"))
    return redirect("organisation")


def _shown(request: HttpRequest, failed: dict[str, SaidForm], status: int = 200) -> HttpResponse:
    here = request.here
    day = here.chosen_day or here.today
    shown = organigram(here.scope, day)
    manages = here.may(Permission.ORGANISE)
    forms = {name: dress(form) for name, form in _forms(here, shown, None).items()} if manages else {}
    context = {
        "day": day,
        "chart": shown,
        "manages": manages,
        "forms": [(name, TITLES[name](), failed.get(name) or form) for name, form in forms.items()],
        "failed": next(iter(failed), ""),
        "steps": organisation_steps(here.scope, here.today) if manages else [],
    }
    return render(request, "organisation/organisation.html", context, status=status)


TITLES = {
    "unit": lambda: gettext("登记机构"),
    "person": lambda: gettext("登记干部"),
    "post": lambda: gettext("登记任职或代理"),
}


def _forms(here: Here, shown: Organigram, given: Any) -> dict[str, Any]:
    places = [
        (unit.code, in_script(unit.indented))
        for unit in here.choices
        if may_organise(here.actor, unit.code, here.today)
    ]
    return {
        "unit": UnitForm(given, today=here.today, places=places, units=shown.units),
        "person": PersonForm(given, today=here.today, places=places),
        "post": PostForm(given, today=here.today, units=shown.units, people=shown.people),
    }


urls = [
    path("organisation", chart, name="organisation"),
    path("organisation/told/<slug:what>", told, name="organisation.told"),
    path("organisation/end", end, name="organisation.end"),
    path("organisation/steps/<int:id>/take-back", take_back, name="organisation.take_back"),
]
