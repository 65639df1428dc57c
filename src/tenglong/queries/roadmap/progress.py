"""Where the search for a roadmap stands while its job runs: in the job's row on PostgreSQL, in a file on SQLite.

queries.jobs.progress says why.
"""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from tenglong.store.models import Job

Stored = list[list[Any]]
"""[seconds, value, bound], the numbers as texts or None."""


def points_so_far(roadmap_id: int) -> Stored:
    """The points of a running search; nothing before the first."""
    if connection.vendor == "postgresql":
        return _running(roadmap_id).values_list("points", flat=True).first() or []
    try:
        found: Stored = json.loads(_path(roadmap_id).read_bytes())
    except (OSError, ValueError):
        return []
    return found


def tell_points(roadmap_id: int, points: Stored) -> None:
    """Keep the points of a running search: whole or not at all, so that a reader never sees half."""
    if connection.vendor == "postgresql":
        _running(roadmap_id).update(points=points)
        return
    path = _path(roadmap_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(points))
    part.replace(path)


def forget_points(roadmap_id: int) -> None:
    """The search is over."""
    if connection.vendor == "postgresql":
        _running(roadmap_id).update(points=[])
        return
    _path(roadmap_id).unlink(missing_ok=True)


def _running(roadmap_id: int) -> QuerySet[Job]:
    return Job.objects.filter(state=Job.State.RUNNING, kind="plan_roadmap", params__roadmap=roadmap_id)


def _path(roadmap_id: int) -> Path:
    return Path(settings.FILE_STORE).parent / "running" / f"roadmap-{roadmap_id}.json"
