"""The first answer against the judge: what it says holds, and its arithmetic is that of the compiled code."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenglong.domain.roadmap.checking import check, check_certificate
from tenglong.domain.roadmap.options import compiled
from tenglong.domain.roadmap.plans import Status
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.solvers.dual import Dual
from tenglong.domain.roadmap.solvers.exhaustive import best_plan
from tenglong.domain.roadmap.solvers.kernels import uses
from tenglong.domain.roadmap.solvers.pricing import Prices, no_prices
from tenglong.domain.roadmap.solvers.quick import offering
from tenglong.domain.roadmap.solvers.quick.answer import first_answer
from tenglong.domain.roadmap.solvers.quick.bounds import QuickDual, least_value
from tests.property.roadmap.problems import problems

pytestmark = pytest.mark.slow


@given(problems())
def test_the_first_answer_holds(problem: Problem) -> None:
    judge, first = best_plan(problem), first_answer(problem)
    assert judge is not None or first.plan is None
    assert judge is None or first.status != Status.INFEASIBLE
    if first.certificate is not None:
        assert check_certificate(problem, first.certificate) == []
        assert judge is None or judge.value <= first.certificate.bound
    if first.plan is not None:
        assert check(problem, first.plan, first.certificate) == ()


@given(problems(), problems())
@settings(max_examples=30)
def test_what_is_known_of_another_problem_does_no_harm(problem: Problem, other: Problem) -> None:
    judge, first = best_plan(problem), first_answer(problem, first_answer(other))
    assert judge is not None or first.plan is None
    assert judge is None or first.status != Status.INFEASIBLE
    if first.plan is not None:
        assert check(problem, first.plan, first.certificate) == ()


@given(problems())
def test_a_known_plan_of_the_same_problem_is_not_made_worse(problem: Problem) -> None:
    known = first_answer(problem)
    if known.plan is not None:
        again = first_answer(problem, known)
        assert again.plan is not None and again.plan.value >= known.plan.value


@given(problems(), st.data())
def test_the_arithmetic_is_that_of_the_compiled_code(problem: Problem, data: st.DataObject) -> None:
    options, other = compiled(problem), compiled(problem)
    offering.take_out(options)
    uses.take_out(other.arrays, other.limits, other.capacity)
    assert (options.arrays.offered == other.arrays.offered).all()
    assert offering.hopeless(options) == (int(uses.hopeless(other.arrays)) >= 0)
    if offering.hopeless(options):
        return
    free = no_prices(options)
    rows, orders = (
        np.array(data.draw(st.lists(st.integers(0, 50), min_size=one.size, max_size=one.size)), np.int64)
        for one in (free.rows, free.orders)
    )
    orders = orders.reshape(free.orders.shape)
    quick, dual = QuickDual(options), Dual(other)
    assert quick.exact_best(rows, orders, 7) == dual.exact_best(rows, orders, 7)
    prices = Prices(rows / 7, orders / 7)
    assert quick.value(prices) == pytest.approx(dual.value(prices))
    assert quick.largest(prices, 1.0) == pytest.approx(dual.largest(prices, 1.0))
    assert least_value(options) == int(uses.least_value(other.arrays))
