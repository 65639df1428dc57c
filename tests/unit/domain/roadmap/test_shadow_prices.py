from decimal import Decimal
from fractions import Fraction

import pytest

from tenglong.domain.roadmap.plans import Plan
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.shadow_prices import Easing, eased, shadow_prices, step_of
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
        "这是边际估计，且小于方案与上界之间尚未证明的差距（最多还可多腾出土地 450亩），"
        "只宜用来比较轻重，实际效果请用假设分析重算。",
    ]


def test_where_the_plan_is_proven_best_the_loss_is_proven_too() -> None:
    one, plan = one_firm(amount="money", until=1, at_most=1000)
    price = shadow_prices(one, plan, certificate(one, 50_000_000))[0]
    assert (price.gain_at_most, price.loss_at_least) == (50, 50)
    assert (
        str(price.sentences[1])
        == "资金（2026 年第 1 季度）每减少 100万元，约会少腾出土地 50亩，至少会少腾出土地 50亩。"
    )
    assert str(price.sentences[2]).startswith("这是边际估计：增加越多，每一份带来的越少")


def test_a_target_costs_and_easing_it_brings() -> None:
    firms = [
        {"id": "A", "measures": [{"name": "close", "until": 1, "amounts": {"land": 500, "money": 1000}}]}
    ]
    target = [{"id": "land", "amount": "land", "until": 4, "at_least": 500}]
    one, plan = solved(firms=firms, orders=[], limits=target, aim={"kind": "cost", "amount": "money"})
    price = shadow_prices(one, plan, certificate(one, 200))[0]
    assert [str(sentence) for sentence in price.sentences[:2]] == [
        "腾出土地（截至 2026-12-31）目标每降低 10亩，约可少支出资金 20万元，最多可少支出资金 20万元。",
        "腾出土地（截至 2026-12-31）目标每提高 10亩，约会多支出资金 20万元，至少会多支出资金 20万元。",
    ]


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
