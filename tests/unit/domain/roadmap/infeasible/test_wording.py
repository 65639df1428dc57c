"""What contradicts, and the way out, as planners read it: one line for each kind of rule."""

from decimal import Decimal

import pytest

from tenglong.domain.roadmap.aims import next_aim
from tenglong.domain.roadmap.infeasible.rules import Relaxation, Rules
from tenglong.domain.roadmap.infeasible.wording import (
    Bound,
    new_bound,
    relaxation_in_words,
    rules_in_words,
)
from tenglong.domain.roadmap.problems import Problem
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


def tight(many: int, at_most: float, signed: bool) -> tuple[Problem, Bound]:
    """Firms that must start and take 10 each of a fund that is too small; 25 of it is gone."""
    measure = {"name": "close", "until": 1, "amounts": {"land": 1, "money": 10}}
    rows = [{"id": f"F{n}", "must": True, "measures": [measure]} for n in range(many)]
    limits = [{"id": "money", "amount": "money", "at_most": at_most}]
    ids = frozenset(str(row["id"]) for row in rows) if signed else frozenset()
    return problem(firms=rows, limits=limits, orders=[]), Bound(ids, {"money": Decimal(25)})


def test_contracts_that_take_more_than_there_is_are_one_sentence() -> None:
    one, bound = tight(40, -24.5, signed=True)
    assert [str(said) for said in rules_in_words(one, Rules((0,), (), tuple(range(3))), NAMES, bound)] == [
        "资金（全程）：已付和已签合同到期应付共 425万元（其中已付和已办结企业待付 25万元），"
        "只有 0.5万元，缺 424.5万元。"
    ]
    one, bound = tight(40, 300, signed=True)
    (said,) = rules_in_words(one, Rules((0,), (), tuple(range(31))), NAMES, Bound(bound.signed))
    assert str(said) == "资金（全程）：已签合同要用 400万元，只有 300万元，缺 100万元。"


def test_many_rules_of_a_kind_are_told_by_one_example_and_their_number() -> None:
    one, bound = tight(40, 300, signed=False)
    head, *lines = map(str, rules_in_words(one, Rules((0,), (), tuple(range(31))), NAMES, bound))
    assert head.startswith("以下 2 项不能同时满足")
    assert lines == [
        "资金（全程）至多再付 300万元（共 325万元，已付和已办结企业待付 25万元）",
        "31 户必须启动（整区清零或指定了措施），如企业“F0”",
    ]
    below, bound = tight(2, -20, signed=False)
    said = [str(one) for one in rules_in_words(below, Rules((0,), (), (0,)), NAMES, bound)]
    assert said[1] == "资金（全程）共 5万元，已付和已办结企业待付 25万元，已超出 20万元"
    assert "资金（全程）已没有余量，超出 20万元" in [
        str(one) for one in rules_in_words(below, Rules((0,), (), (0,)), NAMES)
    ]


@pytest.mark.parametrize(("limit", "by", "bound", "words"), [
    (0, 1, 100, "资金（2026 年第 1 季度）由 9.9万元 提高到 10万元"),
    (1, 50, 200, "资金（全程）由 15万元 提高到 20万元"),
    (2, 25, 75, "腾出土地（区块“东”，截至 2026-12-31）由 1亩 降低到 0.75亩"),
])  # fmt: skip
def test_a_limit_is_moved_to_where_it_can_be_met(limit: int, by: int, bound: int, words: str) -> None:
    moved = Relaxation(limit, by, Decimal(1))
    assert new_bound(problem(), moved) == bound
    assert str(relaxation_in_words(problem(), moved, NAMES)) == words
