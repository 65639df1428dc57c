from dataclasses import replace

import numpy as np
import pytest

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.roadmap.checking import check, require
from tenglong.domain.roadmap.plans import Certificate, Plan
from tests.unit.domain.roadmap.small import problem

GOOD = Plan(np.array([1, 2, -1]), np.array([1, 0, -1]), 2_950_000)


def test_a_feasible_plan_with_its_value_passes() -> None:
    assert check(problem(), GOOD) == ()


@pytest.mark.parametrize(
    ("measure", "start", "said"),
    [
        ([1, -1, -1], [1, -1, -1], "企业 B 必须启动"),
        ([2, 2, -1], [1, 0, -1], "企业 A 的选择不是它的选项"),
        ([1, 2, -1], [0, 0, -1], "企业 A 的选择不是它的选项"),
        ([1, 2, -1], [1, 1, -1], "次序：企业 A 应在企业 B 启动至少 1 期之后启动"),
        ([-1, 2, -1], [-1, 0, -1], "限制 east：0.00亩，未达到 1.00亩"),
        ([-1, 2, 3], [-1, 0, 0], "限制 first-quarter：13.0万元，超过上限 9.9万元"),
    ],
)
def test_what_breaks_a_rule_is_said(measure: list[int], start: list[int], said: str) -> None:
    sentences = [str(one) for one in check(problem(), Plan(np.array(measure), np.array(start), 0))]
    assert any(said in sentence for sentence in sentences), sentences


def test_a_misstated_value_is_rejected() -> None:
    with pytest.raises(BadValue, match="重新相加"):
        require(problem(), replace(GOOD, value=GOOD.value + 1))


def test_the_bound_is_added_up_again() -> None:
    free = Certificate(1, (0, 0, 0), (), (), 0)
    bound = 334 * 9025 + 200 * 10000 + 400 * 10000
    assert check(problem(), GOOD, replace(free, bound=bound)) == ()
    assert check(problem(), GOOD, replace(free, bound=bound - 1)) != ()
    assert check(problem(), GOOD, replace(free, limits=(0, 0))) != ()


def test_prices_beyond_64_bits_are_added_exactly() -> None:
    price = 10**25
    certificate = Certificate(1, (0, price, 0), (), (), 0)
    bound = 150 * price - 50 * price + 2_000_000
    assert check(problem(), GOOD, replace(certificate, bound=bound)) == ()


def test_an_option_that_breaks_a_limit_alone_does_not_count_for_the_bound() -> None:
    limits = [{"id": "small", "amount": "money", "where": {"zone": "东"}, "at_most": 7.5}]
    plan = Plan(np.array([-1, 2, -1]), np.array([-1, 0, -1]), 2_000_000)
    bound = 2_000_000 + int(3_340_000 * 0.8145)
    assert check(problem(limits=limits), plan, Certificate(1, (0,), (), (), bound)) == ()
