"""Asking for long work. A job is a row; a worker of its lane does it, and any job may be done again from the start."""

from datetime import datetime
from typing import Any

from tenglong.domain.access.policy import Actor
from tenglong.domain.jobs.lanes import lanes
from tenglong.store.models import Job


def enqueue(kind: str, params: dict[str, Any], *, actor: Actor, at: datetime) -> Job:
    """A waiting job. Call it inside the transaction of the deed it belongs to: both happen or neither.

    The worker acts for the person as their rights stand when the work is done, not when it was asked for.

    Raises:
        BadRules: the kind has no lane.
    """
    return Job.objects.create(
        kind=kind,
        lane=lanes().lane_of(kind).id,
        params={**params, "everywhere": actor.everywhere},
        requested_by=actor.name,
        requested_by_id=actor.user_id,
        requested_at=at,
    )
