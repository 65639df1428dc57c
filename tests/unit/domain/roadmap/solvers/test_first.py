import numpy as np

from tenglong.domain.roadmap.solvers import exact, first
from tests.unit.domain.roadmap.small import crowded, problem, search


def test_a_plan_from_prices_is_feasible() -> None:
    found = search(crowded())
    exact.start_prices(found)
    assert found.prices is not None
    assert found.offer(*first.plan_from(found, found.prices))


def test_what_is_broken_is_mended() -> None:
    found = search(crowded())
    exact.start_prices(found)
    assert found.prices is not None
    all_at_once = np.arange(0, 80, 2, dtype=np.int64), np.zeros(40, np.int64)
    slack = found.slack(all_at_once)
    assert (slack < 0).any()
    assert first.mend(found, found.prices, all_at_once, slack)
    assert (slack >= 0).all() and (slack == found.slack(all_at_once)).all()


def test_who_comes_first_in_time_is_filled_first() -> None:
    assert first.before_first(search(problem()), np.array([0, 1, 2])).tolist() == [1, 0, 2]
