"""The review of a roster: how many cases stand at each step, and one step for many cases at once."""

from typing import Annotated, Any

from ninja import Field, Query, Schema, Status

from tenglong.actions.campaign.review import STEPS, review_cases
from tenglong.api.callers import Asked
from tenglong.api.campaign.rosters import places_of
from tenglong.api.topics import Given, Page, Paging, Topic, paged
from tenglong.api.values import Code, Day, Id, Text, one_of
from tenglong.queries.campaign.review import steps

topic = Topic(tags=["rosters"])
MOST_CASES = 10_000


class ReviewStep(Given):
    """Which step, of which cases, on which day; where it removes or adds, the reason is due."""

    kind: Annotated[str, one_of(STEPS)]
    cases: Annotated[list[Id], Field(min_length=1, max_length=MOST_CASES)]
    effective_on: Day
    reason: Text = ""


class ReviewedOut(Schema):
    """For how many cases the step was recorded."""

    recorded: int


class ReviewStepOut(Schema):
    """A step of the review; `final` gathers all targets, whatever they did since."""

    step: str = Field(validation_alias="id")
    cases: int


@topic.get("/rosters/{code}/steps", response={200: Page[ReviewStepOut]})
def counted(
    request: Asked, code: Code, paging: Query[Paging], territory: Code | None = None
) -> dict[str, Any]:
    """How many cases stand at each step of the review today."""
    caller = request.auth
    return paged(steps(caller.roster(code), places_of(caller, territory)), paging)


@topic.post("/rosters/{code}/review", response={201: ReviewedOut})
def review(request: Asked, code: Code, step: ReviewStep) -> Status:
    """Record a step of the review for cases: all of them or none."""
    caller = request.auth
    count = review_cases(
        actor=caller.actor,
        at=caller.now,
        roster=caller.roster(code),
        case_ids=step.cases,
        kind=step.kind,
        effective_on=step.effective_on,
        reason=step.reason,
    )
    return Status(201, {"recorded": count})
