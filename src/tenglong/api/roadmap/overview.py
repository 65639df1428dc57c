"""Roadmaps: asking for one, how far it is, and how good it is proven to be."""

from typing import Any

from ninja import Field, Query, Schema, Status

from tenglong.actions import roadmap as roadmaps
from tenglong.api.callers import Asked, Caller
from tenglong.api.jobs.overview import JobOut
from tenglong.api.steps import StepOut
from tenglong.api.topics import Given, Page, Paging, Topic, paged
from tenglong.api.values import ByPeople, Code, Day, Exact, Id, Moment, PlaceCode, Sentence, Text
from tenglong.domain.kernel.messages import Message
from tenglong.domain.roadmap.process import COMPUTING
from tenglong.queries.matters import open_steps
from tenglong.queries.roadmap.accounts import account_of
from tenglong.queries.roadmap.overview import (
    Roadmap,
    RoadmapView,
    job_of_roadmap,
    roadmap_by_id,
    visible_roadmaps,
)
from tenglong.queries.roadmap.promises import promises_made
from tenglong.queries.roadmap.results import (
    certificate_of,
    checks_of,
    conflict_of,
    prices_of,
    relaxation_of,
    stability_of,
    trajectory_of,
)
from tenglong.queries.roadmap.settings import settings_of, usual_settings
from tenglong.queries.roadmap.totals import totals_of

topic = Topic(tags=["roadmaps"])


class NewRoadmap(Given):
    """For which roster and place (its own unless told), with which settings: what is not stated is as usual.

    The cases are as they were on `facts_on` (today), as known at `known_at` (now).
    """

    roster: Code
    territory: Code | None = None
    settings: dict[str, Any] = {}
    title: Text = Field("", max_length=120)
    facts_on: Day | None = None
    known_at: Moment | None = None
    note: Text = ""


class RoadmapOut(ByPeople):
    """A roadmap; `value` and `bound` are in units of the aim, `gap` (a share) is what the certificate proves."""

    id: int
    roster: str
    territory: PlaceCode
    number: int
    title: str
    state: str
    facts_on: Day
    known_at: Moment
    replans: int | None
    adjusts: int | None
    status: str
    reason: str
    method: str
    value: Exact | None
    bound: Exact | None
    gap: Exact | None
    software: str
    note: str
    requested_by: str
    requested_at: Moment
    stopped_by: str
    computed_at: Moment | None
    adopted_by: str
    adopted_at: Moment | None
    adopted_on: Day | None
    approved_by: str
    approved_at: Moment | None
    withdrawn_by: str
    withdrawn_at: Moment | None
    withdrawal_reason: str
    settings_digest: str
    problem_digest: str
    plan_digest: str


class TotalsOut(Schema):
    """What lines add up to: `starts` have a measure, the others wait; amounts by id."""

    lines: int
    starts: int
    waits: int
    fixed: int
    adjusted: int
    measures: dict[str, int]
    batches: dict[str, int]
    outcomes: dict[str, int]
    amounts: dict[str, Exact]


class CheckOut(Schema):
    """One of the three-ables (acceptable, affordable, feasible): pass, conditional or fail, by which numbers."""

    id: str
    able: str
    outcome: str
    value: Exact | None
    limit: Exact | None
    unit: str
    sentence: Sentence


class PriceOut(Schema):
    """A scarce limit: what moving it by `step` brings, in units of the aim and in sentences."""

    limit: str
    label: Sentence
    unit: str
    per_unit: Exact
    step: Exact
    per_step: Exact
    sentences: list[Sentence]


class RelaxedOut(Schema):
    """A limit that the cheapest way out moves."""

    limit: str
    amount: str
    unit: str
    old: Exact
    new: Exact
    sentence: Sentence


class StabilityOut(Schema):
    """What keeping the promises of the replanned roadmap costs: at most `most`, which the certificate proves."""

    price: Exact
    free_value: Exact
    kept_value: Exact
    most: Exact | None


class PromisesOut(Schema):
    """What became of the promises of the replanned roadmap: kept, moved to another day, broken (another measure or
    none), missed (the day has passed); `over` were made to cases that are done or off the list by now."""

    kept: int
    moved: int
    broken: int
    missed: int
    over: int


class AccountOut(Schema):
    """Money in 10,000 yuan on the day of the facts, by the ledger: paid, committed (what contracts in force still pay),
    free (fund + financing - paid - committed); planned is what the plan pays beyond contracts, left what is free then.
    Without a fund, and for who may see a part only, nothing is said to be free."""

    total: Exact | None
    financing: Exact
    paid: Exact
    committed: Exact
    free: Exact | None
    planned: Exact
    to_pay: Exact
    left: Exact | None
    sentences: list[Sentence]


class PointOut(Schema):
    """Where the search stood after so many seconds."""

    seconds: float
    value: Exact | None
    bound: Exact | None
    gap: Exact | None


class RoadmapInFull(RoadmapOut):
    """A roadmap with what it says as a whole. Totals are of the cases that the caller may see; checks, prices, the
    contradiction and the search are told only to who may see all of it. While it is planned it has a `job`."""

    certificate: Sentence | None
    settings: dict[str, Any]
    totals: TotalsOut
    account: AccountOut
    checks: list[CheckOut]
    prices: list[PriceOut]
    conflict: list[Sentence]
    relaxation: list[RelaxedOut]
    stability: StabilityOut | None
    promises: PromisesOut | None
    trajectory: list[PointOut]
    steps: list[StepOut]
    job: JobOut | None


class SettingsOut(Schema):
    """Settings with every default filled in (docs/reference/roadmap-settings.schema.json)."""

    settings: dict[str, Any]


@topic.get("/roadmaps", response={200: Page[RoadmapOut]})
def listed(request: Asked, paging: Query[Paging], roster: Code | None = None) -> dict[str, Any]:
    """The roadmaps that the caller may see, the latest first; those of a larger place once they are adopted."""
    caller = request.auth
    found = visible_roadmaps(caller.scope, caller.roster(roster) if roster else None)
    return paged(found, paging, _roadmap)


@topic.post("/roadmaps", response={201: RoadmapInFull})
def start(request: Asked, about: NewRoadmap) -> Status:
    """Ask for a roadmap. It is planned in the background; ask again until its state is `planned`, or `infeasible`:
    then `conflict` says which limits contradict, or `failed`: then its job says why."""
    caller = request.auth
    roster = caller.roster(about.roster)
    usual = usual_settings(roster, about.facts_on or caller.today)
    roadmap = roadmaps.start_planning(
        actor=caller.actor,
        at=caller.now,
        roster=roster,
        settings={"start": usual.start, "deadline": usual.deadline, **about.settings},
        code=caller.place(about.territory, about.facts_on or caller.today).code if about.territory else "",
        title=about.title,
        facts_on=about.facts_on,
        known_at=about.known_at,
        note=about.note,
    )
    return Status(201, in_full(caller, roadmap.pk))


@topic.get("/roadmaps/settings", response={200: SettingsOut})
def usual(request: Asked, roster: Code) -> dict[str, Any]:
    """The settings that are usual for a roster: what a program may change and hand in."""
    caller = request.auth
    return {"settings": usual_settings(caller.roster(roster), caller.today).model_dump(mode="json")}


@topic.get("/roadmaps/{id}", response={200: RoadmapInFull})
def one(request: Asked, id: Id) -> dict[str, Any]:
    """One roadmap: where it stands, how good it is proven to be, what may be done."""
    return in_full(request.auth, id)


def _roadmap(roadmap: Roadmap) -> dict[str, Any]:
    shown = RoadmapView.of(roadmap)
    return {
        **vars(shown),
        "id": shown.pk,
        "roster": shown.roster.code,
        "territory": shown.place.pk,
        "replans": shown.replans_id,
        "adjusts": shown.adjusts_id,
        "state": shown.shown_state,
        "value": shown.value or None,
        "bound": shown.bound or None,
        "gap": shown.gap or None,
    }


def in_full(caller: Caller, id: int) -> dict[str, Any]:
    """The roadmap as it is now, as far as the caller may see it."""
    roadmap, scope = roadmap_by_id(id, caller.scope), caller.scope
    certificate: Message | None = certificate_of(roadmap)
    return {
        **_roadmap(roadmap),
        "certificate": certificate,
        "settings": settings_of(roadmap).model_dump(mode="json"),
        "totals": totals_of(roadmap, scope),
        "account": account_of(roadmap, scope),
        "checks": checks_of(roadmap, scope),
        "prices": prices_of(roadmap, scope),
        "conflict": conflict_of(roadmap, scope),
        "relaxation": relaxation_of(roadmap, scope),
        "stability": stability_of(roadmap, scope),
        "promises": promises_made(roadmap, scope),
        "trajectory": trajectory_of(roadmap, scope),
        "steps": open_steps(roadmap, caller.actor, caller.today),
        "job": job_of_roadmap(roadmap.pk) if roadmap.state == COMPUTING else None,
    }
