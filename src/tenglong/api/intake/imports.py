"""Imports: handing a file in, what it would change row by row, accepting it or taking it back."""

from typing import Annotated, Any

from django.http.response import HttpResponseBase
from ninja import Field, File, Form, Query, Schema, Status
from ninja.files import UploadedFile

from tenglong.actions.intake import request_acceptance, upload, withdraw
from tenglong.actions.intake.restaging import request_restaging
from tenglong.api.callers import Asked, Caller
from tenglong.api.downloads import XLSX, binary, download, pieces
from tenglong.api.jobs.overview import JobOut
from tenglong.api.steps import StepOut
from tenglong.api.topics import Given, Page, Paging, Topic, paged
from tenglong.api.values import ByPeople, Code, Day, Id, Moment, Sentence, Text, one_of
from tenglong.domain.access.roles import Permission
from tenglong.domain.intake.effects import About, Deed
from tenglong.domain.intake.kinds import table_kinds
from tenglong.domain.intake.rows import Verdict
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

topic = Topic(tags=["imports"])


class NewImport(Given):
    """What the file is: its kind, the territory that all its rows lie in, the roster where its rows are cases."""

    kind: Annotated[str, one_of(table_kinds())]
    territory: Code
    business_day: Day
    roster: Code | None = None


class WhyWithdrawn(Given):
    """Why; required once the import has been accepted."""

    reason: Text = ""


class ImportOut(ByPeople):
    """An upload; read = inserted + updated + unchanged + rejected."""

    id: int
    kind: str
    roster: str | None
    territory: str
    filename: str
    digest: str
    size: int
    business_day: Day
    state: str
    read: int
    inserted: int
    updated: int
    unchanged: int
    rejected: int
    problem: Sentence | None
    uploaded_by: str
    uploaded_at: Moment
    decided_by: str
    decided_at: Moment | None


class CellChangeOut(Schema):
    """A value as it was and as the row makes it; "" is not known. `about`: register, case, indicator or entry."""

    about: About
    name: str
    was: str
    now: str
    unit: str
    year: int
    cell: str


class NextStepOut(Schema):
    """What is to be done next: `who` may do it (user names); `own`: the caller may."""

    step: str
    count: int
    owner: str
    roster: str
    who: tuple[str, ...]
    own: bool


class ImportInFull(ImportOut):
    """An upload with its job, the steps that the caller may take or that must wait, how many rows do what, and what is
    to be done next by whom."""

    job: JobOut | None
    steps: list[StepOut]
    deeds: dict[Deed, int]
    next_steps: list[NextStepOut]


class RemarkOut(Schema):
    """What is said of a cell."""

    cell: str
    severity: str
    sentence: Sentence


class RowOut(Schema):
    """A row of the file: its verdict and why, what accepting it does, and every value that it changes."""

    sheet: str
    row: int
    verdict: str
    name: str
    firm_id: int | None
    case_id: int | None
    values: dict[str, Any]
    remarks: list[RemarkOut] = Field(validation_alias="messages")
    deeds: tuple[Deed, ...]
    changes: tuple[CellChangeOut, ...]


class RowsOut(Schema):
    """Some rows in the order of the file; `count` of the verdict or the sort of deed asked for."""

    items: list[RowOut]
    count: int


@topic.post("/imports", response={201: ImportInFull})
def hand_in(request: Asked, about: Form[NewImport], file: File[UploadedFile]) -> Status:
    """Hand a file in. It is kept as it is and staged in the background; ask again until its state is `staged`."""
    caller = request.auth
    batch = upload(
        actor=caller.actor,
        at=caller.now,
        kind=about.kind,
        roster=caller.roster(about.roster) if about.roster else None,
        code=caller.place(about.territory, about.business_day).code,
        stream=file.chunks(),
        filename=file.name or "",
        business_day=about.business_day,
    )
    return Status(201, _in_full(caller, batch))


@topic.get("/imports", response={200: Page[ImportOut]})
def listed(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """The imports of the caller's territory and their own, the latest first."""
    return paged(visible_imports(request.auth.actor), paging, _import)


@topic.get("/imports/{id}", response={200: ImportInFull})
def one(request: Asked, id: Id) -> dict[str, Any]:
    """One import, with how far the work on it is."""
    return _in_full(request.auth, import_for(id, request.auth.actor))


@topic.get("/imports/{id}/rows", response={200: RowsOut})
def rows(
    request: Asked, id: Id, paging: Query[Paging], verdict: Verdict | None = None, deed: Deed | None = None
) -> dict[str, Any]:
    """Every row of the file with its verdict and what it does, in the order of the file; narrowed to one verdict or to
    one sort of deed."""
    batch = import_for(id, request.auth.actor)
    found = rows_of(batch, verdict=verdict, deed=deed, start=paging.offset, count=paging.limit)
    return {
        "items": [{**vars(row), "messages": [_remark(*said) for said in row.messages]} for row in found],
        "count": count_of(batch, verdict, deed),
    }


@topic.post("/imports/{id}/accept", response={202: ImportInFull})
def accept(request: Asked, id: Id) -> Status:
    """Accept a staged import; one transaction in the background carries it out."""
    caller = request.auth
    return Status(202, _in_full(caller, request_acceptance(id, actor=caller.actor, at=caller.now)))


@topic.post("/imports/{id}/restage", response={202: ImportInFull})
def restage(request: Asked, id: Id) -> Status:
    """Read the same file again, with what is known now; ask again until its state is `staged`."""
    caller = request.auth
    return Status(202, _in_full(caller, request_restaging(id, actor=caller.actor, at=caller.now)))


@topic.post("/imports/{id}/withdraw", response={200: ImportInFull})
def take_back(request: Asked, id: Id, why: WhyWithdrawn) -> dict[str, Any]:
    """Take an import back. Its entries are voided with the reason; what was printed stays as it was."""
    caller = request.auth
    return _in_full(caller, withdraw(id, actor=caller.actor, at=caller.now, reason=why.reason))


@topic.get("/imports/{id}/returned", response={200: None}, openapi_extra=binary(XLSX))
def workbook(request: Asked, id: Id) -> HttpResponseBase:
    """The caller's own workbook with its problems marked."""
    caller = request.auth
    path = returned(id, caller.actor)
    caller.actor.check_may(Permission.EXPORT)
    return download(pieces(path), XLSX, f"import-{id}.xlsx")


def _import(batch: Import) -> dict[str, Any]:
    shown = ImportView.of(batch)
    return {
        **vars(shown),
        "id": shown.pk,
        "roster": shown.roster.code if shown.roster else None,
        "territory": shown.code,
        "problem": problem_of(batch),
    }


def _in_full(caller: Caller, batch: Import) -> dict[str, Any]:
    steps = open_steps(batch, caller.actor, caller.today)
    return {
        **_import(batch),
        "job": job_of_import(batch.pk),
        "steps": steps,
        "deeds": deeds_in(batch),
        "next_steps": next_steps(batch, caller.actor, caller.today),
    }


def _remark(cell: str, severity: str, sentence: Any) -> dict[str, Any]:
    return {"cell": cell, "severity": severity, "sentence": sentence}
