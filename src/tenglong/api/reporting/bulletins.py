"""Bulletins: what one would say, issuing it, the issued document itself, and what it would say today."""

from typing import Any

from django.http.response import HttpResponseBase
from ninja import Query, Schema, Status

from tenglong.actions.reporting.bulletins import ask_for_issue, prepare, reissue, with_todays_knowledge
from tenglong.api.callers import Asked
from tenglong.api.downloads import DOCX, binary, download
from tenglong.api.jobs.overview import JobOut
from tenglong.api.questions import check_day
from tenglong.api.topics import Given, Page, Paging, Topic, paged
from tenglong.api.values import ByPeople, Code, Day, Id, LongText, Moment, PlaceCode
from tenglong.domain.access.roles import Permission
from tenglong.domain.reporting.bulletins.editing import SECTIONS
from tenglong.queries.jobs.overview import job_for
from tenglong.queries.reporting.bulletins import Bulletin, BulletinView, issued, issued_bulletin

topic = Topic(tags=["bulletins"])


class BulletinOut(ByPeople):
    """An issued bulletin; `digest` is the SHA-256 of its document."""

    id: int
    roster: str
    territory: PlaceCode
    year: int
    number: int
    as_of: Day
    known_at: Moment
    digest: str
    rules_digest: str
    software: str
    issued_by: str
    issued_at: Moment


class Preview(Schema):
    """What the bulletin of the day would say if it were issued now."""

    content: dict[str, Any]


class NewBulletin(Given):
    """Which roster, for which territory, of which day; sentences in place of those that are computed, by section."""

    roster: Code
    territory: Code
    as_of: Day
    highlights: list[LongText] | None = None
    problems: list[LongText] | None = None
    next_steps: list[LongText] | None = None


class BulletinInFull(BulletinOut):
    """A bulletin with everything it prints."""

    content: dict[str, Any]


class ReissueOut(Schema):
    """The document made again from its snapshot: identical means the same to the byte."""

    digest: str
    identical: bool


class MovedOut(Schema):
    """A printed cell, what it would be today, and why."""

    list_title: str
    unit: str
    cell: str
    printed: str
    now: str
    reasons: list[str]


class CorrectionOut(Schema):
    """A figure of the bulletin that is known better today, why, and which firms moved it."""

    figure: str
    issue: int
    printed: str
    now: str
    reason: str
    cases: list[str]


class HindsightOut(Page[MovedOut]):
    """The cells that would be different today, and the corrections behind them."""

    corrections: list[CorrectionOut]


@topic.get("/bulletins", response={200: Page[BulletinOut]})
def listed(request: Asked, roster: Code, paging: Query[Paging]) -> dict[str, Any]:
    """The issued bulletins of a roster, newest first."""
    caller = request.auth
    return paged(issued(caller.roster(roster).pk, caller.scope.places), paging, _bulletin)


@topic.post("/bulletins", response={202: JobOut})
def issue(request: Asked, about: NewBulletin) -> Status:
    """Ask for a bulletin to be issued; a job freezes what is known when it runs. Its result names the bulletin."""
    caller = request.auth
    check_day(about.as_of, caller.today)
    job = ask_for_issue(
        actor=caller.actor,
        at=caller.now,
        roster=caller.roster(about.roster),
        code=caller.place(about.territory, about.as_of).code,
        as_of=about.as_of,
        typed={name: said for name in SECTIONS if (said := getattr(about, name)) is not None},
    )
    return Status(202, job_for(job.pk, caller.actor))


@topic.get("/bulletins/preview", response={200: Preview})
def preview(request: Asked, roster: Code, as_of: Day, territory: Code | None = None) -> dict[str, Any]:
    """What the bulletin of a day would say: the same content that issuing freezes; nothing is stored."""
    caller = request.auth
    check_day(as_of, caller.today)
    content = prepare(
        actor=caller.actor,
        at=caller.now,
        roster=caller.roster(roster),
        code=caller.place(territory, as_of).code,
        as_of=as_of,
    )
    return {"content": content.to_json()}


@topic.get("/bulletins/{id}", response={200: BulletinInFull})
def one(request: Asked, id: Id) -> dict[str, Any]:
    """One bulletin as it was issued."""
    found = issued_bulletin(id, request.auth.scope.places)
    return {**_bulletin(found), "content": found.content}


@topic.get("/bulletins/{id}/document", response={200: None}, openapi_extra=binary(DOCX))
def document(request: Asked, id: Id) -> HttpResponseBase:
    """The document as it was issued, to the byte."""
    caller = request.auth
    found = issued_bulletin(id, caller.scope.places)
    caller.actor.check_may(Permission.EXPORT, found.place_id)
    return download([bytes(found.document)], DOCX, f"{found.roster.code}-{found.year}-{found.number}.docx")


@topic.get("/bulletins/{id}/reissue", response={200: ReissueOut})
def again(request: Asked, id: Id) -> Any:
    """Make the document again from its snapshot and hold it against the digest; nothing is stored."""
    return reissue(issued_bulletin(id, request.auth.scope.places))


@topic.get("/bulletins/{id}/today", response={200: HindsightOut})
def today(request: Asked, id: Id, paging: Query[Paging]) -> dict[str, Any]:
    """The same bulletin with today's knowledge: what moved and why."""
    caller = request.auth
    found = with_todays_knowledge(issued_bulletin(id, caller.scope.places), at=caller.now)
    return {**paged(found.moved, paging), "corrections": found.corrections}


def _bulletin(issued: Bulletin) -> dict[str, Any]:
    shown = BulletinView.of(issued)
    return {**vars(shown), "id": shown.pk, "roster": shown.roster.code, "territory": shown.place.pk}
