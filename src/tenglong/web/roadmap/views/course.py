"""The adopted roadmap against what happened: day by day, and milestone by milestone."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext

from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.reporting.sheets import Kind, Sheet, SheetColumn
from tenglong.domain.roadmap.assumptions import assumptions_of
from tenglong.queries.roadmap.course import Course, planned_and_actual
from tenglong.queries.roadmap.lines import filters_of
from tenglong.queries.roadmap.overview import Roadmap, roadmap_by_id
from tenglong.queries.roadmap.settings import settings_of
from tenglong.queries.roadmap.slips import SlipReport, slips_of
from tenglong.web.context import Here, day_from
from tenglong.web.look import dress
from tenglong.web.pages import page
from tenglong.web.roadmap.charts import CurveChart, curve_chart
from tenglong.web.roadmap.forms.lines import SlipFilterForm
from tenglong.web.roadmap.views.lines import page_number
from tenglong.web.roadmap.views.overview import head
from tenglong.web.sheets import as_download
from tenglong.web.templatetags.tenglong import in_script, kind_label

EVERY_ROW = 1_000_000


@page(Permission.VIEW)
def course(request: HttpRequest, id: int) -> HttpResponse:
    """Contracts, land, energy and money: what was planned by each day and what there is."""
    here = request.here
    roadmap = _adopted(here, id)
    as_of = _as_of(request, roadmap)
    found = planned_and_actual(roadmap, here.scope, as_of, here.known_at)
    context = head(here, roadmap) | {"found": found, "as_of": as_of, "curves": _curves(found)}
    context["assumptions"] = assumptions_of(settings_of(roadmap))
    return render(request, "roadmaps/course.html", context)


@page(Permission.VIEW)
def slips(request: HttpRequest, id: int) -> HttpResponse:
    """The milestones that are late, the longest first; by town, team and zone."""
    here = request.here
    roadmap = _adopted(here, id)
    as_of = _as_of(request, roadmap)
    form, found = _late(request, roadmap, as_of, page=page_number(request))
    groups = (
        ("town", gettext("按镇（街道）"), gettext("镇（街道）"), found.towns),
        ("team", gettext("按专班"), gettext("专班"), found.teams),
        ("zone", gettext("按区块"), gettext("区块"), found.zones),
    )
    context = head(here, roadmap) | {
        "form": form,
        "narrowed": bool(form.wanted),
        "found": found,
        "as_of": as_of,
        "groups": [
            {"by": by, "title": title, "header": header, "rows": rows} for by, title, header, rows in groups
        ],
    }
    return render(request, "roadmaps/slips.html", context)


@page(Permission.EXPORT)
def slips_sheet(request: HttpRequest, id: int) -> HttpResponse:
    """The same rows as a workbook."""
    here = request.here
    roadmap = _adopted(here, id)
    as_of = _as_of(request, roadmap)
    _form, found = _late(request, roadmap, as_of, size=EVERY_ROW)
    title = gettext("第 {number} 号路线图逾期节点（截至 {day}）").format(number=roadmap.number, day=as_of)
    return as_download(_sheet(found), title=title, notes=[in_script(roadmap.title)], created=here.now)


def _adopted(here: Here, id: int) -> Roadmap:
    """The roadmap, if it is or was in force. Raises NotFound."""
    roadmap = roadmap_by_id(id, here.scope)
    if roadmap.adopted_at is None:
        raise NotFound(msg("第 {number} 号路线图没有采纳过，没有执行情况。", number=roadmap.number))
    return roadmap


def _as_of(request: HttpRequest, roadmap: Roadmap) -> date:
    """The day asked for; without one the last day in the roster's ledger."""
    here, asked = request.here, request.GET.get("as_of", "").strip()
    return day_from(asked, here.today) if asked else here.default_as_of(roadmap.roster)


def _curves(found: Course) -> list[CurveChart]:
    planned, actual = gettext("计划"), gettext("实际")
    ends = {planned: found.end, actual: found.as_of}
    return [
        curve_chart(
            one.id, {planned: one.planned, actual: one.actual}, until=ends, dashed=(planned,), label=one.label
        )
        for one in found.series
    ]


def _late(
    request: HttpRequest, roadmap: Roadmap, as_of: date, *, page: int = 1, size: int = 50
) -> tuple[SlipFilterForm, SlipReport]:
    here = request.here
    whole = slips_of(roadmap, here.scope, as_of, here.known_at, size=1)
    kinds = [one.key for one in whole.kinds]
    form = dress(SlipFilterForm(request.GET, known=filters_of(roadmap, here.scope), kinds=kinds))
    found = slips_of(roadmap, here.scope, as_of, here.known_at, page=page, size=size, **form.wanted)
    return form, found


def _sheet(found: SlipReport) -> Sheet:
    columns = (
        SheetColumn(gettext("逾期天数"), Kind.INTEGER, 10),
        SheetColumn(gettext("编号"), Kind.INTEGER, 8),
        SheetColumn(gettext("企业"), width=36),
        SheetColumn(gettext("镇（街道）"), width=16),
        SheetColumn(gettext("区块"), width=16),
        SheetColumn(gettext("专班"), width=16),
        SheetColumn(gettext("节点"), width=16),
        SheetColumn(gettext("应于"), Kind.DATE, 12),
        SheetColumn(gettext("日期说明"), width=10),
    )
    rows = [
        (
            row.days, row.number, row.name, in_script(row.town_name), in_script(row.zone), in_script(row.team),
            kind_label(row.kind), row.due_on, gettext("暂定") if row.provisional else "",
        )
        for row in found.rows
    ]  # fmt: skip
    return Sheet(gettext("逾期节点"), columns, rows)


urls = [
    path("roadmaps/<int:id>/course", course, name="roadmaps.course"),
    path("roadmaps/<int:id>/slips", slips, name="roadmaps.slips"),
    path("roadmaps/<int:id>/slips.xlsx", slips_sheet, name="roadmaps.slips_sheet"),
]
