"""Staging a file anew: what it speaks of changed since, or the rules did."""

from datetime import datetime

from django.db import transaction

from tenglong.actions.jobs import enqueue
from tenglong.actions.trail import leave
from tenglong.domain.access.policy import Actor
from tenglong.domain.access.roles import Permission
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.queries.imports import import_for
from tenglong.queries.territory import territory
from tenglong.store.models import Import


@transaction.atomic
def request_restaging(import_id: int, *, actor: Actor, at: datetime) -> Import:
    """Queue the staging of a file that was staged or has failed once more.

    Raises:
        NotFound, NotAllowed; Conflict: the import is being worked on, or was decided already.
    """
    batch = import_for(import_id, actor)
    actor.check_may(Permission.IMPORT, territory().at(batch.business_day).place(batch.code).id)
    if batch.state not in (Import.State.STAGED, Import.State.FAILED):
        raise Conflict(msg("导入“{name}”已在处理或已有结论，不能重新预检。", name=batch.filename))
    batch.state = Import.State.QUEUED
    batch.save()
    enqueue("stage_import", {"import": batch.pk}, actor=actor, at=at)
    leave(by=actor.name, at=at, deed="restage_import", about=f"import:{batch.pk}")
    return batch
