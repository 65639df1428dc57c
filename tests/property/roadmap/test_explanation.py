"""What is said of options, prices, other budgets and changes by hand, against the judge that tries everything.

Prices are drawn by lot: any prices prove a bound, so what follows from them must hold for all.
"""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.roadmap.adjusting import adjusted, options_in_words, verdict
from tenglong.domain.roadmap.aims import next_aim
from tenglong.domain.roadmap.breaches import breaches
from tenglong.domain.roadmap.checking import arrivals, certified_bound, check, worth_of
from tenglong.domain.roadmap.explanation import OptionExplained, explain_firm, priced_options
from tenglong.domain.roadmap.front import limited, pareto
from tenglong.domain.roadmap.plans import Certificate, Plan, Reason, Solution, Status
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.shadow_prices import Easing, eased, shadow_prices
from tenglong.domain.roadmap.solvers import child, running
from tenglong.domain.roadmap.solvers.exhaustive import best_plan
from tenglong.domain.roadmap.solvers.search_limits import Limits
from tenglong.domain.roadmap.what_if import Change, changed, with_known
from tests.property.roadmap.problems import problems

pytestmark = pytest.mark.slow


def drawn(problem: Problem, data: st.DataObject) -> tuple[Plan, Certificate]:
    """A feasible plan, not always the best, and prices with the bound that they prove; or no example."""
    plan = best_plan(problem)
    assume(plan is not None)
    assert plan is not None
    if data.draw(st.booleans()):
        other = best_plan(replace(problem, aims=(replace(problem.aim, worth=-problem.aim.worth),)))
        assert other is not None
        plan = replace(other, value=worth_of(problem.aim.worth, arrivals(problem, other)))
    below = data.draw(st.sampled_from([1, 10, 7]))
    price = st.one_of(st.just(0), st.integers(0, 40 * below * 10 ** max(0, problem.aim.places - 1)))
    limits, floors = (
        tuple(data.draw(st.lists(price, min_size=len(some), max_size=len(some))))
        for some in (problem.limits, problem.floors)
    )
    orders = tuple(
        (order, data.draw(st.integers(0, problem.periods - 1)), data.draw(price))
        for order in range(len(problem.orders))
    )
    certificate = Certificate(below, limits, floors, orders, 0)
    bound = certified_bound(problem, certificate)
    assume(bound is not None)
    return plan, replace(certificate, bound=bound or 0)


def natural(problem: Problem, whole: int) -> Fraction:
    return Fraction(whole, 10**problem.aim.places)


def forced(problem: Problem, firm: int, option: OptionExplained) -> Problem:
    """The problem in which a firm has that option only."""
    measures, mine = problem.measures, problem.measures.firm == firm
    if option.start is None:
        first, last = np.where(mine, 1, measures.first), np.where(mine, 0, measures.last)
        return replace(
            problem, measures=replace(measures, first=first.astype(np.int16), last=last.astype(np.int16))
        )
    named = np.array([measures.names[name] == option.measure for name in measures.name])
    first = np.where(mine, np.where(named, option.start - 1, 1), measures.first).astype(np.int16)
    last = np.where(mine, np.where(named, option.start - 1, 0), measures.last).astype(np.int16)
    must = problem.firms.must | (np.arange(len(problem.firms)) == firm)
    return replace(
        problem,
        firms=replace(problem.firms, must=must),
        measures=replace(measures, first=first, last=last),
    )


def check_explanation(problem: Problem, data: st.DataObject) -> None:
    plan, certificate = drawn(problem, data)
    firm = data.draw(st.integers(0, len(problem.firms) - 1))
    explained = explain_firm(problem, plan, certificate, firm)
    for option in (explained.chosen, *explained.alternatives):
        judge = best_plan(forced(problem, firm, option))
        if option.most_with is None:
            assert judge is None
        elif judge is not None:
            assert natural(problem, judge.value) <= option.most_with
            assert option.loss_at_least is not None
            assert (
                natural(problem, plan.value - judge.value) >= option.loss_at_least or not option.loss_at_least
            )
        choice = None if option.start is None else (option.measure, option.start)
        switched = adjusted(problem, plan, {problem.firms.ids[firm]: choice})
        assert natural(problem, plan.value - switched.value) == option.loss_now
        assert (check(problem, switched) == ()) is (option.breaks == ())


@given(problems(), st.data())
@settings(max_examples=100)
def test_no_plan_with_an_option_is_worth_more_than_is_said(problem: Problem, data: st.DataObject) -> None:
    check_explanation(problem, data)


@given(problems(), st.data())
@settings(max_examples=30)
def test_explanations_hold_where_an_earlier_aim_is_kept(problem: Problem, data: st.DataObject) -> None:
    check_explanation(after_an_aim(problem), data)


@given(problems(), st.booleans(), st.data())
@settings(max_examples=300)
def test_the_best_options_of_all_firms_add_up_to_the_bound(
    problem: Problem, earlier: bool, data: st.DataObject
) -> None:
    one = after_an_aim(problem) if earlier else problem
    _, certificate = drawn(one, data)
    best = [
        max(option.worth for option in priced_options(one, certificate, firm) if option.alone)
        for firm in range(len(one.firms))
    ]
    capacity = sum(
        price * (limit.bound if limit.at_most else -limit.bound)
        for price, limit in zip(certificate.limits, one.limits, strict=True)
    )
    capacity -= sum(price * floor.least for price, floor in zip(certificate.floors, one.floors, strict=True))
    total = sum(best, Fraction(capacity, certificate.denominator))
    assert total.numerator // total.denominator == certificate.bound


def after_an_aim(problem: Problem) -> Problem:
    """The problem of saving money, in which the first aim keeps most of what it can reach; or no example."""
    first = best_plan(problem)
    assume(first is not None)
    assert first is not None
    worth = np.zeros_like(problem.aim.worth)
    worth[1] = -1
    second = replace(problem.aim, name="money", worth=worth, places=0)
    tolerant = replace(problem.aim, tolerance=Decimal("0.2"))
    return next_aim(replace(problem, aims=(tolerant, second)), first.value)


@given(problems(), st.data())
def test_the_options_of_an_explanation_are_all_there_are(problem: Problem, data: st.DataObject) -> None:
    plan, certificate = drawn(problem, data)
    for firm in range(len(problem.firms)):
        explained = explain_firm(problem, plan, certificate, firm)
        told = {(one.measure, one.start) for one in (explained.chosen, *explained.alternatives)}
        assert told == {choice or ("", None) for choice, _ in options_in_words(problem, firm)}
        assert len(told) == 1 + len(explained.alternatives)


@given(problems(), st.integers(1, 12), st.data())
def test_easing_a_limit_brings_at_most_its_price_and_tightening_costs_at_least_it(
    problem: Problem, by: int, data: st.DataObject
) -> None:
    easing = Easing(problem, drawn(problem, data)[1])
    for number in range(len(problem.limits)):
        for change in (by, -by):
            judge = best_plan(eased(problem, number, change))
            if judge is not None:
                assert judge.value <= easing.bound(number, change)


@given(problems(), st.data())
def test_shadow_prices_hold_for_their_steps(problem: Problem, data: st.DataObject) -> None:
    plan, certificate = drawn(problem, data)
    place = {limit.id: number for number, limit in enumerate(problem.limits)}
    for price in shadow_prices(problem, plan, certificate):
        number = place[price.limit]
        by = int(price.step.scaleb(problem.amounts[problem.limits[number].amount].places))
        more, less = (best_plan(eased(problem, number, change)) for change in (by, -by))
        assert more is None or natural(problem, more.value - plan.value) <= price.gain_at_most
        assert (
            less is None
            or natural(problem, plan.value - less.value) >= price.loss_at_least
            or not price.loss_at_least
        )


@given(problems(), st.data())
def test_what_a_plan_breaks_is_what_the_checker_finds(problem: Problem, data: st.DataObject) -> None:
    """Any plan at all, changed by hand from everybody waiting: the same verdict, and the same number of reasons."""
    choices = {}
    for firm, id in enumerate(problem.firms.ids):
        known = [choice for choice, _ in options_in_words(problem, firm)]
        if known and not id.startswith("clearance:"):
            choices[id] = data.draw(st.sampled_from(known))
    plan = adjusted(problem, Plan.waiting(len(problem.firms)), choices)
    found = check(problem, plan)
    said = breaches(problem, plan)
    assert (found == ()) is (said == ())
    if not any("必须启动" in str(sentence) for sentence in found):
        assert len(found) == len(said)
    assert (verdict(problem, plan, plan, None).broken == ()) is (found == ())


@given(problems(), st.integers(-5, 5))
def test_a_choice_outside_the_options_is_refused(problem: Problem, period: int) -> None:
    measures = problem.measures
    for k in range(len(measures)):
        id = problem.firms.ids[measures.firm[k]]
        choice = (measures.names[measures.name[k]], period)
        if measures.first[k] <= period - 1 <= measures.last[k]:
            continue
        with pytest.raises(BadValue):
            adjusted(problem, Plan.waiting(len(problem.firms)), {id: choice})


@given(problems(), st.integers(0, 30), st.data())
@settings(max_examples=40)
def test_what_is_known_stays_true_under_other_bounds(
    problem: Problem, bound: int, data: st.DataObject
) -> None:
    """An answer to what-if is feasible and certified, also where the solver found nothing new."""
    assume(problem.limits)
    plan, certificate = drawn(problem, data)
    known = Solution(Status.FEASIBLE, Reason.WORK, "prices", plan, certificate)
    limit = data.draw(st.sampled_from(problem.limits))
    asked = changed(problem, [Change(limit.id, bound=Decimal(bound))])
    judge = best_plan(asked)
    found = replace(known, plan=judge if data.draw(st.booleans()) else None, certificate=None)
    answer = with_known(asked, found, known)
    if answer.plan is not None:
        assert judge is not None and answer.plan.value <= judge.value
        assert check(asked, answer.plan, answer.certificate) == ()
    assert answer.certificate is None or judge is None or judge.value <= answer.certificate.bound
    if found.plan is not None:
        assert answer.plan is not None and answer.plan.value == found.plan.value


def in_this_process(
    problem: Problem, method: str, limits: Limits, _: object, known: Solution | None
) -> Solution:
    return running.run(problem, method, limits, lambda search, point: None, known)


@given(problems())
@settings(max_examples=20)
def test_a_front_rises_and_every_point_is_certified(problem: Problem) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(child, "solve", in_this_process)
        found = pareto(problem, points=3, work=400)
    free = best_plan(problem)
    assert free is None or found
    for point in found:
        one = limited(problem, "money", point.limit)
        judge = best_plan(one)
        assert check(one, point.plan, point.certificate) == ()
        assert judge is not None and point.value <= one.aim.natural(judge.value)
        assert point.certificate is None or judge.value <= point.certificate.bound
        assert point.amounts["money"] <= point.limit
    for before, after in pairwise(found):
        assert before.limit < after.limit and before.value <= after.value
        assert before.bound is None or after.bound is None or before.bound <= after.bound
