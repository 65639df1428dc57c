"""The case list, its workbook, and the plan of one case."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from tenglong.actions.campaign.cases import set_plan
from tenglong.domain.access.roles import Permission
from tenglong.queries.campaign.cases import PAGE_SIZE, SORTS, CaseFilter, CaseHead, CaseList, case_by_id
from tenglong.queries.campaign.duties import offered
from tenglong.queries.campaign.master_ledger import master_ledger
from tenglong.web.campaign.case_table import heads, lines, sheet, shown
from tenglong.web.campaign.forms.cases import CaseFilters, PlanForm
from tenglong.web.context import Here
from tenglong.web.look import dress
from tenglong.web.pages import page, telling_form
from tenglong.web.sheets import as_download
from tenglong.web.templatetags.tenglong import in_script, moment, said


@page(Permission.VIEW)
def listed(request: HttpRequest) -> HttpResponse:
    """The cases of the chosen roster and unit, narrowed and ordered as asked."""
    here = request.here
    found, filters = _asked(request)
    totals, number = found.totals, _page_number(request, found.pages)
    rows, first = found.page(number), (number - 1) * PAGE_SIZE + 1
    context = {
        "filters": filters.fields,
        "heads": heads(request, _sort(request)),
        "lines": lines(rows, here.kept),
        "totals": totals,
        "land": shown(totals.land),
        "energy": shown(totals.energy),
        "sort": _sort(request),
        "number": number,
        "pages": found.pages,
        "first": first,
        "last": first + len(rows) - 1,
        "narrowed": bool(filters.wanted),
        "exports": here.may(Permission.EXPORT),
    }
    return render(request, "cases/cases.html", context)


@page(Permission.EXPORT)
def listed_sheet(request: HttpRequest) -> HttpResponse:
    """The same list as a workbook: all its pages."""
    here = request.here
    found, filters = _asked(request)
    roster = here.the_roster
    title = gettext("{unit}{roster}案件清单{day}").format(
        unit=in_script(here.unit.name), roster=said(roster, "title"), day=here.today
    )
    notes = [
        gettext("名单：{title}（{issuer}）").format(
            title=said(roster, "title"), issuer=in_script(roster.issuer)
        ),
        gettext("口径：{definition}").format(definition=said(roster, "definition")),
        gettext("筛选条件：{conditions}").format(conditions=_conditions(filters)),
        gettext("数据截至 {day}，按 {moment} 所知").format(day=here.today, moment=moment(here.now)),
        gettext("由 {name} 于 {moment} 导出，仅供工作使用").format(
            name=request.user, moment=moment(here.now)
        ),
    ]
    return as_download(sheet(found.rows(), found.totals), title=title, notes=notes, created=here.now)


@page(Permission.EXPORT)
def ledger_sheet(request: HttpRequest) -> HttpResponse:
    """The same list as a case ledger that can be filled in and uploaded again."""
    here = request.here
    found, _ = _asked(request)
    title = f"{here.unit.name}{here.the_roster.title}总台账{here.today}"  # an official form: not translated
    return as_download(master_ledger(found, here.today), title=title, notes=(), created=here.now)


@page(Permission.VIEW)
def one(request: HttpRequest, id: int) -> HttpResponse:
    """A case stands in the file of its firm."""
    case = case_by_id(id, request.here.scope)
    return redirect(f"{reverse('firms.one', args=[case.firm_id])}#case-{case.pk}")


@page(Permission.RECORD)
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, id: int) -> HttpResponse:
    """Batch, measure, due day and team of a case."""
    here = request.here
    case = case_by_id(id, here.scope)
    here.actor.check_may(Permission.RECORD, case.place_id)
    initial = {name: getattr(case, name) for name in PlanForm.base_fields}
    teams = dict.fromkeys((*filter(None, [case.team]), *offered(case.place_id, here.today).team))
    form = dress(PlanForm(request.POST or None, initial=initial, teams=list(teams)))
    if request.method == "POST" and form.is_valid():
        with telling_form(form):
            set_plan(actor=here.actor, at=here.now, case=case, **form.cleaned_data)
            messages.success(request, gettext("已保存“{firm}”的整治计划。").format(firm=case.firm.name))
            return redirect("cases.one", case.pk)
    context = {"case": CaseHead.of(case), "form": form}
    return render(request, "cases/plan.html", context, status=422 if form.errors else 200)


def _asked(request: HttpRequest) -> tuple[CaseList, CaseFilters]:
    """The list that the address asks for, and the filters that say so."""
    here: Here = request.here
    whole = CaseList(
        roster=here.the_roster, unit=here.unit.code, scope=here.scope, wanted=CaseFilter(), today=here.today
    )
    filters = CaseFilters(request.GET, teams=whole.named("team"), people=whole.named("responsible"))
    return whole.narrowed(CaseFilter(**filters.wanted, sort=_sort(request))), filters


def _sort(request: HttpRequest) -> str:
    sort = request.GET.get("sort", "")
    return sort if sort.removeprefix("-") in SORTS else "number"


def _page_number(request: HttpRequest, pages: int) -> int:
    text = request.GET.get("page", "")
    return min(max(int(text), 1), pages) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _conditions(filters: CaseFilters) -> str:
    """What the list was narrowed to, in words."""
    found = []
    for one in filters.fields:
        if value := filters.wanted.get(one.name):
            text = one.label if value is True else f"{one.label} {dict(one.choices).get(value, value)}"
            found.append(text)
    return gettext("；").join(found) or gettext("无")


urls = [
    path("cases", listed, name="cases"),
    path("cases.xlsx", listed_sheet, name="cases.sheet"),
    path("cases/ledger.xlsx", ledger_sheet, name="cases.ledger"),
    path("cases/<int:id>", one, name="cases.one"),
    path("cases/<int:id>/plan", plan, name="cases.plan"),
]
