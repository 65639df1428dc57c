import numpy as np
import pytest

from tenglong.domain.roadmap.plans import Reason
from tenglong.domain.roadmap.solvers import prices
from tests.unit.domain.roadmap.small import crowded, problem, search


@pytest.mark.slow
def test_a_crowded_problem_is_solved_nearly_to_its_bound() -> None:
    found = search(crowded(), work=3000)
    reason = prices.run(found)
    assert reason in (Reason.WORK, Reason.CERTIFIED, Reason.NO_IMPROVEMENT)
    assert found.plan is not None and found.certificate is not None
    assert found.plan.value >= 0.94 * found.certificate.bound


def test_a_gap_that_is_small_enough_ends_it() -> None:
    assert prices.run(search(crowded(), gap=0.2)) == Reason.CERTIFIED


def test_without_a_plan_there_is_a_conflict() -> None:
    limits = [{"id": "m", "amount": "money", "at_most": 12}, {"id": "l", "amount": "land", "at_least": 8}]
    assert prices.run(search(problem(limits=limits))) == Reason.CONFLICT


@pytest.mark.slow
def test_groups_are_the_firms_that_share_rows() -> None:
    found = search(crowded())
    prices.run(found)
    groups = prices.wasteful(found)
    assert sorted(firm for group in groups for firm in group.tolist()) == list(range(40))
    assert all(len(set((group % 4).tolist())) == 1 for group in groups)
    assert isinstance(groups[0], np.ndarray)
