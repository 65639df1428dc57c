"""Work that is due by itself becomes jobs: once for each moment, however many servers look."""

from datetime import datetime

from django.db import IntegrityError, transaction

from tenglong.actions.jobs.asking import enqueue
from tenglong.domain.access.policy import Actor
from tenglong.domain.jobs.lanes import Lane, lanes
from tenglong.domain.jobs.schedule import Work, due, schedule
from tenglong.store.models import Job, ScheduledWork

SCHEDULER = Actor("定时任务", everywhere=True)


def enqueue_due(lane: Lane, *, at: datetime) -> list[Job]:
    """The jobs that are due in a lane at `at`. What was never looked at before is due from its next moment on."""
    works = [work for work in schedule().values() if lanes().lane_of(work.kind) == lane]
    last = dict(ScheduledWork.objects.values_list("work", "last_at"))
    found = []
    for work in works:
        if work.id not in last:
            _begin(work, at)
        elif (moment := due(work, last[work.id], at)) and (job := _ask(work, last[work.id], moment, at)):
            found.append(job)
    return found


def _begin(work: Work, at: datetime) -> None:
    try:
        with transaction.atomic():
            ScheduledWork.objects.create(work=work.id, last_at=at)
    except IntegrityError:  # another server looked first
        return


@transaction.atomic
def _ask(work: Work, last: datetime, moment: datetime, at: datetime) -> Job | None:
    """The job of a moment; None when another server was faster: only one moves `last_at` on."""
    kept = ScheduledWork.objects.filter(work=work.id, last_at=last)
    if not kept.update(last_at=moment):
        return None
    job = enqueue(work.kind, {}, actor=SCHEDULER, at=at)
    ScheduledWork.objects.filter(work=work.id).update(job=job)
    return job
