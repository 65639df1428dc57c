"""差别化价格: what the grades of a run cost or save each firm, for the office that carries it out."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext

from tenglong.domain.access.roles import Permission
from tenglong.domain.reporting.grades import grade_colours
from tenglong.domain.reporting.sheets import Kind, Sheet, SheetColumn
from tenglong.queries.evaluation.prices import PriceList, price_list, prices_in
from tenglong.queries.evaluation.runs import Evaluation, run_by_id, scheme_file
from tenglong.queries.evaluation.shown import RunView
from tenglong.web.evaluation.forms.screening import PricesForm
from tenglong.web.evaluation.tags import own
from tenglong.web.look import dress
from tenglong.web.pages import page
from tenglong.web.sheets import as_download
from tenglong.web.templatetags.tenglong import in_script, label, moment

LEVER = "electricity"


@page(Permission.VIEW)
def listed(request: HttpRequest, id: int) -> HttpResponse:
    """The firms that a lever makes dearer or cheaper, by rates that a document states."""
    here = request.here
    run, form, found = _asked(request, id)
    context = {
        "run": RunView.of(run),
        "file": scheme_file(run.scheme),
        "form": form,
        "found": found,
        "exports": here.may(Permission.EXPORT),
    }
    return render(request, "evaluations/prices.html", context)


@page(Permission.EXPORT)
def listed_sheet(request: HttpRequest, id: int) -> HttpResponse:
    """The same list as a workbook."""
    here = request.here
    run, _form, found = _asked(request, id)
    title = gettext("{place}{year}年{lever}执行名单").format(
        place=in_script(run.place.name), year=found.year, lever=label(found.lever)
    )
    notes = [
        gettext("依据第 {id} 号评价（{year} 年），数据摘要 {digest}").format(
            id=run.pk, year=run.year, digest=run.input_digest
        ),
        gettext("由 {name} 于 {moment} 导出，仅供工作使用").format(
            name=request.user, moment=moment(here.now)
        ),
    ]
    return as_download(_sheet(found, run), title=title, notes=notes, created=here.now)


def _asked(request: HttpRequest, id: int) -> tuple[Evaluation, PricesForm, PriceList]:
    here = request.here
    run = run_by_id(id, here.scope)
    form = dress(PricesForm(request.GET, places=_places_with_rates(run)))
    wanted = form.wanted
    found = price_list(
        run,
        here.scope,
        wanted.get("lever", LEVER),
        year=wanted.get("year"),
        rates_of=wanted.get("rates_of", ""),
    )
    return run, form, found


def _places_with_rates(run: Evaluation) -> list[tuple[str, str]]:
    """The places whose rates are known, to try them out."""
    return [(code, own(place)) for code, place in sorted(prices_in(run).places.items())]


def _sheet(found: PriceList, run: Evaluation) -> Sheet:
    scheme = scheme_file(run.scheme)
    colours = grade_colours(scheme.grades.steps) if scheme.grades else {}
    columns = (
        SheetColumn(gettext("企业"), width=34),
        SheetColumn(gettext("信用代码"), width=22),
        SheetColumn(gettext("属地"), width=16),
        SheetColumn(gettext("等级"), width=8, fills=colours),
        SheetColumn(gettext("连续年数"), Kind.INTEGER, 10),
        SheetColumn(gettext("标准（{unit}）").format(unit=label(found.lever.unit)), Kind.DECIMAL, 16),
        SheetColumn(gettext("退还上年（%）"), Kind.DECIMAL, 12),
        SheetColumn(gettext("依据"), width=50),
    )
    rows = (
        (
            in_script(one.name),
            one.code,
            in_script(one.place),
            one.grade,
            one.years,
            one.charge.rate.value if one.charge else None,
            one.refund.share if one.refund else None,
            (one.charge.rate if one.charge else one.refund).source,
        )
        for one in found.rows
    )
    return Sheet(label(found.lever), columns, rows)


urls = [
    path("evaluations/<int:id>/prices", listed, name="evaluations.prices"),
    path("evaluations/<int:id>/prices.xlsx", listed_sheet, name="evaluations.prices_sheet"),
]
