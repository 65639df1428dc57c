"""Entries of the ledger: those of a case, recording one with its evidence, taking one back."""

import json
from typing import Annotated, Any

from django.http.response import HttpResponseBase
from ninja import File, Form, Query, Schema, Status
from ninja.files import UploadedFile

from tenglong.actions.campaign.cases import add_evidence, record_entry, void_entry
from tenglong.api.callers import Asked
from tenglong.api.downloads import ANY_FILE, binary, download, pieces
from tenglong.api.topics import Given, Page, Paging, Topic, paged
from tenglong.api.values import Amount, ByPeople, Code, Day, Exact, Id, LongText, Moment, Text, one_of
from tenglong.domain.campaign.cases import machine
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.quantities import from_micro
from tenglong.domain.ledger.entries import Entry
from tenglong.domain.ledger.kinds import vocabulary
from tenglong.queries.campaign.cases import case_by_id
from tenglong.queries.campaign.lacking import lacking
from tenglong.queries.campaign.timelines import Line, timelines
from tenglong.queries.files import whole
from tenglong.queries.ledger.fold import facts_of_cases
from tenglong.queries.registry.firms import evidence_file
from tenglong.queries.registry.sources import file_names, named

topic = Topic(tags=["ledger"])


class NewEntry(Given):
    """What happened, when, and on whose reason; an amount is the total so far, in the unit of its kind.

    `told`: what is said in particular, as a JSON object of texts, such as {"met": "…", "demand": "120.5"}; a part that
    the kind does not have is refused with the names of those it has.
    """

    kind: Annotated[str, one_of(kind.id for kind in vocabulary().kinds.values() if kind.by_hand)]
    effective_on: Day
    quantity: Amount | None = None
    parcel_id: Id | None = None
    reason: Text = ""
    told: LongText = ""


class Reason(Given):
    """Why."""

    reason: Text


class RecordedOut(ByPeople):
    """An entry that was recorded; `corrects` is the one that it takes back."""

    id: int
    case: int
    kind: str
    effective_on: Day
    recorded_at: Moment
    recorded_by: str
    quantity: Exact | None
    corrects: int | None
    evidence: list[int]


class FileOut(Schema):
    """A file given as evidence; `digest` is its SHA-256."""

    id: int
    name: str
    size: int
    digest: str


class VoidedOut(ByPeople):
    """The correction that took an entry back."""

    id: int
    recorded_at: Moment
    recorded_by: str
    reason: str


class EntryOut(ByPeople):
    """An entry as the timeline shows it; `source` names file, sheet and cell where it was imported.

    `told`: what it says in particular; `said`: what it says of its subject, by attribute (party, zone, team,
    due_on …); days as 2021-10-01.
    """

    id: int
    kind: str
    effective_on: Day
    recorded_at: Moment
    recorded_by: str
    quantity: Exact | None
    unit: str | None
    parcel: str
    said: dict[str, str]
    told: dict[str, str]
    reason: str
    source: dict[str, str | int]
    evidence: list[FileOut]
    lacks: bool
    past: bool
    voided: VoidedOut | None


class LackingOut(ByPeople):
    """An entry that counts without its files; `past`: an approval that came in by a table."""

    entry_id: int
    case_id: int
    firm_id: int
    firm: str
    place: str
    kind: str
    effective_on: Day
    recorded_by: str
    past: bool


@topic.get("/cases/{id}/entries", response={200: Page[EntryOut]})
def timeline(request: Asked, id: Id, paging: Query[Paging]) -> dict[str, Any]:
    """Every entry of a case, the latest effective first; corrections stand with what they correct."""
    case = case_by_id(id, request.auth.scope)
    lines = timelines(facts_of_cases([case.pk]))[case.pk]
    names = file_names(line.source for line in lines)
    return paged([_line(line, names) for line in lines], paging)


@topic.post("/cases/{id}/entries", response={201: RecordedOut})
def record(
    request: Asked,
    id: Id,
    entry: Form[NewEntry],
    files: File[list[UploadedFile]] = [],  # noqa: B006
) -> Status:
    """Record that something happened to a case, with the files that prove it."""
    caller = request.auth
    case = case_by_id(id, caller.scope)
    done = record_entry(
        actor=caller.actor,
        at=caller.now,
        case=case,
        kind=entry.kind,
        effective_on=entry.effective_on,
        quantity=entry.quantity,
        parcel_id=entry.parcel_id,
        details=_words(entry),
        told=_told(entry.told),
        files=files,
    )
    return Status(201, _recorded(done.entry, [file.pk for file in done.evidence]))


@topic.post("/entries/{id}/void", response={201: RecordedOut})
def take_back(request: Asked, id: Id, why: Reason) -> Status:
    """Take an entry back, saying why; the entry stays, and what was printed from it."""
    caller = request.auth
    return Status(
        201, _recorded(void_entry(actor=caller.actor, at=caller.now, entry_id=id, reason=why.reason), [])
    )


@topic.post("/entries/{id}/evidence", response={201: RecordedOut})
def prove(request: Asked, id: Id, files: File[list[UploadedFile]]) -> Status:
    """Hand in files for an entry that was recorded before."""
    caller = request.auth
    done = add_evidence(actor=caller.actor, at=caller.now, entry_id=id, files=files)
    return Status(201, _recorded(done.entry, [file.pk for file in done.evidence]))


@topic.get("/rosters/{code}/lacking-evidence", response={200: Page[LackingOut]})
def without_evidence(
    request: Asked, code: Code, paging: Query[Paging], territory: Code | None = None
) -> dict[str, Any]:
    """The entries of a roster that count without the files that the rules ask for."""
    caller = request.auth
    return paged(lacking(caller.roster(code), caller.places(territory)), paging)


@topic.get("/evidence/{id}", response={200: None}, openapi_extra=binary(ANY_FILE))
def evidence(request: Asked, id: Id) -> HttpResponseBase:
    """A file given as evidence, as it was handed in."""
    found = evidence_file(id, request.auth.scope)
    return download(pieces(whole(found.digest, found.name)), ANY_FILE, found.name)


def _words(entry: NewEntry) -> dict[str, str]:
    """What is said in words: the reason that the step asks for, else a note."""
    move, text = machine().moves.get(entry.kind), entry.reason.strip()
    return {"reason" if move and move.reason else "note": text} if text else {}


def _told(text: str) -> dict[str, str]:
    """The particulars that a caller gives as JSON."""
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        found = None
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise BadValue(
            msg("told 须为一个 JSON 对象，各项的值均为文字，如 {example}，请改正。", example='{"met": "…"}')
        )
    return found


def _recorded(entry: Entry, evidence: list[int]) -> dict[str, Any]:
    return {
        "id": entry.id,
        "case": entry.case_id,
        "kind": entry.kind,
        "effective_on": entry.effective_on,
        "recorded_at": entry.recorded_at,
        "recorded_by": entry.recorded_by,
        "quantity": None if entry.quantity is None else from_micro(entry.quantity),
        "corrects": entry.corrects,
        "evidence": evidence,
    }


def _line(line: Line, names: dict[int, str]) -> dict[str, Any]:
    fact, void = line.fact, line.voided_by
    return {
        "id": fact.id,
        "kind": fact.kind,
        "effective_on": fact.effective_on,
        "recorded_at": fact.recorded_at,
        "recorded_by": fact.recorded_by,
        "quantity": line.amount,
        "unit": line.kind.quantity,
        "parcel": line.parcel,
        "said": {attribute.id: text for attribute, text in line.said},
        "told": {part.id: text for part, text in line.told},
        "reason": line.reason,
        "source": named(line.source, names),
        "evidence": line.files,
        "lacks": line.lacks,
        "past": line.past,
        "voided": void
        and {
            "id": void.id,
            "recorded_at": void.recorded_at,
            "recorded_by": void.recorded_by,
            "reason": str(void.details.get("reason", "")),
        },
    }
