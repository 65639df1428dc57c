"""Clearing what nobody needs any more (domain/jobs/retention.toml); nothing of the campaign goes."""

from datetime import datetime

from django.core.cache import caches
from django.db import transaction

from tenglong.actions import deeds, intake
from tenglong.actions.steps import leave
from tenglong.domain.access.policy import Actor
from tenglong.domain.jobs.retention import retention
from tenglong.store.models import Import, Job
from tenglong.store.sessions import SessionStore

GIVEN_UP = "超过保留期限无人确认，系统收回"


@transaction.atomic
def tidy_up(*, actor: Actor, at: datetime) -> None:
    """Clear expired sessions, all kept answers (who asks again waits some seconds once: queries.remembered), and what
    has been kept for as long as the rules say; the trail says how many went."""
    SessionStore.clear_expired()
    caches["lasting"].clear()
    kept = retention()
    deeds.clear(at - kept["answered_writes"])
    finished = Job.objects.filter(state=Job.State.DONE, finished_at__lt=at - kept["finished_jobs"])
    jobs = finished.count()
    finished.delete()
    imports = _take_back_unconfirmed(actor, at, at - kept["unconfirmed_imports"])
    leave(by=actor.name, at=at, deed="tidy_up", about="site", jobs=jobs, imports=imports)


def _take_back_unconfirmed(actor: Actor, at: datetime, before: datetime) -> int:
    """How many imports were staged before an instant and are taken back now."""
    waiting = Import.objects.filter(state=Import.State.STAGED, uploaded_at__lt=before).order_by("pk")
    for batch in waiting:
        intake.withdraw(batch.pk, actor=actor, at=at, reason=GIVEN_UP)
    return len(waiting)
