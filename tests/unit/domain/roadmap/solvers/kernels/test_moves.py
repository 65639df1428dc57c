import numpy as np

from tenglong.domain.roadmap.solvers.kernels import moves
from tests.unit.domain.roadmap.small import crowded, problem, search


def test_filling_takes_the_best_that_fits() -> None:
    found = search(problem())
    plan = np.full(3, -1, np.int64), np.full(3, -1, np.int64)
    slack = found.options.capacity.copy()
    tables = found.dual.tables(found.dual.no_prices())
    moves.fill(found.options.arrays, np.array([1, 2, 0]), tables, slack, plan)
    assert plan[0].tolist()[1:] == [2, 3] and plan[1].tolist()[1:] == [0, 1]
    assert (slack == found.slack(plan)).all()


def test_improving_keeps_the_slack_up_to_date_and_wins_what_it_says() -> None:
    found = search(crowded())
    plan = np.full(40, -1, np.int64), np.full(40, -1, np.int64)
    slack = found.options.capacity.copy()
    won = moves.improve(found.options.arrays, np.arange(40), slack, plan)
    assert won > 0 and found.offer(*plan)
    assert found.plan is not None and found.plan.value == won
    assert (slack == found.slack(plan)).all() and (slack >= 0).all()
    assert moves.improve(found.options.arrays, np.arange(40), slack, plan) >= 0
