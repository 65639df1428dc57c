"""What contradicts, and the way out, as planners read it: one line for each kind of rule."""

from decimal import Decimal

import pytest

from tenglong.domain.roadmap.aims import next_aim
from tenglong.domain.roadmap.infeasible.rules import Relaxation, Rules
from tenglong.domain.roadmap.infeasible.wording import new_bound, relaxation_in_words, rules_in_words
from tenglong.domain.roadmap.wording import Names
from tests.unit.domain.roadmap.small import problem

NAMES = Names(firms={"A": "甲厂", "B": "乙厂"})
AIMS = [{"kind": "benefit", "name": "效益", "weights": {"land": 1}}, {"kind": "cost", "amount": "money"}]


@pytest.mark.parametrize(("rules", "lines"), [
    (None, ["没有可行方案；在限定时间内没有找出是哪些限制互相矛盾。"]),
    (Rules((0,), (), ()), ["资金（2026 年第 1 季度）至多 9.9万元"]),
    (Rules((2,), (), ()), ["腾出土地（区块“东”，截至 2026-12-31）至少 1亩"]),
    (Rules((), (0,), ()), ["企业“甲厂”不早于企业“乙厂”之后 1 期启动"]),
    (Rules((), (), (1,)), ["企业“乙厂”必须启动"]),
    (Rules((3,), (), ()), ["前一目标 效益 应保持的数值"]),
    (Rules((1,), (0,), (1,)), [
        "资金（全程）至多 15万元", "企业“甲厂”不早于企业“乙厂”之后 1 期启动", "企业“乙厂”必须启动",
    ]),
])  # fmt: skip
def test_each_kind_of_rule_has_its_sentence(rules: Rules | None, lines: list[str]) -> None:
    said = [str(one) for one in rules_in_words(next_aim(problem(aim=AIMS), 1), rules, NAMES)]
    if rules is not None:
        count = len(rules.limits) + len(rules.orders) + len(rules.must)
        assert said.pop(0) == f"以下 {count} 项不能同时满足，去掉其中任何一项，其余就能满足："
    assert said == lines


@pytest.mark.parametrize(("limit", "by", "bound", "words"), [
    (0, 1, 100, "资金（2026 年第 1 季度）由 9.9万元 提高到 10万元"),
    (1, 50, 200, "资金（全程）由 15万元 提高到 20万元"),
    (2, 25, 75, "腾出土地（区块“东”，截至 2026-12-31）由 1亩 降低到 0.75亩"),
])  # fmt: skip
def test_a_limit_is_moved_to_where_it_can_be_met(limit: int, by: int, bound: int, words: str) -> None:
    moved = Relaxation(limit, by, Decimal(1))
    assert new_bound(problem(), moved) == bound
    assert str(relaxation_in_words(problem(), moved, NAMES)) == words
