"""Where a run stands in words, and what stands against a step although state and person allow it."""

from dataclasses import dataclass
from datetime import date

from tenglong.domain.access.policy import Actor
from tenglong.domain.access.processes import Matter, Needless, Offer, offers
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
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.process import Person
from tenglong.queries.calendar import working_calendar
from tenglong.queries.evaluations import mark_failed, window_of
from tenglong.queries.trail import doers
from tenglong.store.models import Evaluation, EvaluationResult, Objection, Scheme


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
    """Where a run stands for `actor` today; call it only with a run that the person may see."""
    objections = _objections(run)
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


def _objections(run: Evaluation) -> Counts:
    """Before the publicity nobody can object."""
    if run.state in (COMPUTING, DRAFT):
        return Counts(0, 0, 0)
    states = list(Objection.objects.filter(evaluation=run).values_list("state", flat=True))
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
