from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from tenglong.domain.roadmap.checking import check
from tenglong.domain.roadmap.plans import Plan, Solution
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.solvers import pricing, rounding, warm
from tenglong.domain.roadmap.solvers.running import run
from tenglong.domain.roadmap.solvers.search_limits import Limits
from tests.unit.domain.roadmap.small import crowded, problem, search


def solved(asked: Problem, known: Solution | None = None, work: float = 3000) -> Solution:
    return run(asked, "prices", Limits(work=work), lambda search, point: None, known)


def with_share(before: Problem, share: str) -> Problem:
    """Every limit moved by the same share."""
    bound = [int(limit.bound * Decimal(share)) for limit in before.limits]
    moved = zip(before.limits, bound, strict=True)
    return replace(before, limits=tuple(replace(limit, bound=one) for limit, one in moved))


@pytest.mark.slow
@pytest.mark.parametrize("share", ["0.7", "0.95", "1", "1.2"])
def test_what_is_known_helps_with_other_bounds_and_is_never_trusted(share: str) -> None:
    known = solved(crowded())
    asked = with_share(crowded(), share)
    cold, found = solved(asked), solved(asked, known)
    assert found.plan is not None and found.certificate is not None
    assert check(asked, found.plan, found.certificate) == ()
    assert cold.plan is not None and cold.gap is not None
    assert found.plan.value >= cold.plan.value - cold.gap * cold.plan.value


@pytest.mark.slow
def test_a_known_plan_and_bound_are_there_before_any_search() -> None:
    known = solved(crowded())
    begun = search(crowded())
    warm.begin(begun, known)
    assert begun.plan is not None and known.plan is not None and begun.plan.value == known.plan.value
    assert begun.certificate is not None and known.certificate is not None
    assert begun.certificate.bound == known.certificate.priced
    rounding.conclude(begun)
    assert begun.certificate.bound == known.certificate.bound < known.certificate.priced


@pytest.mark.slow
def test_a_plan_that_breaks_the_new_limits_is_mended_with_few_changes() -> None:
    known = solved(crowded())
    asked = with_share(crowded(), "0.8")
    begun = search(asked)
    warm.begin(begun, known)
    assert begun.plan is not None and known.plan is not None
    assert check(asked, begun.plan) == ()
    assert (begun.plan.measure != known.plan.measure).sum() < 20


@pytest.mark.slow
def test_what_belongs_to_another_problem_is_left_out() -> None:
    known = solved(crowded())
    for other in (problem(), crowded(firms=41)):
        assert solved(other, known).plan is not None
    begun = search(problem())
    warm.begin(begun, known)
    assert begun.plan is None and begun.certificate is None
    count = np.arange(40)
    for measure, start in ((count + 80, count * 0), (count * 2, count * 0 + 9), (count * 0 - 1, count * 0)):
        assert not warm.fits(search(crowded()), Plan(measure, start, 0))


def test_prices_of_other_limits_or_orders_do_not_fit() -> None:
    certificate = solved(problem()).certificate
    assert certificate is not None
    begun = search(problem())
    assert pricing.prices_of(begun.options, certificate) is not None
    for first_and_last in ((0, 0, 1), (0, begun.options.periods - 1, 0)):
        assert pricing.prices_of(begun.options, replace(certificate, orders=(first_and_last,))) is not None
    wrong = [
        replace(certificate, orders=((0, begun.options.periods, 1),)),
        replace(certificate, orders=((-1, 0, 1),)),
        replace(certificate, limits=certificate.limits[1:]),
        replace(certificate, floors=(1,)),
        replace(certificate, denominator=0),
        replace(certificate, orders=((9, 0, 1),)),
        replace(certificate, limits=(-1, *certificate.limits[1:])),
    ]
    assert all(pricing.prices_of(begun.options, one) is None for one in wrong)
