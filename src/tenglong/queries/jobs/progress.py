"""How far a running job is: from the database on PostgreSQL, from a file beside it on SQLite.

The accepting of an import is one long transaction, and SQLite has one writer: no row written meanwhile could
be seen. So there a running job has a small file, which its worker holds locked; when the worker dies, however it
dies, the operating system lets the lock go, and everybody can tell that the job was interrupted.
"""

import fcntl
import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from tenglong.domain.kernel.messages import Message

SIZE = 2048


@dataclass(frozen=True)
class Pulse:
    """The last sign of life of a running job."""

    done: int
    total: int
    stage: Message | None
    beat_at: datetime


def pulse_of(job_id: int) -> Pulse | None:
    """What the file of a running job says; None when there is none."""
    path = running_file(job_id)
    try:
        seen = json.loads(path.read_bytes() or b"{}")
        beat_at = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
    except (OSError, ValueError):
        return None
    stage = Message.from_json(seen["stage"]) if "stage" in seen else None
    return Pulse(seen.get("done", 0), seen.get("total", 0), stage, beat_at)


def is_held(job_id: int) -> bool:
    """Whether a living process has the file of a job locked."""
    try:
        handle = os.open(running_file(job_id), os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def running_file(job_id: int) -> Path:
    """Where the progress of a job is kept on SQLite."""
    return Path(settings.FILE_STORE).parent / "running" / str(job_id)
