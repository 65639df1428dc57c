"""Places and people by workbook: handed in, every row with its verdict, and only then carried out."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from tenglong.actions.access.passwords import NewPassword
from tenglong.actions.access.people_table import enter_people, passwords_for, try_people
from tenglong.actions.files import keep
from tenglong.actions.registry.places_table import enter_places, try_places
from tenglong.actions.setting_up import Carried, rows_of
from tenglong.domain.access.roles import Permission, roles
from tenglong.domain.intake.rows import ParsedRow
from tenglong.domain.intake.site import PEOPLE, PLACES, site_kinds
from tenglong.domain.intake.writers.templates import write_template
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import msg
from tenglong.domain.reporting.sheets import Kind, Sheet, SheetColumn
from tenglong.queries.access.people import people
from tenglong.queries.registry.place_steps import steps_of
from tenglong.web.context import Here
from tenglong.web.look import dress
from tenglong.web.pages import page, reads, telling_form
from tenglong.web.registry.forms.setting_up import TableForm
from tenglong.web.sheets import XLSX, as_download

Try = Callable[..., tuple[Carried, ...]]
HANDED_IN, HOURS = "setting-up", 24


@dataclass(frozen=True)
class Table:
    """One of the two tables: what its page is called, where it belongs, and what a row does."""

    kind: str
    title: Promise
    belongs: Promise
    attempt: Try


TABLES = {
    PLACES: Table(PLACES, _("按表登记单位变动"), _("单位与目标"), try_places),
    PEOPLE: Table(PEOPLE, _("按表添加人员"), _("用户与权限"), try_people),
}


@reads
@page(Permission.MANAGE)
@require_http_methods(["GET", "POST"])
def handed_in(request: HttpRequest, kind: str) -> HttpResponse:
    """Hand a table in; the answer says what every row would do, and nothing is changed."""
    here, context = request.here, {}
    form = dress(TableForm(request.POST or None, request.FILES or None))
    if request.method == "POST" and form.is_valid():
        with telling_form(form):
            file = form.cleaned_data["file"]
            digest, _size = keep(file.chunks())
            said = TABLES[kind].attempt(rows_of(kind, digest, file.name), actor=here.actor, at=here.now)
            handed = signing.dumps([request.user.pk, kind, digest, file.name], salt=HANDED_IN)
            context = {"rows": said, "filename": file.name, "handed": handed, "counts": _counts(said)}
    return _shown(request, kind, {"form": form, **context}, status=422 if form.errors else 200)


@page(Permission.MANAGE, ahead=lambda request: _rows(request, PLACES))
@require_POST
def places_entered(request: HttpRequest) -> HttpResponse:
    """Carry out what was handed in."""
    said = enter_places(request.ahead, actor=request.here.actor, at=request.here.now)
    return _done(request, PLACES, said)


def _ahead(request: HttpRequest) -> tuple[list[ParsedRow], list[NewPassword]]:
    rows = _rows(request, PEOPLE)
    return rows, passwords_for(rows)


@page(Permission.MANAGE, ahead=_ahead)
@require_POST
def people_entered(request: HttpRequest) -> HttpResponse:
    """Carry out what was handed in; the first passwords stand on this one answer and nowhere else."""
    rows, passwords = request.ahead
    said = enter_people(rows, actor=request.here.actor, at=request.here.now, passwords=passwords)
    return _done(request, PEOPLE, said)


@page(Permission.MANAGE)
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """The empty workbook, with the person's own places and the roles as drop-downs."""
    table, names = site_kinds()[kind], [unit.name for unit in request.here.units]
    choices = {"place": names, "other": names, "role": [role.zh for role in roles().values()]}
    with tempfile.TemporaryDirectory(prefix="tenglong-template-") as folder:
        target = Path(folder) / "template.xlsx"
        write_template(table, target, choices=choices)
        content = target.read_bytes()
    disposition = content_disposition_header(True, f"{table.name_zh}.xlsx")
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": disposition})


@page(Permission.MANAGE)
def sheet(request: HttpRequest, kind: str) -> HttpResponse:
    """What is recorded, as the table that may be handed in again."""
    here, table = request.here, site_kinds()[kind]
    kinds = {"day": Kind.DATE}
    columns = tuple(SheetColumn(one.header, kinds.get(one.id, Kind.TEXT), 18) for one in table.columns)
    rows = _recorded_steps(here) if kind == PLACES else _recorded_people(here)
    shown = Sheet(table.name_zh, columns, rows)
    return as_download(shown, title=table.name_zh, notes=(), created=here.now)


def _recorded_steps(here: Here) -> list[Sequence[Any]]:
    """The steps that count, in the order in which they were recorded."""
    labels = {one.id: one.label for one in site_kinds()[PLACES].column("happening").choices}
    steps = [row.step for row in steps_of(here.scope)][::-1]
    taken_back = {step.takes_back_id for step in steps}
    return [
        (
            step.code,
            labels[step.kind],
            *(step.said.get(name) for name in ("name", "new_code")),
            "、".join(step.said.get("aliases", ())) or None,
            step.said.get("other"),
            str(step.said["position"]) if "position" in step.said else None,
            step.day,
            step.reason,
        )
        for step in steps
        if step.kind in labels and step.pk not in taken_back
    ]


def _recorded_people(here: Here) -> list[Sequence[Any]]:
    return [
        (person.user.username, person.user.display_name, one.code, roles()[one.role].zh)
        for person in people(here.actor, here.today)
        for one in person.memberships
    ]


def _rows(request: HttpRequest, kind: str) -> list[ParsedRow]:
    """The rows of the table that this person handed in.

    Raises:
        BadFile: nothing was, or too long ago.
    """
    try:
        said = signing.loads(request.POST.get("handed", ""), salt=HANDED_IN, max_age=HOURS * 3600)
    except signing.BadSignature as error:
        raise BadFile(msg("请先上传表格并核对每一行，再确认。")) from error
    owner, handed_kind, digest, filename = said
    if (owner, handed_kind) != (request.user.pk, kind):
        raise BadFile(msg("请先上传表格并核对每一行，再确认。"))
    return rows_of(kind, digest, filename)


def _done(request: HttpRequest, kind: str, said: tuple[Carried, ...]) -> HttpResponse:
    context = {"rows": said, "done": True, "counts": _counts(said), "form": dress(TableForm())}
    return _shown(request, kind, context)


def _shown(request: HttpRequest, kind: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    table = TABLES[kind]
    names = {name: f"{kind}.table{part}" for name, part in ADDRESSES.items()}
    about = {"kind": kind, "title": table.title, "belongs": table.belongs, "names": names}
    return render(request, "places/table.html", {**about, **context}, status=status)


def _counts(said: tuple[Carried, ...]) -> list[tuple[str, int]]:
    """How many rows had each verdict, in the order of the sum that the page shows."""
    order = ("inserted", "updated", "unchanged", "rejected")
    return [(verdict, sum(row.verdict == verdict for row in said)) for verdict in order]


ADDRESSES = {"hand_in": "", "enter": ".enter", "template": ".template", "sheet": ".sheet"}
urls = [
    path("places/table", handed_in, {"kind": PLACES}, name="places.table"),
    path("places/table/enter", places_entered, name="places.table.enter"),
    path("places/table/template", template, {"kind": PLACES}, name="places.table.template"),
    path("places/table/sheet", sheet, {"kind": PLACES}, name="places.table.sheet"),
    path("people/table", handed_in, {"kind": PEOPLE}, name="people.table"),
    path("people/table/enter", people_entered, name="people.table.enter"),
    path("people/table/template", template, {"kind": PEOPLE}, name="people.table.template"),
    path("people/table/sheet", sheet, {"kind": PEOPLE}, name="people.table.sheet"),
]
