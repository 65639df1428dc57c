import numpy as np

from tenglong.domain.roadmap.solvers import highs, near
from tests.unit.domain.roadmap.small import problem, search


def model(**changes: object) -> highs.Model:
    found = search(problem(**changes))
    return highs.Model(found.options, near.all_near(found), found.options.capacity, found.options.arrays.must)


def test_whole_options_are_worth_no_more_than_shares_of_them() -> None:
    whole, shares = (highs.solve(model(), highs.Ask(), whole=one) for one in (True, False))
    assert whole.status == shares.status == "Optimal"
    assert whole.bound <= shares.bound + 1e-6
    assert whole.taken is not None and set(np.round(whole.taken, 6).tolist()) <= {0.0, 1.0}


def test_the_prices_of_the_relaxation_prove_its_value() -> None:
    answer = highs.solve(model(), highs.Ask(), whole=False)
    assert answer.prices is not None
    assert abs(search(problem()).dual.value(answer.prices) - answer.bound) < 10


def test_a_row_that_nobody_can_fill_is_infeasible() -> None:
    limits = [{"id": "l", "amount": "land", "where": {"zone": "东"}, "until": 1, "at_least": 30}]
    assert highs.solve(model(limits=limits), highs.Ask(), whole=True).status == "Infeasible"
