"""The first answer; against the judge in tests/property/roadmap/test_first_answer.py."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from tenglong.domain.roadmap.checking import check, check_certificate
from tenglong.domain.roadmap.options import compiled
from tenglong.domain.roadmap.plans import Reason, Status
from tenglong.domain.roadmap.problems import WAITS
from tenglong.domain.roadmap.solvers.child import environment
from tenglong.domain.roadmap.solvers.pricing import OrderLines, no_prices
from tenglong.domain.roadmap.solvers.quick import answer
from tenglong.domain.roadmap.solvers.quick.answer import first_answer
from tenglong.domain.roadmap.solvers.quick.bounds import QuickDual
from tenglong.domain.roadmap.solvers.quick.drafts import drafted, fill
from tenglong.domain.roadmap.solvers.quick.mending import mend, whole
from tenglong.domain.roadmap.solvers.quick.offering import hopeless, take_out
from tenglong.domain.roadmap.solvers.quick.prices import rough_prices
from tenglong.domain.roadmap.solvers.quick.tables import gains, largest, listed, spans, summed, tables
from tests.unit.domain.roadmap.small import content, crowded, problem


def test_a_plan_and_a_bound_are_there_at_once() -> None:
    for given in (problem(), crowded()):
        first = first_answer(given)
        assert first.plan is not None and check(given, first.plan, first.certificate) == ()


def test_no_library_of_a_solver_is_loaded_for_it() -> None:
    code = (
        "import sys, tenglong.domain.roadmap.solvers.quick.answer;"
        "assert not {'numba', 'scipy', 'highspy'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=environment())


def test_that_there_is_no_plan_is_proven() -> None:
    limits = [{"id": "land", "amount": "land", "at_least": 100}]
    given = problem(limits=limits)
    first = first_answer(given)
    assert (first.status, first.reason, first.plan) == (Status.INFEASIBLE, Reason.CONFLICT, None)
    assert first.certificate is not None and check_certificate(given, first.certificate) == []


def test_who_must_start_and_cannot_is_hopeless() -> None:
    limits = [*content()["limits"], {"id": "little", "amount": "money", "at_most": 4}]
    options = compiled(problem(limits=limits))
    assert not hopeless(options)
    take_out(options)
    assert hopeless(options)
    assert first_answer(problem(limits=limits)).status == Status.INFEASIBLE


def test_a_known_plan_is_mended_under_tighter_limits() -> None:
    given = crowded()
    known = first_answer(given)
    tighter = replace(
        given, limits=tuple(replace(one, bound=one.bound * 9 // 10) for one in given.limits), digest=""
    )
    first = first_answer(tighter, known)
    assert first.plan is not None and check(tighter, first.plan, first.certificate) == ()


def test_a_gap_that_is_good_enough_ends_it() -> None:
    first = first_answer(crowded(), None, 1.0)
    assert (first.status, first.reason) == (Status.WITHIN_GAP, Reason.CERTIFIED)


def test_of_many_firms_no_bound_is_added_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer, "MOST_PROVEN", 1)
    monkeypatch.setattr(answer, "STARTS", ((10**9, 1),))
    first = first_answer(crowded())
    assert first.plan is not None and first.certificate is None


def test_a_draft_is_filled_without_breaking_a_capacity_and_mended_when_it_is_broken() -> None:
    options = compiled(crowded())
    draft = drafted(options, QuickDual(options).tables(no_prices(options)), options.periods)
    fill(draft)
    capped = options.capacity >= 0
    assert (draft.slack[capped] >= 0).all() and (draft.chosen != WAITS).any()
    draft.slack = draft.slack - np.where(capped, options.capacity // 3, 0)
    assert not whole(draft)
    assert mend(draft) and (draft.slack >= 0).all()


def test_rough_prices_ask_for_what_is_scarce() -> None:
    options = compiled(crowded())
    dual = QuickDual(options)
    assert dual.value(rough_prices(options, 0.0)) < 0.9 * dual.value(no_prices(options))


def test_worth_by_measure_and_start_is_that_of_the_options() -> None:
    options = compiled(problem())
    prices = replace(no_prices(options), rows=np.array([0.5, 2.0, 1.0]), orders=np.array([[1.0, 2, 3, 4]]))
    table = tables(options, prices, OrderLines(options))
    some = listed(options, np.arange(options.firms))
    assert np.allclose(gains(options, table)[some.measure, some.start], table.gain(options, some))


def test_spans_and_sums() -> None:
    owner, number = spans(np.array([3, 5, 9]), np.array([5, 5, 10]))
    assert (owner.tolist(), number.tolist()) == ([0, 0, 2], [3, 4, 9])
    assert summed(np.array([1, 2, 3]), owner, 4).tolist() == [3, 0, 3, 0]
    assert largest(np.array([1, 4, 2]), np.array([0, 2, 2, 3]), -1).tolist() == [4, -1, 2]
