"""What a roadmap says case by case and in sums: lines, reasons, money by month, work by team and week."""

from typing import Annotated, Any

from ninja import Query, Schema

from tenglong.api.callers import Asked
from tenglong.api.roadmap.overview import CheckOut, TotalsOut
from tenglong.api.topics import Page, Paging, Topic, paged
from tenglong.api.values import Code, Day, Exact, Id, Sentence, Text, one_of
from tenglong.domain.roadmap.promises import Fate
from tenglong.queries.roadmap.adoption import dates_not_kept, in_force_before
from tenglong.queries.roadmap.explanations import explanation_of
from tenglong.queries.roadmap.lines import LineFilter, LineRow, line_of, lines_slice, wanted_lines
from tenglong.queries.roadmap.overview import check_sees_all, roadmap_by_id
from tenglong.queries.roadmap.promises import PromiseRow, promise_rows
from tenglong.queries.roadmap.totals import COLUMNS, totals_by
from tenglong.queries.roadmap.views import TeamLoad, cash_by_month, load_of_teams

topic = Topic(tags=["roadmaps"])
OUTCOMES = ("pass", "conditional", "fail")
FATES = tuple(fate.value for fate in Fate)


class LinesNarrowing(Schema):
    """What the lines are narrowed to; what is not given narrows nothing. `town` is the code of a place."""

    zone: Text = ""
    team: Text = ""
    town: Code | None = None
    measure: Text = ""
    batch: Text = ""
    outcome: Annotated[str, one_of(OUTCOMES)] | None = None
    text: Text = ""
    waits: bool | None = None


class LineOut(Schema):
    """A case in a roadmap; without a measure it waits. `amounts` are what its measure brings and takes, by id;
    `provisional`: `done_on` may move with a notice of holidays to come."""

    case_id: int
    number: int
    firm: str
    town: str
    zone: str
    team: str
    batch: str
    measure: str
    start_on: Day | None
    done_on: Day | None
    fixed: bool
    adjusted: bool
    amounts: dict[str, Exact]
    outcome: str
    provisional: bool


class MilestoneOut(Schema):
    """By when an entry of a kind should stand in the ledger of the case; a `provisional` day may still move."""

    kind: str
    due_on: Day
    provisional: bool


class LineInFull(LineOut):
    """A case with its checks and milestones."""

    checks: list[CheckOut]
    milestones: list[MilestoneOut]


class PaidOut(Schema):
    """What an option takes from a scarce limit, and what that is worth."""

    limit: str
    label: Sentence
    used: Exact
    unit: str
    value: Exact


class ReasonedOptionOut(Schema):
    """An option of a firm: the plan loses at least `loss_at_least` with it, which the certificate proves (null: no
    feasible plan holds it); if only this firm switched now it would lose `loss_now` and break what `breaks` says."""

    measure: str
    start_on: Day | None
    value: Exact
    paid: list[PaidOut]
    net: Exact
    most_with: Exact | None
    loss_at_least: Exact | None
    loss_now: Exact
    breaks: list[Sentence]
    label: Sentence
    sentence: Sentence


class ReasonsOut(Schema):
    """Why a firm has its measure and day, and its other options, the best first."""

    case_id: int
    chosen: ReasonedOptionOut
    alternatives: list[ReasonedOptionOut]
    sentences: list[Sentence]


class GroupOut(Schema):
    """The totals of one zone, town (its code), team or measure."""

    key: str
    label: str
    totals: TotalsOut


class MonthOut(Schema):
    """Money of a month in 10,000 yuan: paid by the day of the facts, due from then on, both added up, and what there is
    by its end. `fund` is what may be spent; null where nobody said or to who may not know."""

    month: Day
    paid: Exact
    due: Exact
    cumulative: Exact
    fund: Exact | None
    available: Exact | None


class ArrangedOut(Schema):
    """A measure with its first and last day; "" waits."""

    measure: str
    start_on: Day | None
    done_on: Day | None


class PromiseOut(Schema):
    """What was announced to a case, what is planned now, and what became of the promise and why."""

    case_id: int
    number: int
    firm: str
    zone: str
    team: str
    fate: str
    before: ArrangedOut
    now: ArrangedOut
    why: Sentence


class WeekOut(Schema):
    """Staff days in the week that begins on a Monday."""

    week: Day
    staff_days: Exact


class LoadOut(Schema):
    """The work of a team; `capacity` is in staff days a week."""

    team: str
    capacity: Exact | None
    weeks: list[WeekOut]


@topic.get("/roadmaps/{id}/lines", response={200: Page[LineOut]})
def listed(request: Asked, id: Id, wanted: Query[LinesNarrowing], paging: Query[Paging]) -> dict[str, Any]:
    """The cases that the caller may see, by number."""
    scope = request.auth.scope
    where = LineFilter(**{name: value for name, value in wanted.dict().items() if value is not None})
    roadmap = roadmap_by_id(id, scope)
    rows = lines_slice(roadmap, scope, where, paging.offset, paging.limit)
    return {"items": [_line(row) for row in rows], "count": wanted_lines(roadmap, scope, where).count()}


@topic.get("/roadmaps/{id}/lines/{case_id}", response={200: LineInFull})
def one(request: Asked, id: Id, case_id: Id) -> dict[str, Any]:
    """One case with its checks and milestones."""
    scope = request.auth.scope
    found = line_of(roadmap_by_id(id, scope), case_id, scope)
    return {**_line(found.row), "checks": found.checks, "milestones": found.milestones}


@topic.get("/roadmaps/{id}/lines/{case_id}/explanation", response={200: ReasonsOut})
def explained(request: Asked, id: Id, case_id: Id) -> dict[str, Any]:
    """Why this measure on this day, and what each other option would cost."""
    scope = request.auth.scope
    found = explanation_of(roadmap_by_id(id, scope), case_id, scope)
    return {
        "case_id": case_id,
        "chosen": found.chosen,
        "alternatives": found.alternatives,
        "sentences": found.sentences,
    }


@topic.get("/roadmaps/{id}/totals", response={200: Page[GroupOut]})
def totals(
    request: Asked, id: Id, paging: Query[Paging], by: Annotated[str, one_of(COLUMNS)] = "zone"
) -> dict[str, Any]:
    """What the cases add up to, by zone, town, team or measure."""
    scope = request.auth.scope
    return paged(totals_by(roadmap_by_id(id, scope), scope, by), paging)


@topic.get("/roadmaps/{id}/months", response={200: Page[MonthOut]})
def months(request: Asked, id: Id, paging: Query[Paging]) -> dict[str, Any]:
    """What is paid, month by month without gaps."""
    scope = request.auth.scope
    return paged(cash_by_month(roadmap_by_id(id, scope), scope), paging)


@topic.get("/roadmaps/{id}/promises", response={200: Page[PromiseOut]})
def promises(
    request: Asked, id: Id, paging: Query[Paging], fate: Annotated[str | None, one_of(FATES)] = None
) -> dict[str, Any]:
    """What became of what the replanned roadmap announced, firm by firm; of all fates unless told."""
    scope = request.auth.scope
    fates = (Fate(fate),) if fate else tuple(Fate)
    return paged(promise_rows(roadmap_by_id(id, scope), scope, fates), paging, _promise)


@topic.get("/roadmaps/{id}/dates", response={200: Page[PromiseOut]})
def dates(request: Asked, id: Id, paging: Query[Paging]) -> dict[str, Any]:
    """What the roadmap in force announced and this one does not keep: to be looked at before it is adopted, which asks
    for their `count`."""
    scope = request.auth.scope
    roadmap = roadmap_by_id(id, scope)
    check_sees_all(roadmap, scope)
    return paged(dates_not_kept(roadmap, in_force_before(roadmap)), paging, _promise)


@topic.get("/roadmaps/{id}/load", response={200: Page[LoadOut]})
def load(request: Asked, id: Id, paging: Query[Paging]) -> dict[str, Any]:
    """How many staff days each team needs, week by week without gaps."""
    scope = request.auth.scope
    return paged(load_of_teams(roadmap_by_id(id, scope), scope), paging, _load)


def _load(team: TeamLoad) -> dict[str, Any]:
    weeks = [{"week": week, "staff_days": days} for week, days in team.weeks]
    return {"team": team.team, "capacity": team.capacity, "weeks": weeks}


def _promise(row: PromiseRow) -> dict[str, Any]:
    own = {name: getattr(row, name) for name in ("case_id", "number", "zone", "team")}
    said = {name: getattr(row.promise, name) for name in ("fate", "before", "now", "why")}
    return {**own, **said, "firm": row.name}


def _line(row: LineRow) -> dict[str, Any]:
    return {**vars(row), "firm": row.name}
