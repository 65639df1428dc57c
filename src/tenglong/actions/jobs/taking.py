"""Taking a job, ending it, and putting back what a dead worker left: each step succeeds once."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from tenglong.actions.jobs.holding import FileHold, Hold, LeaseHold, end_session, lock_file, this_session
from tenglong.domain.jobs.lanes import Lane, lanes
from tenglong.domain.kernel.messages import Message
from tenglong.queries.jobs.overview import Taken
from tenglong.queries.jobs.progress import is_held
from tenglong.store.models import Job

ALONE = "SELECT pg_advisory_xact_lock(hashtext('tenglong lane ' || %s))"
EXPIRED = Q(lease_until__lt=Now()) | Q(lease_until=None)


def take(lane: Lane, *, at: datetime) -> Hold | None:
    """The next waiting job of a lane, held by this process; None where none may be taken now."""
    if not _waiting(lane).exists():  # the usual answer, without asking to write
        return None
    with transaction.atomic():
        if lane.alone and _somebody_is_at(lane):
            return None
        job = _waiting(lane).select_for_update(skip_locked=True).order_by("id").first()
        return None if job is None else _held(job, at)


def claim(job_id: int, *, at: datetime) -> Taken | None:
    """Take one waiting job without holding it, for work that is done at once; None when somebody else was faster."""
    with transaction.atomic():
        job = Job.objects.select_for_update().filter(pk=job_id, state=Job.State.WAITING).first()
        return None if job is None else _mark(job, at)


def finish(job: Taken, result: dict[str, Any], *, at: datetime) -> bool:
    """The work is done. False where it is no longer the holder's: nothing was written."""
    return _end(job, Job.State.DONE, at=at, result=result, problem=None, done=F("total"))


def fail(job: Taken, problem: Message, *, at: datetime) -> bool:
    """The work could not be done, and why. False as with `finish`."""
    return _end(job, Job.State.FAILED, at=at, problem=problem.to_json())


def give_back(job: Taken) -> bool:
    """Put a job that its holder cannot go on with back to waiting."""
    return bool(_put_back(Job.objects.filter(pk=job.id, holder=job.holder)))


def release_interrupted(lane: Lane) -> list[int]:
    """Put the jobs of a lane whose worker died, or whose lease ran out, back to waiting; gives which."""
    running = Job.objects.filter(state=Job.State.RUNNING, lane=lane.id)
    return _release_expired(running) if connection.vendor == "postgresql" else _release_unheld(running)


def _waiting(lane: Lane) -> QuerySet[Job]:
    return Job.objects.filter(state=Job.State.WAITING, lane=lane.id)


def _somebody_is_at(lane: Lane) -> bool:
    """Whether a job of the lane runs; who asks this is alone until the end of the transaction."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(ALONE, [lane.id])
    return Job.objects.filter(state=Job.State.RUNNING, lane=lane.id).exists()


def _held(job: Job, at: datetime) -> Hold | None:
    if connection.vendor == "postgresql":
        lease = {"session": this_session(), "lease_until": Now() + lanes().lease}
        return LeaseHold(_mark(job, at, **lease))
    handle = lock_file(job.pk)
    return None if handle is None else FileHold(_mark(job, at), handle)


def _mark(job: Job, at: datetime, **lease: Any) -> Taken:
    holder = uuid4().hex
    fresh: dict[str, Any] = {"problem": None, "done": 0, "total": 0, "stage": None, "points": []}
    Job.objects.filter(pk=job.pk).update(
        state=Job.State.RUNNING, started_at=at, beat_at=at, holder=holder, **fresh, **lease
    )
    return Taken(job.pk, job.kind, job.params, job.requested_by, job.requested_by_id, holder)


def _end(job: Taken, state: str, *, at: datetime, **values: Any) -> bool:
    mine = Job.objects.filter(pk=job.id, state=Job.State.RUNNING, holder=job.holder)
    return bool(mine.update(state=state, finished_at=at, beat_at=at, lease_until=None, session="", **values))


def _put_back(jobs: QuerySet[Job]) -> int:
    waiting = {"state": Job.State.WAITING, "holder": "", "session": "", "lease_until": None}
    return jobs.filter(state=Job.State.RUNNING).update(started_at=None, beat_at=None, **waiting)


def _release_unheld(running: QuerySet[Job]) -> list[int]:
    left = [job for job in running.order_by("id") if not is_held(job.pk)]
    return [job.pk for job in left if _put_back(Job.objects.filter(pk=job.pk, holder=job.holder))]


def _release_expired(running: QuerySet[Job]) -> list[int]:
    """The old holder's session is ended first: whatever it has not committed by then is never written."""
    if not running.filter(EXPIRED).exists():
        return []
    with transaction.atomic():
        expired = list(running.filter(EXPIRED).select_for_update(skip_locked=True).order_by("id"))
        for job in expired:
            end_session(job.session)
        _put_back(Job.objects.filter(pk__in=[job.pk for job in expired]))
    return [job.pk for job in expired]
