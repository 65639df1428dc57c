"""The roadmap in the demonstration: the button cluster is planned on its first day, from what was known then."""

from datetime import datetime
from importlib import resources

from tenglong.actions import roadmap as roadmaps
from tenglong.actions.jobs import claim, finish
from tenglong.demo.steps import AdoptRoadmap, PlanRoadmap
from tenglong.domain.access.policy import Actor
from tenglong.domain.kernel.errors import Bug
from tenglong.domain.kernel.periods import china_date
from tenglong.domain.roadmap.process import PLANNED
from tenglong.domain.roadmap.settings import read_settings
from tenglong.queries.roadmap.overview import job_of_roadmap
from tenglong.store.models import Roadmap, Roster

FILE = "roadmap.toml"


def plan(step: PlanRoadmap, actor: Actor) -> None:
    """A roadmap, planned in this process as a worker would."""
    text = resources.files("tenglong.demo").joinpath(FILE).read_text(encoding="utf-8")
    asked = roadmaps.start_planning(
        actor=actor,
        at=step.at,
        roster=Roster.objects.get(code=step.roster),
        settings=read_settings(text, FILE),
        facts_on=china_date(step.at),
    )
    waiting = job_of_roadmap(asked.pk)
    job = claim(waiting.id, at=step.at) if waiting else None
    if job is None:
        raise Bug("the roadmap of the demonstration has no job", roadmap=asked.pk)
    done = roadmaps.carry_out(asked.pk, actor=actor, at=step.at)
    finish(job, {"roadmap": asked.pk, "state": done.state}, at=step.at)


def adopt(step: AdoptRoadmap, actor: Actor, other: Actor) -> None:
    """One person puts it in force, another approves the plans of its cases."""
    roadmap = Roadmap.objects.get(roster__code=step.roster, state=PLANNED)
    adopted = roadmaps.adopt(actor=actor, at=step.at, roadmap=roadmap)
    roadmaps.approve(actor=other, at=_later(step.at), roadmap=adopted)


def _later(at: datetime) -> datetime:
    return at.replace(minute=at.minute + 30)
