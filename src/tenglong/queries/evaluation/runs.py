"""Schemes and runs: which may be seen, where they stand, and what they were computed from."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from tenglong.domain.access.policy import Actor, Matter, Needless, Offer, Scope, offers, scope_of
from tenglong.domain.evaluation.kept import (
    RESULT_FIELDS,
    FirmsTable,
    KeptResult,
    Measures,
    evaluation_of_kept,
    from_text,
    outcome_of_kept,
)
from tenglong.domain.evaluation.process import (
    COMPUTING,
    DRAFT,
    FAILED,
    FINAL,
    PUBLICISED,
    REPLACED,
    REVISED,
    WITHDRAWN,
    check_over,
    run_rules,
    way_of,
)
from tenglong.domain.evaluation.results import Evaluation as Found
from tenglong.domain.evaluation.results import Outcome
from tenglong.domain.evaluation.schemes import Scheme as SchemeFile
from tenglong.domain.kernel.errors import BadFile, Bug, Conflict, NotFound
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.periods import Window, china_date
from tenglong.domain.kernel.process import Person
from tenglong.queries.files import path_of
from tenglong.queries.jobs.overview import JobView, job_view
from tenglong.queries.kernel.calendar import working_calendar
from tenglong.queries.registry.book import observations
from tenglong.queries.trail import doers
from tenglong.store.models import Evaluation, EvaluationResult, Job, Objection, Scheme

SHOWN_TO_ALL = (PUBLICISED, FINAL, REPLACED)
EVERYWHERE = Scope(everywhere=True)


def visible_schemes(scope: Scope) -> list[Scheme]:
    """The schemes of the places where the person may look, and those in force under which somebody there is rated."""
    found = Scheme.objects.select_related("place")
    if scope.everywhere:
        return list(found)
    runs = _visible(Evaluation.objects.filter(scheme=OuterRef("pk")), scope)
    return list(found.filter(Q(place_id__in=scope.places) | Exists(runs)))


def newest_year(scope: Scope, today: date) -> int:
    """The newest year of which firms that may be seen have observations; last year where there are none."""
    found = observations()
    if not scope.everywhere:
        found = found.filter(firm__place_id__in=scope.places)
    return found.aggregate(newest=Max("year"))["newest"] or today.year - 1


def scheme_by_id(id: int, scope: Scope) -> Scheme:
    """One scheme.

    Raises:
        NotFound: there is none, or not for this person.
    """
    for scheme in visible_schemes(scope):
        if scheme.pk == id:
            return scheme
    raise NotFound(msg("没有这份评价办法，请从列表中选择。"))


def visible_runs(scope: Scope, *, year: int | None = None, scheme_id: int | None = None) -> list[Evaluation]:
    """The runs that may be seen, the latest first: those of the person's own places whatever their state, those of
    a larger place once they are in publicity and say something of a firm there."""
    found = _visible(Evaluation.objects.all(), scope).select_related("scheme", "place", "revises")
    if year is not None:
        found = found.filter(year=year)
    if scheme_id is not None:
        found = found.filter(scheme_id=scheme_id)
    runs = list(found.order_by("-id"))
    mark_failed(runs)
    _mark_provisional(runs)
    return runs


def run_by_id(id: int, scope: Scope) -> Evaluation:
    """One run.

    Raises:
        NotFound: there is none, or not for this person.
    """
    found = (
        _visible(Evaluation.objects.filter(pk=id), scope)
        .select_related("scheme__place", "place", "revises")
        .first()
    )
    if found is None:
        raise _not_there(id)
    mark_failed([found])
    _mark_provisional([found])
    return found


def check_sees(run: Evaluation, scope: Scope) -> None:
    """Raises NotFound, as `run_by_id` does, for a person who may not see the run; without reading it."""
    if not _visible(Evaluation.objects.filter(pk=run.pk), scope).exists():
        raise _not_there(run.pk)


def sees_whole(run: Evaluation, scope: Scope) -> bool:
    """Whether somebody sees all firms of a run, and not only those of a place below its own."""
    return scope.everywhere or run.place_id in scope.places


def _not_there(id: int) -> NotFound:
    return NotFound(msg("没有第 {id} 号评价，或您不能查看，请从列表中选择。", id=id))


def mark_failed(runs: Sequence[Evaluation]) -> None:
    """Say of runs without results whether the last job that computes them failed; one statement for all."""
    waiting = {run.pk: run for run in runs if run.state == COMPUTING}
    if waiting:
        jobs = Job.objects.filter(kind="evaluate", params__evaluation__in=list(waiting)).order_by("id")
        for id, state in jobs.values_list("params__evaluation", "state"):
            waiting[id].failed = state == Job.State.FAILED


def _mark_provisional(runs: Sequence[Evaluation]) -> None:
    """Say of runs in publicity whether their last day may move with a notice of holidays to come."""
    shown = [run for run in runs if run.state == PUBLICISED and run.publicity_start]
    if shown:
        calendar = working_calendar()
        for run in shown:
            window = window_of(run)
            run.provisional = calendar.is_provisional(window.start, window.deadline)


def _mark_due_provisional(objections: Sequence[Objection]) -> None:
    """Say of open objections whether the day by which they are to be decided may move likewise."""
    waiting = [one for one in objections if one.state == Objection.State.OPEN]
    if waiting:
        calendar = working_calendar()
        for one in waiting:
            one.provisional = calendar.is_provisional(china_date(one.recorded_at), one.due_on)


def _visible(runs: QuerySet[Evaluation], scope: Scope) -> QuerySet[Evaluation]:
    if scope.everywhere:
        return runs
    results = EvaluationResult.objects.filter(evaluation=OuterRef("pk"), place_id__in=scope.places)
    return runs.filter(Q(place_id__in=scope.places) | Q(Exists(results), state__in=SHOWN_TO_ALL))


def job_of_run(run_id: int) -> JobView | None:
    """The last job that computes a run; call it only with a run that the person may see."""
    row = Job.objects.filter(kind="evaluate", params__evaluation=run_id).order_by("-id").first()
    return job_view(row) if row else None


def window_of(run: Evaluation) -> Window:
    """The publicity of a run that has been publicised."""
    if run.publicity_start is None or run.publicity_end is None:
        raise Bug("a run that was never in publicity has no window", run=run.pk)
    return Window(run.publicity_start, run.publicity_end)


def objections_of(run: Evaluation, scope: Scope) -> list[Objection]:
    """The objections to a run by firms where the person may look, in their order."""
    rows = Objection.objects.filter(evaluation=run).select_related("firm", "place").order_by("number")
    found = list(rows if scope.everywhere else rows.filter(place_id__in=scope.places))
    _mark_due_provisional(found)
    return found


def objection_by_id(id: int, scope: Scope) -> Objection:
    """One objection with its run.

    Raises:
        NotFound: there is none, or not for this person.
    """
    found = Objection.objects.select_related("evaluation__scheme", "firm", "place").filter(pk=id).first()
    if found is None or not (scope.everywhere or found.place_id in scope.places):
        raise NotFound(msg("没有这件异议，或不在您的辖区内，请从列表中选择。"))
    _mark_due_provisional([found])
    return found


def scheme_file(scheme: Scheme) -> SchemeFile:
    """The scheme that a stored text says."""
    return _read(f"{scheme.code}.toml", scheme.text)


@lru_cache(maxsize=64)
def _read(name: str, text: str) -> SchemeFile:
    from tenglong.domain.evaluation.loading import read_scheme  # loads the parser of conditions

    return read_scheme(name, text.encode())


def table_of(run: Evaluation) -> FirmsTable:
    """The table of firms that a run was computed from.

    Raises:
        BadFile: the kept file is missing, or its content is not what the run says.
    """
    path = path_of(run.input_digest) if run.input_digest else None
    if path is None or not path.exists():
        raise BadFile(msg("第 {id} 号评价的输入数据文件不在文件库中，请从备份恢复。", id=run.pk))
    with path.open("rb") as raw:
        if hashlib.file_digest(raw, "sha256").hexdigest() != run.input_digest:
            raise BadFile(msg("第 {id} 号评价的输入数据文件已被改动，请从备份恢复。", id=run.pk))
    with path.open(encoding="utf-8", newline="") as lines:
        return from_text(lines, scheme_file(run.scheme))


def corrections_of(run: Evaluation) -> dict[str, dict[str, str | None]]:
    """The values that upheld objections to a run put into its table: by firm, column to text; the last counts."""
    found: dict[str, dict[str, str | None]] = defaultdict(dict)
    for one in Objection.objects.filter(evaluation=run, state=Objection.State.UPHELD).order_by("number"):
        found[str(one.firm_id)].update(one.corrections)
    return dict(found)


def kept_results(run: Evaluation) -> dict[int, KeptResult]:
    """Every stored result of a run by firm."""
    rows = (
        EvaluationResult.objects.filter(evaluation=run)
        .order_by("firm_id")
        .values_list("firm_id", *RESULT_FIELDS)
    )
    return {firm: KeptResult(*row) for firm, *row in rows.iterator(chunk_size=5_000)}


def measures_of(run: Evaluation) -> Measures:
    """What the firms of a run were measured against, as it is stored."""
    return Measures(benchmarks=run.benchmarks, ranges=run.ranges, averages=run.averages, cuts=run.cuts)


def evaluation_of(run: Evaluation, *, peer_group: str | None = None) -> Found:
    """A stored run as the engines give it, its numbers to nine decimals; only one peer group where one is named.

    Call it for a run that the person may see; the outcomes of others stand in it so that ranks can be explained.
    """
    rows = EvaluationResult.objects.filter(evaluation=run).order_by("firm_id")
    if peer_group is not None:
        rows = rows.filter(peer_group=peer_group)
    outcomes = [outcome_of(row) for row in rows.iterator(chunk_size=5_000)]
    return evaluation_of_kept(
        scheme_file(run.scheme), run.year, run.input_digest, outcomes=outcomes, measures=measures_of(run)
    )


def outcome_of(row: EvaluationResult) -> Outcome:
    """A stored result as the engines give it."""
    kept = KeptResult(**{name: getattr(row, name) for name in RESULT_FIELDS})
    return outcome_of_kept(str(row.firm_id), kept)


# Where a run stands in words, and what stands against a step although state and person allow it.


@dataclass(frozen=True)
class Counts:
    """How many objections to a run are open, upheld and dismissed."""

    waiting: int
    upheld: int
    dismissed: int


@dataclass(frozen=True)
class Standing:
    """Where a run stands: in words, its objections, the steps that a person may take now or that must wait."""

    sentence: Message
    objections: Counts
    steps: tuple[Offer, ...]


def run_matter(run: Evaluation) -> Matter:
    """A run as the gate sees it."""
    return Matter(
        process=run_rules().process,
        state=_look(run),
        places={"": run.place_id},
        parts={"requested": _askers(run), "publicised": [run.publicised_by]},
        conditions={
            "publicise": lambda actor, today: _check_publicise(run),
            "revise": lambda actor, today: _check_revise(run, today),
            "finalise": lambda actor, today: _check_finalise(run, today),
        },
    )


def run_to_come(place_id: int) -> Matter:
    """A run that somebody wants to ask for in a place."""
    return Matter(run_rules().process, "", {"": place_id})


def standing(run: Evaluation, actor: Actor, today: date) -> Standing:
    """Where a run stands for `actor` today; call it only with a run that the person may see. Who does not see all of
    its firms is told of the objections of those that are seen."""
    objections = _objections(run, scope_of(actor))
    steps = offers(run_matter(run), actor, today)
    return Standing(_sentence(run, today, objections.waiting), objections, steps)


def _askers(run: Evaluation) -> list[Person]:
    """Everybody who asked for the run, again after its job failed, or for one that it revises."""
    earlier = [] if run.revises is None else _askers(run.revises)
    return [run.requested_by, *doers("retry_evaluation", f"evaluation:{run.pk}"), *earlier]


def _look(run: Evaluation) -> str:
    if run.state == COMPUTING:
        mark_failed([run])
        return FAILED if run.failed else COMPUTING
    straight = run.state == DRAFT and run.revises_id is not None and not way_of(run.way).publicity
    return REVISED if straight else run.state


def _check_publicise(run: Evaluation) -> None:
    _check_in_force(run)
    if not run.counts.get("statuses", {}).get("rated"):
        raise Conflict(msg("第 {id} 号评价没有一家企业得到评分，不能公示。", id=run.pk))
    _check_alone(run, PUBLICISED, except_for=run.revises_id)
    _check_not_graded(run)


def _check_revise(run: Evaluation, today: date) -> None:
    objections = _objections(run)
    if not objections.upheld:
        raise Needless(msg("没有成立的异议，无需修订；公示期满即可定稿。"))
    if other := run.revisions.exclude(state=WITHDRAWN).first():
        raise Needless(msg("第 {id} 号修订正在办理，请先完成或撤回。", id=other.pk))
    check_over(window_of(run), today, working_calendar())
    _check_decided(objections)


def _check_finalise(run: Evaluation, today: date) -> None:
    _check_in_force(run)
    if run.state == PUBLICISED:
        check_over(window_of(run), today, working_calendar())
        objections = _objections(run)
        _check_decided(objections)
        if objections.upheld:
            problem = "有 {count} 件异议成立，请先按异议修订，再对修订结果定稿。"
            raise Conflict(msg(problem, count=objections.upheld))
    _check_alone(run, FINAL)
    _check_not_graded(run)


def _check_in_force(run: Evaluation) -> None:
    if run.scheme.state != Scheme.State.IN_FORCE:
        problem = "评价办法“{title}”第 {version} 版没有生效，其结果只能试算。请先让办法生效。"
        raise Conflict(msg(problem, title=run.scheme.title, version=run.scheme.version))
    if run.year != run.scheme.year:
        problem = "评价办法“{title}”适用于 {own} 年，{year} 年的结果只能试算。"
        raise Conflict(msg(problem, title=run.scheme.title, own=run.scheme.year, year=run.year))


def _check_alone(run: Evaluation, state: str, *, except_for: int | None = None) -> None:
    """No other results of the same scheme, place and year stand in `state`."""
    others = Evaluation.objects.filter(
        scheme__code=run.scheme.code, place=run.place_id, year=run.year, state=state
    ).exclude(pk__in=[run.pk, except_for or 0])
    if other := others.first():
        problem = "同一办法、同一地区 {year} 年的第 {id} 号评价结果正在公示或已经定稿，不能再有第二份。"
        raise Conflict(msg(problem, year=run.year, id=other.pk))


def _check_not_graded(run: Evaluation) -> None:
    """A firm has one final grade of a year, whatever the scheme; schemes for different firms of a place go together."""
    final = Evaluation.objects.filter(state=FINAL, year=run.year).exclude(pk=run.pk)
    graded = EvaluationResult.objects.exclude(grade="")
    own = graded.filter(evaluation=run).values("firm_id")
    for earlier in final.select_related("scheme").order_by("pk"):
        other = graded.filter(evaluation=earlier, firm_id__in=own).select_related("firm").first()
        if other is not None:
            problem = (
                "“{firm}”等企业 {year} 年已有第 {id} 号评价（{title}）定稿的等级，一家企业一年只能有一个最终等级。"
                "请撤回本次评价，或调整办法的适用范围后重新试算。"
            )
            title, firm = earlier.scheme.title, other.firm.name
            raise Conflict(msg(problem, firm=firm, year=run.year, id=earlier.pk, title=title))


def _check_decided(objections: Counts) -> None:
    if objections.waiting:
        raise Conflict(msg("还有 {count} 件异议没有裁定，请先裁定。", count=objections.waiting))


def _objections(run: Evaluation, scope: Scope = EVERYWHERE) -> Counts:
    """Before the publicity nobody can object."""
    if run.state in (COMPUTING, DRAFT):
        return Counts(0, 0, 0)
    rows = Objection.objects.filter(evaluation=run)
    if not sees_whole(run, scope):
        rows = rows.filter(place_id__in=scope.places)
    states = list(rows.values_list("state", flat=True))
    counted = (Objection.State.OPEN, Objection.State.UPHELD, Objection.State.DISMISSED)
    return Counts(*(states.count(state) for state in counted))


def _sentence(run: Evaluation, today: date, waiting: int) -> Message:
    if run.state == PUBLICISED and run.publicity_end is not None:
        day = working_calendar().said(run.publicity_end, run.publicity_start)
        if today <= run.publicity_end:
            words = "公示到 {day} 结束（按工作日计），期间受理异议；现有 {count} 件异议待裁定。"
            return msg(words, day=day, count=waiting)
        return msg("公示已于 {day} 结束；{count} 件异议待裁定。", day=day, count=waiting)
    if run.state == DRAFT and not (run.scheme.state == Scheme.State.IN_FORCE and run.scheme.year == run.year):
        return msg("试算：办法尚未生效或不是本年度的办法，结果只供参考，不能公示。")
    return {
        FAILED: msg("计算失败，没有产生结果；请按任务的提示处理后重新计算，或撤回。"),
        COMPUTING: msg("正在计算，还没有结果。"),
        DRAFT: msg("试算已完成，结果只有本级可见；核对后公示。"),
        FINAL: msg("结果已定稿，不能再改；计入企业历年等级。"),
        REPLACED: msg("已被修订后的结果取代，保留备查。"),
    }.get(run.shown_state, msg("已撤回，保留备查。"))
