"""The way of a roadmap: planning again, stopping the search, adopting, approving, withdrawing, replanning."""

from typing import Any

from ninja import Field

from tenglong.actions import roadmap as roadmaps
from tenglong.api.roadmap.overview import RoadmapInFull, in_full
from tenglong.api.steps import Deed, Moved, add_steps
from tenglong.api.topics import Given, Topic
from tenglong.api.values import Day, Moment, Text
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.roadmap.replanning import going_on
from tenglong.queries.roadmap.overview import Roadmap, roadmap_by_id
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


class Adopting(Given):
    """A remark that stays with the roadmap; and how many announced dates that it does not keep were looked at: as many
    as its `dates` are."""

    note: Text = ""
    dates_seen: int = 0


def _replanned(*, roadmap: Roadmap, settings: dict[str, Any], **about: Any) -> Roadmap:
    """Settings that are not stated are those of the roadmap planned anew, from the day of the facts on."""
    usual = going_on(settings_of(roadmap), about.get("facts_on") or china_date(about["at"]))
    stated = {**usual.model_dump(mode="json"), **settings}
    return roadmaps.start_replanning(roadmap=roadmap, settings=stated, **about)


add_steps(
    topic,
    "/roadmaps",
    Moved("roadmap", roadmap_by_id, in_full, RoadmapInFull),
    (
        Deed("retry", "Plan again what failed.", roadmaps.retry, status=202),
        Deed("stop", "End the search now; the best plan found so far is kept.", roadmaps.stop, status=202),
        Deed(
            "adopt",
            "Put a roadmap in force: its cases get measure, team and day. The one in force before is replaced.",
            roadmaps.adopt,
            Adopting,
        ),
        Deed(
            "approve",
            "Approve the plans of the cases of the roadmap in force. "
            "Not by who asked for it, nor by who adopted it.",
            roadmaps.approve,
        ),
        Deed(
            "withdraw",
            "Take a roadmap that is not in force back for good.",
            roadmaps.withdraw,
            WhyRoadmapWithdrawn,
        ),
        Deed(
            "replan",
            "Ask for a new roadmap that keeps the promises of this one: what is signed stays, "
            "what was announced moves as little as the settings' price of stability says.",
            _replanned,
            Replanning,
            status=201,
        ),
    ),
)
