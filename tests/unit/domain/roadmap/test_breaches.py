import numpy as np

from tenglong.domain.roadmap.aims import next_aim
from tenglong.domain.roadmap.breaches import breaches
from tenglong.domain.roadmap.plans import Plan
from tenglong.domain.roadmap.solvers.exhaustive import best_plan
from tenglong.domain.roadmap.wording import Names
from tests.unit.domain.roadmap.small import problem

NAMES = Names(firms={"A": "甲厂", "B": "乙厂"})


def said(measure: list[int], start: list[int], **changes: object) -> list[str]:
    plan = Plan(np.array(measure), np.array(start), 0)
    return [str(one) for one in breaches(problem(**changes), plan, NAMES)]


def test_a_good_plan_breaks_nothing() -> None:
    plan = best_plan(problem())
    assert plan is not None and breaches(problem(), plan) == ()


def test_each_limit_says_when_what_and_by_how_much() -> None:
    assert said([0, 2, 3], [0, 0, 0]) == [
        "资金（2026 年第 1 季度）为 23万元，超过上限 9.9万元，超出 13.1万元。",
        "资金（全程）为 23万元，超过上限 15万元，超出 8万元。",
        "企业“甲厂”定于 2026-01-01 开始，应比 2026-01-01 开始的企业“乙厂”至少晚 1 期。",
    ]


def test_what_is_missing_is_told() -> None:
    assert said([-1, 2, -1], [-1, 3, -1]) == [
        "腾出土地（区块“东”，截至 2026-12-31）为 0亩，未达到 1亩，还差 1亩。"
    ]


def test_orders_and_obligations_name_firms() -> None:
    assert said([0, -1, -1], [3, -1, -1], limits=[]) == [
        "企业“乙厂”必须启动，方案中却在等待。",
        "企业“甲厂”定于 2026-10-01 开始，应排在它之前的企业“乙厂”却在等待。",
    ]
    together = [{"first": "B", "then": "A"}]
    assert said([0, 2, -1], [1, 2, -1], limits=[], orders=together) == [
        "企业“甲厂”定于 2026-04-01 开始，不应早于 2026-07-01 开始的企业“乙厂”。"
    ]


def test_an_earlier_aim_must_be_kept() -> None:
    aims = [{"kind": "benefit", "name": "效益", "weights": {"land": 1}}, {"kind": "cost", "amount": "money"}]
    later = next_aim(problem(aim=aims, limits=[], orders=[]), 5_000_000)
    plan = Plan(np.array([-1, 2, -1]), np.array([-1, 0, -1]), 0)
    assert [str(one) for one in breaches(later, plan)] == ["前一目标“效益”为 2，低于应保持的 5。"]
