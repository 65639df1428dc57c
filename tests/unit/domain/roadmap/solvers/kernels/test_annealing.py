import numpy as np
import pytest

from tenglong.domain.roadmap.solvers.kernels import annealing
from tests.unit.domain.roadmap.small import problem, search


def test_random_numbers_depend_on_their_seed_only() -> None:
    one, two = (np.array([7], np.uint64) for _ in range(2))
    drawn = [annealing.next_random(one) for _ in range(1000)]
    assert drawn == [annealing.next_random(two) for _ in range(1000)]
    assert 0 <= min(drawn) and max(drawn) < 1 and 0.45 < sum(drawn) / 1000 < 0.55


@pytest.mark.parametrize("seed", [1, 7, 2**40 + 1, 2**64 - 1])
def test_random_numbers_are_those_of_xorshift64_star(seed: int) -> None:
    """Vigna, An experimental exploration of Marsaglia's xorshift generators, scrambled (2016), in whole numbers."""
    word, state, drawn = 2**64 - 1, np.array([seed], np.uint64), []
    for _ in range(20):
        seed ^= seed >> 12
        seed = (seed ^ seed << 25) & word
        seed ^= seed >> 27
        drawn.append((seed * 2685821657736338717 & word) >> 11)
    assert [annealing.next_random(state) * 2**53 for _ in range(20)] == drawn


def test_orders_are_heeded() -> None:
    arrays = search(problem()).options.arrays
    start = np.array([2, 1, -1])
    assert annealing.in_order(arrays, 0, 2, start) and annealing.in_order(arrays, 0, -1, start)
    assert not annealing.in_order(arrays, 0, 1, start)
    assert not annealing.in_order(arrays, 1, -1, start) and not annealing.in_order(arrays, 1, 2, start)


def test_a_change_is_worth_its_gain_less_what_it_leaves_idle_or_breaks() -> None:
    table = (
        None,
        None,
        None,
        np.array([0.0, 5.0]),
        np.array([0, 1, 2]),
        np.array([0, 0]),
        np.array([2.0, 6.0]),
        np.array([0.0, 8.0]),
    )
    price, penalty = np.array([0.5]), np.array([3.0])
    turn = np.array([1.0, 1.0, 2.0, 10.0])
    idle = annealing.change_of(0, 1, table, (np.array([8.0]), price, penalty), turn)
    assert idle == 5 + 0.5 * 4
    broken = annealing.change_of(0, 1, table, (np.array([1.0]), price, penalty), turn)
    assert broken == 5 + 0.5 * 1 - (10 + 2 * 3 * 3)
    half = np.array([1.0, 0.5, 2.0, 10.0])
    ordered = annealing.change_of(0, 1, table, (np.array([8.0]), price, penalty), half)
    assert ordered == 5 + 0.5 * (0.5 * 4) + 0.5 * 8


def test_who_alone_stands_in_the_way_is_found() -> None:
    arrays = search(problem()).options.arrays
    start = np.array([2, 1, -1])
    assert annealing.in_the_way(arrays, 0, 2, start) == -1 and annealing.in_the_way(arrays, 0, 1, start) == 1
    assert annealing.in_the_way(arrays, 1, 1, start) == -1  # a quarter before the other, as the order wants
    assert annealing.in_the_way(arrays, 1, 2, start) == 0 and annealing.in_the_way(arrays, 1, -1, start) == 0
    orders = [{"first": first, "then": "C", "gap": 0} for first in "AB"]
    arrays = search(problem(orders=orders)).options.arrays
    assert annealing.in_the_way(arrays, 2, 0, np.array([-1, -1, -1])) == -2
