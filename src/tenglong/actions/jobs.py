"""Asking for long work. A job is a row; a worker does it (jobs/), and any job may be done again from the start."""

from datetime import datetime
from typing import Any

from tenglong.domain.access.policy import Actor
from tenglong.domain.kernel.messages import Message
from tenglong.store.models import Job


def enqueue(kind: str, params: dict[str, Any], *, actor: Actor, at: datetime) -> Job:
    """A waiting job. Call it inside the transaction of the deed it belongs to: both happen or neither.

    The worker acts for the person as their rights stand when the work is done, not when it was asked for.
    """
    return Job.objects.create(
        kind=kind,
        params={**params, "everywhere": actor.everywhere},
        requested_by=actor.name,
        requested_by_id=actor.user_id,
        requested_at=at,
    )


def claim(job_id: int, *, at: datetime) -> Job | None:
    """Take a waiting job; None when somebody else was faster."""
    taken = Job.objects.filter(pk=job_id, state=Job.State.WAITING).update(
        state=Job.State.RUNNING, started_at=at, beat_at=at, problem=None, done=0, total=0, stage=None
    )
    return Job.objects.get(pk=job_id) if taken else None


def release(job_id: int) -> bool:
    """Put a job whose worker died back to waiting."""
    interrupted = Job.objects.filter(pk=job_id, state=Job.State.RUNNING)
    return bool(interrupted.update(state=Job.State.WAITING, started_at=None, beat_at=None))


def finish(job: Job, result: dict[str, Any], *, at: datetime) -> None:
    """The work is done."""
    _end(job, Job.State.DONE, at=at, result=result, problem=None, done=job.total)


def fail(job: Job, problem: Message, *, at: datetime) -> None:
    """The work could not be done, and why."""
    _end(job, Job.State.FAILED, at=at, problem=problem.to_json())


def _end(job: Job, state: str, *, at: datetime, **values: Any) -> None:
    Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(
        state=state, finished_at=at, beat_at=at, **values
    )
