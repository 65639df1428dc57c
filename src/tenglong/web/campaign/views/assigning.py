"""Who answers for cases: one case given to somebody, what each has on hand, and hand-overs."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from tenglong.actions.campaign.assigning import assign_cases, hand_back, hand_over
from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.queries.campaign.cases import CaseHead, case_by_id
from tenglong.queries.campaign.duties import ATTRIBUTES, answers_of, offered
from tenglong.queries.campaign.handovers import handovers, open_cases_of
from tenglong.queries.campaign.load import loads
from tenglong.queries.registry.organisation_chart import organigram
from tenglong.web.campaign.forms.assigning import AssignForm, HandoverForm
from tenglong.web.look import dress
from tenglong.web.pages import page, telling, telling_form


@page(Permission.RECORD)
@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, id: int) -> HttpResponse:
    """Department, team and responsible person of a case."""
    here = request.here
    case = case_by_id(id, here.scope)
    here.actor.check_may(Permission.RECORD, case.place_id)
    initial = {name: getattr(case, name) for name in ATTRIBUTES}
    form = dress(
        AssignForm(request.POST or None, initial=initial, choices=offered(case.place_id, here.today))
    )
    if request.method == "POST" and form.is_valid():
        with telling_form(form):
            said = {name: form.cleaned_data[name] for name in ATTRIBUTES if name in form.changed_data}
            reason = form.cleaned_data["reason"]
            assign_cases(actor=here.actor, at=here.now, case_ids=[case.pk], said=said, reason=reason)
            messages.success(request, gettext("已保存“{firm}”的责任分工。").format(firm=case.firm.name))
            return redirect("cases.one", case.pk)
    context = {"case": CaseHead.of(case), "form": form, "answers": answers_of([id], here.today)[id]}
    return render(request, "cases/assign.html", context, status=422 if form.errors else 200)


@page(Permission.VIEW)
def load(request: HttpRequest) -> HttpResponse:
    """What each person, team and department has on hand of the chosen roster and unit."""
    here = request.here
    by = request.GET.get("by", "")
    by = by if by in ATTRIBUTES else "responsible"
    found = loads(by, roster=here.the_roster, unit=here.unit.code, scope=here.scope, today=here.today)
    columns = ("cases", "open", "overdue", "signed", "written_off")
    context = {
        "by": by,
        "ways": [(name, TITLES[name]()) for name in ("responsible", "team", "department")],
        "loads": found,
        "averages": [found.average(column) for column in columns],
        "handovers": handovers(here.scope, here.today),
        "records": here.may(Permission.RECORD),
    }
    return render(request, "cases/load.html", context)


@page(Permission.RECORD)
@require_http_methods(["GET", "POST"])
def handover(request: HttpRequest) -> HttpResponse:
    """Hand the open cases of a person over to another."""
    here = request.here
    giver = request.GET.get("giver", "")[:60]
    cases = open_cases_of(giver, here.scope)
    if not cases:
        raise NotFound(msg("这名责任人在您的辖区内没有未办结的企业，请从责任和工作量页面选择。"))
    people = [one.label for one in organigram(here.scope, here.today).people if one.label != giver]
    form = dress(HandoverForm(request.POST or None, people=people, cases=cases, today=here.today))
    if request.method == "POST" and form.is_valid():
        with telling_form(form):
            said = dict(form.cleaned_data)
            case_ids = said.pop("cases")
            made = hand_over(actor=here.actor, at=here.now, giver=giver, case_ids=case_ids, **said)
            count = len(made.said["cases"])
            messages.success(request, gettext("已移交 {count} 户。").format(count=count))
            return redirect("organisation.load")
    context = {"giver": giver, "count": len(cases), "form": form}
    return render(request, "cases/handover.html", context, status=422 if form.errors else 200)


@page(Permission.RECORD)
@require_POST
def give_back(request: HttpRequest, number: int) -> HttpResponse:
    """Give back what was handed over for a leave."""
    here = request.here
    with telling(request):
        reason = request.POST.get("reason", "")[:300]
        count = hand_back(actor=here.actor, at=here.now, number=number, day=here.today, reason=reason)
        messages.success(request, gettext("已交回 {count} 户。").format(count=count))
    return redirect("organisation.load")


TITLES = {
    "responsible": lambda: gettext("按责任人"),
    "team": lambda: gettext("按攻坚小组"),
    "department": lambda: gettext("按牵头部门"),
}

urls = [
    path("cases/<int:id>/assign", assign, name="cases.assign"),
    path("organisation/load", load, name="organisation.load"),
    path("organisation/handover", handover, name="organisation.handover"),
    path("organisation/handovers/<int:number>/back", give_back, name="organisation.back"),
]
