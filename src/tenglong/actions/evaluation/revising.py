"""Carrying upheld objections out: a new draft that names the run it revises."""

from datetime import datetime

from tenglong.actions.evaluation.courses import RUN
from tenglong.actions.evaluation.runs import ask_for_computation
from tenglong.actions.steps import Done, Taking, take
from tenglong.domain.access.policy import Actor
from tenglong.domain.evaluation.process import way_of
from tenglong.store.models import Evaluation


def revise(*, actor: Actor, at: datetime, run: Evaluation, way: str = "", note: str = "") -> Evaluation:
    """Ask for a new draft from the kept table of `run` with the values of its upheld objections.

    `way` is what happens to the others: `freeze` keeps their results, `recompute` computes everybody anew (process.toml
    says which is usual). `queries.evaluation.results.grade_changes` lists whose grade is another one.

    Raises:
        NotAllowed: the person may not do this there; BadValue: there is no such way.
        Conflict: the publicity is not over, objections are open, none was upheld, or a revision is under way.
    """
    return take(RUN, "revise", run, actor=actor, at=at, way=way, note=note)


@RUN.effect("revise", deed="revise_evaluation")
def _revise(taking: Taking[Evaluation], *, way: str, note: str) -> Done:
    found, chosen = taking.subject, way_of(way)
    revision = Evaluation.objects.create(
        scheme=found.scheme,
        place_id=found.place_id,
        year=found.year,
        engine=found.engine,
        scheme_digest=found.scheme_digest,
        note=note.strip()[:300],
        revises=found,
        way=chosen.id,
        requested_by=taking.actor.name,
        requested_at=taking.at,
    )
    ask_for_computation(revision, actor=taking.actor, at=taking.at)
    return Done({"revises": found.pk, "way": chosen.id}, made=revision)
