from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from tenglong.domain.roadmap.plans import Plan
from tenglong.domain.roadmap.problems import WAITS
from tenglong.domain.roadmap.solvers.exhaustive import best_plan
from tenglong.domain.roadmap.stability import Announced, with_announced
from tenglong.domain.roadmap.wording import (
    Names,
    Worth,
    amount_label,
    amount_step,
    firm_words,
    last_day,
    limit_words,
    option_words,
    period_words,
    said,
    tag_label,
)
from tests.unit.domain.roadmap.small import problem

NAMES = Names(
    firms={"A": "甲纽扣厂"},
    tags={"zone": {"东": "东区"}},
    measures={"close": "关停"},
    until=date(2026, 12, 20),
)
WEEKS = ["2026-02-02", "2026-02-09", "2026-02-16", "2026-02-23"]


def limit(**changes: object) -> str:
    one = {"id": "x", "amount": "money", "at_most": 1} | changes
    return str(limit_words(problem(limits=[one]), 0, NAMES))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "资金（全程）"),
        ({"from": 2}, "资金（2026-04-01 起）"),
        ({"from": 3, "until": 3}, "资金（2026 年第 3 季度）"),
        ({"from": 2, "until": 3}, "资金（2026-04-01 至 2026-09-30）"),
        ({"until": 1}, "资金（2026 年第 1 季度）"),
        ({"until": 2, "amount": "land"}, "腾出土地（截至 2026-06-30）"),
        ({"until": 4}, "资金（截至 2026-12-20）"),
        ({"where": {"zone": "东"}}, "资金（区块“东区”，全程）"),
        ({"where": {"zone": ["东", "西"]}, "until": 1}, "资金（区块“东区、西”，2026 年第 1 季度）"),
    ],
)
def test_a_limit_is_named_by_what_when_and_whose(changes: dict[str, object], words: str) -> None:
    assert limit(**changes) == words


@pytest.mark.parametrize(
    ("starts", "period", "day"),
    [
        (["2026-01-01", "2026-04-01", "2026-07-01", "2026-10-01"], 0, date(2026, 3, 31)),
        (["2026-01-01", "2026-04-01", "2026-07-01", "2026-10-01"], 3, date(2026, 12, 31)),
        (["2025-12-01", "2026-01-01", "2026-02-01", "2026-03-01"], 3, date(2026, 3, 31)),
        (WEEKS, 3, date(2026, 3, 1)),
    ],
)
def test_the_last_period_is_as_long_as_the_one_before(starts: list[str], period: int, day: date) -> None:
    assert last_day(problem(periods=starts), period, Names()) == day


def test_periods_are_named_as_people_do() -> None:
    months = problem(periods=["2025-11-01", "2025-12-01", "2026-01-01", "2026-02-01"])
    assert str(period_words(months, 0, 0, Names())) == "2025 年 11 月"
    assert str(period_words(months, 0, 1, Names())) == "2025-11-01 至 2025-12-31"
    assert str(period_words(problem(periods=WEEKS), 1, 1, Names())) == "2026-02-09 至 2026-02-15"


def test_one_period_alone_has_no_end_unless_the_plan_has() -> None:
    firms = [{"id": "A", "measures": [{"name": "close", "amounts": {"land": 1}}]}]
    alone = problem(periods=["2026-01-01"], firms=firms, limits=[], orders=[])
    assert str(period_words(alone, 0, 0, Names())) == "2026-01-01 起"
    assert str(period_words(alone, 0, 0, NAMES)) == "2026-01-01 至 2026-12-20"


def test_what_is_not_known_is_named_by_its_id() -> None:
    assert (str(amount_label("x{y}")), str(tag_label("z")), amount_step("x{y}")) == ("x{y}", "z", 1)
    assert str(option_words(problem(), 1, 2, Names())) == "upgrade（2026-07-01 开始）"
    assert str(firm_words(problem(), 1, NAMES)) == "企业“B”"


def test_names_are_not_read_as_templates() -> None:
    odd = Names(firms={"A": "{甲}"}, tags={"zone": {"东": "{东}"}})
    assert str(firm_words(problem(), 0, odd)) == "企业“{甲}”"
    where = problem(limits=[{"id": "x", "amount": "money", "where": {"zone": "东"}, "at_most": 1}])
    assert str(limit_words(where, 0, odd)) == "资金（区块“{东}”，全程）"


def test_options_and_firms_are_named() -> None:
    assert str(option_words(problem(), 0, 1, NAMES)) == "关停（2026-04-01 开始）"
    assert str(option_words(problem(), WAITS, WAITS, NAMES)) == "等待"
    assert str(firm_words(problem(), 0, NAMES)) == "企业“甲纽扣厂”"
    wish = problem(clearances=[{"id": "东区清零", "where": {"zone": "东"}, "by": 2, "bonus": 1}])
    assert str(firm_words(wish, 3, NAMES)) == "整区清零奖励“东区清零”"
    parcel = problem(firms=[{"id": "parcel:A"}], orders=[], limits=[])
    assert str(firm_words(parcel, 0, NAMES)) == "“甲纽扣厂”的宗地整体移交"


def test_numbers_are_rounded_half_up_once() -> None:
    assert [said(one) for one in (Fraction(1, 8), Decimal("2.50"), Fraction(-1, 200), 7)] == [
        Decimal("0.13"),
        Decimal("2.5"),
        Decimal("-0.01"),
        Decimal(7),
    ]


def worth(aim: dict[str, object], whole: int, **changes: object) -> tuple[str, str, str]:
    one = problem(aim=aim, **changes)
    plan = best_plan(one)
    assert plan is not None
    words = Worth.of(one, plan)
    return str(words.total(whole)), str(words.more(whole)), str(words.less(whole))


def test_money_is_saved_or_spent() -> None:
    cost = {"kind": "cost", "amount": "money"}
    assert worth(cost, -25)[0] == "资金 2.5万元"
    assert worth(cost, 30)[1:] == ("少支出资金 3万元", "多支出资金 3万元")


def test_one_benefit_is_told_in_its_unit() -> None:
    aim = {"kind": "benefit", "weights": {"land": 2}, "decimals": 0}
    assert worth(aim, 300) == ("腾出土地 1.5亩", "多腾出土地 1.5亩", "少腾出土地 1.5亩")


def test_a_discounted_benefit_is_told_in_points_and_what_they_come_to() -> None:
    one = problem()
    plan = Plan.waiting(3)
    plan.measure[1], plan.start[1] = 2, 1  # two mu in the second quarter: 0.95 points each
    words = Worth.of(one, plan)
    assert str(words.more(950000)) == "多得 0.95 分（折合腾出土地 1亩）"
    assert words.units(950000) == 1


def test_several_benefits_are_told_in_points_and_in_the_one_that_brings_most() -> None:
    bring = {
        "land": {"kind": "brings", "unit": "亩"},
        "energy": {"kind": "brings"},
        "cod": {"kind": "brings"},
    }
    firms = [{"id": "A", "measures": [{"name": "close", "amounts": {"land": 5, "energy": 6, "cod": 7}}]}]
    aim = {"kind": "benefit", "weights": {"land": 2, "energy": 1, "cod": 1}}
    said_ = worth(aim, 5_000_000, amounts=bring, firms=firms, limits=[], orders=[])
    assert said_ == (
        "价值 5 分",
        "多得 5 分（折合腾出土地 2.5亩）",
        "少得 5 分（折合腾出土地 2.5亩）",
    )


def test_a_plan_that_brings_nothing_is_told_in_points() -> None:
    words = Worth.of(problem(), Plan.waiting(3))
    assert (str(words.more(1_000_000)), words.units(1)) == ("多得 1 分", None)


def test_rewards_for_keeping_promises_are_no_benefit_to_tell() -> None:
    plan = best_plan(problem())
    assert plan is not None
    announced = Announced(plan, np.zeros(3, bool), Decimal(100), Decimal(100))
    words = Worth.of(with_announced(problem(), announced), plan)
    assert words.amount is not None and words.amount.id == "land"
