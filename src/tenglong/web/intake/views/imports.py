"""The import centre: templates, uploads, what a file would change, accepting it or taking it back."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from tenglong.actions.intake import request_acceptance, upload, withdraw
from tenglong.actions.intake.restaging import request_restaging
from tenglong.domain.access.roles import Permission
from tenglong.domain.intake.effects import Deed
from tenglong.domain.intake.kinds import table_kind, table_kinds
from tenglong.domain.intake.rows import Summary, Verdict
from tenglong.domain.intake.writers import write_template
from tenglong.queries.files import whole
from tenglong.queries.intake.imports import (
    Import,
    ImportView,
    count_of,
    deeds_in,
    import_for,
    problem_of,
    returned,
    rows_of,
    visible_imports,
)
from tenglong.queries.intake.next_steps import next_steps
from tenglong.queries.jobs.overview import job_of_import
from tenglong.queries.matters import open_steps
from tenglong.queries.registry.territory import territory
from tenglong.web.campaign.tags import table_name
from tenglong.web.context import Here
from tenglong.web.intake.forms.imports import UploadForm, WithdrawForm
from tenglong.web.look import dress
from tenglong.web.pages import as_values, page, telling, telling_form
from tenglong.web.sheets import XLSX
from tenglong.web.steps import DANGER, PRIMARY, Button, step_buttons
from tenglong.web.templatetags.tenglong import in_script, said

PER_PAGE = 20
ROWS_PER_PAGE = 50
WORKING = ("queued", "staging", "accepting")
COUNTS = tuple(verdict.value for verdict in Verdict)


@dataclass(frozen=True)
class RowPages(Sequence[slice]):
    """The part of the rows that a page shows, counted without reading them."""

    total: int

    def __len__(self) -> int:
        return self.total

    def __getitem__(self, part: Any) -> Any:
        return part


@page(Permission.VIEW)
@require_http_methods(["GET", "POST"])
def listed(request: HttpRequest) -> HttpResponse:
    """What was handed in, and handing in more."""
    here = request.here
    form = _upload_form(here, request) if here.may(Permission.IMPORT) else None
    if form is not None and request.method == "POST" and form.is_valid():
        with telling_form(form):
            return redirect("imports.one", _upload(here, form).pk)
    rows = Paginator(visible_imports(here.actor), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "rows": as_values(rows, ImportView),
        "kinds": list(table_kinds()),
    }
    return render(request, "imports/imports.html", context, status=422 if form and form.errors else 200)


@page(Permission.VIEW)
def one(request: HttpRequest, id: int) -> HttpResponse:
    """One import: its account, its rows, and what may be done with it."""
    return _show(request, id, dress(WithdrawForm()))


@page(Permission.VIEW)
def progress(request: HttpRequest, id: int) -> HttpResponse:
    """How far the work is; once it is done the whole page is asked for anew."""
    batch = import_for(id, request.here.actor)
    if batch.state not in WORKING:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "imports/progress.html", {"batch": ImportView.of(batch), "job": job_of_import(id)})


@page(Permission.VIEW)
@require_POST
def accept(request: HttpRequest, id: int) -> HttpResponse:
    """Ask for the acceptance: all good rows or nothing."""
    with telling(request):
        request_acceptance(id, actor=request.here.actor, at=request.here.now)
    return redirect("imports.one", id)


@page(Permission.VIEW)
@require_POST
def restage(request: HttpRequest, id: int) -> HttpResponse:
    """Read the same file again, with what is known now."""
    with telling(request):
        request_restaging(id, actor=request.here.actor, at=request.here.now)
    return redirect("imports.one", id)


@page(Permission.VIEW)
@require_POST
def take_back(request: HttpRequest, id: int) -> HttpResponse:
    """Withdraw an import; one that was accepted needs a reason."""
    here = request.here
    batch = import_for(id, here.actor)
    form = dress(WithdrawForm(request.POST))
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    if batch.state == "accepted" and not reason:
        return _show(request, id, form)
    with telling(request):
        withdraw(id, actor=here.actor, at=here.now, reason=reason)
        messages.success(request, gettext("导入“{name}”已撤回。").format(name=batch.filename))
    return redirect("imports.one", id)


@page(Permission.VIEW)
def returned_workbook(request: HttpRequest, id: int) -> FileResponse:
    """The person's own workbook with what is wrong marked in it."""
    batch = import_for(id, request.here.actor)
    name = gettext("退回_{name}.xlsx").format(name=PurePath(batch.filename).stem)
    return _to_save(returned(id, request.here.actor), name, XLSX)


@page(Permission.VIEW)
def original(request: HttpRequest, id: int) -> FileResponse:
    """The file as it was handed in."""
    batch = import_for(id, request.here.actor)
    return _to_save(whole(batch.digest, batch.filename), batch.filename, "application/octet-stream")


@page(Permission.VIEW)
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """The empty workbook of a kind, with the person's own places as drop-downs."""
    table, tree = table_kind(kind), territory().at(request.here.today)
    places = [tree.place(unit.code) for unit in request.here.units]
    choices = {
        "county": [place.name for place in places if place.level in ("county", "zone")],
        "town": [place.name for place in places if place.level == "town"],
    }
    with tempfile.TemporaryDirectory(prefix="tenglong-template-") as folder:
        target = Path(folder) / "template.xlsx"
        write_template(table, target, choices=choices)
        content = target.read_bytes()
    disposition = content_disposition_header(True, f"{table_name(kind)}.xlsx")
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": disposition})


def _show(request: HttpRequest, id: int, form: WithdrawForm) -> HttpResponse:
    here = request.here
    batch = import_for(id, here.actor)
    if batch.roster is not None:
        here.turn_to(batch.roster, code=batch.code, chooser=reverse("imports"))
    place = territory().at(batch.business_day).place(batch.code)
    verdict, deed = _narrowing(request)
    counted = 0 if batch.state == "withdrawn" else count_of(batch, verdict, deed)
    shown: Page[slice] = Paginator(RowPages(counted), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    start = max(shown.start_index() - 1, 0)
    account = batch.summary.get("account")
    offers = open_steps(batch, here.actor, here.today)
    context = {
        "batch": ImportView.of(batch),
        "place": place,
        "counts": [(name, getattr(batch, name)) for name in COUNTS],
        "verdict": verdict or "",
        "deeds": deeds_in(batch).items(),
        "deed": deed or "",
        "rows": shown,
        "judged": rows_of(batch, verdict=verdict, deed=deed, start=start, count=ROWS_PER_PAGE),
        "next_steps": next_steps(batch, here.actor, here.today),
        "account": Summary.from_json(account) if account else None,
        "problem": problem_of(batch),
        "job": job_of_import(id),
        "working": batch.state in WORKING,
        "steps": step_buttons(offers, buttons_of(batch), id, forms={"undo": form}),
    }
    return render(request, "imports/import.html", context, status=422 if form.errors else 200)


def _narrowing(request: HttpRequest) -> tuple[Verdict | None, Deed | None]:
    """The verdict or the sort of deed whose rows are asked for; what is neither narrows nothing."""
    verdict, deed = request.GET.get("verdict", ""), request.GET.get("deed", "")
    return Verdict(verdict) if verdict in COUNTS else None, Deed(deed) if deed in list(Deed) else None


def buttons_of(batch: Import) -> dict[str, Button]:
    """How the page of an import asks for each step."""
    accept = gettext("确认入账？将新增 {a} 行、更新 {b} 行。").format(a=batch.inserted, b=batch.updated)
    drop = gettext("确定撤回这次导入？没有入账，不影响任何数据。")
    undo = gettext("确定撤回？它登记的记录将逐条作废，已印发的通报不变。")
    return {
        "accept": Button("imports.accept", None, accept, PRIMARY),
        "restage": Button("imports.restage"),
        "withdraw": Button("imports.withdraw", None, drop),
        "reject": Button("imports.withdraw", None, drop),
        "undo": Button("imports.withdraw", WithdrawForm, undo, DANGER, folded=True),
    }


def _upload_form(here: Here, request: HttpRequest) -> UploadForm:
    tree = territory().at(here.today)
    units = [
        (unit.code, in_script(unit.indented))
        for unit in here.choices
        if here.may(Permission.IMPORT, tree.place(unit.code).id)
    ]
    rosters = [(roster.code, said(roster, "title")) for roster in here.rosters]
    initial = {"business_day": here.today, "code": here.unit.code, "kind": request.GET.get("kind", "")}
    if here.roster:
        initial["roster"] = here.roster.code
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        rosters=rosters,
        units=units,
        today=here.today,
        initial=initial,
    )
    return dress(form)


def _upload(here: Here, form: UploadForm):
    answers = form.cleaned_data
    roster = next((roster for roster in here.all_rosters if roster.code == answers["roster"]), None)
    return upload(
        actor=here.actor,
        at=here.now,
        kind=answers["kind"],
        roster=roster,
        code=answers["code"],
        stream=answers["file"].chunks(),
        filename=answers["file"].name,
        business_day=answers["business_day"],
    )


def _to_save(path: Path, name: str, content_type: str) -> FileResponse:
    return FileResponse(
        path.open("rb"),
        as_attachment=True,
        filename=name,
        content_type=content_type,
        headers={"X-Content-Type-Options": "nosniff"},
    )


urls = [
    path("imports", listed, name="imports"),
    path("imports/templates/<slug:kind>.xlsx", template, name="imports.template"),
    path("imports/<int:id>", one, name="imports.one"),
    path("imports/<int:id>/progress", progress, name="imports.progress"),
    path("imports/<int:id>/accept", accept, name="imports.accept"),
    path("imports/<int:id>/restage", restage, name="imports.restage"),
    path("imports/<int:id>/withdraw", take_back, name="imports.withdraw"),
    path("imports/<int:id>/returned.xlsx", returned_workbook, name="imports.returned"),
    path("imports/<int:id>/original", original, name="imports.original"),
]
