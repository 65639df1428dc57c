"""Showing results to the public, making them final, and taking them back."""

from datetime import datetime
from typing import Any

from tenglong.actions.evaluation.courses import RUN
from tenglong.actions.steps import Done, Taking, happen, take
from tenglong.domain.access.policy import Actor
from tenglong.domain.evaluation.process import PUBLICISED, publicity, run_rules
from tenglong.domain.kernel.periods import china_date
from tenglong.queries.kernel.calendar import working_calendar
from tenglong.store.models import Evaluation


def publicise(*, actor: Actor, at: datetime, run: Evaluation, days: int | None = None) -> Evaluation:
    """Show the results to the public for `days` working days (the usual number unless told), from today.

    Raises:
        NotAllowed: the person may not, or asked for the run themselves.
        Conflict: it is no draft, rates nobody, its scheme is not in force or of another year, other results are in
            publicity, or some firm has its final grade of the year.
    """
    return take(RUN, "publicise", run, actor=actor, at=at, days=days)


def finalise(*, actor: Actor, at: datetime, run: Evaluation) -> Evaluation:
    """Make the results final: from now on nobody can change them, and they count in the history of grades.

    A revision that left everybody else as they were needs no publicity of its own (process.toml).

    Raises:
        NotAllowed: the person may not, or asked for the run themselves.
        Conflict: the publicity is not over, an objection is open or waits for its revision, or some firm has its final
            grade of the year.
    """
    return take(RUN, "finalise", run, actor=actor, at=at)


def withdraw(*, actor: Actor, at: datetime, run: Evaluation, reason: str) -> Evaluation:
    """Take a draft, or results in publicity, back for good, saying why.

    Raises:
        NotAllowed: the person may not; BadValue: no reason is given; Conflict: the results are final or gone.
    """
    publicised = Evaluation.objects.filter(pk=run.pk, state=PUBLICISED).exists()
    return take(RUN, "recall" if publicised else "withdraw", run, actor=actor, at=at, reason=reason)


@RUN.effect("publicise", deed="publicise_evaluation")
def _publicise(taking: Taking[Evaluation], *, days: int | None) -> Done:
    run = taking.subject
    count = run_rules().usual_days if days is None else days
    window = publicity(china_date(taking.at), working_calendar(), count)
    _replace_revised(run)
    run.publicised_by, run.publicised_at = taking.actor.name, taking.at
    run.publicity_start, run.publicity_end, run.publicity_days = window.start, window.deadline, count
    return Done({"until": str(window.deadline), "result": run.result_digest})


@RUN.effect("finalise", deed="finalise_evaluation")
def _finalise(taking: Taking[Evaluation]) -> Done:
    run = taking.subject
    _replace_revised(run)
    run.finalised_by, run.finalised_at = taking.actor.name, taking.at
    digests: dict[str, Any] = {"scheme": run.scheme_digest, "input": run.input_digest}
    return Done({**digests, "result": run.result_digest})


@RUN.effect("withdraw", deed="withdraw_evaluation")
@RUN.effect("recall", deed="withdraw_evaluation")
def _withdraw(taking: Taking[Evaluation]) -> Done:
    run = taking.subject
    run.withdrawn_by, run.withdrawn_at, run.reason = taking.actor.name, taking.at, taking.reason[:300]
    return Done({"reason": run.reason})


def _replace_revised(run: Evaluation) -> None:
    """The run that this one revises has done its part."""
    if run.revises is not None and run.revises.state == PUBLICISED:
        happen(RUN, "replaced", run.revises)
        run.revises.save(update_fields=["state"])
