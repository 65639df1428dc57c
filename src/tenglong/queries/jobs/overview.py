"""Jobs as people see them: whose, how far, what went wrong."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from tenglong.domain.access.policy import Actor, scope_of
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import Message, msg
from tenglong.queries.jobs.about import About, abouts_of, out_of_sight
from tenglong.queries.jobs.progress import Pulse, pulse_of
from tenglong.queries.registry.territory import actor_of
from tenglong.store.models import Job, User


@dataclass(frozen=True)
class Taken:
    """A job as its worker has it; `holder` is the proof that it is the worker's to end."""

    id: int
    kind: str
    params: dict[str, Any]
    requested_by: str
    requested_by_id: int | None
    holder: str


@dataclass(frozen=True)
class JobView:
    """One job; `done` of `total` steps, `stage` says what is being done, `problem` why it failed.

    `ahead`: how many jobs of its lane wait before it, None when it does not wait.
    """

    id: int
    kind: str
    lane: str
    state: str
    ahead: int | None
    done: int
    total: int
    stage: Message | None
    problem: Message | None
    result: dict[str, Any]
    about: About | None
    requested_by: str
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    beat_at: datetime | None

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in (Job.State.DONE, Job.State.FAILED)


def job_for(job_id: int, actor: Actor) -> JobView:
    """One job, for the person who asked for it or the one at the machine.

    Raises:
        NotFound: there is none, it is somebody else's, or about what the person may no longer see.
    """
    row = Job.objects.filter(pk=job_id).first()
    own = actor.everywhere or (row and actor.user_id and row.requested_by_id == actor.user_id)
    if row is None or not own or not _in_sight([row], actor):
        raise NotFound(msg("没有第 {id} 号任务，或不是您提交的任务。", id=job_id))
    return job_view(row)


def jobs_of(actor: Actor, limit: int = 50) -> list[JobView]:
    """The person's own jobs about what they may see, latest first; all of them for the one at the machine."""
    rows = Job.objects.order_by("-id")
    if not actor.everywhere:
        rows = rows.filter(requested_by_id=actor.user_id) if actor.user_id else rows.none()
    return job_views(_in_sight(rows[:limit], actor))


def _in_sight(rows: Iterable[Job], actor: Actor) -> list[Job]:
    found = list(rows)
    hidden = out_of_sight([(row.pk, row.kind, row.params) for row in found], scope_of(actor))
    return [row for row in found if row.pk not in hidden]


def job_of_import(import_id: int) -> JobView | None:
    """The last job of an import; call it only with an import the person may see."""
    row = Job.objects.filter(kind__endswith="_import", params__import=import_id).order_by("-id").first()
    return job_view(row) if row else None


def waiting_jobs() -> list[int]:
    """The jobs to do, in the order they were asked for."""
    return list(Job.objects.filter(state=Job.State.WAITING).order_by("id").values_list("id", flat=True))


def actor_behind(job: Taken, today: date) -> Actor:
    """The person who asked for a job, with the rights they have today."""
    if job.requested_by_id is not None:
        return actor_of(User.objects.get(pk=job.requested_by_id), today)
    return Actor(job.requested_by, everywhere=job.params.get("everywhere") is True)


def job_view(row: Job) -> JobView:
    """A job as people see it; call it only with a job whose results the person may see."""
    return job_views([row])[0]


def job_views(rows: Sequence[Job]) -> list[JobView]:
    """Jobs as people see them, with what each is about."""
    abouts = abouts_of([(row.pk, row.kind, row.params) for row in rows])
    queues = _queues({row.lane for row in rows if row.state == Job.State.WAITING})
    return [_view(row, abouts[row.pk], queues) for row in rows]


def _queues(lanes: set[str]) -> dict[str, list[int]]:
    """The waiting jobs of some lanes, in their order."""
    found: dict[str, list[int]] = {lane: [] for lane in lanes}
    if lanes:
        waiting = Job.objects.filter(state=Job.State.WAITING, lane__in=lanes).order_by("id")
        for id, lane in waiting.values_list("id", "lane"):
            found[lane].append(id)
    return found


def _view(row: Job, about: About | None, queues: Mapping[str, list[int]]) -> JobView:
    pulse = _pulse(row) if row.state == Job.State.RUNNING else None
    queue = queues.get(row.lane, [])
    return JobView(
        id=row.pk,
        kind=row.kind,
        lane=row.lane,
        state=row.state,
        ahead=queue.index(row.pk) if row.pk in queue else None,
        done=pulse.done if pulse else row.done,
        total=pulse.total if pulse else row.total,
        stage=pulse.stage if pulse else None,
        problem=Message.from_json(row.problem) if row.problem else None,
        result=row.result,
        about=about,
        requested_by=row.requested_by,
        requested_at=row.requested_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        beat_at=pulse.beat_at if pulse else row.beat_at,
    )


def _pulse(row: Job) -> Pulse | None:
    """Progress of a running job: in its row on PostgreSQL, in its file on SQLite."""
    if connection.vendor != "postgresql":
        return pulse_of(row.pk)
    stage = Message.from_json(row.stage) if row.stage else None
    return Pulse(row.done, row.total, stage, row.beat_at) if row.beat_at else None
