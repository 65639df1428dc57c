from decimal import Decimal
from itertools import pairwise

import pytest

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.roadmap.checking import check
from tenglong.domain.roadmap.front import FrontPoint, limited, pareto
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.solvers.exhaustive import best_plan
from tests.unit.domain.roadmap.small import crowded, problem

pytestmark = pytest.mark.usefixtures("in_process")


def check_front(one: Problem, found: tuple[FrontPoint, ...]) -> None:
    for point in found:
        assert check(limited(one, "money", point.limit), point.plan, point.certificate) == ()
        assert point.amounts["money"] <= point.limit
        assert point.bound is not None and point.value <= point.bound
    for before, after in pairwise(found):
        assert before.limit < after.limit and before.value <= after.value
        assert before.bound is not None and after.bound is not None and before.bound <= after.bound


def test_points_run_from_the_least_money_to_what_the_best_plan_takes() -> None:
    one = problem()
    found = pareto(one, points=4, seconds=40)
    check_front(one, found)
    assert [point.limit for point in found] == [8, Decimal("12.6"), Decimal("17.3"), 22]
    for point in found:
        judge = best_plan(limited(one, "money", point.limit))
        assert judge is not None and point.value == one.aim.natural(judge.value)


def test_many_firms_give_a_rising_front() -> None:
    one = crowded(12)
    heard: list[tuple[int, int]] = []
    found = pareto(one, points=4, work=120, on_progress=lambda done, of: heard.append((done, of)))
    check_front(one, found)
    assert found[0].limit == 0 and len({point.value for point in found}) == 4
    assert heard == sorted(heard) and {of for _, of in heard} == {4}


def test_a_front_may_be_stopped() -> None:
    found = pareto(crowded(12), points=4, work=120, on_progress=lambda done, of: done >= 1)
    assert len(found) == 1


def test_the_limit_that_is_there_already_is_the_one_that_moves() -> None:
    one = limited(problem(), "money", Decimal("12.34"))
    assert [(limit.id, limit.bound) for limit in one.limits[:2]] == [("first-quarter", 99), ("money", 123)]
    without = limited(problem(limits=[]), "money", Decimal(1))
    assert [(limit.id, limit.bound) for limit in without.limits] == [("front", 10)]


def test_there_is_no_front_where_there_is_no_plan() -> None:
    impossible = problem(limits=[{"id": "x", "amount": "land", "at_least": 1000}])
    assert pareto(impossible, points=2, seconds=20) == ()


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(BadValue) as error:
        pareto(problem(), points=1)
    assert str(error.value) == "成本与效益曲线至少要有两个点，现为 1。"
    with pytest.raises(BadValue) as error:
        pareto(problem(), amount="gold")
    assert str(error.value) == "问题中没有名为“gold”的数量，无法计算曲线。"
