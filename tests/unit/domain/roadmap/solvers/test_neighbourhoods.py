import numpy as np

from tenglong.domain.roadmap.solvers import exact
from tenglong.domain.roadmap.solvers.neighbourhoods import Effort, reoptimise
from tests.unit.domain.roadmap.small import crowded, problem, search


def test_some_firms_choose_anew_and_the_plan_becomes_better() -> None:
    found = search(crowded())
    found.offer(np.full(40, -1, np.int64), np.full(40, -1, np.int64))
    prices = found.dual.no_prices()
    assert reoptimise(found, prices, np.arange(0, 40, 4), 1e12, Effort())
    assert found.plan is not None and (found.plan.measure[1::4] == -1).all()
    assert not reoptimise(found, prices, np.arange(0, 40, 4), 1e12, Effort(gap=0.0))


def test_firms_outside_bind_those_that_are_ordered_with_them() -> None:
    found = search(problem())
    exact.start_prices(found)
    assert found.plan is not None
    reoptimise(found, found.dual.no_prices(), np.array([0]), 1e12, Effort())
    assert found.plan.start[0] == -1 or found.plan.start[0] >= found.plan.start[1] + 1
