"""To the unit: what a limit, an earlier aim, an order and a certificate allow, and the least more that they do not.

The plan (docs/algorithms/roadmap.md 2 and 3): A closes in the second quarter, B in the first, C in the third.
Land in 亩 (two places) arrives when a measure is done, money in 万元 (one place) goes when it starts:

    firm zone  money          land
    A    东    9 in quarter 2  3.34 in quarter 3
    B    西    5 in quarter 1  2    in quarter 1
    C    东    8 in quarter 3  4    in quarter 3
"""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tenglong.domain.roadmap.aims import next_aim
from tenglong.domain.roadmap.breaches import breaches
from tenglong.domain.roadmap.checking import check, check_certificate
from tenglong.domain.roadmap.plans import Certificate, Plan
from tenglong.domain.roadmap.problems import Problem
from tests.unit.domain.roadmap.small import problem

CHOSEN, STARTS = [0, 2, 3], [1, 0, 2]
STEP = {"money": 0.1, "land": 0.01}

SUMS = [
    ("money", {}, 22),
    ("money", {"from": 1, "until": 1}, 5),
    ("money", {"from": 2, "until": 2}, 9),
    ("money", {"from": 1, "until": 2}, 14),
    ("money", {"from": 2, "until": 3}, 17),
    ("money", {"from": 4, "until": 4}, 0),
    ("money", {"from": 3}, 8),
    ("money", {"where": {"zone": "东"}}, 17),
    ("money", {"where": {"zone": "西"}}, 5),
    ("money", {"where": {"zone": ["东", "西"]}}, 22),
    ("money", {"where": {"zone": "东"}, "from": 3, "until": 3}, 8),
    ("money", {"where": {"zone": "西"}, "from": 2, "until": 4}, 0),
    ("land", {}, 9.34),
    ("land", {"until": 2}, 2),
    ("land", {"until": 3}, 9.34),
    ("land", {"where": {"zone": "东"}, "until": 3}, 7.34),
    ("land", {"where": {"zone": "西"}, "until": 4}, 2),
]


def planned(**changes: Any) -> tuple[Problem, Plan]:
    """The problem with nothing but these limits or orders, and the plan above with its right value."""
    asked = problem(
        **{"limits": [], "orders": [], "aim": {"kind": "benefit", "weights": {"land": 1}}, **changes}
    )
    return asked, Plan(np.array(CHOSEN), np.array(STARTS), 9_340_000)


def verdicts(asked: Problem, plan: Plan) -> set[bool]:
    """Whether the plan is good: the checker's word, and that of the sentences for people, which must agree."""
    return {not check(asked, plan), not breaches(asked, plan)}


@pytest.mark.parametrize(("amount", "window", "total"), SUMS)
@pytest.mark.parametrize("line", [
    ("at_most", 0, True), ("at_most", 1, True), ("at_most", -1, False),
    ("at_least", 0, True), ("at_least", -1, True), ("at_least", 1, False),
])  # fmt: skip
def test_a_limit_is_kept_when_reached_exactly_and_broken_by_one_unit(
    amount: str, window: dict[str, Any], total: float, line: tuple[str, int, bool]
) -> None:
    side, steps, holds = line
    limit = {"id": "x", "amount": amount, side: round(total + steps * STEP[amount], 2), **window}
    if limit[side] >= 0:  # a bound below nothing cannot be written
        assert verdicts(*planned(limits=[limit])) == {holds}


@pytest.mark.parametrize(("above", "holds"), [(-1, True), (0, True), (1, False)])
def test_an_earlier_aim_is_kept_when_reached_exactly(above: int, holds: bool) -> None:
    aims = [{"kind": "benefit", "name": "效益", "weights": {"land": 1}}, {"kind": "cost", "amount": "money"}]
    asked, plan = planned(aim=aims)
    later = next_aim(asked, 9_340_000 + above)
    assert verdicts(later, replace(plan, value=-220)) == {holds}


ORDERS = [
    ("B", "A", 0, True),
    ("B", "A", 1, True),
    ("B", "A", 2, False),
    ("B", "C", 2, True),
    ("B", "C", 3, False),
    ("A", "B", 0, False),
    ("A", "C", 1, True),
    ("A", "C", 2, False),
]


@pytest.mark.parametrize(("first", "then", "gap", "holds"), ORDERS)
def test_an_order_is_kept_when_its_gap_is_exact(first: str, then: str, gap: int, holds: bool) -> None:
    assert verdicts(*planned(orders=[{"first": first, "then": then, "gap": gap}])) == {holds}


WAITING = [("A", "C", [0, 2, -1], True), ("C", "A", [0, 2, -1], False), ("A", "C", [-1, 2, -1], True)]


@pytest.mark.parametrize(("first", "then", "measure", "holds"), WAITING)
def test_who_waits_breaks_no_order_but_holds_back_who_comes_after(
    first: str, then: str, measure: list[int], holds: bool
) -> None:
    asked, plan = planned(orders=[{"first": first, "then": then, "gap": 0}])
    start = [begun if chosen >= 0 else -1 for chosen, begun in zip(measure, STARTS, strict=True)]
    waiting = replace(plan, measure=np.array(measure), start=np.array(start))
    found = [str(one) for one in check(asked, waiting) if "次序" in str(one)]
    assert (not found, not breaches(asked, waiting)) == (holds, holds)


CERTIFICATES = [
    (9_340_000, 0, True),
    (9_340_001, 0, False),
    (9_340_000, 1, False),
    (9_340_000, -1, False),
]


@pytest.mark.parametrize(("value", "claimed", "holds"), CERTIFICATES)
def test_a_value_may_reach_its_bound_and_a_bound_is_what_its_prices_say(
    value: int, claimed: int, holds: bool
) -> None:
    asked, _ = planned()
    certificate = Certificate(1, (), (), (), 9_340_000 + claimed)
    assert (check_certificate(asked, certificate, value) == []) is holds


@pytest.mark.parametrize(("wrong", "refused"), [
    ({"denominator": 0}, True), ({"denominator": 1}, False),
    ({"limits": (-1,)}, True), ({"limits": (0,)}, False), ({"limits": ()}, True), ({"limits": (0, 0)}, True),
    ({"floors": (0,)}, True),
    ({"orders": ((0, 0, -1),)}, True), ({"orders": ((0, 0, 0),)}, False),
    ({"orders": ((1, 0, 0),)}, True), ({"orders": ((-1, 0, 0),)}, True),
    ({"orders": ((0, 4, 0),)}, True), ({"orders": ((0, 3, 0),)}, False), ({"orders": ((0, -1, 0),)}, True),
])  # fmt: skip
def test_prices_that_do_not_fit_the_problem_prove_nothing(wrong: dict[str, Any], refused: bool) -> None:
    limit = {"id": "x", "amount": "money", "at_most": 100}
    asked, _ = planned(limits=[limit], orders=[{"first": "B", "then": "A"}])
    certificate = replace(Certificate(1, (0,), (), (), 9_340_000), **wrong)
    assert any("不能证明" in str(one) for one in check_certificate(asked, certificate)) is refused
