"""A roadmap beside what happened: the course of both, and what slipped."""

from typing import Any

from ninja import Query, Schema

from tenglong.api.callers import Asked, Caller
from tenglong.api.questions import check_day
from tenglong.api.topics import Page, Paging, Topic
from tenglong.api.values import Code, Day, Exact, Id, Moment, Sentence, Text
from tenglong.queries.roadmap.course import planned_and_actual
from tenglong.queries.roadmap.overview import roadmap_by_id
from tenglong.queries.roadmap.slips import slips_of

topic = Topic(tags=["roadmaps"])


class When(Schema):
    """Up to which day (today), as known at which moment (now)."""

    as_of: Day | None = None
    known_at: Moment | None = None


class SlipsNarrowing(When):
    """Of which cases; `town` is the code of a place, `kind` that of an entry of the ledger."""

    zone: Text = ""
    team: Text = ""
    town: Code | None = None
    kind: Text = ""


class CourseStepOut(Schema):
    """What there is in all by the end of a day."""

    day: Day
    total: Exact


class CourseSeriesOut(Schema):
    """One quantity, planned and as the ledger has it; `planned_at` and `actual_at` on the day asked for."""

    id: str
    label: Sentence
    unit: str
    planned: list[CourseStepOut]
    actual: list[CourseStepOut]
    planned_at: Exact
    actual_at: Exact


class CourseOut(Schema):
    """The roadmap beside the ledger: contracts, emptied premises, land, energy, wastewater, COD, money."""

    start: Day
    end: Day
    as_of: Day
    series: list[CourseSeriesOut]


class SlipOut(Schema):
    """A milestone that was due and is not reached; `days` since it was due, a day that may be `provisional`."""

    case_id: int
    number: int
    firm: str
    town: str
    zone: str
    team: str
    kind: str
    due_on: Day
    days: int
    provisional: bool


class SlipGroupOut(Schema):
    """The milestones of a zone, town (its code), team or kind: due, reached, late, and the longest delay in days."""

    key: str
    label: str
    due: int
    done: int
    late: int
    most_days: int


class SlipsOut(Page[SlipOut]):
    """The late milestones, the longest delay first, and how many were due, reached and late."""

    as_of: Day
    due: int
    done: int
    late: int
    zones: list[SlipGroupOut]
    towns: list[SlipGroupOut]
    teams: list[SlipGroupOut]
    kinds: list[SlipGroupOut]


@topic.get("/roadmaps/{id}/course", response={200: CourseOut})
def course(request: Asked, id: Id, when: Query[When]) -> dict[str, Any]:
    """What was planned by each day and what had happened by it."""
    caller = request.auth
    roadmap = roadmap_by_id(id, caller.scope)
    found = planned_and_actual(roadmap, caller.scope, *_when(caller, when))
    series = [
        {
            **{name: getattr(one, name) for name in ("id", "label", "unit", "planned_at", "actual_at")},
            "planned": [{"day": day, "total": total} for day, total in one.planned],
            "actual": [{"day": day, "total": total} for day, total in one.actual],
        }
        for one in found.series
    ]
    return {"start": found.start, "end": found.end, "as_of": found.as_of, "series": series}


@topic.get("/roadmaps/{id}/slips", response={200: SlipsOut})
def slips(request: Asked, id: Id, wanted: Query[SlipsNarrowing], paging: Query[Paging]) -> dict[str, Any]:
    """Milestones that were due by the day and are not reached."""
    caller = request.auth
    roadmap = roadmap_by_id(id, caller.scope)
    found = slips_of(
        roadmap,
        caller.scope,
        *_when(caller, wanted),
        zone=wanted.zone,
        team=wanted.team,
        town=wanted.town or "",
        kind=wanted.kind,
        size=paging.offset + paging.limit,
    )
    return {
        **{name: getattr(found, name) for name in ("as_of", "due", "done", "late")},
        **{name: getattr(found, name) for name in ("zones", "towns", "teams", "kinds")},
        "items": [{**vars(row), "firm": row.name} for row in found.rows[paging.offset :]],
        "count": found.late,
    }


def _when(caller: Caller, when: When) -> Any:
    """The day and the moment asked for; neither may lie ahead."""
    day = when.as_of or caller.today
    check_day(day, caller.today)
    return day, min(when.known_at or caller.now, caller.now)
