"""Asking for answers about a run that take a while: a worker finds them."""

from datetime import datetime

from django.db import transaction

from tenglong.actions.jobs import enqueue
from tenglong.domain.access.policy import Actor, scope_of
from tenglong.queries.evaluation.firm import job_of_cheapest
from tenglong.queries.evaluation.results import result_of
from tenglong.store.models import Evaluation


@transaction.atomic
def ask_for_cheapest(*, actor: Actor, at: datetime, run: Evaluation, firm_id: int) -> None:
    """Let a worker look for the cheapest change that lifts a firm; nothing where one is at it already.

    Raises:
        NotFound: the firm has no result in the run, or not for this person.
    """
    result_of(run, firm_id, scope_of(actor))
    job = job_of_cheapest(run.pk, firm_id)
    if job is None or job.ended:
        enqueue("find_cheapest", {"evaluation": run.pk, "firm": firm_id}, actor=actor, at=at)
