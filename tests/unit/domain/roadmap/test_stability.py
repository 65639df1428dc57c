from decimal import Decimal

import numpy as np
import pytest

from tenglong.domain.roadmap.checking import arrivals, check, worth_of
from tenglong.domain.roadmap.plans import Plan
from tenglong.domain.roadmap.solvers.exhaustive import best_plan
from tenglong.domain.roadmap.stability import (
    Announced,
    with_announced,
)
from tests.unit.domain.roadmap.small import problem

PROMISED = Plan(np.array([1, 2, -1]), np.array([2, 1, -1]), 0)


def announced(per_period: str, other: str, *signed: int) -> Announced:
    mask = np.zeros(3, bool)
    mask[list(signed)] = True
    return Announced(PROMISED, mask, Decimal(per_period), Decimal(other))


def replanned(one: Announced) -> Plan:
    changed = with_announced(problem(), one)
    plan = best_plan(changed)
    assert plan is not None and check(changed, plan) == ()
    return plan


def value_without_rewards(plan: Plan) -> int:
    """The value of a plan in the problem as it was before promises."""
    return worth_of(problem().aim.worth, arrivals(problem(), plan))


def test_promises_that_cost_nothing_change_nothing() -> None:
    free = best_plan(problem())
    assert free is not None
    assert value_without_rewards(replanned(announced("0", "0"))) == free.value


def test_dear_promises_are_kept() -> None:
    plan = replanned(announced("100", "1000"))
    assert (plan.measure[:2].tolist(), plan.start[:2].tolist()) == ([1, 2], [2, 1])


@pytest.mark.parametrize(("per_period", "moves"), [("0.05", True), ("0.5", False)])
def test_a_date_moves_where_that_is_worth_more_than_the_promise(per_period: str, moves: bool) -> None:
    plan = replanned(announced(per_period, "100"))
    assert bool(plan.start[1] != 1) is moves


def test_signed_is_fixed_whatever_it_costs() -> None:
    plan = replanned(announced("0", "0", 0))
    assert (plan.measure[0], plan.start[0]) == (1, 2)
    free = best_plan(problem())
    assert free is not None
    assert free.value > value_without_rewards(plan)
