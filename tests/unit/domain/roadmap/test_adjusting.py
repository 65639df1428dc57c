import pytest

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.roadmap.adjusting import Choice, adjusted, changed_firms, options_in_words, verdict
from tenglong.domain.roadmap.checking import check
from tenglong.domain.roadmap.plans import Certificate, Plan
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.solvers.exhaustive import best_plan
from tenglong.domain.roadmap.wording import Names
from tests.unit.domain.roadmap.small import problem


def best(one: Problem) -> Plan:
    plan = best_plan(one)
    assert plan is not None
    return plan


def test_what_is_asked_for_is_done_and_nothing_else() -> None:
    before = best(problem())
    after = adjusted(problem(), before, {"C": ("close", 3), "A": None})
    assert (after.measure[2], after.start[2]) == (3, 2)
    assert changed_firms(before, after) == [2]
    assert check(problem(), after) == ()


def test_the_verdict_says_what_is_lost_and_keeps_the_bound() -> None:
    before = best(problem())
    after = adjusted(problem(), before, {"C": ("close", 3)})
    bound = Certificate(1, (), (), (), 2 * before.value)
    found = verdict(problem(), before, after, bound)
    assert (found.broken, str(found.difference)) == ((), "调整后少得 0.39 分（折合腾出土地 0.4亩）。")
    assert found.gap is not None and found.gap * bound.bound == bound.bound - after.value
    same = verdict(problem(), after, after, None)
    assert (str(same.difference), same.gap) == ("调整后方案价值不变。", None)
    assert str(verdict(problem(), after, before, None).difference).startswith("调整后多得 0.39 分")


def test_what_breaks_is_named() -> None:
    after = adjusted(problem(), best(problem()), {"B": ("close", 1), "C": ("close", 1)})
    found = verdict(problem(), best(problem()), after, None)
    assert [str(one) for one in found.broken] == [
        "资金（2026 年第 1 季度）为 13万元，超过上限 9.9万元，超出 3.1万元。"
    ]


@pytest.mark.parametrize(
    ("firm", "choice", "sentence"),
    [
        ("Z", None, "路线图中没有编号为“Z”的企业，请刷新页面后重试。"),
        ("B", None, "企业“乙厂”必须启动，不能改为等待。"),
        ("A", ("upgrade", 1), "企业“A”的“提升”只能在“2026-04-01 至 2026-12-31”内开始，请另选日期。"),
        ("A", ("upgrade", 5), "企业“A”的“提升”只能在“2026-04-01 至 2026-12-31”内开始，请另选日期。"),
        ("C", ("upgrade", 1), "企业“C”不能采用“提升”，请从它的可选措施中选择。"),
    ],
)
def test_a_choice_that_is_no_option_is_refused(firm: str, choice: Choice, sentence: str) -> None:
    names = Names(firms={"B": "乙厂"}, measures={"upgrade": "提升"})
    with pytest.raises(BadValue) as error:
        adjusted(problem(), best(problem()), {firm: choice}, names)
    assert str(error.value) == sentence


def test_the_options_of_a_firm_are_listed() -> None:
    listed = options_in_words(problem(), 0)
    assert [choice for choice, _ in listed][:2] == [("close", 1), ("close", 2)]
    assert (len(listed), listed[-1][0], str(listed[-1][1])) == (8, None, "等待")
    assert None not in [choice for choice, _ in options_in_words(problem(), 1)]


def test_a_bonus_for_a_whole_zone_follows() -> None:
    wish = [{"id": "c", "where": {"zone": "东"}, "by": 2, "bonus": 1}]
    one = problem(clearances=wish, limits=[], orders=[])
    choices: dict[str, Choice] = {"A": ("close", 2), "B": ("close", 1), "C": ("close", 1)}
    all_in_time = adjusted(one, Plan.waiting(4), choices)
    late = adjusted(one, all_in_time, {"A": ("close", 3)})
    assert (all_in_time.measure[3], late.measure[3]) == (4, -1)
    assert check(one, all_in_time) == check(one, late) == ()
    assert all_in_time.value - late.value > 10**one.aim.places
