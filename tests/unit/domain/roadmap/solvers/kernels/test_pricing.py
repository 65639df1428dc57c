import numpy as np
import pytest

from tenglong.domain.roadmap.solvers.kernels import pricing
from tenglong.domain.roadmap.solvers.pricing import Prices
from tests.unit.domain.roadmap.small import problem, search


def test_a_cold_softmax_is_the_maximum() -> None:
    found = search(problem())
    prices = Prices(np.array([1000.0, 20000.0, 100.0]), np.full((1, 4), 500.0))
    hard = found.dual.value(prices)
    assert found.dual.smoothed(prices, 1.0)[0] == pytest.approx(hard, rel=1e-6)
    assert found.dual.smoothed(prices, 1e6)[0] > hard


def test_the_two_best_options_of_a_firm() -> None:
    found = search(problem())
    best, second, measure, start = found.dual.best_two(found.dual.no_prices())
    assert best.tolist() == [334 * 9025, 2_000_000, 4_000_000]
    assert second.tolist() == [334 * 8574, 1_900_000, 3_800_000]
    assert (measure.tolist(), start.tolist()) == ([0, 2, 3], [1, 0, 0])


def test_near_best_options_with_what_they_lose() -> None:
    found = search(problem())
    line, measure, start, loss = found.dual.near_best(found.dual.no_prices(), np.array([1, 2]), 150_000.0)
    assert list(zip(line.tolist(), measure.tolist(), start.tolist(), loss.tolist(), strict=True)) == [
        (0, 2, 0, 0.0),
        (0, 2, 1, 100_000.0),
        (1, 3, 0, 0.0),
    ]


@pytest.mark.parametrize("left", [0, 10**12, -(10**12)])
def test_whole_prices_give_a_whole_bound_whatever_the_firm_before_left_in_the_table(left: int) -> None:
    found = search(problem())
    arrays = found.options.arrays
    tables = arrays.worth, np.full(3, -1, np.int32), np.zeros((0, 4), np.int64)
    total = pricing.bound(arrays, tables, (0, 3), np.full(arrays.worth.shape[1], left, np.int64))
    assert total == 334 * 9025 + 6_000_000
