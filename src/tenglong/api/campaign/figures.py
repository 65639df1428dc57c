"""Figures, and each of them opened down to cases and entries, or compared between two points."""

from fractions import Fraction
from typing import Annotated, Any

from ninja import Field, Query, Schema

from tenglong.api.callers import Asked, Caller
from tenglong.api.questions import Point
from tenglong.api.topics import Page, Paging, Topic, paged
from tenglong.api.values import ByPeople, Day, Exact, Id, Moment, PlaceCode, one_of
from tenglong.domain.campaign.figures import definitions
from tenglong.domain.kernel.errors import BadValue, NotFound
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import day_of
from tenglong.domain.kernel.quantities import from_micro
from tenglong.queries.campaign.figures import Question, ask, question, told
from tenglong.queries.campaign.lineage import Source, compare, contributions, sources
from tenglong.queries.ledger.fold import last_id_at
from tenglong.queries.registry.sources import file_names, named

topic = Topic(tags=["figures"])
FigureId = Annotated[str, one_of(definitions())]


class FigureOut(Schema):
    """A figure with its calibre. `value` is exact, null where nothing can be said; `printed` is rounded once."""

    id: str
    name: str
    value: Exact | None
    printed: str
    unit: str
    roster: str
    calibre: str
    definition: str
    territory: str
    as_of: Day
    known_at: Moment


class ContributionOut(Schema):
    """What one case adds to a figure, and the entries it comes from."""

    case: int = Field(validation_alias="case_id")
    number: int
    firm: str
    place: PlaceCode = Field(validation_alias="place_id")
    amount: Exact
    entries: list[int] = Field(validation_alias="entry_ids")
    certificates: list[int] = Field(validation_alias="certificate_ids")


class ContributionsOut(Page[ContributionOut]):
    """The cases behind a figure; all their amounts add up to `total`."""

    total: Exact


class EvidenceOut(Schema):
    """A file given as evidence."""

    id: int
    name: str


class SourceOut(ByPeople):
    """An entry or a certificate behind a figure; `source` names file, sheet and cell where it was imported."""

    entry: int | None
    certificate: int | None
    kind: str
    effective_on: Day
    recorded_at: Moment
    recorded_by: str
    quantity: Exact | None
    source: dict[str, str | int]
    evidence: list[EvidenceOut]


class ChangeOut(Schema):
    """opening + corrected + new = closing, of one case."""

    case: int = Field(validation_alias="case_id")
    firm: str
    opening: Exact
    corrected: Exact
    new: Exact
    closing: Exact


class ComparisonOut(Page[ChangeOut]):
    """opening + corrected + new = closing, with the cases behind each part."""

    figure: str
    opening: Exact
    corrected: Exact
    new: Exact
    closing: Exact


class Opening(Schema):
    """The earlier point; its knowledge is that of the closing where none is given."""

    from_as_of: Day
    from_known_at: Moment | None = None


@topic.get("/figures", response={200: Page[FigureOut]})
def listed(
    request: Asked,
    point: Query[Point],
    paging: Query[Paging],
    figure: Query[list[FigureId]] = [],  # noqa: B006
) -> dict[str, Any]:
    """The figures of a roster: the same as on the pages, in the workbooks and in `tenglong figures`."""
    return paged(ask(point.ask(request.auth), figure), paging, told)


@topic.get("/figures/{id}/cases", response={200: ContributionsOut})
def opened(request: Asked, id: FigureId, point: Query[Point], paging: Query[Paging]) -> dict[str, Any]:
    """The cases behind a figure. A rate cannot be opened: open what it is made of."""
    rows = contributions(point.ask(request.auth), id)
    return {**paged(rows, paging), "total": sum((row.amount for row in rows), Fraction(0))}


@topic.get("/figures/{id}/cases/{case_id}", response={200: Page[SourceOut]})
def traced(
    request: Asked, id: FigureId, case_id: Id, point: Query[Point], paging: Query[Paging]
) -> dict[str, Any]:
    """The entries of one case behind a figure, with file, sheet, cell and evidence."""
    for row in contributions(point.ask(request.auth), id):
        if row.case_id == case_id:
            found = sources(row, request.auth.scope)
            names = file_names(source.source for source in found)
            return paged([_source(source, names) for source in found], paging)
    raise NotFound(msg("该指标没有第 {id} 号案件的记录，请从指标的案件清单中选择。", id=case_id))


@topic.get("/figures/{id}/compare", response={200: ComparisonOut})
def compared(
    request: Asked, id: FigureId, point: Query[Point], opening: Query[Opening], paging: Query[Paging]
) -> dict[str, Any]:
    """A figure at two points: what was known at the opening, what was corrected since, what is new."""
    closing = point.ask(request.auth)
    found = compare(_earlier(closing, opening, request.auth), closing, id)
    parts = {name: getattr(found, name) for name in ("opening", "corrected", "new", "closing")}
    return {**paged(found.rows, paging), **parts, "figure": id}


def _earlier(closing: Question, opening: Opening, caller: Caller) -> Question:
    known_at = opening.from_known_at or closing.known_at
    if opening.from_as_of > closing.as_of or known_at > closing.known_at:
        raise BadValue(msg("期初的日期和知悉时间都不能晚于期末，请调整后再比较。"))
    return question(
        roster=caller.roster(closing.roster.code),
        code=closing.territory,
        as_of=opening.from_as_of,
        known_at=known_at,
        scope=closing.scope,
        last_id=last_id_at(closing.roster.pk, known_at) if opening.from_known_at else closing.at.last_id,
    )


def _source(source: Source, names: dict[int, str]) -> dict[str, Any]:
    return {
        "entry": source.entry_id,
        "certificate": source.certificate_id,
        "kind": source.kind,
        "effective_on": day_of(source.effective_day),
        "recorded_at": source.recorded_at,
        "recorded_by": source.recorded_by,
        "quantity": None if source.quantity is None else from_micro(source.quantity),
        "source": named(source.source, names),
        "evidence": [{"id": id, "name": name} for id, name in source.evidence],
    }
