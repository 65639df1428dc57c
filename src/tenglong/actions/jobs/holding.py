"""Holding a job while it is done, and saying how far it is.

On SQLite, which has one server, a locked file does both: the operating system drops the lock when the process dies,
and progress can be seen while one long transaction holds the only writer. On PostgreSQL a lease in the database does:
any server reads it, and takes the job over when it runs out.
"""

import fcntl
import json
import logging
import os
import time
from dataclasses import dataclass
from threading import Event, Thread
from types import TracebackType
from typing import Any, Protocol

from django.db import DatabaseError, connection
from django.db.models.functions import Now

from tenglong.domain.jobs.lanes import lanes
from tenglong.domain.kernel.messages import Message
from tenglong.queries.jobs.overview import Taken
from tenglong.queries.jobs.progress import SIZE, running_file
from tenglong.store.models import Job

log = logging.getLogger(__name__)

TELL_SECONDS = 1.0
"""Progress is written at most so often."""
SESSION = "pid::text || '/' || extract(epoch FROM backend_start)::text"
MINE = f"SELECT {SESSION} FROM pg_stat_activity WHERE pid = pg_backend_pid()"
END = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {SESSION} = %s AND pid <> pg_backend_pid()"


class LeaseLost(Exception):
    """Another worker has the job now, or soon will: stop, and write nothing more."""


class Hold(Protocol):
    """A job that this process works on, from `with` to the end of it."""

    job: Taken

    def __enter__(self) -> "Hold": ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def say(self, done: int, total: int, stage: Message) -> None:
        """Tell how far the work is. Raises LeaseLost."""


def lock_file(job_id: int) -> int | None:
    """Open and lock the file of a job; None when somebody else has it, or is just letting it go."""
    path = running_file(job_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(handle).st_nlink:
            return handle
    except BlockingIOError:
        pass
    os.close(handle)
    return None


@dataclass
class FileHold:
    """The locked progress file of a job."""

    job: Taken
    _handle: int

    def __enter__(self) -> "FileHold":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        running_file(self.job.id).unlink(missing_ok=True)
        os.close(self._handle)

    def say(self, done: int, total: int, stage: Message) -> None:
        """Write how far the work is: one write of fixed size, so that a reader never sees half of it."""
        text = json.dumps({"done": done, "total": total, "stage": stage.to_json()}).encode()
        os.pwrite(self._handle, text.ljust(SIZE)[:SIZE], 0)


class LeaseHold:
    """A lease, extended by a thread with a connection of its own, so that a long transaction does not end it.

    Inside a transaction of the caller nobody else sees that the job was taken: there is no lease to extend.
    """

    def __init__(self, job: Taken):
        self.job = job
        self._said: dict[str, Any] = {}
        self._ended, self._lost = Event(), Event()
        self._thread = Thread(target=self._beat, name=f"lease of job {job.id}", daemon=True)

    def __enter__(self) -> "LeaseHold":
        if not connection.in_atomic_block:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def say(self, done: int, total: int, stage: Message) -> None:
        """Keep how far the work is for the next beat."""
        if self._lost.is_set():
            raise LeaseLost(self.job.id)
        self._said = {"done": done, "total": total, "stage": stage.to_json()}

    def _beat(self) -> None:
        """Extend the lease until the work ends or the lease is lost; a database that is away is asked again."""
        lease, beat = lanes().lease.total_seconds(), lanes().beat.total_seconds()
        told: dict[str, Any] = {}
        extended = time.monotonic()
        while not self._ended.wait(min(TELL_SECONDS, beat)):
            said = self._said
            if said is told and time.monotonic() - extended < beat:
                continue
            try:
                if not self._extend(said):
                    break
                told, extended = said, time.monotonic()
            except DatabaseError as error:
                log.warning("the lease of job %s was not extended: %s", self.job.id, error)
                connection.close()
                if time.monotonic() - extended > lease:
                    break
        if not self._ended.is_set():
            self._lost.set()
        connection.close()

    def _extend(self, said: dict[str, Any]) -> bool:
        mine = Job.objects.filter(pk=self.job.id, state=Job.State.RUNNING, holder=self.job.holder)
        return bool(mine.update(beat_at=Now(), lease_until=Now() + lanes().lease, **said))


def this_session() -> str:
    """This connection among those of the database server."""
    with connection.cursor() as cursor:
        cursor.execute(MINE)
        return str(cursor.fetchone()[0])


def end_session(session: str) -> None:
    """End another worker's connection and wait for it; nothing where it is gone already."""
    with connection.cursor() as cursor:
        cursor.execute(END, [session])
