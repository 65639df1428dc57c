"""Runs of schemes: asking for one, how far it is, where it stands, and its way from draft to final."""

from typing import Annotated, Any

from ninja import Field, File, Form, Query, Schema, Status
from ninja.files import UploadedFile

from tenglong.actions import evaluation
from tenglong.api.callers import Asked, Caller
from tenglong.api.jobs.overview import JobOut
from tenglong.api.steps import Deed, Moved, StepOut, add_steps
from tenglong.api.topics import Given, Page, Paging, Topic, paged
from tenglong.api.values import ByPeople, Code, Day, Id, Moment, PlaceCode, Sentence, Text, Year, one_of
from tenglong.domain.evaluation.process import COMPUTING, run_rules
from tenglong.queries.evaluation.results import grade_counts
from tenglong.queries.evaluation.runs import (
    Evaluation,
    job_of_run,
    run_by_id,
    scheme_by_id,
    standing,
    visible_runs,
)
from tenglong.queries.evaluation.shown import RunView

topic = Topic(tags=["evaluations"])


class NewRun(Given):
    """Which scheme, over which place and of which year: those of the scheme unless told."""

    scheme: Id
    territory: Code | None = None
    year: Year | None = None
    note: Text = ""


class Publicity(Given):
    """For how many working days the results are shown; the usual number unless told."""

    days: Annotated[int, Field(ge=1, le=100)] | None = None


class WhyTakenBack(Given):
    """Why."""

    reason: Text


class Revision(Given):
    """What happens to the firms that did not object: the usual way unless told."""

    way: Annotated[str, one_of(run_rules().ways)] | None = None
    note: Text = ""


class RunOut(ByPeople):
    """A run; `revises` is the run whose upheld objections it carries out, in this `way`."""

    id: int
    scheme: int
    scheme_code: str
    scheme_version: int
    territory: PlaceCode
    year: int
    state: str
    note: str
    revises: int | None
    way: str
    requested_by: str
    requested_at: Moment
    computed_at: Moment | None
    publicised_by: str
    publicised_at: Moment | None
    publicity_start: Day | None
    publicity_end: Day | None
    publicity_days: int | None
    publicity_provisional: bool
    finalised_by: str
    finalised_at: Moment | None
    withdrawn_by: str
    withdrawn_at: Moment | None
    reason: str


class ObjectionCounts(Schema):
    """How many objections to a run are open, upheld and dismissed."""

    waiting: int
    upheld: int
    dismissed: int


class StandingOut(Schema):
    """Where a run stands: in words, its objections, the steps that the caller may take or that must wait."""

    sentence: Sentence
    objections: ObjectionCounts
    steps: list[StepOut]


class RunInFull(RunOut):
    """A run with its digests and counts: `grades` of the whole place, `own_grades` of the firms the caller may see
    ("" for none). While it is computed it has a `job` and stands nowhere yet."""

    upload_name: str
    scheme_digest: str
    input_digest: str
    result_digest: str
    software: str
    statuses: dict[str, int]
    grades: dict[str, int]
    own_grades: dict[str, int]
    standing: StandingOut | None
    job: JobOut | None


@topic.get("/evaluations", response={200: Page[RunOut]})
def listed(
    request: Asked, paging: Query[Paging], year: Year | None = None, scheme: Id | None = None
) -> dict[str, Any]:
    """The runs that the caller may see, the latest first; those of a larger place once they are in publicity."""
    return paged(visible_runs(request.auth.scope, year=year, scheme_id=scheme), paging, _run)


@topic.post("/evaluations", response={201: RunInFull})
def start(
    request: Asked,
    about: Form[NewRun],
    table: File[UploadedFile | None] = None,
) -> Status:
    """Ask for a draft run. Its firms are the register's, or those of a table that is handed in. It is computed in the
    background; ask again until its state is `draft`, or `failed`: then its job says why."""
    caller = request.auth
    run = evaluation.start_run(
        actor=caller.actor,
        at=caller.now,
        scheme=scheme_by_id(about.scheme, caller.scope),
        code=caller.place(about.territory, caller.today).code if about.territory else "",
        year=about.year,
        table=table.chunks() if table else None,
        filename=(table.name or "") if table else "",
        note=about.note,
    )
    return Status(201, _in_full(caller, run.pk))


@topic.get("/evaluations/{id}", response={200: RunInFull})
def one(request: Asked, id: Id) -> dict[str, Any]:
    """One run: where it stands, what may be done, how many firms have which grade."""
    return _in_full(request.auth, id)


def _run(run: Evaluation) -> dict[str, Any]:
    shown = RunView.of(run)
    return {
        **vars(shown),
        "id": shown.pk,
        "scheme": shown.scheme_id,
        "scheme_code": shown.scheme.code,
        "scheme_version": shown.scheme.version,
        "territory": shown.place.pk,
        "revises": shown.revises_id,
        "state": shown.shown_state,
        "publicity_provisional": shown.provisional,
    }


def _in_full(caller: Caller, id: int) -> dict[str, Any]:
    """The run as it is now; a town that sees only its own firms of it is told so by the counts."""
    run = run_by_id(id, caller.scope)
    computing = run.state == COMPUTING
    shown = _run(run)
    return {
        **shown,
        "statuses": shown["counts"].get("statuses", {}),
        "grades": shown["counts"].get("grades", {}),
        "own_grades": grade_counts(run, caller.scope),
        "standing": None if computing and not run.failed else _standing(caller, run),
        "job": job_of_run(run.pk) if computing else None,
    }


def _standing(caller: Caller, run: Evaluation) -> dict[str, Any]:
    found = standing(run, caller.actor, caller.today)
    return {
        "sentence": found.sentence,
        "objections": found.objections,
        "steps": found.steps,
    }


add_steps(
    topic,
    "/evaluations",
    Moved("run", run_by_id, _in_full, RunInFull),
    (
        Deed("retry", "Compute again what failed.", evaluation.retry_run, status=202),
        Deed(
            "publicise",
            "Show the results to the public. Not by who asked for the run.",
            evaluation.publicise,
            Publicity,
        ),
        Deed(
            "finalise",
            "Make the results final: they count in the history of grades. Not by who asked for the run.",
            evaluation.finalise,
        ),
        Deed(
            "withdraw",
            "Take a draft, or results in publicity, back for good; the results are kept for reference.",
            evaluation.withdraw,
            WhyTakenBack,
        ),
        Deed(
            "revise",
            "Carry upheld objections out: a new draft, which names the run that it revises.",
            evaluation.revise,
            Revision,
            status=201,
        ),
    ),
)
