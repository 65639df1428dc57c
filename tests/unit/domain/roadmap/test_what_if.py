from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.roadmap.checking import check
from tenglong.domain.roadmap.infeasible.child import Contradiction
from tenglong.domain.roadmap.infeasible.rules import Relaxation, Rules
from tenglong.domain.roadmap.plans import Reason, Solution, Status
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.solvers.choose import solve_aims
from tenglong.domain.roadmap.solvers.exhaustive import best_plan
from tenglong.domain.roadmap.what_if import (
    Change,
    changed,
    from_first_aim,
    of_amount,
    totals,
    what_if,
    with_known,
)
from tests.unit.domain.roadmap.small import problem
from tests.unit.domain.roadmap.test_explanation import certificate

IN_PROCESS = pytest.mark.usefixtures("in_process")


def known(one: Problem) -> Solution:
    plan = best_plan(one)
    assert plan is not None
    prices = [39_000_000 if limit.id == "money" else 0 for limit in one.limits]
    return Solution(Status.FEASIBLE, Reason.WORK, "exact", plan, certificate(one, *prices))


def bounds(one: Problem) -> list[int]:
    return [limit.bound for limit in one.limits]


def test_bounds_change_to_whole_numbers_that_they_allow() -> None:
    asked = [Change("money", bound=Decimal("12.39")), Change("east", share=Decimal("0.105"))]
    assert bounds(changed(problem(), asked)) == [99, 123, 111]
    assert bounds(changed(problem(), [Change("money", share=Decimal("-0.2"))])) == [99, 120, 100]


def test_all_capacities_of_an_amount_change_alike() -> None:
    asked = of_amount(problem(), "money", Decimal("0.1"))
    assert [change.limit for change in asked] == ["first-quarter", "money"]
    assert bounds(changed(problem(), asked)) == [108, 165, 100]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (Change("gold", share=Decimal(1)), "问题中没有编号为“gold”的限制，请从列表中选择。"),
        (Change("money"), "限制“money”的假设应填写新的数量或增减比例，且只填一项。"),
        (
            Change("money", Decimal(1), Decimal(1)),
            "限制“money”的假设应填写新的数量或增减比例，且只填一项。",
        ),
    ],
)
def test_a_change_that_says_nothing_is_refused(change: Change, sentence: str) -> None:
    with pytest.raises(BadValue) as error:
        changed(problem(), [change])
    assert str(error.value) == sentence


@IN_PROCESS
def test_more_money_brings_more_land_and_the_difference_is_told() -> None:
    one = problem()
    answer = what_if(one, known(one), [Change("money", bound=Decimal(21))], 10)
    assert answer.solution.plan is not None
    assert check(answer.problem, answer.solution.plan, answer.solution.certificate) == ()
    said = [str(sentence) for sentence in answer.sentences]
    assert said[0] == "假设资金（全程）的上限由 15万元 改为 21万元。"
    assert said[1].startswith("方案由价值 5.9 分变为价值 8.76 分，多得 2.86 分（折合")
    assert said[2].startswith("两份证书证明：最好的方案因此变化在“多得 1.98 分（折合腾出土地 2.02亩）”与")
    assert said[3].startswith("腾出土地由 6亩 增至 9.34亩，增加 3.34亩。")
    assert said[-1] == "1 家企业的措施或日期随之改变。"


@IN_PROCESS
def test_what_cannot_be_done_is_told() -> None:
    one = problem()
    answer = what_if(one, known(one), [Change("money", bound=Decimal(3))], 10)
    assert answer.solution.status == Status.INFEASIBLE
    assert [str(sentence) for sentence in answer.sentences] == [
        "假设资金（全程）的上限由 15万元 改为 3万元。",
        "在此假设下没有可行方案。",
        "以下 2 项不能同时满足，去掉其中任何一项，其余就能满足：",
        "资金（全程）至多 3万元",
        "企业“B”必须启动",
        "代价最小的放宽：",
        "资金（全程）由 3万元 提高到 8万元",
    ]


@IN_PROCESS
def test_the_same_share_for_all_is_told_once() -> None:
    one = problem()
    answer = what_if(one, known(one), of_amount(one, "money", Decimal("0.5")), 10)
    assert str(answer.sentences[0]) == "假设资金的 2 项上限都改为原来的 150%。"
    targets = [Change("east", share=Decimal("-0.5")), Change("money", share=Decimal(0))]
    said = [str(sentence) for sentence in what_if(one, known(one), targets, 10).sentences[:2]]
    assert said == [
        "假设腾出土地（区块“东”，截至 2026-12-31）的目标由 1亩 改为 0.5亩。",
        "假设资金（全程）的上限由 15万元 改为 15万元。",
    ]


@IN_PROCESS
def test_where_time_runs_out_no_contradiction_is_invented(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = Solution(Status.STOPPED, Reason.TIME, "prices", None, None)
    monkeypatch.setattr("tenglong.domain.roadmap.what_if.solve", lambda *_, **__: nothing)
    one = problem()
    answer = what_if(one, known(one), [Change("money", bound=Decimal(12))], 1)
    assert str(answer.sentences[-1]) == "限定时间内没有找到可行方案，请给更多时间再算。"


RULES, WAY_OUT = Rules((1,), (), ()), (Relaxation(1, 10, Decimal(1)),)
PROVEN, NOT_FOUND = "在此假设下没有可行方案。", "限定时间内没有找到可行方案。"
CONTRADICTS = "以下 1 项不能同时满足，去掉其中任何一项，其余就能满足："
ANSWERS = [
    (Status.STOPPED, None, (), ["限定时间内没有找到可行方案，请给更多时间再算。"]),
    (Status.STOPPED, None, WAY_OUT, [NOT_FOUND, "代价最小的放宽："]),
    (Status.STOPPED, RULES, (), [PROVEN, CONTRADICTS]),
    (Status.STOPPED, RULES, WAY_OUT, [PROVEN, CONTRADICTS, "代价最小的放宽："]),
    (Status.INFEASIBLE, None, (), [PROVEN]),
    (Status.INFEASIBLE, None, WAY_OUT, [PROVEN, "代价最小的放宽："]),
]


@pytest.mark.parametrize(("status", "rules", "way_out", "told"), ANSWERS)
def test_where_there_is_no_plan_only_what_is_proven_is_said(
    monkeypatch: pytest.MonkeyPatch, status: Status, rules: Any, way_out: Any, told: list[str]
) -> None:
    nothing, found = Solution(status, Reason.TIME, "prices", None, None), Contradiction(rules, way_out)
    monkeypatch.setattr("tenglong.domain.roadmap.what_if.solve", lambda *_, **__: nothing)
    monkeypatch.setattr("tenglong.domain.roadmap.what_if.contradiction", lambda *_: found)
    one = problem()
    answer = what_if(one, known(one), [Change("money", bound=Decimal(12))], 1)
    said = [str(sentence) for sentence in answer.sentences[1:]]
    assert [sentence for sentence in said if not sentence.startswith("资金（全程）")] == told


@IN_PROCESS
def test_a_target_may_be_asked_about_and_nothing_may_change() -> None:
    one = problem()
    answer = what_if(one, known(one), [Change("east", bound=Decimal(2))], 10)
    said = [str(sentence) for sentence in answer.sentences]
    assert said[0] == "假设腾出土地（区块“东”，截至 2026-12-31）的目标由 1亩 改为 2亩。"
    assert said[1] == "方案仍为价值 5.9 分。"
    assert said[-1] == "0 家企业的措施或日期随之改变。"


def test_a_plan_that_stays_possible_is_not_forgotten() -> None:
    one = problem()
    nothing = Solution(Status.STOPPED, Reason.TIME, "prices", None, None)
    wider = changed(one, [Change("money", bound=Decimal(16))])
    before = known(one)
    kept = with_known(wider, nothing, before)
    assert kept.status == Status.FEASIBLE and kept.plan is before.plan
    assert check(wider, kept.plan, kept.certificate) == ()
    assert with_known(wider, kept, before) is kept
    tighter = changed(one, [Change("money", bound=Decimal(12))])
    assert with_known(tighter, nothing, before).plan is None


def test_a_plan_that_meets_the_known_bound_is_the_best() -> None:
    free = problem(limits=[], orders=[])
    plan = best_plan(free)
    assert plan is not None
    known_best = Solution(Status.FEASIBLE, Reason.WORK, "exact", plan, certificate(free))
    found = with_known(free, replace(known_best, certificate=None), known_best)
    assert (found.status, found.reason) == (Status.OPTIMAL, Reason.CERTIFIED)


@IN_PROCESS
def test_several_aims_are_followed_again() -> None:
    aims = [{"kind": "benefit", "name": "效益", "weights": {"land": 1}}, {"kind": "cost", "amount": "money"}]
    one = problem(aim=aims)
    last, solution = solve_aims(one, method="exact", seconds=10)
    assert from_first_aim(last).aims == one.aims
    answer = what_if(last, solution, [Change("money", bound=Decimal(21))], 10)
    assert answer.solution.plan is not None
    assert check(answer.problem, answer.solution.plan, answer.solution.certificate) == ()
    said = [str(sentence) for sentence in answer.sentences]
    assert said[1] == "方案由腾出土地 6亩变为腾出土地 9.34亩，多腾出土地 3.34亩。"
    assert said[2].startswith("方案由资金 13万元变为资金 20万元，多支出资金 7万元。")


def test_totals_are_in_natural_units() -> None:
    one = problem()
    plan = known(one).plan
    assert plan is not None
    assert totals(one, plan) == {"land": Decimal(6), "money": Decimal(13)}


@pytest.mark.slow
def test_the_processes_of_solvers_answer_as_well() -> None:
    one = problem()
    answer = what_if(one, known(one), [Change("money", bound=Decimal(3))], 20)
    assert (answer.solution.status, len(answer.sentences)) == (Status.INFEASIBLE, 7)
