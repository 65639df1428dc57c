"""The way of a roadmap: planning again, stopping the search, adopting, approving, withdrawing, replanning."""

from typing import Any

from ninja import Field, Status

from tenglong.actions import roadmap as roadmaps
from tenglong.api.callers import Asked
from tenglong.api.roadmap.overview import RoadmapInFull, in_full
from tenglong.api.topics import Given, Topic
from tenglong.api.values import Day, Id, Moment, Text
from tenglong.queries.roadmap.overview import roadmap_by_id
from tenglong.queries.roadmap.settings import settings_of

topic = Topic(tags=["roadmaps"])


class Replanning(Given):
    """Settings for a roadmap that keeps the promises of another; those of the other unless stated."""

    settings: dict[str, Any] = {}
    title: Text = Field("", max_length=120)
    facts_on: Day | None = None
    known_at: Moment | None = None
    note: Text = ""


class WhyRoadmapWithdrawn(Given):
    """Why."""

    reason: Text


class WithNote(Given):
    """A remark that stays with the roadmap."""

    note: Text = ""


@topic.post("/roadmaps/{id}/retry", response={202: RoadmapInFull})
def retry(request: Asked, id: Id) -> Status:
    """Plan again what failed."""
    caller = request.auth
    roadmaps.retry(actor=caller.actor, at=caller.now, roadmap=roadmap_by_id(id, caller.scope))
    return Status(202, in_full(caller, id))


@topic.post("/roadmaps/{id}/stop", response={202: RoadmapInFull})
def stop(request: Asked, id: Id) -> Status:
    """End the search now; the best plan found so far is kept."""
    caller = request.auth
    roadmaps.stop(actor=caller.actor, at=caller.now, roadmap=roadmap_by_id(id, caller.scope))
    return Status(202, in_full(caller, id))


@topic.post("/roadmaps/{id}/adopt", response={200: RoadmapInFull})
def adopt(request: Asked, id: Id, about: WithNote) -> dict[str, Any]:
    """Put a roadmap in force: its cases get measure, team and day. The one in force before is replaced."""
    caller = request.auth
    roadmap = roadmap_by_id(id, caller.scope)
    roadmaps.adopt(actor=caller.actor, at=caller.now, roadmap=roadmap, note=about.note)
    return in_full(caller, id)


@topic.post("/roadmaps/{id}/approve", response={200: RoadmapInFull})
def approve(request: Asked, id: Id) -> dict[str, Any]:
    """Approve the plans of the cases of the roadmap in force. Not by who asked for it, nor by who adopted it."""
    caller = request.auth
    roadmaps.approve(actor=caller.actor, at=caller.now, roadmap=roadmap_by_id(id, caller.scope))
    return in_full(caller, id)


@topic.post("/roadmaps/{id}/withdraw", response={200: RoadmapInFull})
def withdraw(request: Asked, id: Id, why: WhyRoadmapWithdrawn) -> dict[str, Any]:
    """Take a roadmap that is not in force back for good."""
    caller = request.auth
    roadmap = roadmap_by_id(id, caller.scope)
    roadmaps.withdraw(actor=caller.actor, at=caller.now, roadmap=roadmap, reason=why.reason)
    return in_full(caller, id)


@topic.post("/roadmaps/{id}/replan", response={201: RoadmapInFull})
def replan(request: Asked, id: Id, about: Replanning) -> Status:
    """Ask for a new roadmap that keeps the promises of this one: what is signed stays, what was announced moves as
    little as the settings' price of stability says."""
    caller = request.auth
    roadmap = roadmap_by_id(id, caller.scope)
    found = roadmaps.start_replanning(
        actor=caller.actor,
        at=caller.now,
        roadmap=roadmap,
        settings={**settings_of(roadmap).model_dump(mode="json"), **about.settings},
        title=about.title,
        facts_on=about.facts_on,
        known_at=about.known_at,
        note=about.note,
    )
    return Status(201, in_full(caller, found.pk))
