"""Objections to a run: recording one with its evidence, the figures it is about, and deciding it."""

from decimal import Decimal
from typing import Annotated, Any

from django.http.response import HttpResponseBase
from ninja import Field, File, Form, Query, Schema, Status
from ninja.files import UploadedFile

from tenglong.actions.evaluation import decide, record_objection, withdraw_objection
from tenglong.api.callers import Asked, Caller
from tenglong.api.downloads import ANY_FILE, binary, download, pieces
from tenglong.api.steps import Deed, Moved, StepOut, add_steps
from tenglong.api.topics import Given, Page, Paging, Topic, paged
from tenglong.api.values import ByPeople, Day, Id, LongText, Moment, PlaceCode, Text
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.quantities import exact_text
from tenglong.queries.evaluation.objections import values_of
from tenglong.queries.evaluation.results import result_of
from tenglong.queries.evaluation.runs import Objection, objection_by_id, objections_of, run_by_id
from tenglong.queries.evaluation.shown import ObjectionView
from tenglong.queries.files import whole
from tenglong.queries.matters import open_steps

topic = Topic(tags=["objections"])


class NewObjection(Given):
    """Which firm says what against its result."""

    firm_id: Id
    claim: LongText


class Decision(Given):
    """Upheld it names the values to correct: column of the scheme to text, null where nothing is known."""

    uphold: bool
    reason: LongText
    corrections: dict[Text, Text | None] = {}


class WhyGivenUp(Given):
    """Why."""

    reason: LongText


class ObjectionFileOut(Schema):
    """A file of an objection; `digest` is its SHA-256."""

    number: int
    name: str
    size: int
    digest: str


class ObjectionOut(ByPeople):
    """What a firm says against its result, and how it was decided."""

    id: int
    evaluation: int
    number: int
    firm_id: int
    firm: str
    place: PlaceCode
    claim: str
    state: str
    reason: str
    corrections: dict[str, str | None]
    recorded_by: str
    recorded_at: Moment
    due_on: Day
    due_provisional: bool
    decided_by: str
    decided_at: Moment | None
    files: list[ObjectionFileOut]


class ObjectionInFull(ObjectionOut):
    """An objection with the figures of the firm that the run read, by column. `steps` are those that the
    caller may take or that must wait."""

    values: dict[str, str | bool | None]
    steps: list[StepOut]


@topic.get("/evaluations/{id}/objections", response={200: Page[ObjectionOut]})
def listed(request: Asked, id: Id, paging: Query[Paging]) -> dict[str, Any]:
    """The objections to a run by firms that the caller may see, in their order."""
    scope = request.auth.scope
    return paged(objections_of(run_by_id(id, scope), scope), paging, _objection)


@topic.post("/evaluations/{id}/objections", response={201: ObjectionInFull})
def record(
    request: Asked,
    id: Id,
    about: Form[NewObjection],
    files: File[list[UploadedFile]] = [],  # noqa: B006
) -> Status:
    """Record what a firm says against its result in publicity, with the stamped form and its evidence."""
    caller = request.auth
    run = run_by_id(id, caller.scope)
    made = record_objection(
        actor=caller.actor,
        at=caller.now,
        run=run,
        firm=result_of(run, about.firm_id, caller.scope).firm,
        claim=about.claim,
        files=files,
    )
    return Status(201, _in_full(caller, made.pk))


@topic.get("/objections/{id}", response={200: ObjectionInFull})
def one(request: Asked, id: Id) -> dict[str, Any]:
    """One objection: the claim, its evidence, the figures it is about, the decision."""
    return _in_full(request.auth, id)


@topic.get("/objections/{id}/files/{number}", response={200: None}, openapi_extra=binary(ANY_FILE))
def evidence(request: Asked, id: Id, number: Annotated[int, Field(ge=1, le=1000)]) -> HttpResponseBase:
    """A file of an objection, as it was handed in; the first is number 1."""
    files = ObjectionView.of(objection_by_id(id, request.auth.scope)).files
    if number > len(files):
        raise NotFound(msg("这件异议没有第 {number} 份材料，请从异议页面选择。", number=number))
    file = files[number - 1]
    return download(pieces(whole(file.digest, file.name)), ANY_FILE, file.name)


def _objection(found: Objection) -> dict[str, Any]:
    shown = ObjectionView.of(found)
    return {
        **vars(shown),
        "id": shown.pk,
        "due_provisional": shown.provisional,
        "evaluation": shown.evaluation_id,
        "firm": shown.firm.name,
        "place": shown.place.pk,
        "files": [{**vars(file), "number": number} for number, file in enumerate(shown.files, start=1)],
    }


def _in_full(caller: Caller, id: int) -> dict[str, Any]:
    found = objection_by_id(id, caller.scope)
    run = found.evaluation
    return {
        **_objection(found),
        "values": {
            column: exact_text(value) if isinstance(value, Decimal) else value
            for column, value in values_of(run, found.firm_id).items()
        },
        "steps": open_steps(found, caller.actor, caller.today),
    }


add_steps(
    topic,
    "/objections",
    Moved("objection", objection_by_id, _in_full, ObjectionInFull),
    (
        Deed(
            "decide",
            "Uphold an objection, with the values to correct, or dismiss it. Not by who recorded it.",
            decide,
            Decision,
        ),
        Deed(
            "withdraw",
            "Take back an objection that is not decided yet. Only by who recorded it.",
            withdraw_objection,
            WhyGivenUp,
        ),
    ),
)
