import numpy as np

from tenglong.domain.roadmap.solvers.exhaustive import best_plan
from tenglong.domain.roadmap.solvers.kernels import uses
from tests.unit.domain.roadmap.small import problem, search


def test_what_a_plan_uses_and_is_worth_is_added_up_as_the_judge_does() -> None:
    found, judge = search(problem()), best_plan(problem())
    assert judge is not None
    use = np.zeros(3, np.int64)
    assert uses.total_uses(found.options.arrays, judge.measure, judge.start, use) == judge.value
    assert (use <= found.options.capacity).all()


def test_columns_merge_what_parts_use_of_one_row() -> None:
    arrays = search(problem()).options.arrays
    chosen = tuple(np.array(one, np.int64) for one in ([0], [1], [1]))
    begin, row, use, value = uses.columns(arrays, chosen, 3, True)
    assert begin.tolist() == [0, 2] and value.tolist() == [950_000]
    assert dict(zip(row.tolist(), use.tolist(), strict=True)) == {1: 30, 2: -100}


def test_an_option_that_breaks_a_limit_alone_is_taken_out() -> None:
    offered = search(problem()).options.arrays.offered
    assert offered[0].tolist() == [False, True, True, True]  # 10 in the first quarter, where 9.9 is allowed
    assert offered[3].all()


def test_order_decides_when_a_firm_may_start_or_wait() -> None:
    arrays = search(problem()).options.arrays
    nobody, landlord = np.array([-1, -1, -1]), np.array([-1, 1, -1])
    assert uses.window(arrays, 0, nobody) == (0, -1)
    assert uses.window(arrays, 0, landlord)[0] == 2
    tenant = np.array([2, 1, -1])
    assert uses.window(arrays, 1, tenant)[1] == 1
    assert not uses.may_wait(arrays, 1, tenant) and uses.may_wait(arrays, 2, tenant)
    inside = np.array([True, False, False])
    low, high, must = uses.windows(arrays, np.array([0]), inside, landlord)
    assert (low[0], must[0]) == (2, False) and high[0] > 3


def test_no_plan_is_worth_less_than_the_least() -> None:
    found = search(problem(aim={"kind": "benefit", "weights": {"land": 1.0, "money": -1.0}, "discount": 1}))
    arrays, periods = found.options.arrays, range(4)
    values = [[uses.option_value(arrays, 1, (2, start)) for start in periods]]  # B must start
    values += [[0, *(uses.option_value(arrays, 2, (3, start)) for start in periods)]]
    values += [
        [
            0,
            *(
                uses.option_value(arrays, 0, (m, s))
                for m in (0, 1)
                for s in periods
                if s >= m and arrays.offered[m, s]
            ),
        ]
    ]
    assert uses.least_value(arrays) == sum(map(min, values)) < 0
