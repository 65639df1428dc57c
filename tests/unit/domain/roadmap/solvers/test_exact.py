import numpy as np

from tenglong.domain.roadmap.plans import Reason, Status
from tenglong.domain.roadmap.solvers import exact
from tenglong.domain.roadmap.solvers.exhaustive import best_plan
from tests.unit.domain.roadmap.small import problem, search


def test_the_best_plan_is_found_and_claimed() -> None:
    found, judge = search(problem()), best_plan(problem())
    solution = found.solution("exact", exact.run(found))
    assert solution.plan is not None and judge is not None and solution.claim is not None
    assert solution.plan.value == judge.value == solution.claim.bound
    assert solution.status == Status.OPTIMAL


def test_contradictory_limits_are_a_conflict() -> None:
    limits = [{"id": "m", "amount": "money", "at_most": 12}, {"id": "l", "amount": "land", "at_least": 8}]
    assert exact.run(search(problem(limits=limits))) == Reason.CONFLICT


def test_options_that_no_better_plan_can_hold_are_left_out() -> None:
    found = search(problem())
    exact.start_prices(found)
    assert found.plan is not None and found.certificate is not None
    kept, every = exact.all_near(found), exact.all_near(search(problem()))
    assert len(kept) <= len(every)
    best = best_plan(problem())
    assert best is not None
    if best.value > found.plan.value:
        for firm in np.flatnonzero(best.measure >= 0):
            same = (
                (kept.firm == firm) & (kept.measure == best.measure[firm]) & (kept.start == best.start[firm])
            )
            assert same.any()
