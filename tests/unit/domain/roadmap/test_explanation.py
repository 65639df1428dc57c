from datetime import date
from fractions import Fraction

from tenglong.domain.roadmap.aims import next_aim
from tenglong.domain.roadmap.checking import certified_bound
from tenglong.domain.roadmap.explanation import FirmExplanation, explain_firm, most_with, priced_options
from tenglong.domain.roadmap.plans import Certificate
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.solvers.exhaustive import best_plan
from tenglong.domain.roadmap.wording import Names
from tests.unit.domain.roadmap.small import problem

NAMES = Names(firms={"A": "甲厂", "B": "乙厂", "C": "丙厂"}, measures={"close": "关停", "upgrade": "提升"})


def certificate(one: Problem, *prices: int) -> Certificate:
    """Prices of the limits in thousandths of a stored unit of the aim per stored unit of the amount."""
    unproven = Certificate(1000, prices, (0,) * len(one.floors), (), 0)
    bound = certified_bound(one, unproven)
    assert bound is not None
    return Certificate(1000, prices, (0,) * len(one.floors), (), bound)


def explained(firm: int, price: int = 39_000_000, **changes: object) -> FirmExplanation:
    one = problem(**changes)
    plan = best_plan(one)
    assert plan is not None
    prices = [price if limit.id == "money" else 0 for limit in one.limits]
    return explain_firm(one, plan, certificate(one, *prices), firm, NAMES)


def test_what_an_option_takes_is_priced_limit_by_limit() -> None:
    option = explained(2).chosen
    assert (option.measure, option.start, option.start_on) == ("close", 1, date(2026, 1, 1))
    assert [(paid.limit, paid.used, paid.unit, paid.value) for paid in option.paid] == [
        ("money", 8, "万元", Fraction("3.12"))
    ]
    assert (option.value, option.net) == (4, Fraction("0.88"))


def test_options_are_ranked_by_what_they_are_worth_under_prices() -> None:
    found = explained(0)
    nets = [one.net for one in found.alternatives]
    assert nets == sorted(nets, reverse=True) and len(nets) == 7
    assert found.chosen.start is None


def test_the_loss_of_an_option_is_proven_by_the_bound() -> None:
    """By hand: bound 0.88 + 0 + B's best + 15 × 0.39; upgrading A pays 1.17 for 0.95 points of land."""
    one = problem()
    plan = best_plan(one)
    assert plan is not None
    price = certificate(one, 0, 39_000_000, 0)
    options = priced_options(one, price, 0)
    upgrade = next(option for option in options if option.measure == 1 and option.start == 1)
    assert upgrade.worth == Fraction(1000 * 100 * 19, 2) - 30 * 39_000
    best = max(option.worth for option in options)
    most = most_with(options, upgrade, price)
    assert most == price.bound - (best - upgrade.worth)
    told = next(
        option for option in explained(0).alternatives if (option.measure, option.start) == ("upgrade", 2)
    )
    assert most is not None and told.most_with == Fraction(most, 10**one.aim.places)
    assert told.loss_at_least == max(0, Fraction(plan.value - most, 10**one.aim.places))


def test_a_proven_loss_is_told() -> None:
    rows = [{"id": "A", "measures": [{"name": "close", "until": 1, "amounts": {"land": 5, "money": 8}}]}]
    rows += [{"id": "C", "measures": [{"name": "close", "until": 1, "amounts": {"land": 2, "money": 8}}]}]
    limits = [{"id": "money", "amount": "money", "at_most": 8}]
    found = explained(0, 50_000_000, firms=rows, orders=[], limits=limits)
    assert [str(one) for one in found.sentences] == [
        "企业“甲厂”：关停（2026-01-01 开始），价值 5 分，占用的紧张资源折算 4，扣去后得 1 分。",
        "其中：占用资金（全程） 8万元，折算 4。",
        "扣去占用的紧张资源，这是最好的选项；其次是等待，少得 1 分。",
        "等待：无论如何调整其他企业，方案至少会少得 1 分（折合腾出土地 1亩）；"
        "只改这一家可行，方案少得 5 分（折合腾出土地 5亩）。",
    ]


def test_switching_says_what_it_would_break_and_by_how_much() -> None:
    option = next(one for one in explained(1).alternatives if one.start == 1)
    assert [str(one) for one in option.breaks] == [
        "资金（2026 年第 1 季度）为 13万元，超过上限 9.9万元，超出 3.1万元。"
    ]
    assert "只改这一家现在不可行：资金（2026 年第 1 季度）为 13万元" in str(option.sentence)
    later = next(one for one in explained(1).alternatives if one.start == 3)
    assert (later.breaks, later.loss_now) == ((), Fraction("0.095"))


def test_an_option_that_breaks_a_limit_alone_is_in_no_plan() -> None:
    limits = [{"id": "money", "amount": "money", "at_most": 6}]
    found = explained(2, limits=limits, orders=[])
    assert found.chosen.start is None
    assert {(one.most_with, one.loss_at_least) for one in found.alternatives} == {(None, None)}
    assert str(found.sentences[-1]).endswith("单独这一项就会超出限制，任何可行方案都不能采用。")
    assert str(found.sentences[-2]) == "这是最好的选项，其余选项单独就会超出限制。"


def test_a_firm_with_one_option_is_told_so() -> None:
    rows = [{"id": "A", "must": True, "measures": [{"name": "close", "until": 1, "amounts": {"land": 1}}]}]
    found = explained(0, firms=rows, orders=[], limits=[])
    assert [str(one) for one in found.sentences] == ["企业“甲厂”只有一个选项：关停（2026-01-01 开始）。"]


def test_where_prices_would_have_it_otherwise_the_limit_is_named() -> None:
    found = explained(2, 0, limits=[{"id": "money", "amount": "money", "at_most": 13}], orders=[])
    assert not found.chosen.paid
    crowded_out = explained(0, 0, limits=[{"id": "money", "amount": "money", "at_most": 13}], orders=[])
    assert "但换成它会突破限制：资金（全程）为" in str(crowded_out.sentences[1])


def test_a_bonus_for_a_whole_zone_is_lost_with_its_firm() -> None:
    wish = [{"id": "c", "where": {"zone": "东"}, "by": 4, "bonus": 10}]
    one = problem(clearances=wish, limits=[], orders=[])
    plan = best_plan(one)
    assert plan is not None and plan.measure[3] != -1
    option = explain_firm(one, plan, certificate(one), 2).alternatives[-1]
    assert (option.start, option.breaks, option.loss_now) == (None, (), 14)


def test_an_earlier_aim_that_would_not_be_kept_is_named() -> None:
    aims = [{"kind": "benefit", "name": "效益", "weights": {"land": 1}}, {"kind": "cost", "amount": "money"}]
    one = next_aim(problem(aim=aims, limits=[], orders=[]), 6 * 10**6)
    plan = best_plan(one)
    assert plan is not None
    waiting = next(
        option for option in explain_firm(one, plan, certificate(one), 2).alternatives if not option.start
    )
    assert [str(sentence) for sentence in waiting.breaks] == ["前一目标“效益”为 2，低于应保持的 6。"]
    assert waiting.loss_now == -8
