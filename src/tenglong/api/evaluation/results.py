"""What a run says of its firms: the list, the distribution, what they were measured against, and the prices."""

from collections.abc import Iterator
from typing import Annotated, Any, get_args

from ninja import Field, Query, Schema

from tenglong.api.callers import Asked, Caller
from tenglong.api.topics import Page, Paging, Topic, paged
from tenglong.api.values import Code, Exact, Id, PlaceCode, Text, Year, one_of
from tenglong.domain.evaluation.kept import Measures
from tenglong.domain.evaluation.prices import prices
from tenglong.domain.evaluation.results import Status
from tenglong.domain.evaluation.review import review_rules
from tenglong.domain.kernel.rulebook import SHIPPED
from tenglong.queries.evaluation.disclosure import measures_for
from tenglong.queries.evaluation.prices import price_list
from tenglong.queries.evaluation.results import SORTS, By, ResultFilter, distribution, result_slice
from tenglong.queries.evaluation.review import near_firms
from tenglong.queries.evaluation.runs import Evaluation, run_by_id

topic = Topic(tags=["evaluations"])
LEVER = "electricity"


class ResultsNarrowing(Schema):
    """What the list is narrowed to, and its order; what is not given narrows nothing."""

    grade: Text = Field("", description="a grade, or - for firms without one")
    status: Annotated[str, one_of(get_args(Status))] | None = None
    reason: Text = Field("", description="the id of the rule by which a firm is not rated")
    peer_group: Text = ""
    industry: Text = Field("", description="the beginning of the industry's code")
    text: Text = Field("", description="part of a name, or the beginning of a credit code")
    near: Annotated[str, one_of(map(str, review_rules().points.choices))] | None = Field(
        None, description="firms whose total lies at most so many points from another grade"
    )
    sort: Annotated[str, one_of((*SORTS, *(f"-{name}" for name in SORTS)))] = "rank"


class ResultOut(Schema):
    """A firm's line; `grade_by_quota` is the grade before the adjustments. `kept`: a revision left it as it was."""

    firm_id: int
    firm: str = Field(validation_alias="name")
    code: str
    place: PlaceCode = Field(validation_alias="place_id")
    industry: str
    land: Exact | None
    status: str
    reason: str
    peer_group: str
    total: Exact | None
    rank: int | None
    peers: int | None
    grade_by_quota: str
    adjustments: list[str]
    grade: str
    kept: bool


class BarOut(Schema):
    """A unit of the distribution: how many firms have each grade ("" for none), and their land in mu."""

    key: str
    name: str = Field(validation_alias="label")
    firms: dict[str, int]
    land: dict[str, Exact]


class MeasureOut(Schema):
    """What the firms of a group were measured against; a range has two ends, everything else a value.

    `measure` is benchmark, average (of the scores), or range (smallest and largest value).
    """

    indicator: str
    measure: str
    group: list[str | None]
    value: Exact | None
    lowest: Exact | None
    highest: Exact | None


class CutOut(Schema):
    """The lowest total that got a grade by quota in a peer group."""

    group: list[str | None]
    grade: str
    total: Exact


class RateOut(Schema):
    """A rate, from so many years in a row on; not `verified`: it was taken from a draft or a copy."""

    id: str
    grade: str
    rating: str
    consecutive: int
    value: Exact
    source: str
    verified: bool


class ChargeOut(Schema):
    """The rate that counts, and those passed over because it is the higher one."""

    rate: RateOut
    passed_over: list[RateOut]


class RefundOut(Schema):
    """How much of last year's surcharge is given back, in percent."""

    id: str
    share: Exact
    source: str
    verified: bool


class PricedOut(Schema):
    """A firm on the list: its grade, for how many years in a row, what it pays or gets back."""

    firm_id: int
    firm: str = Field(validation_alias="name")
    code: str
    place_name: str = Field(validation_alias="place")
    grade: str
    years: int
    total: Exact | None
    charge: ChargeOut | None
    refund: RefundOut | None


class PriceListOut(Page[PricedOut]):
    """The list of one lever. `known` is false where no document is known that sets rates for place and year."""

    lever: str
    unit: str
    year: int
    territory: str
    known: bool


class Terms(Schema):
    """Which lever, for which year (the one after the evaluated), by whose rates (the firm's own place)."""

    lever: Annotated[str, one_of(prices(SHIPPED).levers)] = LEVER
    year: Year | None = None
    rates_of: Code | None = None


@topic.get("/evaluations/{id}/firms", response={200: Page[ResultOut]})
def listed(
    request: Asked,
    id: Id,
    wanted: Query[ResultsNarrowing],
    paging: Query[Paging],
    territory: Code | None = None,
) -> dict[str, Any]:
    """The results of the firms that the caller may see."""
    caller = request.auth
    run = run_by_id(id, caller.scope)
    rows, count = result_slice(
        run, caller.scope, _filter(caller, run, wanted, territory), paging.offset, paging.limit
    )
    return {"items": rows, "count": count}


@topic.get("/evaluations/{id}/distribution", response={200: Page[BarOut]})
def bars(
    request: Asked, id: Id, paging: Query[Paging], by: Annotated[By, one_of(get_args(By))] = "county"
) -> dict[str, Any]:
    """How many firms that the caller may see have which grade, by place, industry or peer group."""
    scope = request.auth.scope
    return paged(distribution(run_by_id(id, scope), scope, by), paging)


@topic.get("/evaluations/{id}/measures", response={200: Page[MeasureOut]})
def measured(request: Asked, id: Id, paging: Query[Paging]) -> dict[str, Any]:
    """What the firms were measured against. The ends of a range are values of single firms: only who may see the
    whole place sees them, and of groups others see those of their own firms that are not too small."""
    scope = request.auth.scope
    return paged(list(_measures(measures_for(run_by_id(id, scope), scope))), paging)


@topic.get("/evaluations/{id}/cuts", response={200: Page[CutOut]})
def cut(request: Asked, id: Id, paging: Query[Paging]) -> dict[str, Any]:
    """The lowest total of each grade by quota, by peer group; below the run's place, of groups of firms seen there."""
    scope = request.auth.scope
    found = [
        {"group": group, "grade": grade, "total": total}
        for group, cuts in measures_for(run_by_id(id, scope), scope).cuts
        for grade, total in cuts.items()
    ]
    return paged(found, paging)


@topic.get("/evaluations/{id}/prices", response={200: PriceListOut})
def priced(request: Asked, id: Id, terms: Query[Terms], paging: Query[Paging]) -> dict[str, Any]:
    """The firms that a lever makes dearer or cheaper, by rates that a document states."""
    scope = request.auth.scope
    found = price_list(
        run_by_id(id, scope), scope, terms.lever, year=terms.year, rates_of=terms.rates_of or ""
    )
    return {
        **paged(found.rows, paging),
        "lever": found.lever.id,
        "unit": found.lever.unit,
        "year": found.year,
        "territory": found.place,
        "known": found.known,
    }


def _filter(caller: Caller, run: Evaluation, wanted: ResultsNarrowing, territory: str | None) -> ResultFilter:
    given = wanted.dict(exclude={"near"})
    points = review_rules().points.chosen(wanted.near) if wanted.near else None
    return ResultFilter(
        **given | {"status": wanted.status or ""},
        code=caller.place(territory, caller.today).code if territory else "",
        firms=None if points is None else frozenset(near_firms(run, points)),
    )


def _measures(kept: Measures) -> Iterator[dict[str, Any]]:
    """One row for each group, in the order that they are kept in."""
    named = (("benchmark", kept.benchmarks), ("average", kept.averages), ("range", kept.ranges))
    for measure, by_indicator in named:
        for indicator, groups in by_indicator.items():
            for group, found in groups:
                lowest, highest = found if measure == "range" else (None, None)
                yield {
                    "indicator": indicator,
                    "measure": measure,
                    "group": group,
                    "value": None if measure == "range" else found,
                    "lowest": lowest,
                    "highest": highest,
                }
