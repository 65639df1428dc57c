"""Long work: how far it is and what came of it."""

from typing import Any

from ninja import Query

from tenglong.api.callers import Asked
from tenglong.api.topics import Page, Paging, Topic, paged
from tenglong.api.values import ByPeople, Id, Moment, Sentence
from tenglong.queries.jobs.overview import JobView, job_for, jobs_of

topic = Topic(tags=["jobs"])


class JobOut(ByPeople):
    """A job: `done` of `total` steps; `problem` says why it failed; `about` names the file, roster, roadmap or run.

    `ahead`: how many jobs of the same `lane` wait before it, null when it does not wait.
    """

    id: int
    kind: str
    lane: str
    about: str
    state: str
    ahead: int | None
    done: int
    total: int
    stage: Sentence | None
    problem: Sentence | None
    result: dict[str, Any]
    requested_by: str
    requested_at: Moment
    started_at: Moment | None
    finished_at: Moment | None

    @staticmethod
    def resolve_about(job: JobView) -> str:
        """What the job is about, in one line; "" where it is about everything."""
        return job.about.text if job.about else ""


@topic.get("/jobs", response={200: Page[JobOut]})
def listed(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """The caller's own jobs of late, latest first."""
    return paged(jobs_of(request.auth.actor), paging)


@topic.get("/jobs/{id}", response={200: JobOut})
def one(request: Asked, id: Id) -> Any:
    """One of the caller's jobs."""
    return job_for(id, request.auth.actor)
