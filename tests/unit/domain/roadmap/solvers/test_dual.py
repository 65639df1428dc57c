import numpy as np
import pytest

from tenglong.domain.roadmap.checking import certified_bound
from tenglong.domain.roadmap.solvers.dual import descend
from tenglong.domain.roadmap.solvers.pricing import Prices, certificate
from tests.unit.domain.roadmap.small import crowded, problem, search


def priced(found: object, rows: list[float]) -> Prices:
    return Prices(np.array(rows), np.zeros((1, 4)))


def test_without_prices_every_firm_takes_its_best_option() -> None:
    found = search(problem())
    assert found.dual.value(found.dual.no_prices()) == 334 * 9025 + 2_000_000 + 4_000_000


def test_the_gradient_is_the_slope_of_the_smoothed_function() -> None:
    found = search(problem())
    rows, heat, step = np.array([100.0, 2000.0, 300.0]), 1e5, 1.0
    orders = np.full((1, 4), 50.0)
    _, slope, _ = found.dual.smoothed(Prices(rows, orders), heat)
    for row in range(3):
        more, less = rows.copy(), rows.copy()
        more[row] += step
        less[row] -= step
        up, down = (found.dual.smoothed(Prices(one, orders), heat)[0] for one in (more, less))
        assert (up - down) / (2 * step) == pytest.approx(slope.rows[row], rel=1e-3, abs=1e-2)
    for period in range(4):
        more, less = orders.copy(), orders.copy()
        more[0, period] += 1
        less[0, period] -= 1
        up, down = (found.dual.smoothed(Prices(rows, one), heat)[0] for one in (more, less))
        assert (up - down) / 2 == pytest.approx(slope.orders[0, period], rel=1e-3, abs=1e-2)


@pytest.mark.slow
def test_descent_lowers_the_bound_and_the_checker_agrees_with_it() -> None:
    given = crowded()
    found = search(given)
    bounds = []

    def seen(prices: Prices) -> bool:
        bounds.append(certificate(given, found.dual, prices))
        return True

    descend(found.dual, seen)
    assert min(one.bound for one in bounds) < 0.9 * found.dual.value(found.dual.no_prices())
    assert all(certified_bound(given, one) == one.bound for one in bounds)


def test_a_descent_ends_within_a_heat_when_it_should_not_go_on() -> None:
    asked: list[int] = []
    seen: list[Prices] = []

    def goes_on() -> bool:
        asked.append(1)
        return len(asked) < 3

    def heard(prices: Prices) -> bool:
        seen.append(prices)
        return False

    descend(search(crowded()).dual, heard, goes_on=goes_on)
    assert (len(asked), len(seen)) == (3, 1)
