"""What is read off a solver's run, and that none outlives what it may take."""

import pytest

from benchmarks import roadmap_watch
from benchmarks.roadmap import lowest_bound
from benchmarks.roadmap_run import OURS
from benchmarks.roadmap_watch import Run, Step, run
from tests.unit.domain.roadmap.small import problem

pytestmark = pytest.mark.slow


def of(*steps: Step, value: float | None = None, bound: float | None = None) -> Run:
    return Run("some", 10, "ended", steps, 9, 0, value, bound)


def test_it_knows_its_gap_by_its_own_bound_of_the_moment() -> None:
    one = of(Step(1, value=90), Step(2, claimed=120), Step(3, claimed=100), Step(4, value=99))
    assert one.proven(0.1) == 3
    assert one.proven(0.01) == 4
    assert one.proven(0.001) is None


def test_it_had_reached_a_bound_that_became_known_later() -> None:
    one = of(Step(1, value=90), Step(2, claimed=120), Step(4, value=99))
    assert one.reached(0.1, 100) == 1
    assert one.reached(0.001, 100) is None


def test_a_certified_bound_comes_before_a_claimed_one() -> None:
    one = of(Step(1, value=99, bound=110, claimed=100), value=99, bound=110)
    assert one.proven(0.02) is None
    assert (one.own_bound, one.best_bound) == (110, 100)


def test_a_bound_below_a_checked_plan_is_nobodys_bound() -> None:
    runs = [of(Step(1, claimed=80)), of(value=90, bound=100)]
    assert lowest_bound(runs) == 100
    assert lowest_bound([of(Step(1, claimed=95)), *runs]) == 95


def test_our_run_is_checked_and_certified_and_another_solver_reaches_the_same_value() -> None:
    one = run(OURS, problem(), 20)
    assert one.ended.startswith("optimal")
    assert one.faults == () and one.value is not None and one.bound is not None
    assert one.value <= one.bound
    assert one.memory > 0
    assert run("highs", problem(), 20).value == one.value


def test_who_takes_too_much_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roadmap_watch, "MOST_MEMORY", 1)
    one = run("highs", problem(), 20)
    assert one.ended.startswith("killed: more than")
    assert one.value is None


def test_who_ignores_the_limit_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(roadmap_watch, "GRACE", -20)
    one = run(OURS, problem(), 20)
    assert one.ended == "killed: ignored its limit"
