"""Where a run stands in words, and why a step that a person may take must wait."""

from dataclasses import dataclass
from datetime import date

from tenglong.domain.access.policy import Actor
from tenglong.domain.evaluation.process import (
    DRAFT,
    FINAL,
    PUBLICISED,
    REPLACED,
    Step,
    check_other_person,
    check_over,
    process,
    way_of,
)
from tenglong.domain.kernel.errors import UserError
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.periods import Window
from tenglong.queries.evaluations import open_steps
from tenglong.store.models import Evaluation, Objection, Scheme


@dataclass(frozen=True)
class Barred:
    """A step that the person holds the right to take, and why it cannot be taken now."""

    step: Step
    why: Message


@dataclass(frozen=True)
class Standing:
    """Where a run stands: in words, its objections, the steps that may be taken and those that must wait."""

    sentence: Message
    waiting: int
    upheld: int
    dismissed: int
    steps: tuple[Step, ...]
    barred: tuple[Barred, ...]


def standing(run: Evaluation, actor: Actor, today: date) -> Standing:
    """Where a run stands for `actor` today; call it only with a run that the person may see."""
    states = list(Objection.objects.filter(evaluation=run).values_list("state", flat=True))
    waiting, upheld = states.count(Objection.State.OPEN), states.count(Objection.State.UPHELD)
    steps = tuple(open_steps(run, actor, today))
    return Standing(
        _sentence(run, today, waiting),
        waiting,
        upheld,
        states.count(Objection.State.DISMISSED),
        steps,
        tuple(_barred(run, actor, today, waiting, upheld, {step.id for step in steps})),
    )


def _sentence(run: Evaluation, today: date, waiting: int) -> Message:
    if run.state == PUBLICISED and run.publicity_end is not None:
        if today <= run.publicity_end:
            words = "公示到 {day} 结束（按工作日计），期间受理异议；现有 {count} 件异议待裁定。"
            return msg(words, day=run.publicity_end, count=waiting)
        return msg("公示已于 {day} 结束；{count} 件异议待裁定。", day=run.publicity_end, count=waiting)
    if run.state == DRAFT and not _official(run):
        return msg("试算：办法尚未生效或不是本年度的办法，结果只供参考，不能公示。")
    return {
        DRAFT: msg("试算已完成，结果只有本级可见；核对后公示。"),
        FINAL: msg("结果已定稿，不能再改；计入企业历年等级。"),
        REPLACED: msg("已被修订后的结果取代，保留备查。"),
    }.get(run.state, msg("已撤回，保留备查。"))


def _barred(run: Evaluation, actor: Actor, today: date, waiting: int, upheld: int, open: set[str]):
    """The next steps of the way that are not open, each with the first reason."""
    wanted = {DRAFT: ("publicise",), PUBLICISED: ("finalise",)}.get(run.state, ())
    straight = run.revises is not None and run.state == DRAFT and not way_of(run.way).publicity
    for id in ("finalise",) if straight else wanted:
        step = process().steps[id]
        if id not in open and actor.may(step.permission, run.place_id):
            yield Barred(step, _why(run, actor, today, waiting, upheld, id))


def _why(run: Evaluation, actor: Actor, today: date, waiting: int, upheld: int, id: str) -> Message:
    if not _official(run):
        return msg("办法未生效或年度不同，结果只能试算。")
    try:
        check_other_person(id, actor.name, {"requested": run.requested_by, "publicised": run.publicised_by})
        if run.state == PUBLICISED:
            check_over(Window(run.publicity_start, run.publicity_end), today)
    except UserError as error:
        return error.message
    if waiting:
        return msg("还有 {count} 件异议没有裁定，请先裁定。", count=waiting)
    return msg("有 {count} 件异议成立，请先按异议修订，再对修订结果定稿。", count=upheld)


def _official(run: Evaluation) -> bool:
    return run.scheme.state == Scheme.State.IN_FORCE and run.scheme.year == run.year
