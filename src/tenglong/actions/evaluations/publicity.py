"""Showing results to the public, making them final, and taking them back."""

from datetime import datetime

from django.db import transaction

from tenglong.actions.trail import leave
from tenglong.domain.access.policy import Actor
from tenglong.domain.access.steps import check_other_person, given_reason
from tenglong.domain.evaluation.process import (
    DRAFT,
    FINAL,
    PUBLICISED,
    REPLACED,
    WITHDRAWN,
    check_over,
    check_step,
    process,
    publicity,
    way_of,
)
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import Window, china_date
from tenglong.queries.calendar import working_calendar
from tenglong.store.models import Evaluation, EvaluationResult, Objection, Scheme


@transaction.atomic
def publicise(*, actor: Actor, at: datetime, run: Evaluation, days: int | None = None) -> Evaluation:
    """Show the results to the public for `days` working days (the usual number unless told), from today.

    Raises:
        NotAllowed: the person may not, or asked for the run themselves.
        Conflict: it is no draft, rates nobody, its scheme is not in force or of another year, other results are in
            publicity, or some firm has its final grade of the year.
    """
    found = locked(run)
    step = check_step("publicise", found.state)
    actor.check_may(step.permission, found.place_id)
    check_other_person(step, actor.name, parts_of(found))
    _check_in_force(found)
    _check_rated(found)
    _check_alone(found, PUBLICISED, except_for=found.revises_id)
    _check_not_graded(found)
    count = process().usual_days if days is None else days
    window = publicity(china_date(at), working_calendar(), count)
    _replace_revised(found)
    found.state, found.publicised_by, found.publicised_at = step.to, actor.name, at
    found.publicity_start, found.publicity_end, found.publicity_days = window.start, window.deadline, count
    found.save()
    leave(
        by=actor.name,
        at=at,
        deed="publicise_evaluation",
        about=f"evaluation:{found.pk}",
        until=str(window.deadline),
        result=found.result_digest,
    )
    return found


@transaction.atomic
def finalise(*, actor: Actor, at: datetime, run: Evaluation) -> Evaluation:
    """Make the results final: from now on nobody can change them, and they count in the history of grades.

    A revision that left everybody else as they were needs no publicity of its own (process.toml).

    Raises:
        NotAllowed: the person may not, or asked for the run themselves.
        Conflict: the publicity is not over, an objection is open or waits for its revision, or some firm has its final
            grade of the year.
    """
    _take_turns(run.year)
    found = locked(run)
    straight = found.state == DRAFT and found.revises is not None and not way_of(found.way).publicity
    step = check_step("finalise", PUBLICISED if straight else found.state)
    actor.check_may(step.permission, found.place_id)
    check_other_person(step, actor.name, parts_of(found))
    _check_in_force(found)
    if not straight:
        check_over(window_of(found), china_date(at), working_calendar())
        _check_objections(found)
    _check_alone(found, FINAL)
    _check_not_graded(found)
    _replace_revised(found)
    found.state, found.finalised_by, found.finalised_at = step.to, actor.name, at
    found.save()
    leave(
        by=actor.name,
        at=at,
        deed="finalise_evaluation",
        about=f"evaluation:{found.pk}",
        scheme=found.scheme_digest,
        input=found.input_digest,
        result=found.result_digest,
    )
    return found


@transaction.atomic
def withdraw(*, actor: Actor, at: datetime, run: Evaluation, reason: str) -> Evaluation:
    """Take a draft, or results in publicity, back for good, saying why.

    Raises:
        NotAllowed: the person may not; BadValue: no reason is given; Conflict: the results are final or gone.
    """
    found = locked(run)
    step = check_step("recall" if found.state == PUBLICISED else "withdraw", found.state)
    actor.check_may(step.permission, found.place_id)
    said = given_reason(step, reason)
    found.state, found.withdrawn_by, found.withdrawn_at = WITHDRAWN, actor.name, at
    found.reason = said[:300]
    found.save()
    leave(
        by=actor.name,
        at=at,
        deed="withdraw_evaluation",
        about=f"evaluation:{found.pk}",
        reason=found.reason,
    )
    return found


def locked(run: Evaluation) -> Evaluation:
    """The run as it stands, with its scheme locked: steps of runs of one scheme take turns."""
    Scheme.objects.select_for_update().get(pk=run.scheme_id)
    return (
        Evaluation.objects.select_for_update(of=("self",)).select_related("scheme", "revises").get(pk=run.pk)
    )


def parts_of(run: Evaluation) -> dict[str, str]:
    """Who did what to the run so far, for `check_other_person`."""
    return {"requested": run.requested_by, "publicised": run.publicised_by}


def window_of(run: Evaluation) -> Window:
    """The publicity of a run that has been publicised."""
    return Window(run.publicity_start, run.publicity_end)


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


def _check_rated(run: Evaluation) -> None:
    if not run.counts.get("statuses", {}).get("rated"):
        raise Conflict(msg("第 {id} 号评价没有一家企业得到评分，不能公示。", id=run.pk))


def _check_not_graded(run: Evaluation) -> None:
    """A firm has one final grade of a year, whatever the scheme; schemes for different firms of a place go together."""
    graded = EvaluationResult.objects.exclude(grade="")
    own = graded.filter(evaluation=run).values("firm_id")
    others = graded.filter(evaluation__state=FINAL, evaluation__year=run.year, firm_id__in=own)
    other = others.exclude(evaluation=run).select_related("evaluation__scheme", "firm").first()
    if other is not None:
        problem = (
            "“{firm}”等企业 {year} 年已有第 {id} 号评价（{title}）定稿的等级，一家企业一年只能有一个最终等级。"
            "请撤回本次评价，或调整办法的适用范围后重新试算。"
        )
        title, firm = other.evaluation.scheme.title, other.firm.name
        raise Conflict(msg(problem, firm=firm, year=run.year, id=other.evaluation_id, title=title))


def _take_turns(year: int) -> None:
    """Runs of one year become final one after the other: a firm may be in two of them."""
    list(Scheme.objects.select_for_update().filter(year=year).order_by("pk"))


def _check_objections(run: Evaluation) -> None:
    objections = Objection.objects.filter(evaluation=run)
    waiting = objections.filter(state=Objection.State.OPEN).count()
    if waiting:
        raise Conflict(msg("还有 {count} 件异议没有裁定，请先裁定。", count=waiting))
    upheld = objections.filter(state=Objection.State.UPHELD).count()
    if upheld:
        problem = "有 {count} 件异议成立，请先按异议修订，再对修订结果定稿。"
        raise Conflict(msg(problem, count=upheld))


def _replace_revised(run: Evaluation) -> None:
    """The run that this one revises has done its part."""
    Evaluation.objects.filter(pk=run.revises_id, state=PUBLICISED).update(state=REPLACED)
