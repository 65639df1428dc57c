"""What a roadmap says firm by firm: the list, one firm with its reasons, and another option for it by hand."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tenglong.actions import roadmap as roadmaps
from tenglong.domain.access.roles import Permission
from tenglong.queries.roadmap.adjusting import options_of, preview_adjustment
from tenglong.queries.roadmap.explanations import explanation_of
from tenglong.queries.roadmap.lines import LineDetail, LineFilter, filters_of, line_of, lines_page
from tenglong.queries.roadmap.overview import Roadmap, RoadmapView, roadmap_by_id, sees_all
from tenglong.web.context import Here
from tenglong.web.look import dress
from tenglong.web.pages import page, part, reads, telling_form
from tenglong.web.roadmap.forms.lines import WAIT, ChoiceForm, LineFilterForm
from tenglong.web.roadmap.tags import words
from tenglong.web.roadmap.views.overview import head

COLUMNS = ("land", "energy", "money")


@page(Permission.VIEW)
def listed(request: HttpRequest, id: int) -> HttpResponse:
    """The lines, narrowed and page by page."""
    here = request.here
    roadmap = roadmap_by_id(id, here.scope)
    form = dress(LineFilterForm(request.GET, known=filters_of(roadmap, here.scope)))
    wanted = LineFilter(**form.asked)
    context = head(here, roadmap) | {
        "form": form,
        "narrowed": bool(form.wanted),
        "found": lines_page(roadmap, here.scope, wanted, page=page_number(request)),
        "columns": COLUMNS,
    }
    return render(request, "roadmaps/lines.html", context)


@page(Permission.VIEW)
def one(request: HttpRequest, id: int, case: int) -> HttpResponse:
    """What a roadmap plans for one firm."""
    here = request.here
    roadmap = roadmap_by_id(id, here.scope)
    return _page(request, roadmap, line_of(roadmap, case, here.scope))


@page(Permission.VIEW)
def why(request: HttpRequest, id: int, case: int) -> HttpResponse:
    """Why this option, and what the others would cost: a part of the firm's page."""
    here = request.here
    roadmap = roadmap_by_id(id, here.scope)
    found = explanation_of(roadmap, case, here.scope)
    context = {"roadmap": RoadmapView.of(roadmap), "found": found}
    return part(request, "roadmaps/why.html", context, whole="roadmaps/part.html")


@reads
@page(Permission.ROADMAP_PLAN)
@require_POST
def check(request: HttpRequest, id: int, case: int) -> HttpResponse:
    """What another option would do to the plan; nothing is written."""
    here = request.here
    roadmap = roadmap_by_id(id, here.scope)
    line = line_of(roadmap, case, here.scope)
    form = _form(here, roadmap, line, request)
    preview = None
    if form.is_valid():
        with telling_form(form):
            preview = preview_adjustment(roadmap, {case: form.chosen}, here.scope)
    if request.headers.get("HX-Request"):
        context = {"roadmap": RoadmapView.of(roadmap), "preview": preview, "form": form}
        return render(request, "roadmaps/checked.html", context)
    return _page(request, roadmap, line, form=form, preview=preview)


@page(Permission.ROADMAP_PLAN)
@require_POST
def adjust(request: HttpRequest, id: int, case: int) -> HttpResponse:
    """Keep the plan with the other option as a roadmap of its own; refused where it breaks a limit."""
    here = request.here
    roadmap = roadmap_by_id(id, here.scope)
    line = line_of(roadmap, case, here.scope)
    form = _form(here, roadmap, line, request)
    if form.is_valid():
        with telling_form(form):
            made = roadmaps.adjust(
                actor=here.actor,
                at=here.now,
                roadmap=roadmap,
                choices={case: form.chosen},
                note=form.cleaned_data["note"],
            )
            messages.success(request, gettext("已另存为第 {number} 号路线图。").format(number=made.number))
            return redirect("roadmaps.line", made.pk, case)
    return _page(request, roadmap, line, form=form)


def _page(
    request: HttpRequest, roadmap: Roadmap, line: LineDetail, form: ChoiceForm | None = None, preview: object = None
) -> HttpResponse:  # fmt: skip
    here = request.here
    context = head(here, roadmap)
    if form is None and "adjust" in context["open_now"] and not line.row.fixed:
        form = _form(here, roadmap, line)
    context |= {"row": line.row, "line": line, "form": form, "preview": preview}
    context["explained"] = sees_all(roadmap, here.scope)
    return render(request, "roadmaps/line.html", context, status=422 if form and form.errors else 200)


def _form(here: Here, roadmap: Roadmap, line: LineDetail, request: HttpRequest | None = None) -> ChoiceForm:
    options = options_of(roadmap, line.row.case_id, here.scope)
    choices = [(_key(one.measure, one.start_on), words(one.label)) for one in options]
    initial = {"choice": _key(line.row.measure, line.row.start_on)}
    return dress(ChoiceForm(request.POST if request else None, options=choices, initial=initial))


def _key(measure: str, start: date | None) -> str:
    return f"{measure}|{start}" if measure else WAIT


def page_number(request: HttpRequest) -> int:
    """The page that the address asks for, else the first."""
    text = request.GET.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 9 else 1


urls = [
    path("roadmaps/<int:id>/firms", listed, name="roadmaps.lines"),
    path("roadmaps/<int:id>/firms/<int:case>", one, name="roadmaps.line"),
    path("roadmaps/<int:id>/firms/<int:case>/why", why, name="roadmaps.why"),
    path("roadmaps/<int:id>/firms/<int:case>/check", check, name="roadmaps.check"),
    path("roadmaps/<int:id>/firms/<int:case>/adjust", adjust, name="roadmaps.adjust"),
]
