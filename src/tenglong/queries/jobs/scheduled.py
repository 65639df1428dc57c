"""Work that is done by itself: when it was done last and what was found, when it is due next."""

from dataclasses import dataclass
from datetime import datetime

from tenglong.domain.access.policy import Actor, scope_of
from tenglong.domain.access.roles import Permission
from tenglong.domain.jobs.schedule import Work, schedule
from tenglong.domain.kernel.messages import Message
from tenglong.queries.campaign.rosters import visible_rosters
from tenglong.queries.jobs.overview import JobView, job_view
from tenglong.store.models import ScheduledWork


@dataclass(frozen=True)
class Finding:
    """What a check said of one roster."""

    holds: bool
    sentence: Message


@dataclass(frozen=True)
class Scheduled:
    """A work, its last job, what that found in the rosters of the person who asks, and when it is due next."""

    work: Work
    job: JobView | None
    findings: tuple[Finding, ...]
    next_at: datetime


def may_see_schedule(actor: Actor) -> bool:
    """Whether a person runs a place or checks ledgers: the others are not troubled with what is done by itself."""
    return actor.may(Permission.MANAGE) or actor.may(Permission.VERIFY)


def scheduled(actor: Actor, now: datetime) -> list[Scheduled]:
    """Every work of the schedule, in its order; nothing for a person who may not see it."""
    if not may_see_schedule(actor):
        return []
    kept = {row.work: row for row in ScheduledWork.objects.select_related("job")}
    visible = {roster.pk for roster in visible_rosters(scope_of(actor))}
    found = []
    for work in schedule().values():
        row = kept.get(work.id)
        job = job_view(row.job) if row and row.job else None
        found.append(Scheduled(work, job, _findings(job, visible), work.next_after(now)))
    return found


def _findings(job: JobView | None, rosters: set[int]) -> tuple[Finding, ...]:
    said = job.result.get("reports", []) if job else []
    return tuple(
        Finding(one["holds"], Message.from_json(one["sentence"]))
        for one in said
        if one.get("roster") in rosters
    )
