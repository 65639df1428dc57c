"""Long work: how far it is and what came of it."""

from typing import Any

from ninja import Query, Schema

from tenglong.api.callers import Asked
from tenglong.api.topics import Page, Paging, Topic, paged
from tenglong.api.values import Id, Moment, Sentence
from tenglong.queries.jobs import job_for, jobs_of

topic = Topic(tags=["jobs"])


class JobOut(Schema):
    """A job: `done` of `total` steps; `problem` says why it failed."""

    id: int
    kind: str
    state: str
    done: int
    total: int
    stage: Sentence | None
    problem: Sentence | None
    result: dict[str, Any]
    requested_at: Moment
    started_at: Moment | None
    finished_at: Moment | None


@topic.get("/jobs", response={200: Page[JobOut]})
def listed(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """The caller's own jobs of late, latest first."""
    return paged(jobs_of(request.auth.actor), paging)


@topic.get("/jobs/{id}", response={200: JobOut})
def one(request: Asked, id: Id) -> Any:
    """One of the caller's jobs."""
    return job_for(id, request.auth.actor)
