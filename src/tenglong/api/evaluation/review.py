"""The review before publication, and two runs side by side: who is near, who moved, which rule decides alone."""

from typing import Annotated, Any

from ninja import Field, Query, Schema

from tenglong.api.callers import Asked
from tenglong.api.evaluation.schemes import in_scheme
from tenglong.api.topics import Page, Paging, Topic, paged
from tenglong.api.values import Exact, Id, one_of
from tenglong.domain.access.policy import Scope
from tenglong.domain.evaluation.rehearsal import Deciding
from tenglong.domain.evaluation.review import review_rules
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import label, msg
from tenglong.queries.evaluation.moves import (
    Effect,
    comparable,
    deciding,
    effects_of_differences,
    moves,
    usual_comparison,
)
from tenglong.queries.evaluation.review import doubtful, other_weights
from tenglong.queries.evaluation.runs import Evaluation, run_by_id, scheme_file

topic = Topic(tags=["evaluations"])


class Extents(Schema):
    """How near is near, in points, and how wrong each figure may be, in percent; the usual ones unless told."""

    points: Annotated[str, one_of(map(str, review_rules().points.choices))] | None = None
    percent: Annotated[str, one_of(map(str, review_rules().percent.choices))] | None = None


class DoubtfulOut(Schema):
    """A firm to look at again: how near another grade is, and between which grades errors could move it."""

    firm_id: int = Field(validation_alias="row.firm_id")
    firm: str = Field(validation_alias="row.name")
    grade: str = Field(validation_alias="row.grade")
    total: Exact | None = Field(validation_alias="row.total")
    near: str | None = Field(None, validation_alias="margin.grade")
    points: Exact | None = Field(None, validation_alias="margin.points")
    best_grade: str | None = Field(None, validation_alias="interval.best_grade")
    worst_grade: str | None = Field(None, validation_alias="interval.worst_grade")


class OtherWeightOut(Schema):
    """A weight changed, the others scaled, and how many of the firms seen would change grade."""

    indicator: str = Field(validation_alias="indicator.id")
    before: Exact
    after: Exact
    count: int


class MoverOut(Schema):
    """A firm with another grade than before; `way` is up, down, or other for grades outside the steps."""

    firm_id: int = Field(validation_alias="now.firm_id")
    firm: str = Field(validation_alias="now.name")
    before: str
    after: str = Field(validation_alias="now.grade")
    way: str


class MovementsOut(Page[MoverOut]):
    """Who moved since an earlier run. `ways` counts all firms in both; `new` and `gone` are in one only."""

    earlier: int
    ways: dict[str, int]
    new: int
    gone: int


class EffectOut(Schema):
    """What a rule, or a difference of two schemes, does alone: how many firms seen would change grade by it."""

    id: str
    words: str
    count: int
    problem: str | None


@topic.get("/evaluations/{id}/review", response={200: Page[DoubtfulOut]})
def near(request: Asked, id: Id, extents: Query[Extents], paging: Query[Paging]) -> dict[str, Any]:
    """The firms near a threshold, then those whose grade errors of their figures could change."""
    scope, rules = request.auth.scope, review_rules()
    points = rules.points.chosen(extents.points or "")
    percent = rules.percent.chosen(extents.percent or "")
    return paged(doubtful(run_by_id(id, scope), scope, points=points, percent=percent), paging)


@topic.get("/evaluations/{id}/weights", response={200: Page[OtherWeightOut]})
def weights(request: Asked, id: Id, paging: Query[Paging]) -> dict[str, Any]:
    """Each weight raised and lowered by a few points."""
    scope = request.auth.scope
    return paged(other_weights(run_by_id(id, scope), scope, review_rules().weight), paging)


@topic.get("/evaluations/{id}/movements", response={200: MovementsOut})
def moved(request: Asked, id: Id, paging: Query[Paging], earlier: Id | None = None) -> dict[str, Any]:
    """Who moved since an earlier run of the place: the one that is revised, or last year's, unless told."""
    scope = request.auth.scope
    run = run_by_id(id, scope)
    other = _earlier(run, earlier, scope)
    found = moves(other, run, scope)
    counts = {"ways": dict(found.ways), "new": found.new, "gone": found.gone}
    return {**paged(found.movers, paging), **counts, "earlier": other.pk}


@topic.get("/evaluations/{id}/deciding", response={200: Page[EffectOut]})
def alone(request: Asked, id: Id, paging: Query[Paging]) -> dict[str, Any]:
    """The adjustments, exemptions and points that alone decide the grade of some firm."""
    scope = request.auth.scope
    run = run_by_id(id, scope)
    return paged([_effect(one, run) for one in deciding(run, scope)], paging)


@topic.get("/evaluations/{id}/effects", response={200: Page[EffectOut]})
def effects(request: Asked, id: Id, paging: Query[Paging], earlier: Id | None = None) -> dict[str, Any]:
    """What each difference to the scheme of an earlier run does alone."""
    scope = request.auth.scope
    run = run_by_id(id, scope)
    other = _earlier(run, earlier, scope)
    return paged([_effect(one, other, run) for one in effects_of_differences(other, run, scope)], paging)


def _earlier(run: Evaluation, id: int | None, scope: Scope) -> Evaluation:
    others = comparable(run, scope)
    found = next((one for one in others if one.pk == id), None) if id else usual_comparison(run, others)
    if found is None:
        raise NotFound(msg("没有可比较的第 {id} 号评价，请从列表中选择。", id=id or "—"))
    return found


def _effect(effect: Effect, *runs: Evaluation) -> dict[str, Any]:
    schemes = [scheme_file(run.scheme) for run in runs]
    if isinstance(effect.what, Deciding):
        id, words, problem = f"{effect.what.section}.{effect.what.rule}", label(effect.what.name), None
    else:
        id, words, problem = effect.what.difference.id, effect.what.difference.sentence, effect.what.problem
    return {
        "id": id,
        "words": in_scheme(words, *schemes),
        "count": effect.count,
        "problem": problem and in_scheme(problem, *schemes),
    }
