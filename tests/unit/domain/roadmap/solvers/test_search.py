import numpy as np

from tenglong.domain.roadmap.plans import Reason, Status
from tenglong.domain.roadmap.solvers import exact
from tests.unit.domain.roadmap.small import problem, search

GOOD = np.array([1, 2, -1]), np.array([1, 0, -1])


def test_only_feasible_plans_are_kept() -> None:
    found = search(problem())
    assert not found.offer(np.array([1, -1, -1]), np.array([1, -1, -1]))  # B must start, and before A
    assert not found.offer(np.array([1, 2, 3]), np.array([1, 0, 0]))  # too much money in the first quarter
    assert found.plan is None
    assert found.offer(*GOOD)
    assert found.plan is not None and found.plan.value == 2_950_000


def test_the_best_plan_and_bound_stay() -> None:
    found = search(problem())
    found.offer(*GOOD)
    found.offer(np.array([-1, 2, 3]), np.array([-1, 1, 0]))
    assert found.plan is not None and found.plan.value == 5_900_000
    found.offer(*GOOD)
    assert found.plan.value == 5_900_000
    bound = found.prove(found.dual.no_prices())
    assert found.certificate is not None and found.certificate.bound == bound
    assert [point.value for point in found.trajectory] == [2_950_000, 5_900_000, 5_900_000]


def test_work_and_interruption_end_a_search() -> None:
    found = search(problem(), work=5)
    assert found.over() is None
    found.spend(6)
    assert found.over() == Reason.WORK
    found.stopped = True
    assert found.over() == Reason.INTERRUPTED
    assert found.solution("exact", Reason.WORK).status == Status.STOPPED


def test_a_plan_within_the_wanted_gap_is_good_enough() -> None:
    found = search(problem(), gap=0.9)
    found.offer(*GOOD)
    found.prove(found.dual.no_prices())
    assert found.over() == Reason.CERTIFIED
    assert found.solution("prices", Reason.CERTIFIED).status == Status.WITHIN_GAP


def test_who_must_start_and_cannot_is_hopeless() -> None:
    limits = [{"id": "m", "amount": "money", "at_most": 4}]
    assert search(problem(limits=limits)).hopeless()
    assert not search(problem()).hopeless()


def test_a_bound_below_what_any_plan_is_worth_proves_a_contradiction() -> None:
    limits = [{"id": "m", "amount": "money", "at_most": 12}, {"id": "l", "amount": "land", "at_least": 8}]
    found = search(problem(limits=limits))
    assert found.over() is None
    exact.start_prices(found)
    assert found.over() == Reason.CONFLICT and found.certificate is not None
    assert found.certificate.bound < found.least
