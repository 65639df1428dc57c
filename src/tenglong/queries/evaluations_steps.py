"""Where a run stands in words, and why a step that a person may take must wait."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from tenglong.domain.access.policy import Actor
from tenglong.domain.access.steps import Step, check_other_person
from tenglong.domain.evaluation.process import (
    COMPUTING,
    DRAFT,
    FAILED,
    FINAL,
    PUBLICISED,
    REPLACED,
    check_over,
    process,
    way_of,
)
from tenglong.domain.kernel.errors import UserError
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.periods import Window
from tenglong.queries.calendar import working_calendar
from tenglong.queries.evaluations import open_steps
from tenglong.store.models import Evaluation, Objection, Scheme


@dataclass(frozen=True)
class Counts:
    """How many objections to a run are open, upheld and dismissed."""

    waiting: int
    upheld: int
    dismissed: int


@dataclass(frozen=True)
class Barred:
    """A step that the person holds the right to take, and why it cannot be taken now."""

    step: Step
    why: Message


@dataclass(frozen=True)
class Standing:
    """Where a run stands: in words, its objections, the steps that may be taken and those that must wait."""

    sentence: Message
    objections: Counts
    steps: tuple[Step, ...]
    barred: tuple[Barred, ...]


def standing(run: Evaluation, actor: Actor, today: date) -> Standing:
    """Where a run stands for `actor` today; call it only with a run that the person may see."""
    states = list(Objection.objects.filter(evaluation=run).values_list("state", flat=True))
    counted = (Objection.State.OPEN, Objection.State.UPHELD, Objection.State.DISMISSED)
    objections = Counts(*(states.count(state) for state in counted))
    steps = tuple(open_steps(run, actor, today))
    taken = {step.id for step in steps}
    barred = tuple(
        Barred(step, _why(run, step, actor, today, objections))
        for step in _next(run)
        if step.id not in taken and actor.may(step.permission, run.place_id)
    )
    return Standing(_sentence(run, today, objections.waiting), objections, steps, barred)


def _sentence(run: Evaluation, today: date, waiting: int) -> Message:
    if run.state == PUBLICISED and run.publicity_end is not None:
        day = working_calendar().said(run.publicity_end, run.publicity_start)
        if today <= run.publicity_end:
            words = "公示到 {day} 结束（按工作日计），期间受理异议；现有 {count} 件异议待裁定。"
            return msg(words, day=day, count=waiting)
        return msg("公示已于 {day} 结束；{count} 件异议待裁定。", day=day, count=waiting)
    if run.state == DRAFT and not _official(run):
        return msg("试算：办法尚未生效或不是本年度的办法，结果只供参考，不能公示。")
    return {
        FAILED: msg("计算失败，没有产生结果；请按任务的提示处理后重新计算，或撤回。"),
        COMPUTING: msg("正在计算，还没有结果。"),
        DRAFT: msg("试算已完成，结果只有本级可见；核对后公示。"),
        FINAL: msg("结果已定稿，不能再改；计入企业历年等级。"),
        REPLACED: msg("已被修订后的结果取代，保留备查。"),
    }.get(run.shown_state, msg("已撤回，保留备查。"))


def _next(run: Evaluation) -> Iterator[Step]:
    """The step by which a run goes on."""
    straight = run.state == DRAFT and run.revises is not None and not way_of(run.way).publicity
    if run.state == PUBLICISED or straight:
        yield process().steps["finalise"]
    elif run.state == DRAFT:
        yield process().steps["publicise"]


def _why(run: Evaluation, step: Step, actor: Actor, today: date, objections: Counts) -> Message:
    """The first reason why a step must wait."""
    if not _official(run):
        return msg("办法未生效或年度不同，结果只能试算。")
    try:
        parts = {"requested": run.requested_by, "publicised": run.publicised_by}
        check_other_person(step, actor.name, parts)
        if run.state == PUBLICISED:
            check_over(Window(run.publicity_start, run.publicity_end), today, working_calendar())
    except UserError as error:
        return error.message
    if objections.waiting:
        return msg("还有 {count} 件异议没有裁定，请先裁定。", count=objections.waiting)
    return msg("有 {count} 件异议成立，请先按异议修订，再对修订结果定稿。", count=objections.upheld)


def _official(run: Evaluation) -> bool:
    return run.scheme.state == Scheme.State.IN_FORCE and run.scheme.year == run.year
