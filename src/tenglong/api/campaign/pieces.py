"""The evidence that a case needs before it is written off, and how much of it lacks in each unit."""

from typing import Any

from ninja import File, Schema, Status
from ninja.files import UploadedFile

from tenglong.actions.campaign.pieces import give_piece, waive_piece
from tenglong.api.callers import Asked
from tenglong.api.campaign.entries import Reason
from tenglong.api.topics import Topic
from tenglong.api.values import Code, Id, PlaceCode, Sentence
from tenglong.queries.campaign.cases import case_by_id
from tenglong.queries.campaign.missing import board
from tenglong.queries.campaign.pieces import pieces_of_case

topic = Topic(tags=["cases"])


class PieceOut(Schema):
    """A piece that is asked of a case: `need` is must, may (under the `condition`) or later (after the write-off);
    `verdict` is there, missing, misdated, waived or needless; `entries` are the kinds that are the piece, where it is
    not a file handed in under its number. `barred` says why the caller may not waive it although it could be."""

    id: str
    name: str
    name_en: str
    need: str
    condition: str
    entries: list[str]
    verdict: str
    late: bool
    entry_id: int | None
    may_give: bool
    may_waive: bool
    barred: Sentence | None


class ChecklistOut(Schema):
    """What must lie in the file of a case; `measure` is "" where nobody said how the case is dealt with: then the
    pieces are those that every measure asks for."""

    measure: str
    asked: int
    lacking: int
    late: int
    pieces: list[PieceOut]


class GivenOut(Schema):
    """The entry that was made."""

    entry_id: int
    piece: str


class MissingUnitOut(Schema):
    """What lacks in a unit, in open cases and in those that are done."""

    code: PlaceCode
    name: str
    open_cases: int
    open_lacking: int
    missing: int
    late: int
    done_cases: int
    done_lacking: int
    missing_in_done: int


class MissingPieceOut(Schema):
    """A piece, and in how many open cases it lacks."""

    id: str
    zh: str
    en: str
    missing: int


class MissingOut(Schema):
    """The unit asked about first, then those right below it."""

    units: list[MissingUnitOut]
    pieces: list[MissingPieceOut]


@topic.get("/cases/{id}/checklist", response={200: ChecklistOut})
def checklist(request: Asked, id: Id) -> dict[str, Any]:
    """What must lie in the file of a case before it is written off, and what of it lacks."""
    caller = request.auth
    found = pieces_of_case(case_by_id(id, caller.scope), caller.actor, caller.today)
    return {
        "measure": found.measure,
        "asked": found.asked,
        "lacking": found.lacking,
        "late": found.late,
        "pieces": [
            {
                "id": line.item.piece.id,
                "name": line.item.piece.zh,
                "name_en": line.item.piece.en,
                "need": line.item.need,
                "condition": line.item.piece.condition,
                "entries": line.item.piece.kinds,
                "verdict": line.item.verdict,
                "late": line.item.late,
                "entry_id": line.entry_id or None,
                "may_give": line.gives,
                "may_waive": line.waives,
                "barred": line.barred,
            }
            for line in found.lines
        ],
    }


@topic.post("/cases/{id}/pieces/{piece}", response={201: GivenOut})
def give(request: Asked, id: Id, piece: Code, files: File[list[UploadedFile]]) -> Status:
    """Hand in the files of a piece that is no entry of its own."""
    caller = request.auth
    case = case_by_id(id, caller.scope)
    entry = give_piece(actor=caller.actor, at=caller.now, case=case, piece=piece, files=files)
    return Status(201, {"entry_id": entry.id, "piece": piece})


@topic.post("/cases/{id}/pieces/{piece}/waive", response={201: GivenOut})
def waive(request: Asked, id: Id, piece: Code, why: Reason) -> Status:
    """Say why a piece that is asked under a condition does not apply to a case."""
    caller = request.auth
    case = case_by_id(id, caller.scope)
    entry = waive_piece(actor=caller.actor, at=caller.now, case=case, piece=piece, reason=why.reason)
    return Status(201, {"entry_id": entry.id, "piece": piece})


@topic.get("/rosters/{code}/missing-evidence", response={200: MissingOut})
def missing(request: Asked, code: Code, territory: Code | None = None) -> dict[str, Any]:
    """How many pieces lack in the cases of a roster, by unit and by piece."""
    caller = request.auth
    unit = caller.place(territory, caller.today)
    found = board(caller.roster(code), unit.code, caller.places(territory), caller.today)
    return {"units": found.units, "pieces": found.pieces}
