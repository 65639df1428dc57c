"""Carrying upheld objections out: a new draft that names the run it revises."""

from datetime import datetime

from django.db import transaction

from tenglong.actions.evaluations.publicity import locked, window_of
from tenglong.actions.evaluations.runs import ask_for_computation
from tenglong.actions.trail import leave
from tenglong.domain.access.policy import Actor
from tenglong.domain.evaluation.process import WITHDRAWN, check_over, check_step, way_of
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.periods import china_date
from tenglong.queries.calendar import working_calendar
from tenglong.store.models import Evaluation, Objection


@transaction.atomic
def revise(*, actor: Actor, at: datetime, run: Evaluation, way: str = "", note: str = "") -> Evaluation:
    """Ask for a new draft from the kept table of `run` with the values of its upheld objections.

    `way` is what happens to the others: `freeze` keeps their results, `recompute` computes everybody anew (process.toml
    says which is usual). `queries.evaluations_results.grade_changes` lists whose grade is another one.

    Raises:
        NotAllowed: the person may not do this there; BadValue: there is no such way.
        Conflict: the publicity is not over, objections are open, none was upheld, or a revision is under way.
    """
    found = locked(run)
    step = check_step("revise", found.state)
    actor.check_may(step.permission, found.place_id)
    chosen = way_of(way)
    check_over(window_of(found), china_date(at), working_calendar())
    _check_decided(found)
    if other := found.revisions.exclude(state=WITHDRAWN).first():
        problem = "第 {id} 号修订正在办理，请先完成或撤回。"
        raise Conflict(msg(problem, id=other.pk))
    revision = Evaluation.objects.create(
        scheme=found.scheme,
        place_id=found.place_id,
        year=found.year,
        engine=found.engine,
        scheme_digest=found.scheme_digest,
        note=note.strip()[:300],
        revises=found,
        way=chosen.id,
        requested_by=actor.name,
        requested_at=at,
    )
    ask_for_computation(revision, actor=actor, at=at)
    about = f"evaluation:{revision.pk}"
    leave(by=actor.name, at=at, deed="revise_evaluation", about=about, revises=found.pk, way=chosen.id)
    return revision


def _check_decided(run: Evaluation) -> None:
    objections = Objection.objects.filter(evaluation=run)
    waiting = objections.filter(state=Objection.State.OPEN).count()
    if waiting:
        raise Conflict(msg("还有 {count} 件异议没有裁定，请先裁定。", count=waiting))
    if not objections.filter(state=Objection.State.UPHELD).exists():
        raise Conflict(msg("没有成立的异议，无需修订；公示期满即可定稿。"))
