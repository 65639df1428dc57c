"""What of a roadmap can be taken away: wall chart, workbook, and the files that anybody can check."""

from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import path
from django.utils.http import content_disposition_header

from tenglong.domain.access.roles import Permission
from tenglong.queries.roadmap.documents import chart_name, chart_of, workbook_name, workbook_of
from tenglong.queries.roadmap.files import plan_file, problem_file
from tenglong.queries.roadmap.overview import roadmap_by_id
from tenglong.web.pages import page
from tenglong.web.sheets import XLSX

PDF = "application/pdf"
JSON = "application/json; charset=utf-8"


@page(Permission.EXPORT)
def chart(request: HttpRequest, id: int) -> HttpResponse:
    """The wall chart on paper."""
    roadmap = roadmap_by_id(id, request.here.scope)
    return _saved(chart_of(roadmap, request.here.scope), PDF, chart_name(roadmap))


@page(Permission.EXPORT)
def workbook(request: HttpRequest, id: int) -> HttpResponse:
    """Every line with its amounts and milestones, and the sums."""
    roadmap = roadmap_by_id(id, request.here.scope)
    return _saved(workbook_of(roadmap, request.here.scope), XLSX, workbook_name(roadmap))


@page(Permission.EXPORT)
def problem(request: HttpRequest, id: int) -> FileResponse:
    """The problem as `tenglong plan` reads it."""
    roadmap = roadmap_by_id(id, request.here.scope)
    return _file(problem_file(roadmap, request.here.scope), f"roadmap-{roadmap.pk}-problem.json")


@page(Permission.EXPORT)
def plan(request: HttpRequest, id: int) -> FileResponse:
    """The plan with its certificate, as `tenglong plan --check` reads it."""
    roadmap = roadmap_by_id(id, request.here.scope)
    return _file(plan_file(roadmap, request.here.scope), f"roadmap-{roadmap.pk}-plan.json")


def _saved(content: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition_header(True, name)}
    return HttpResponse(content, content_type=kind, headers=headers)


def _file(kept: Path, name: str) -> FileResponse:
    return FileResponse(kept.open("rb"), as_attachment=True, filename=name, content_type=JSON)


urls = [
    path("roadmaps/<int:id>/chart.pdf", chart, name="roadmaps.chart"),
    path("roadmaps/<int:id>/roadmap.xlsx", workbook, name="roadmaps.workbook"),
    path("roadmaps/<int:id>/problem.json", problem, name="roadmaps.problem"),
    path("roadmaps/<int:id>/plan.json", plan, name="roadmaps.plan"),
]
