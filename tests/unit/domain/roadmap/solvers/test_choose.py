from dataclasses import replace

import numpy as np
import pytest

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.roadmap.plans import Certificate, Plan, Reason, Solution, Status
from tenglong.domain.roadmap.solvers import child
from tenglong.domain.roadmap.solvers.choose import MOST_EXACT, chosen_method, solve, solve_aims
from tests.unit.domain.roadmap.small import problem


def test_small_problems_are_solved_exactly_and_large_ones_by_prices() -> None:
    small = problem()
    assert chosen_method(small, "auto") == "exact"
    count = MOST_EXACT // 4 + 1
    measures = replace(small.measures, first=np.zeros(count, np.int16), last=np.full(count, 3, np.int16))
    assert chosen_method(replace(small, measures=measures), "auto") == "prices"


def test_a_named_method_is_taken() -> None:
    assert chosen_method(problem(), "prices") == "prices"
    with pytest.raises(BadValue, match="没有名为“magic”的求解方法"):
        chosen_method(problem(), "magic")


@pytest.mark.slow
def test_the_door_gives_the_plan_of_the_child() -> None:
    solution = solve(problem(), seconds=60)
    assert solution.plan is not None and solution.plan.value == 5_900_000


def test_a_list_is_optimal_only_if_every_aim_is_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    aims = [
        {"kind": "benefit", "weights": {"land": 1}, "tolerance": 0.5},
        {"kind": "cost", "amount": "money"},
    ]
    whole = problem(aim=aims)
    plan, prices = Plan.waiting(3), Certificate(1, (0, 0, 0), (), (), 0)
    open_ = Solution(Status.FEASIBLE, Reason.CLAIMED, "exact", plan, replace(prices, bound=9))
    proven = Solution(Status.OPTIMAL, Reason.CERTIFIED, "exact", plan, prices)
    for first, status, reason in (
        (open_, Status.FEASIBLE, Reason.CLAIMED),
        (proven, Status.OPTIMAL, Reason.CERTIFIED),
    ):
        answers = iter([first, proven])
        monkeypatch.setattr(child, "solve", lambda *asked, answers=answers: next(answers))
        _, found = solve_aims(whole)
        assert (found.status, found.reason) == (status, reason)
