"""Whether workers live: each touches the file of its lane again and again, whatever job it does."""

import time
from pathlib import Path

from django.conf import settings

from tenglong.domain.jobs.lanes import lanes

BEAT_SECONDS = 10.0
SILENT_SECONDS = 60.0
"""Who has not touched its file for so long does not live, or cannot write."""


def beat_file(lane: str) -> Path:
    """The file of a lane; when it was touched last is all that it says."""
    return Path(settings.DATA) / "alive" / lane


def silent_lanes() -> list[str]:
    """The lanes that no worker serves."""
    return [lane for lane in lanes().lanes if not _is_served(lane)]


def _is_served(lane: str) -> bool:
    try:
        return time.time() - beat_file(lane).stat().st_mtime < SILENT_SECONDS
    except OSError:
        return False
