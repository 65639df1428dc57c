"""Where the search for a roadmap stands, kept beside the database while its job runs (as queries.progress does)."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings

Stored = list[list[Any]]
"""[seconds, value, bound], the numbers as texts or None."""


def points_so_far(roadmap_id: int) -> Stored:
    """The points of a running search; nothing before the first."""
    try:
        found: Stored = json.loads(_path(roadmap_id).read_bytes())
    except (OSError, ValueError):
        return []
    return found


def tell_points(roadmap_id: int, points: Stored) -> None:
    """Keep the points of a running search: whole or not at all, so that a reader never sees half."""
    path = _path(roadmap_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(points))
    part.replace(path)


def forget_points(roadmap_id: int) -> None:
    """The search is over."""
    _path(roadmap_id).unlink(missing_ok=True)


def _path(roadmap_id: int) -> Path:
    return Path(settings.FILE_STORE).parent / "running" / f"roadmap-{roadmap_id}.json"
