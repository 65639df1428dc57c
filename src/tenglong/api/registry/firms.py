"""一企一档: one firm."""

from typing import Any

from ninja import Field, Query, Schema

from tenglong.api.callers import Asked
from tenglong.api.topics import Page, Paging, Topic, paged
from tenglong.api.values import ByPeople, Day, Exact, Id, Moment, PlaceCode, Sentence
from tenglong.queries.evaluation.grades import history_of
from tenglong.queries.registry.firms import FirmFile, firm_file

topic = Topic(tags=["firms"])


class NameOut(Schema):
    """A name the firm has or had."""

    name: str
    since: Day | None
    until: Day | None


class MergeOut(ByPeople):
    """A record that turned out to be this firm; undone when it turned out not to be."""

    firm_id: int
    name: str
    decided_by: str
    decided_at: Moment
    reason: str
    undone_at: Moment | None


class NeighbourOut(Schema):
    """A firm on the other side of a lease; without a name where it lies outside the caller's territory."""

    id: int
    name: str


class LandOut(Schema):
    """A hold on a parcel; `area` in mu, `floor_area` in square metres."""

    parcel: str
    area: Exact | None
    address: str
    title_number: str
    relation: str
    floor_area: Exact | None
    since: Day | None
    until: Day | None
    landlord: NeighbourOut | None
    tenants: list[NeighbourOut]


class ObservedOut(ByPeople):
    """A value that counts, with where it came from; `earlier` are the values it took the place of."""

    value: Exact
    source: dict[str, str | int]
    recorded_at: Moment
    recorded_by: str
    earlier: list[Exact]


class SeriesOut(Schema):
    """One indicator, year by year as in `years` of the file."""

    indicator: str
    unit: str
    basis: str
    by_year: list[ObservedOut | None]


class FirmCaseOut(Schema):
    """A case of the firm."""

    id: int
    roster: str = Field(validation_alias="roster.code")
    number: int
    state: str
    since: Day | None = Field(validation_alias="state_on")


class FirmOut(Schema):
    """Everything about one firm; the entries of its cases are asked for case by case."""

    id: int
    name: str
    code: str
    code_warning: Sentence | None
    doubtful_code: str
    temporary_id: str | None
    party_type: str
    size: str
    industry: str
    place: PlaceCode
    address: str
    synthetic: bool
    names: list[NameOut]
    merges: list[MergeOut]
    land: list[LandOut]
    years: list[int]
    series: list[SeriesOut]
    cases: list[FirmCaseOut]


class GradedOut(Schema):
    """The final result of a year, under the record that the firm then was; `grade` is "" where it was not rated."""

    year: int
    grade: str
    evaluation: int = Field(validation_alias="evaluation_id")
    firm_id: int
    scheme: str
    status: str
    reason: str
    total: Exact | None
    rank: int | None
    peers: int | None
    finalised_at: Moment


@topic.get("/firms/{id}", response={200: FirmOut})
def one(request: Asked, id: Id) -> dict[str, Any]:
    """The file of a firm; of a record that was merged, the file of the firm it turned out to be."""
    return _file(firm_file(id, request.auth.scope))


@topic.get("/firms/{id}/grades", response={200: Page[GradedOut]})
def grades(request: Asked, id: Id, paging: Query[Paging]) -> dict[str, Any]:
    """The final grades of a firm, the latest year first."""
    scope = request.auth.scope
    return paged(history_of(firm_file(id, scope).firm, scope), paging)


def _file(file: FirmFile) -> dict[str, Any]:
    firm = file.firm
    own = (
        "id", "name", "code", "doubtful_code", "temporary_id", "party_type", "size", "industry", "address", "synthetic",
    )  # fmt: skip
    more = ("code_warning", "names", "merges", "land", "years", "series", "cases")
    return {
        **{name: getattr(firm, name) for name in own},
        **{name: getattr(file, name) for name in more},
        "place": firm.place_id,
    }
