"""Staging a file anew: what it speaks of changed since, or the rules did."""

from datetime import datetime

from tenglong.actions.intake.accepting import IMPORT
from tenglong.actions.jobs import enqueue
from tenglong.actions.steps import Done, Taking, take
from tenglong.domain.access.policy import Actor
from tenglong.queries.intake.imports import import_for
from tenglong.store.models import Import


def request_restaging(import_id: int, *, actor: Actor, at: datetime) -> Import:
    """Queue the staging of a file that was staged or has failed once more.

    Raises:
        NotFound, NotAllowed; Conflict: the import is being worked on, or was decided already.
    """
    return take(IMPORT, "restage", import_for(import_id, actor), actor=actor, at=at)


@IMPORT.effect("restage", deed="restage_import")
def _restage(taking: Taking[Import]) -> Done:
    enqueue("stage_import", {"import": taking.subject.pk}, actor=taking.actor, at=taking.at)
    return Done()
