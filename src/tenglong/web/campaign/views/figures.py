"""Figures: all of them at one point, each opened down to its sources, and two points compared."""

from fractions import Fraction
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext

from tenglong.domain.access.roles import Permission
from tenglong.domain.campaign.figures import definition
from tenglong.domain.kernel.errors import BadValue, NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import day_of
from tenglong.queries.campaign.figures import Question, ask, question
from tenglong.queries.campaign.lineage import Contribution, compare, contributions, sources
from tenglong.queries.campaign.references import reference_in_force, reference_series
from tenglong.queries.ledger.fold import last_id_at
from tenglong.queries.registry.sources import file_names, named
from tenglong.web.context import Here, day_from, moment_from
from tenglong.web.pages import page
from tenglong.web.sheets import as_download, comparison_sheet, contributions_sheet, figures_sheet
from tenglong.web.templatetags.tenglong import day, figure_label, in_script, moment, said

PER_PAGE = 50


@page(Permission.VIEW)
def listed(request: HttpRequest) -> HttpResponse:
    """Every figure of the chosen roster and unit at one point."""
    asked = request.here.question()
    context = {"asked": asked, "figures": ask(asked)}
    return render(request, "figures/figures.html", context)


@page(Permission.EXPORT)
def listed_sheet(request: HttpRequest) -> HttpResponse:
    """The same table as a workbook."""
    here = request.here
    asked = here.question()
    title = f"{here.unit.name}{said(asked.roster, 'title')}{gettext('指标')}{asked.as_of}"
    return as_download(figures_sheet(ask(asked)), title=title, notes=_notes(asked), created=here.now)


@page(Permission.VIEW)
def one(request: HttpRequest, id: str) -> HttpResponse:
    """One figure and the cases it comes from; a rate is opened into what it is made of."""
    asked = request.here.question()
    figure = ask(asked, [id])[0]
    parts = _parts(id)
    if parts:
        found = reference_in_force(asked, id)
        context = {"asked": asked, "figure": figure, "parts": ask(asked, parts)}
        context |= {"definition": definition(id), "reference": found}
        return render(request, "figures/rate.html", context)
    rows = contributions(asked, id)
    context = {
        "asked": asked,
        "figure": figure,
        "rows": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "whole": sum((row.amount for row in rows), Fraction(0)),
    }
    return render(request, "figures/figure.html", context)


@page(Permission.VIEW)
def reference(request: HttpRequest, id: str) -> HttpResponse:
    """What a lead is measured against: the value in force, and every one that was known by then."""
    asked = request.here.question()
    series, found = reference_series(asked, id), reference_in_force(asked, id)
    context = {"asked": asked, "figure": ask(asked, [id])[0], "series": series, "reference": found}
    return render(request, "figures/reference.html", context)


@page(Permission.EXPORT)
def one_sheet(request: HttpRequest, id: str) -> HttpResponse:
    """The cases behind a figure as a workbook: all of them, in the order of the page."""
    here = request.here
    asked = here.question()
    sheet = contributions_sheet(contributions(asked, id), id)
    title = f"{here.unit.name}{figure_label(id)}{asked.as_of}"
    return as_download(sheet, title=title, notes=_notes(asked), created=here.now)


@page(Permission.VIEW)
def one_sources(request: HttpRequest, id: str, case: int) -> HttpResponse:
    """The entries through which one case adds to a figure, with file, sheet, cell and evidence."""
    row = _row_of(contributions(request.here.question(), id), case)
    found = sources(row, request.here.scope)
    names = file_names(source.source for source in found)
    shown = [(one, day_of(one.effective_day), named(one.source, names)) for one in found]
    return render(request, "figures/sources.html", {"sources": shown})


@page(Permission.VIEW)
def compared(request: HttpRequest, id: str) -> HttpResponse:
    """How a figure came from an earlier point to a later one."""
    here = request.here
    closing = here.question()
    context: dict[str, Any] = {"figure": ask(closing, [id])[0], "asked": closing, "parts": _parts(id)}
    if request.GET.get("from") and not context["parts"]:
        opening = _opening(here, closing, request)
        found = compare(opening, closing, id)
        new = [row for row in found.rows if row.new]
        context |= {"opening": opening, "comparison": found, "new_rows": new}
    return render(request, "figures/compare.html", context)


@page(Permission.EXPORT)
def compared_sheet(request: HttpRequest, id: str) -> HttpResponse:
    """The comparison as a workbook."""
    here = request.here
    closing = here.question()
    opening = _opening(here, closing, request)
    title = gettext("{unit}{figure}{opening}至{closing}").format(
        unit=here.unit.name, figure=figure_label(id), opening=opening.as_of, closing=closing.as_of
    )
    sheet = comparison_sheet(compare(opening, closing, id))
    return as_download(sheet, title=title, notes=[*_notes(opening), *_notes(closing)], created=here.now)


def _opening(here: Here, closing: Question, request: HttpRequest) -> Question:
    as_of = day_from(request.GET.get("from", ""), here.today)
    known = request.GET.get("from_known_at", "").strip()
    known_at = moment_from(known, here.now) if known else closing.known_at
    if as_of > closing.as_of or known_at > closing.known_at:
        raise BadValue(msg("期初的日期和知悉时间都不能晚于期末，请调整后再比较。"))
    return question(
        roster=here.the_roster,
        code=closing.territory,
        as_of=as_of,
        known_at=known_at,
        scope=closing.scope,
        last_id=last_id_at(closing.roster.pk, known_at) if known else closing.at.last_id,
    )


def _parts(id: str) -> list[str]:
    """What a rate or a lead is made of; empty for what can be added up case by case."""
    figure = definition(id)
    return [part for part in (figure.part, figure.whole, figure.lead_of) if part]


def _row_of(rows: list[Contribution], case: int) -> Contribution:
    for row in rows:
        if row.case_id == case:
            return row
    raise NotFound(msg("该指标没有这户企业的记录，请返回指标页面重新打开。"))


def _notes(asked: Question) -> list[str]:
    """What a sheet says below the table: roster, calibre, day and knowledge."""
    roster = asked.roster
    return [
        gettext("名单：{title}（{issuer}）").format(
            title=said(roster, "title"), issuer=in_script(roster.issuer)
        ),
        gettext("口径：{definition}").format(definition=said(roster, "definition")),
        gettext("数据截至 {day}，按 {moment} 所知").format(
            day=day(asked.as_of), moment=moment(asked.known_at)
        ),
    ]


urls = [
    path("figures", listed, name="figures"),
    path("figures.xlsx", listed_sheet, name="figures.sheet"),
    path("figures/<slug:id>", one, name="figures.one"),
    path("figures/<slug:id>.xlsx", one_sheet, name="figures.one_sheet"),
    path("figures/<slug:id>/reference", reference, name="figures.reference"),
    path("figures/<slug:id>/cases/<int:case>", one_sources, name="figures.sources"),
    path("figures/<slug:id>/compare", compared, name="figures.compare"),
    path("figures/<slug:id>/compare.xlsx", compared_sheet, name="figures.compare_sheet"),
]
