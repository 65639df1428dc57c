from typing import Any

import pytest

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.roadmap.checking import check
from tenglong.domain.roadmap.plans import Reason, Status
from tenglong.domain.roadmap.solvers.running import first_plan, run
from tenglong.domain.roadmap.solvers.search_limits import Limits
from tests.unit.domain.roadmap.small import crowded, problem


@pytest.mark.parametrize("method", ["exhaustive", "exact", "prices"])
def test_every_method_finds_the_best_plan_of_a_tiny_problem(method: str) -> None:
    solution = run(problem(), method, Limits(), lambda search, point: None)
    assert solution.plan is not None
    assert (solution.method, solution.plan.value) == (method, 5_900_000)


def test_too_many_combinations_are_refused() -> None:
    assert run(crowded(), "exhaustive", Limits(), lambda search, point: None).reason == Reason.TOO_LARGE


def test_who_must_start_and_cannot_is_a_conflict() -> None:
    limits = [{"id": "m", "amount": "money", "at_most": 4}]
    assert (
        run(problem(limits=limits), "exact", Limits(), lambda search, point: None).status == Status.INFEASIBLE
    )


LAND, MONEY = {"id": "l", "amount": "land"}, {"id": "m", "amount": "money"}
ONE = {"id": "1", "measures": [{"name": "close", "amounts": {"land": 2, "money": 1}}]}
STAR = [
    {"id": str(k), "measures": [{"name": "close", "amounts": {"land": k, "money": 1}}]} for k in range(14)
]
RING = [{"first": "0", "then": "1", "gap": 1}, {"first": "1", "then": "0", "gap": 1}]
TENANTS = [{"first": "0", "then": str(k), "gap": 1} for k in range(1, 14)]
CHAIN = [{"first": str(k), "then": str(k + 1), "gap": 1} for k in range(13)]


@pytest.mark.slow
@pytest.mark.parametrize("method", ["exact", "prices"])
@pytest.mark.parametrize(
    ("firms", "limits", "orders", "land"),
    [
        ([], [], [], 0),
        ([], [MONEY | {"at_most": 0}], [], 0),
        ([], [LAND | {"at_least": 1}], [], None),
        ([{"id": "1"}], [], [], 0),
        ([{"id": "1"}], [LAND | {"at_least": 1}], [], None),
        ([ONE], [], [], 2),
        ([ONE], [MONEY | {"at_most": 0}], [], 0),
        ([ONE], [LAND | {"at_least": 0}, MONEY | {"at_most": 10**9}], [], 2),
        ([ONE | {"must": True}], [MONEY | {"at_most": 0}], [], None),
        (STAR, [], TENANTS, 91),
        (STAR, [MONEY | {"at_most": 3}], TENANTS, 25),
        (STAR, [MONEY | {"at_most": 0}], TENANTS, 0),
        (STAR, [], CHAIN, 6),
        ([one | {"must": True} for one in STAR], [], CHAIN, None),
        (STAR[:2], [], RING, 0),
    ],
)
def test_every_problem_has_an_answer(
    method: str, firms: list[Any], limits: list[Any], orders: list[Any], land: int | None
) -> None:
    aim = {"kind": "benefit", "weights": {"land": 1.0}, "discount": 1}
    asked = problem(firms=firms, limits=limits, orders=orders, aim=aim)
    solution = run(asked, method, Limits(work=3000), lambda search, point: None)
    if land is None:
        assert (solution.status, solution.reason) == (Status.INFEASIBLE, Reason.CONFLICT)
        return
    assert solution.plan is not None
    assert asked.aim.natural(solution.plan.value) == land
    assert check(asked, solution.plan, solution.certificate) == ()


def test_a_first_plan_is_there_at_once() -> None:
    assert check(crowded(), first_plan(crowded())) == ()
    with pytest.raises(BadValue):
        first_plan(problem(limits=[{"id": "m", "amount": "money", "at_most": 4}]))
