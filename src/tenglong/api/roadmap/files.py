"""What of a roadmap can be taken away: wall chart, workbook, and the files that anybody can check."""

from django.http.response import HttpResponseBase

from tenglong.api.callers import Asked, Caller
from tenglong.api.downloads import ANY_FILE, XLSX, binary, download, pieces
from tenglong.api.topics import Topic
from tenglong.api.values import Id
from tenglong.domain.access.roles import Permission
from tenglong.queries.roadmap.documents import chart_name, chart_of, workbook_name, workbook_of
from tenglong.queries.roadmap.files import plan_file, problem_file
from tenglong.queries.roadmap.overview import Roadmap, roadmap_by_id

topic = Topic(tags=["roadmaps"])
PDF = "application/pdf"


@topic.get("/roadmaps/{id}/chart", response={200: None}, openapi_extra=binary(PDF))
def chart(request: Asked, id: Id) -> HttpResponseBase:
    """The wall chart, as the page hands it out."""
    roadmap = _exported(request.auth, id)
    return download([chart_of(roadmap, request.auth.scope)], PDF, chart_name(roadmap))


@topic.get("/roadmaps/{id}/workbook", response={200: None}, openapi_extra=binary(XLSX))
def workbook(request: Asked, id: Id) -> HttpResponseBase:
    """The workbook, as the page hands it out."""
    roadmap = _exported(request.auth, id)
    return download([workbook_of(roadmap, request.auth.scope)], XLSX, workbook_name(roadmap))


@topic.get("/roadmaps/{id}/problem", response={200: None}, openapi_extra=binary(ANY_FILE))
def problem(request: Asked, id: Id) -> HttpResponseBase:
    """The problem file, for `tenglong plan`."""
    roadmap = _exported(request.auth, id)
    return download(pieces(problem_file(roadmap, request.auth.scope)), ANY_FILE, f"roadmap-{id}-problem.json")


@topic.get("/roadmaps/{id}/plan", response={200: None}, openapi_extra=binary(ANY_FILE))
def plan(request: Asked, id: Id) -> HttpResponseBase:
    """The plan file with its certificate, for `tenglong plan --check`."""
    roadmap = _exported(request.auth, id)
    return download(pieces(plan_file(roadmap, request.auth.scope)), ANY_FILE, f"roadmap-{id}-plan.json")


def _exported(caller: Caller, id: int) -> Roadmap:
    roadmap = roadmap_by_id(id, caller.scope)
    caller.actor.check_may(Permission.EXPORT)
    return roadmap
