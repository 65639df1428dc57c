"""How far a running job is, kept beside the database.

The accepting of an import is one long transaction, and SQLite has one writer: no row written meanwhile could
be seen. So a running job has a small file, which its worker holds locked; when the worker dies, however it
dies, the operating system lets the lock go, and everybody can tell that the job was interrupted.
"""

import fcntl
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from django.conf import settings

from tenglong.domain.kernel.messages import Message

SIZE = 2048

Progress = Callable[[int, int, Message], None]
"""Called by long work with (done, total, what is being done)."""


def silent(done: int, total: int, stage: Message) -> None:
    """Progress that nobody watches."""


@dataclass(frozen=True)
class Pulse:
    """The last sign of life of a running job."""

    done: int
    total: int
    stage: Message | None
    beat_at: datetime


@dataclass
class Running:
    """The locked progress file of a job, for as long as this process works on it."""

    job_id: int
    _handle: int = field(default=-1, repr=False)

    def __enter__(self) -> "Running":
        """Raises BlockingIOError when another worker holds the job."""
        path = _path(self.job_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._handle)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _path(self.job_id).unlink(missing_ok=True)
        os.close(self._handle)

    def say(self, done: int, total: int, stage: Message) -> None:
        """Write how far the work is: one write of fixed size, so that a reader never sees half of it."""
        text = json.dumps({"done": done, "total": total, "stage": stage.to_json()}).encode()
        os.pwrite(self._handle, text.ljust(SIZE)[:SIZE], 0)


def pulse_of(job_id: int) -> Pulse | None:
    """The progress of a running job; None when it has not said anything yet."""
    path = _path(job_id)
    try:
        seen = json.loads(path.read_bytes() or b"{}")
        beat_at = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
    except (OSError, ValueError):
        return None
    stage = Message.from_json(seen["stage"]) if "stage" in seen else None
    return Pulse(seen.get("done", 0), seen.get("total", 0), stage, beat_at)


def is_interrupted(job_id: int) -> bool:
    """Whether no living process works on a job that is marked as running."""
    try:
        with Running(job_id):
            return True
    except BlockingIOError:
        return False


def _path(job_id: int) -> Path:
    return Path(settings.FILE_STORE).parent / "running" / str(job_id)
