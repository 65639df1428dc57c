"""Screening (疑似筛查): the rules R01–R16 on the register, why a firm was hit, and a roster of suspected firms."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from tenglong.actions.evaluation import suspects_to_roster
from tenglong.domain.access.roles import Permission
from tenglong.domain.reporting.suspects import suspect_page, suspect_rows
from tenglong.domain.reporting.writers.xlsx import write_pages
from tenglong.queries.evaluation.runs import newest_year, run_by_id
from tenglong.queries.evaluation.screening import by_rule, screened, suspects
from tenglong.queries.evaluation.shown import RunView
from tenglong.queries.evaluation.suspects import Screened, Suspect, suspects_of, suspects_of_run
from tenglong.queries.registry.places import place_of
from tenglong.web.context import Here
from tenglong.web.evaluation.forms.screening import ScreeningForm, SuspectsForm, suspects_initial
from tenglong.web.look import dress
from tenglong.web.pages import page, telling_form
from tenglong.web.sheets import XLSX
from tenglong.web.templatetags.tenglong import in_script, said

PER_PAGE = 20


@page(Permission.VIEW)
def shown(request: HttpRequest) -> HttpResponse:
    """Which rules hit whom; nothing is tried until a year is asked for."""
    here = request.here
    year = _year(request)
    form = dress(ScreeningForm(request.GET or None, initial={"year": newest_year(here.scope, here.today)}))
    context = {"form": form, "year": year, "exports": here.may(Permission.EXPORT)}
    if year is not None:
        found = _screened(here, year)
        rule = request.GET.get("rule", "")
        context |= {
            "found": found,
            "rules": by_rule(found),
            "rule": rule,
            "rows": Paginator(suspects(found, rule), PER_PAGE).get_page(request.GET.get("page")),
            "founds": here.may(Permission.MANAGE),
        }
    return render(request, "evaluations/screening.html", context)


@page(Permission.EXPORT)
def sheet(request: HttpRequest) -> HttpResponse:
    """Every hit with what it rests on, and what could not be tried, as a workbook."""
    here = request.here
    year = _year(request) or newest_year(here.scope, here.today)
    found = _screened(here, year)
    rows = list(suspect_rows(found.rules, found.screening, found.names, ()))
    title = gettext("{place}{year}年疑似低效企业筛查").format(place=in_script(here.unit.name), year=year)
    content = write_pages(
        (suspect_page(found.rules, year, rows, f"{found.place} {found.year}"),), title=title, created=here.now
    )
    headers = {"Content-Disposition": content_disposition_header(True, f"{title}.xlsx")}
    return HttpResponse(content, content_type=XLSX, headers=headers)


@page(Permission.MANAGE)
@require_http_methods(["GET", "POST"])
def roster(request: HttpRequest, year: int) -> HttpResponse:
    """The firms that the ticked rules hit become a roster."""
    here = request.here
    found = _screened(here, year)
    rules = [one for one in by_rule(found) if one.hits]
    known = [one.rule.id for one in rules]
    ticked = [id for id in request.POST.getlist("rule") if id in known] if request.method == "POST" else known
    chosen = suspects_of(found.screening, ticked) if ticked else ()
    title = gettext("{place}{year}年疑似低效企业名单").format(place=here.unit.name, year=year)
    definition = gettext(
        "按筛查规则对 {year} 年度数据筛出的疑似企业，须经现场核实、甄别后确定（规则摘要 {digest}）。"
    )
    initial = suspects_initial(
        here.today, title, definition.format(year=year, digest=found.rules.digest[:12]),
        f"suspects-{here.unit.code}-{year}", here.unit.name,
    )  # fmt: skip
    return _founding(request, chosen, initial, {"rules": rules, "ticked": ticked, "year": year})


@page(Permission.MANAGE)
@require_http_methods(["GET", "POST"])
def roster_of_run(request: HttpRequest, id: int) -> HttpResponse:
    """The firms in the last grade of a run become a roster."""
    here = request.here
    run = run_by_id(id, here.scope)
    title = gettext("{place}{year}年评价D类企业名单").format(place=run.place.name, year=run.year)
    definition = gettext(
        "{year} 年度亩均效益综合评价（第 {id} 号，《{title}》）评为 D 类的企业，须经核实、甄别后确定。"
    )
    initial = suspects_initial(
        here.today, title, definition.format(year=run.year, id=run.pk, title=said(run.scheme, "title")),
        f"grade-d-{run.place.code}-{run.year}", run.place.name,
    )  # fmt: skip
    return _founding(request, suspects_of_run(run, here.scope), initial, {"run": RunView.of(run)})


def _founding(
    request: HttpRequest, chosen: tuple[Suspect, ...], initial: dict[str, object], more: dict[str, object]
) -> HttpResponse:
    """The form of the new roster; once it is founded, its page."""
    here = request.here
    form = dress(SuspectsForm(request.POST or None, initial=initial))
    if request.method == "POST" and form.is_valid():
        answers = {name: form.cleaned_data[name] for name in ("code", "title", "issuer", "definition_text")}
        run = more.get("run")
        place = place_of(run.place.code if run else here.unit.code, here.today)
        with telling_form(form, beside="code"):
            made = suspects_to_roster(
                actor=here.actor, at=here.now, suspects=chosen, place=place, window=form.window, **answers
            )
            done = gettext("已形成名单“{title}”，共 {count} 户，均为疑似，待核实。")
            messages.success(request, done.format(title=made.title, count=len(chosen)))
            return redirect(f"{reverse('rosters.one', args=[made.code])}?roster={made.code}")
    context = {"form": form, "count": len(chosen)} | more
    return render(request, "evaluations/suspects.html", context, status=422 if form.errors else 200)


def _screened(here: Here, year: int) -> Screened:
    return screened(here.unit.code, year, here.scope, on=here.today)


def _year(request: HttpRequest) -> int | None:
    """The year that was asked for, if it is one."""
    form = ScreeningForm(request.GET)
    return form.cleaned_data["year"] if form.is_valid() else None


urls = [
    path("evaluations/screening", shown, name="evaluations.screening"),
    path("evaluations/screening.xlsx", sheet, name="evaluations.screening_sheet"),
    path("evaluations/screening/<int:year>/roster", roster, name="evaluations.suspects"),
    path("evaluations/<int:id>/roster", roster_of_run, name="evaluations.suspects_of_run"),
]
