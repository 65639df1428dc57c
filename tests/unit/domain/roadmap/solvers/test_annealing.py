import numpy as np

from tenglong.domain.roadmap.solvers import annealing, exact
from tests.unit.domain.roadmap.small import crowded, search


def annealed(seed: int) -> list[int]:
    found = search(crowded(), seed=seed)
    exact.start_prices(found)
    assert found.prices is not None and found.plan is not None
    plan = found.plan.measure, found.plan.start
    measure, start = annealing.annealed(
        found, found.prices, plan, np.arange(40), annealing.Course(sweeps=200)
    )
    return [*measure.tolist(), *start.tolist()]


def test_the_same_seed_gives_the_same_plan() -> None:
    assert annealed(1) == annealed(1)


def test_rounds_make_a_plan_no_worse() -> None:
    found = search(crowded())
    exact.start_prices(found)
    assert found.plan is not None
    before = found.plan.value
    annealing.rounds(found, 3)
    assert found.plan.value >= before
    assert found.certificate is not None and found.plan.value >= 0.94 * found.certificate.bound


def test_firms_outside_stay_as_they_are() -> None:
    found = search(crowded())
    exact.start_prices(found)
    assert found.prices is not None and found.plan is not None
    plan = found.plan.measure, found.plan.start
    measure, start = annealing.annealed(
        found, found.prices, plan, np.arange(10), annealing.Course(sweeps=200)
    )
    assert (measure[10:] == plan[0][10:]).all() and (start[10:] == plan[1][10:]).all()
