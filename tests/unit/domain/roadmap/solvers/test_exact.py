import pytest

from tenglong.domain.roadmap.plans import Reason, Status
from tenglong.domain.roadmap.solvers import exact
from tenglong.domain.roadmap.solvers.exhaustive import best_plan
from tests.unit.domain.roadmap.small import crowded, problem, search


def test_the_best_plan_is_found_and_claimed() -> None:
    found, judge = search(problem()), best_plan(problem())
    solution = found.solution("exact", exact.run(found))
    assert solution.plan is not None and judge is not None and solution.claim is not None
    assert solution.plan.value == judge.value == solution.claim.bound
    assert solution.status == Status.OPTIMAL


def test_contradictory_limits_are_a_conflict() -> None:
    limits = [{"id": "m", "amount": "money", "at_most": 12}, {"id": "l", "amount": "land", "at_least": 8}]
    assert exact.run(search(problem(limits=limits))) == Reason.CONFLICT


def test_without_a_plan_half_of_the_time_is_left_for_finding_one() -> None:
    found = search(crowded(), seconds=1000.0)
    found.started -= 600.0
    exact.start_prices(found)
    assert found.certificate is not None and found.plan is not None


@pytest.mark.slow
def test_a_known_plan_is_improved_before_prices_are_sought_anew() -> None:
    known = search(crowded())
    exact.start_prices(known)
    assert known.plan is not None and known.prices is not None
    stages: list[str] = []
    found = search(crowded())
    found.prove(known.prices)
    assert found.offer(known.plan.measure, known.plan.start)
    found.report = lambda one, point: stages.append(point.stage)
    exact.start_prices(found)
    assert found.plan is not None and found.plan.value >= known.plan.value
    assert not stages or stages[0] == "annealing"


@pytest.mark.parametrize("known", ["plan", "prices", "neither"])
def test_what_is_known_in_part_is_completed_not_improved(known: str) -> None:
    before, found = search(crowded()), search(crowded())
    exact.start_prices(before)
    assert before.plan is not None and before.prices is not None
    if known == "plan":
        assert found.offer(before.plan.measure, before.plan.start)
    if known == "prices":
        found.prove(before.prices)
    stages: list[str] = []
    found.report = lambda one, point: stages.append(point.stage)
    exact.start_prices(found)
    assert found.plan is not None and found.prices is not None
    assert "annealing" not in stages
