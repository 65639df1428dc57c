"""One firm's sheet in a run: why it got its grade, the cheapest change that would lift it, and its letter."""

from typing import Any

from django.http.response import HttpResponseBase
from ninja import Field, Schema, Status

from tenglong.actions.evaluation import ask_for_cheapest
from tenglong.api.callers import Asked
from tenglong.api.downloads import DOCX, binary, download
from tenglong.api.evaluation.schemes import in_scheme
from tenglong.api.jobs.overview import JobOut
from tenglong.api.steps import StepOut
from tenglong.api.topics import Topic
from tenglong.api.values import Exact, Id, PlaceCode
from tenglong.domain.access.policy import offers
from tenglong.domain.access.roles import Permission
from tenglong.domain.evaluation.counterfactual.results import Counterfactual, Way
from tenglong.domain.evaluation.counterfactual.wording import advice
from tenglong.domain.evaluation.explanation import Explanation
from tenglong.domain.evaluation.explanation.wording import sentences
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.domain.reporting.letters import letter_document
from tenglong.domain.reporting.writers.docx import write_docx
from tenglong.queries.evaluation.firm import cheapest_change, explanation_of, is_quick, job_of_cheapest
from tenglong.queries.evaluation.letters import letter_of, publicised
from tenglong.queries.evaluation.objections import objection_to_come
from tenglong.queries.evaluation.results import result_of
from tenglong.queries.evaluation.runs import run_by_id, scheme_file

topic = Topic(tags=["evaluations"])


class MarkOut(Schema):
    """One indicator: points are after the factor that stands in for indicators that do not count.

    `how` says which special case scored it; `share` is the part of the total, `full` the most that can be got.
    """

    indicator: str = Field(validation_alias="indicator.id")
    name: str = Field(validation_alias="indicator.zh")
    name_en: str = Field(validation_alias="indicator.en")
    unit: str = Field(validation_alias="indicator.unit")
    how: str | None
    value: Exact | None
    benchmark: Exact | None
    score: Exact | None
    full: Exact | None
    lost: Exact | None
    at_benchmark: Exact | None
    lost_to_benchmark: Exact | None
    share: Exact | None


class PointsOut(Schema):
    """An item of bonus, or of deduction where negative, before the limits."""

    rule: str
    points: Exact


class SpanOut(Schema):
    """The ranks that a grade takes by quota; none where `last` is less than `first`."""

    grade: str
    first: int
    last: int


class AdjustmentOut(Schema):
    """A rule after the quota."""

    id: str
    name: str = Field(validation_alias="zh")
    name_en: str = Field(validation_alias="en")
    kind: str
    source: str


class TurnOut(Schema):
    """What a rule did to the grade."""

    rule: AdjustmentOut
    before: str
    after: str


class MarginOut(Schema):
    """How far it is to another grade by quota."""

    grade: str
    cut: Exact
    points: Exact


class ExplanationOut(Schema):
    """Everything that made one firm's result, and the same in sentences; `steps` are those of an objection to it."""

    firm_id: int
    firm: str
    place: PlaceCode
    industry: str
    kept: bool
    status: str
    reason: str
    group: dict[str, str | None]
    marks: list[MarkOut]
    points: list[PointsOut]
    bonus: Exact
    deduction: Exact
    total: Exact | None
    rank: int | None
    peers: int | None
    spans: list[SpanOut]
    grade_by_quota: str
    turns: list[TurnOut]
    grade: str
    up: MarginOut | None
    down: MarginOut | None
    sentences: list[str]
    steps: list[StepOut]


class ColumnOut(Schema):
    """A figure of the firm."""

    name: str = Field(validation_alias="zh")
    name_en: str = Field(validation_alias="en")
    unit: str


class FigureChangeOut(Schema):
    """A figure changed; `relative` is the size of the change as a part of the figure, null where that was zero."""

    column: str
    label: ColumnOut
    before: Exact
    after: Exact
    relative: Exact | None


class OtherFirmOut(Schema):
    """Another firm whose grade the change would alter; nameless where the caller may not see it."""

    firm_id: int | None
    firm: str
    before: str
    after: str


class BenchmarkMovedOut(Schema):
    """A benchmark that the firm's own figures move."""

    indicator: str
    group: list[str | None]
    before: Exact
    after: Exact


class WayOut(Schema):
    """A change that works, and what the table looks like then."""

    changes: list[FigureChangeOut]
    total: Exact
    rank: int
    grade: str
    cut_before: Exact | None
    cut_after: Exact | None
    moved: list[OtherFirmOut]
    benchmarks: list[BenchmarkMovedOut]


class FutileOut(Schema):
    """A figure that alone helps nothing: what it was changed to at most, and the total that this gave."""

    column: str
    label: ColumnOut
    most: Exact
    total: Exact | None


class CheapestOut(Schema):
    """What would lift a firm out of its grade, the cheapest first, and the same in sentences.

    `held_by` are the rules that stand in the way; where it is `hopeless` no change of figures helps while they hold.
    """

    firm_id: int
    grade: str
    total: Exact | None
    single: list[WayOut]
    pair: WayOut | None
    together: WayOut | None
    futile: list[FutileOut]
    unreported: list[ColumnOut]
    held_by: list[AdjustmentOut]
    hopeless: bool
    sentences: list[str]


@topic.get("/evaluations/{id}/firms/{firm_id}", response={200: ExplanationOut})
def one(request: Asked, id: Id, firm_id: Id) -> dict[str, Any]:
    """Why a firm got its grade: marks, place among its peers, rules in their order, margins."""
    caller = request.auth
    run = run_by_id(id, caller.scope)
    result = result_of(run, firm_id, caller.scope)
    coming = offers(objection_to_come(run, result.place_id), caller.actor, caller.today)
    about = {"firm_id": firm_id, "firm": result.firm.name, "place": result.place_id}
    return {
        **about,
        "steps": coming,
        "industry": result.industry,
        "kept": result.kept,
        **_explained(explanation_of(run, result)),
    }


@topic.get("/evaluations/{id}/firms/{firm_id}/cheapest", response={200: CheapestOut})
def cheapest(request: Asked, id: Id, firm_id: Id) -> dict[str, Any]:
    """The cheapest change that lifts a firm out of its grade, all other firms staying as they are."""
    scope = request.auth.scope
    run = run_by_id(id, scope)
    found, names = cheapest_change(run, firm_id, scope)
    return {"firm_id": firm_id, **_cheapest(scheme_file(run.scheme), found, names)}


@topic.post("/evaluations/{id}/firms/{firm_id}/letter", response={202: JobOut})
def ask_for_letter(request: Asked, id: Id, firm_id: Id) -> Status:
    """Let a worker find what the letter says of a firm of a large run; when its job is done the letter can be had."""
    caller = request.auth
    run = run_by_id(id, caller.scope)
    caller.actor.check_may(Permission.EXPORT, result_of(run, firm_id, caller.scope).place_id)
    publicised(run)
    ask_for_cheapest(actor=caller.actor, at=caller.now, run=run, firm_id=firm_id)
    return Status(202, job_of_cheapest(run.pk, firm_id))


@topic.get("/evaluations/{id}/firms/{firm_id}/letter", response={200: None}, openapi_extra=binary(DOCX))
def letter(request: Asked, id: Id, firm_id: Id) -> HttpResponseBase:
    """The letter to the firm, once the results have been publicised; of a large run it must be asked for first."""
    caller = request.auth
    run = run_by_id(id, caller.scope)
    caller.actor.check_may(Permission.EXPORT, result_of(run, firm_id, caller.scope).place_id)
    publicised(run)
    if not is_quick(run, firm_id):
        raise Conflict(msg("告知书还没有准备好，请先用 POST 请求生成，等任务完成后再下载。"))
    document = letter_document(letter_of(run, firm_id, caller.scope, at=caller.now))
    return download([write_docx(document)], DOCX, f"{document.title}.docx")


def _explained(found: Explanation) -> dict[str, Any]:
    outcome = found.outcome
    own = ("status", "reason", "bonus", "deduction", "total", "rank", "peers", "grade_by_quota", "grade")
    return {
        **{name: getattr(outcome, name) for name in own},
        **{name: getattr(found, name) for name in ("marks", "spans", "turns", "up", "down")},
        "group": dict(outcome.group),
        "points": [{"rule": rule, "points": points} for rule, points in outcome.points],
        "sentences": [in_scheme(one, found.scheme) for one in sentences(found)],
    }


def _cheapest(scheme: Scheme, found: Counterfactual, names: dict[str, str]) -> dict[str, Any]:
    unseen = in_scheme(msg("（其他辖区的一家企业）"))
    said = advice(found, {firm: name or unseen for firm, name in names.items()})
    own = ("grade", "total", "futile", "unreported", "held_by", "hopeless")
    return {
        **{name: getattr(found, name) for name in own},
        "single": [_way(way, names) for way in found.single],
        "pair": found.pair and _way(found.pair, names),
        "together": found.together and _way(found.together, names),
        "sentences": [in_scheme(one, scheme) for one in said],
    }


def _way(way: Way, names: dict[str, str]) -> dict[str, Any]:
    own = ("changes", "total", "rank", "grade", "cut_before", "cut_after")
    benchmarks = [
        {"indicator": indicator, "group": group, "before": before, "after": after}
        for indicator, group, before, after in way.benchmarks
    ]
    moved = [
        {
            "firm_id": int(one.firm) if names[one.firm] else None,
            "firm": names[one.firm],
            "before": one.before,
            "after": one.after,
        }
        for one in way.moved
    ]
    return {**{name: getattr(way, name) for name in own}, "moved": moved, "benchmarks": benchmarks}
