"""Roadmaps changed by hand, asked what if, and traded off: money against benefit."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from ninja import Field, Query, Schema, Status

from tenglong.actions import roadmap as roadmaps
from tenglong.api.callers import Asked
from tenglong.api.jobs.overview import JobOut
from tenglong.api.roadmap.overview import CheckOut, RoadmapInFull, in_full
from tenglong.api.topics import Given, Page, Paging, Topic, paged
from tenglong.api.values import Amount, Day, Exact, Id, Sentence, Text
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg
from tenglong.domain.roadmap.what_if import Change
from tenglong.queries.jobs.overview import JobView
from tenglong.queries.roadmap.adjusting import Choices, options_of, preview_adjustment
from tenglong.queries.roadmap.explanations import answer_of, job_of_what_if, limits_of
from tenglong.queries.roadmap.overview import Roadmap, job_of_front, roadmap_by_id
from tenglong.queries.roadmap.results import front_of

topic = Topic(tags=["roadmaps"])
MOST = 200


class Choice(Given):
    """The option that a case is to have: a measure and the day on which it starts; without a measure it waits."""

    case_id: Id
    measure: Text = ""
    start_on: Day | None = None


class Adjustment(Given):
    """Choices that are to be otherwise."""

    choices: Annotated[list[Choice], Field(min_length=1, max_length=MOST)]


class NewAdjustment(Adjustment):
    """Choices that are to be otherwise, kept as a roadmap of its own."""

    title: Text = Field("", max_length=120)
    note: Text = ""


class Bounds(Given):
    """A limit with another bound, in its unit, or with one larger by a share (negative: smaller)."""

    limit: Text
    bound: Amount | None = None
    share: Annotated[Decimal, Field(ge=-1, le=1000, max_digits=10, decimal_places=6)] | None = None


class Supposition(Given):
    """Limits that are supposed to be otherwise."""

    changes: Annotated[list[Bounds], Field(min_length=1, max_length=20)]


class OptionOut(Schema):
    """An option that a case may be given; `chosen` is the one it has now."""

    measure: str
    start_on: Day | None
    label: Sentence
    chosen: bool


class ChangedLineOut(Schema):
    """A case whose option would change."""

    case_id: int
    firm: str
    before: Choice
    after: Choice


class PreviewOut(Schema):
    """What the changes would mean; not `allowed` when a limit or an order is broken: `broken` says which.

    `difference` says what they cost; `gap` is against the same certified bound.
    """

    allowed: bool
    broken: list[Sentence]
    difference: Sentence
    value: Exact
    gap: Exact | None
    lines: list[ChangedLineOut]
    checks: list[CheckOut]


class LimitOut(Schema):
    """A limit of the roadmap and what the plan uses of it."""

    id: str
    label: Sentence
    amount: str
    unit: str
    at_most: bool
    bound: Exact
    used: Exact


class AnswerOut(Schema):
    """The plan under other limits; without a feasible plan `value` is null. Amounts by id, before and after."""

    sentences: list[Sentence]
    status: str
    value: Exact | None
    bound: Exact | None
    gap: Exact | None
    before: dict[str, Exact]
    amounts: dict[str, Exact]


class WhatIfOut(Schema):
    """The answer, or the job that looks for it: ask again until it is there."""

    answer: AnswerOut | None
    job: JobOut | None


class FrontPointOut(Schema):
    """The best plan found when money in all is at most `limit`, with its certificate."""

    limit: Exact
    value: Exact
    bound: Exact | None
    gap: Exact | None
    amounts: dict[str, Exact]


class FrontOut(Page[FrontPointOut]):
    """The points from the least money on; while they are looked for there is a `job`."""

    job: JobOut | None


@topic.get("/roadmaps/{id}/lines/{case_id}/options", response={200: Page[OptionOut]})
def options(request: Asked, id: Id, case_id: Id, paging: Query[Paging]) -> dict[str, Any]:
    """What a case may be given instead."""
    scope = request.auth.scope
    return paged(options_of(roadmap_by_id(id, scope), case_id, scope), paging)


@topic.post("/roadmaps/{id}/adjust/preview", response={200: PreviewOut})
def preview(request: Asked, id: Id, about: Adjustment) -> dict[str, Any]:
    """What changes by hand would mean: which limits break, what they cost; nothing is stored."""
    scope = request.auth.scope
    found = preview_adjustment(roadmap_by_id(id, scope), _choices(about), scope)
    lines = [
        {
            "case_id": one.case_id,
            "firm": one.name,
            "before": _choice(one.case_id, one.before),
            "after": _choice(one.case_id, one.after),
        }
        for one in found.lines
    ]
    return {**vars(found), "lines": lines}


@topic.post("/roadmaps/{id}/adjust", response={201: RoadmapInFull})
def adjust(request: Asked, id: Id, about: NewAdjustment) -> Status:
    """Keep changes by hand as a new roadmap, which names the one that it adjusts. Refused when they break a limit."""
    caller = request.auth
    kept = roadmaps.adjust(
        actor=caller.actor,
        at=caller.now,
        roadmap=roadmap_by_id(id, caller.scope),
        choices=_choices(about),
        title=about.title,
        note=about.note,
    )
    return Status(201, in_full(caller, kept.pk))


@topic.get("/roadmaps/{id}/limits", response={200: Page[LimitOut]})
def limits(request: Asked, id: Id, paging: Query[Paging]) -> dict[str, Any]:
    """Every limit of the roadmap: what a what-if may change."""
    scope = request.auth.scope
    return paged(limits_of(roadmap_by_id(id, scope), scope), paging)


@topic.post("/roadmaps/{id}/what-if", response={200: WhatIfOut, 202: WhatIfOut})
def ask_what_if(request: Asked, id: Id, about: Supposition) -> Status:
    """Ask what the best plan would be under other limits; a worker looks for the answer, which is kept."""
    caller = request.auth
    roadmap = roadmap_by_id(id, caller.scope)
    changes = [Change(one.limit, one.bound, one.share) for one in about.changes]
    roadmaps.ask_what_if(actor=caller.actor, at=caller.now, roadmap=roadmap, changes=changes)
    answer = answer_of(roadmap, changes, caller.scope)
    job: JobView | None = None if answer else job_of_what_if(roadmap.pk, changes)
    return Status(200 if answer else 202, {"answer": answer, "job": job})


@topic.get("/roadmaps/{id}/front", response={200: FrontOut})
def front(request: Asked, id: Id, paging: Query[Paging]) -> dict[str, Any]:
    """Money against benefit, as far as it was asked for."""
    scope = request.auth.scope
    return _front(roadmap_by_id(id, scope), scope, paging)


@topic.post("/roadmaps/{id}/front", response={202: FrontOut})
def ask_for_front(request: Asked, id: Id) -> Status:
    """Ask for the front between money and benefit; a worker looks for it."""
    caller = request.auth
    roadmap = roadmap_by_id(id, caller.scope)
    roadmaps.ask_for_front(actor=caller.actor, at=caller.now, roadmap=roadmap)
    return Status(202, _front(roadmap, caller.scope, Paging(limit=MOST, offset=0)))


def _front(roadmap: Roadmap, scope: Any, paging: Paging) -> dict[str, Any]:
    job = job_of_front(roadmap.pk)
    return {**paged(front_of(roadmap, scope), paging), "job": None if job is None or job.ended else job}


def _choices(about: Adjustment) -> Choices:
    """By case; the last one counts where a case is named twice."""
    for one in about.choices:
        if bool(one.measure) != bool(one.start_on):
            problem = "案件 {case} 的措施和启动日期应同时填写，暂缓的两项都不填。"
            raise BadValue(msg(problem, case=one.case_id))
    return {
        one.case_id: (one.measure, one.start_on) if one.measure and one.start_on else None
        for one in about.choices
    }


def _choice(case_id: int, said: tuple[str, date | None, date | None]) -> dict[str, Any]:
    measure, start_on, _ = said
    return {"case_id": case_id, "measure": measure, "start_on": start_on}
