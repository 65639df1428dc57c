"""Asking for answers about a roadmap that take a while: a worker finds them."""

from collections.abc import Sequence
from datetime import datetime

from tenglong.actions.jobs import enqueue
from tenglong.actions.roadmap.courses import ROADMAP
from tenglong.actions.steps import Done, Taking, take
from tenglong.domain.access.policy import Actor, check_still, scope_of
from tenglong.domain.kernel.messages import Progress, msg, silent
from tenglong.domain.kernel.quantities import half_up
from tenglong.domain.roadmap.front import FrontPoint, pareto
from tenglong.domain.roadmap.process import ADOPTED, PLANNED, roadmap_rules
from tenglong.domain.roadmap.what_if import Change, changed, from_first_aim
from tenglong.queries.roadmap.explanations import answer_of, changes_json, find_answer, job_of_what_if
from tenglong.queries.roadmap.files import known_solution, problem_of
from tenglong.queries.roadmap.overview import job_of_front, roadmap_by_id
from tenglong.queries.roadmap.results import FrontRow
from tenglong.queries.roadmap.settings import settings_of
from tenglong.queries.roadmap.steps import roadmap_matter
from tenglong.store.models import Roadmap

GAP_PLACES = 8


def ask_for_front(*, actor: Actor, at: datetime, roadmap: Roadmap) -> None:
    """Let a worker look for the front between money and benefit; nothing where one is at it already.

    Raises:
        NotAllowed: the person may not; Conflict: the roadmap is no plan, or no longer one.
    """
    take(ROADMAP, "front", roadmap, actor=actor, at=at)


def ask_what_if(*, actor: Actor, at: datetime, roadmap: Roadmap, changes: Sequence[Change]) -> None:
    """Let a worker plan under other limits; nothing where the answer is there or one is at it already.

    Raises:
        NotAllowed: the person may not; Conflict: the roadmap is no plan, or no longer one.
        BadValue: there is no such limit, or a change states neither or both of bound and share.
    """
    take(ROADMAP, "what_if", roadmap, actor=actor, at=at, changes=changes)


@ROADMAP.effect("front")
def _ask_for_front(taking: Taking[Roadmap]) -> Done:
    found = taking.subject
    job = job_of_front(found.pk)
    if job is None or job.ended:
        enqueue("find_front", {"roadmap": found.pk}, actor=taking.actor, at=taking.at)
    return Done()


@ROADMAP.effect("what_if")
def _ask_what_if(taking: Taking[Roadmap], *, changes: Sequence[Change]) -> Done:
    found, actor = taking.subject, taking.actor
    changed(from_first_aim(problem_of(found)), changes)
    job = job_of_what_if(found.pk, changes)
    if answer_of(found, changes, scope_of(actor)) is None and (job is None or job.ended):
        params = {"roadmap": found.pk, "changes": changes_json(changes)}
        enqueue("what_if", params, actor=actor, at=taking.at)
    return Done()


def find_front(roadmap_id: int, *, actor: Actor, progress: Progress = silent) -> None:
    """Find the front and keep it with its roadmap, unless that was replaced or withdrawn meanwhile.

    Raises:
        NotAllowed: the person no longer may; NotFound: the roadmap is not there for them.
    """
    roadmap = roadmap_by_id(roadmap_id, scope_of(actor))
    _check_still_open(roadmap, "front", actor)
    rules, solver = roadmap_rules(), settings_of(roadmap).solver

    def heard(done: int, total: int) -> bool:
        progress(done, total, msg("正在求解资金与效益的第 {number} 个点", number=done + 1))
        return False

    problem, known = known_solution(roadmap)
    points = pareto(
        problem_of(roadmap),
        points=rules.front_points,
        seconds=rules.front_seconds,
        seed=solver.seed,
        known=None if problem.floors else known,  # of a list of aims only the last one's plan is kept
        on_progress=heard,
    )
    kept = [_row(one).to_json() for one in points]
    Roadmap.objects.filter(pk=roadmap_id, state__in=(PLANNED, ADOPTED)).update(front=kept)


def answer_what_if(
    roadmap_id: int, changes: Sequence[Change], *, actor: Actor, progress: Progress = silent
) -> None:
    """Find an answer and keep it.

    Raises:
        NotAllowed: the person no longer may; NotFound: the roadmap is not there for them.
    """
    roadmap = roadmap_by_id(roadmap_id, scope_of(actor))
    _check_still_open(roadmap, "what_if", actor)
    progress(0, 1, msg("正在按假设重新求解"))
    find_answer(roadmap, changes, scope_of(actor))


def _check_still_open(roadmap: Roadmap, step: str, actor: Actor) -> None:
    matter = roadmap_matter(roadmap)
    check_still(matter, step, actor)
    matter.process.check_open(matter.step(step), matter.state)


def _row(point: FrontPoint) -> FrontRow:
    gap = None if point.gap is None else half_up(point.gap, GAP_PLACES)
    return FrontRow(point.limit, point.value, point.bound, gap, point.amounts)
