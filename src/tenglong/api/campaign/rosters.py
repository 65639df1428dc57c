"""Rosters: what they mean, who is on them, their versions, what became of what was pushed, and sets of two."""

from typing import Annotated, Any

from ninja import Field, Query, Schema, Status

from tenglong.actions.campaign.rosters import freeze_version
from tenglong.api.callers import Asked, Caller
from tenglong.api.questions import Standpoint, check_day
from tenglong.api.steps import StepOut
from tenglong.api.topics import Given, Page, Paging, Topic, paged
from tenglong.api.values import ByPeople, Code, Day, Moment, PlaceCode, Text, one_of
from tenglong.queries.campaign.review import (
    FINAL,
    REMOVED,
    REVIEW,
    REVIEW_ABOVE,
    Difference,
    difference,
    members,
)
from tenglong.queries.campaign.rosters import (
    Listed,
    RosterView,
    VersionView,
    overlap,
    versions_of,
    visible_rosters,
)
from tenglong.queries.matters import open_steps
from tenglong.queries.registry.territory import territory

topic = Topic(tags=["rosters"])
Step = Annotated[str, one_of((*REVIEW, *REVIEW_ABOVE, FINAL, REMOVED))]
PARTS = ("both", "only_here", "only_there", "unknown_here", "unknown_there")


class RosterOut(Schema):
    """A roster is a calibre: its definition in words belongs to every figure counted by it."""

    code: str
    title: str
    title_en: str
    issuer: str
    definition: str
    definition_en: str
    territory: PlaceCode = Field(validation_alias="place_id")
    start: Day
    deadline: Day
    done_figure: str
    energy_basis: str
    reference_title: str


class RosterInFull(RosterOut):
    """A roster, and the steps that the caller may take."""

    steps: list[StepOut]


class MemberOut(Schema):
    """A case on a roster."""

    case: int = Field(validation_alias="case_id")
    number: int
    firm: str
    code: str
    temporary_id: str | None
    place: PlaceCode = Field(validation_alias="place_id")
    state: str
    since: Day | None = Field(validation_alias="state_on")
    origin: str


class VersionOut(ByPeople):
    """A frozen version; `digest` covers the members of the whole roster."""

    number: int
    as_of: Day
    frozen_at: Moment
    frozen_by: str
    digest: str
    note: str


class NewVersion(Given):
    """As of which day the members are frozen."""

    as_of: Day
    note: Text = ""


class OriginOut(ByPeople):
    """How a case came on the roster, what became of it and why."""

    case: int = Field(validation_alias="case_id")
    number: int
    firm: str
    place: PlaceCode = Field(validation_alias="place_id")
    pushed: bool
    outcome: str
    reason: str
    on: Day | None
    by: str


class DifferenceOut(Page[OriginOut]):
    """pushed − removed of it − still open + added that stayed = final."""

    pushed: int
    pushed_final: int
    pushed_removed: int
    pushed_open: int
    added_final: int
    added_removed: int
    added_open: int
    final: int


class ListedOut(Schema):
    """A firm with its case on the first roster, and on the second where it is on both."""

    firm_id: int
    firm: str
    place: PlaceCode
    case: int
    case_there: int | None


class OverlapOut(Page[ListedOut]):
    """How many firms each part has, and one part. A firm whose identity is not certain is in neither difference."""

    part: str
    both: int
    only_here: int
    only_there: int
    unknown_here: int
    unknown_there: int


@topic.get("/rosters", response={200: Page[RosterOut]})
def listed(request: Asked, paging: Query[Paging]) -> dict[str, Any]:
    """The rosters of the caller's territory."""
    return paged(visible_rosters(request.auth.scope), paging, RosterView.of)


@topic.get("/rosters/{code}", response={200: RosterInFull})
def one(request: Asked, code: Code) -> dict[str, Any]:
    """One roster, with what the caller may do with it."""
    caller = request.auth
    roster = caller.roster(code)
    return {**vars(RosterView.of(roster)), "steps": open_steps(roster, caller.actor, caller.today)}


@topic.get("/rosters/{code}/members", response={200: Page[MemberOut]})
def who(
    request: Asked, code: Code, paging: Query[Paging], territory: Code | None = None, step: Step = FINAL
) -> dict[str, Any]:
    """The cases at a step of the review today, `final` by default, in official order."""
    caller = request.auth
    roster = caller.roster(code)
    return paged(members(roster, places_of(caller, territory), step, caller.today), paging)


@topic.get("/rosters/{code}/versions", response={200: Page[VersionOut]})
def versions(request: Asked, code: Code, paging: Query[Paging]) -> dict[str, Any]:
    """The frozen versions, newest first."""
    return paged(versions_of(request.auth.roster(code), request.auth.scope), paging)


@topic.post("/rosters/{code}/versions", response={201: VersionOut})
def freeze(request: Asked, code: Code, about: NewVersion) -> Status:
    """Freeze who is on the roster, with a number and a digest."""
    caller = request.auth
    check_day(about.as_of, caller.today)
    version = freeze_version(
        actor=caller.actor, at=caller.now, roster=caller.roster(code), as_of=about.as_of, note=about.note
    )
    return Status(201, VersionView.of(version))


@topic.get("/rosters/{code}/difference", response={200: DifferenceOut})
def changes(request: Asked, code: Code, point: Query[Standpoint], paging: Query[Paging]) -> dict[str, Any]:
    """From what was pushed to what is final: counts that add up, and every case with its reason."""
    asked = point.question(request.auth, code)
    found = difference(asked)
    return {**paged(found.rows, paging), **_counts(found)}


@topic.get("/rosters/{code}/overlap/{other}", response={200: OverlapOut})
def sets(
    request: Asked,
    *,
    code: Code,
    other: Code,
    paging: Query[Paging],
    part: Annotated[str, one_of(PARTS)] = "both",
    territory: Code | None = None,
) -> dict[str, Any]:
    """Two rosters as sets of firms; their figures are never added."""
    caller = request.auth
    here, there = caller.roster(code), caller.roster(other)
    found = overlap(here, there, caller.scope.narrowed(places_of(caller, territory)))
    rows = getattr(found, part)
    pairs = rows if part == "both" else [(row, None) for row in rows]
    sizes = {name: len(getattr(found, name)) for name in PARTS}
    return {**paged([_listed(mine, theirs) for mine, theirs in pairs], paging), **sizes, "part": part}


def places_of(caller: Caller, code: str | None) -> frozenset[int]:
    """The places under a territory, without one the caller's own, where the caller may look; raises NotFound."""
    members = territory().at(caller.today).members(caller.place(code, caller.today).code)
    return caller.scope.narrowed(members).places


def _counts(found: Difference) -> dict[str, int]:
    counts = {
        f"{name}_{outcome}": found.count(pushed=pushed, outcome=outcome)
        for name, pushed in (("pushed", True), ("added", False))
        for outcome in (FINAL, REMOVED, "open")
    }
    return {**counts, "pushed": found.count(pushed=True), "final": found.final}


def _listed(mine: Listed, theirs: Listed | None) -> dict[str, Any]:
    return {
        "firm_id": mine.firm_id,
        "firm": mine.firm,
        "place": mine.place_id,
        "case": mine.case_id,
        "case_there": theirs.case_id if theirs else None,
    }
