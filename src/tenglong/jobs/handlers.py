"""What each kind of job does. A handler may be run again from the start after a crash."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from tenglong.actions import imports
from tenglong.domain.access.policy import Actor
from tenglong.queries.progress import Progress

Handler = Callable[[dict[str, Any], Actor, datetime, Progress], dict[str, Any]]


def stage_import(params: dict[str, Any], actor: Actor, at: datetime, progress: Progress) -> dict[str, Any]:
    """Read an uploaded file and decide row by row what it would change."""
    batch = imports.stage(params["import"], at=at, progress=progress)
    return {"import": batch.pk, "state": batch.state}


def accept_import(params: dict[str, Any], actor: Actor, at: datetime, progress: Progress) -> dict[str, Any]:
    """Carry out what staging decided, in one transaction."""
    batch = imports.accept(params["import"], actor=actor, at=at, progress=progress)
    return {"import": batch.pk, "state": batch.state}


HANDLERS: dict[str, Handler] = {"stage_import": stage_import, "accept_import": accept_import}
