from decimal import Decimal
from fractions import Fraction

import pytest

from tenglong.domain.roadmap.plans import Plan
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.shadow_prices import Easing, eased, shadow_prices, step_of, steps_exist
from tenglong.domain.roadmap.solvers.exhaustive import best_plan
from tests.unit.domain.roadmap.small import problem
from tests.unit.domain.roadmap.test_explanation import NAMES, certificate


def solved(**changes: object) -> tuple[Problem, Plan]:
    one = problem(**changes)
    plan = best_plan(one)
    assert plan is not None
    return one, plan


def one_firm(**limit: object) -> tuple[Problem, Plan]:
    measure = {"name": "close", "until": 1, "amounts": {"land": 500, "money": 1000}}
    rows = [{"id": "A", "tags": {"zone": "东"}, "measures": [measure]}]
    aim = {"kind": "benefit", "weights": {"land": 1}}
    return solved(firms=rows, orders=[], limits=[{"id": "x"} | limit], aim=aim)


def test_more_capacity_is_told_in_the_units_of_both() -> None:
    one, plan = one_firm(amount="money", until=1, at_most=900)
    price = shadow_prices(one, plan, certificate(one, 50_000_000), NAMES)[0]
    assert (price.limit, str(price.label), price.unit, price.step) == (
        "x",
        "资金（2026 年第 1 季度）",
        "万元",
        100,
    )
    assert (price.per_unit, price.per_step) == (Fraction("0.5"), 50)
    assert [str(one) for one in price.sentences] == [
        "资金（2026 年第 1 季度）每增加 100万元，约可多腾出土地 50亩，最多可多腾出土地 500亩。",
        "资金（2026 年第 1 季度）每减少 100万元，约会少腾出土地 50亩。",
        "这是估算，只宜用来比较轻重：方案本身最多还可多腾出土地 450亩。实际效果请用假设分析重算。",
    ]


def test_where_the_plan_is_proven_best_the_loss_is_proven_too() -> None:
    one, plan = one_firm(amount="money", until=1, at_most=1000)
    price = shadow_prices(one, plan, certificate(one, 50_000_000))[0]
    assert (price.gain_at_most, price.loss_at_least) == (50, 50)
    assert (
        str(price.sentences[1])
        == "资金（2026 年第 1 季度）每减少 100万元，约会少腾出土地 50亩，至少会少腾出土地 50亩。"
    )
    assert str(price.sentences[2]).startswith("这是估算：加得越多，每一份带来的越少")


def test_a_target_costs_and_easing_it_brings() -> None:
    firms = [
        {"id": "A", "measures": [{"name": "close", "until": 1, "amounts": {"land": 500, "money": 1000}}]}
    ]
    target = [{"id": "land", "amount": "land", "until": 4, "at_least": 500}]
    one, plan = solved(firms=firms, orders=[], limits=target, aim={"kind": "cost", "amount": "money"})
    price = shadow_prices(one, plan, certificate(one, 200))[0]
    lower = "腾出土地（截至 2026-12-31）目标每降低 10亩，约可少支出资金 20万元，最多可少支出资金 20万元。"
    higher = "腾出土地（截至 2026-12-31）目标每提高 10亩，约会多支出资金 20万元，至少会多支出资金 20万元。"
    told = [str(sentence) for sentence in price.sentences]
    assert told[0] == lower and len(told) == 2  # all that there is: no firm could bring more
    more = [*firms, {"id": "B", "measures": [{"name": "close", "amounts": {"land": 10, "money": 90}}]}]
    one, plan = solved(firms=more, orders=[], limits=target, aim={"kind": "cost", "amount": "money"})
    price = shadow_prices(one, plan, certificate(one, 200))[0]
    assert [str(sentence) for sentence in price.sentences[:2]] == [lower, higher]


FIRMS = [
    {"id": id, "measures": [{"name": "close", "until": 1, "amounts": {"land": land, "money": money}}]}
    for id, land, money in (("A", 30, 50), ("B", 20, 40), ("C", 10, 10))
]
ONE_LIMIT = [
    ({"amount": "money", "at_most": 60}, {"kind": "benefit", "weights": {"land": 1}}, 500_000),
    ({"amount": "money", "at_most": 100}, {"kind": "benefit", "weights": {"land": 1}}, 500_000),
    ({"amount": "money", "at_most": 10}, {"kind": "benefit", "weights": {"land": 1}}, 1_000_000),
    ({"amount": "land", "at_least": 40}, {"kind": "cost", "amount": "money"}, 200),
    ({"amount": "land", "at_least": 60}, {"kind": "cost", "amount": "money"}, 200),
    ({"amount": "land", "at_least": 10}, {"kind": "cost", "amount": "money"}, 100),
]


@pytest.mark.parametrize(("limit", "aim", "price"), ONE_LIMIT)
def test_each_step_that_is_told_exists_and_is_worth_what_is_said(
    limit: dict[str, object], aim: dict[str, object], price: int
) -> None:
    """Solved again with the limit moved by a step: there is a plan, and it is within what was proven."""
    one, plan = solved(firms=FIRMS, orders=[], limits=[{"id": "x"} | limit], aim=aim)
    step = step_of(one, one.limits[0])
    (found,) = shadow_prices(one, plan, certificate(one, price))
    wider = best_plan(eased(one, 0, step))
    assert wider is not None
    assert 0 <= one.aim.natural(wider.value - plan.value) <= found.gain_at_most
    exists = steps_exist(one, 0, step)
    assert exists[0] and len(found.sentences) == 1 + sum(exists)
    tighter = best_plan(eased(one, 0, -step))
    assert exists[1] == (tighter is not None)
    if tighter is not None:
        assert one.aim.natural(plan.value - tighter.value) >= found.loss_at_least


def test_the_largest_effect_comes_first_and_free_limits_are_left_out() -> None:
    one, plan = solved()
    found = shadow_prices(one, plan, certificate(one, 2_000_000, 39_000_000, 0))
    assert [price.limit for price in found] == ["money", "first-quarter"]


def test_a_wider_limit_lets_in_what_broke_it_alone() -> None:
    """Without the firm that the limit shuts out the bound is 0; with it the same prices prove 500 less its price."""
    one, _ = one_firm(amount="money", until=1, at_most=900)
    free = certificate(one, 0)
    assert free.bound == 0
    assert Easing(one, free).bound(0, 999) == 0
    assert Easing(one, free).bound(0, 1000) == 500 * 10**one.aim.places
    assert Easing(one, free).bound(0, -1000) == 0


@pytest.mark.parametrize(
    ("limit", "step"),
    [
        ({"amount": "money", "at_most": 5000}, "100"),
        ({"amount": "money", "at_most": 100}, "100"),
        ({"amount": "money", "at_most": 30}, "10"),
        ({"amount": "land", "at_least": 3}, "1"),
        ({"amount": "money", "at_most": 0}, "100"),
    ],
)
def test_a_step_is_no_larger_than_its_limit(limit: dict[str, object], step: str) -> None:
    one, _ = (
        one_firm(**limit) if limit["amount"] == "money" else (problem(limits=[{"id": "x"} | limit]), None)
    )
    amount = one.amounts[one.limits[0].amount]
    assert amount.natural(step_of(one, one.limits[0])) == Decimal(step)


def test_easing_moves_both_kinds_of_limits_the_right_way() -> None:
    one, _ = solved()
    assert [eased(one, number, 3).limits[number].bound for number in (0, 2)] == [102, 97]
