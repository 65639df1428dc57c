"""What happened to places, and recording what happens to them."""

from typing import Annotated, Any, Literal

from ninja import Query, Status
from pydantic import Field

from tenglong.actions.registry.places import take_back_place_step, take_place_step
from tenglong.api.callers import Asked
from tenglong.api.topics import Given, Page, Paging, Topic, paged
from tenglong.api.values import ByPeople, Code, Day, Id, Moment, Text
from tenglong.domain.registry.changes import Kind
from tenglong.queries.registry.place_steps import StepRow, step_asked, step_row, steps_of

topic = Topic(tags=["territory"])


class NewPlaceStep(Given):
    """What happens to the place `territory` from `day` on; to add one, `territory` is the place above it.

    `name`: of what begins, or the new name; `new_code`: its official code, where it has one. `other`: name or code of
    the place that it merges into, that takes over from it, or that it comes under. `position`: in the official order.
    """

    kind: Literal["add", "order", "rename", "move", "merge", "split", "close"]
    territory: Code
    day: Day
    reason: Text
    name: Text = ""
    new_code: Text = ""
    other: Text = ""
    position: Annotated[int, Field(ge=0, le=100_000)] = 0
    aliases: list[Text] = []


class Why(Given):
    """Why a step is taken back."""

    reason: Text


class PlaceStepOut(ByPeople):
    """A step; `open` if it may still be taken back, `takes_back` the number of the one that it took back."""

    id: int
    kind: str
    territory: str
    name: str
    day: Day
    said: dict[str, Any]
    reason: str
    takes_back: int | None
    open: bool
    recorded_at: Moment
    recorded_by: str


@topic.get("/territory/steps", response={200: Page[PlaceStepOut]})
def steps(request: Asked, paging: Query[Paging], territory: Code | None = None) -> dict[str, Any]:
    """What happened to the caller's places, or to one of them, the latest first."""
    codes = {territory} if territory else ()
    return paged([_step(row) for row in steps_of(request.auth.scope, codes)], paging)


@topic.post("/territory/steps", response={201: PlaceStepOut})
def take(request: Asked, step: NewPlaceStep) -> Status:
    """Record what happens to a place; only the office of the place above may."""
    caller = request.auth
    asked = step_asked(Kind(step.kind), step.territory, step.model_dump())
    taken = take_place_step(actor=caller.actor, at=caller.now, step=asked, reason=step.reason)
    return Status(201, _step(step_row(taken)))


@topic.post("/territory/steps/{id}/take-back", response={201: PlaceStepOut})
def take_back(request: Asked, id: Id, why: Why) -> Status:
    """Say that a step was recorded by mistake."""
    caller = request.auth
    taken = take_back_place_step(actor=caller.actor, at=caller.now, id=id, reason=why.reason)
    return Status(201, _step(step_row(taken)))


def _step(row: StepRow) -> dict[str, Any]:
    step = row.step
    same = ("kind", "day", "said", "reason", "recorded_at", "recorded_by")
    more = {
        "id": step.pk,
        "territory": step.code,
        "takes_back": step.takes_back_id,
        "name": row.name,
        "open": row.open,
    }
    return {name: getattr(step, name) for name in same} | more
