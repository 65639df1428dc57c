from dataclasses import replace

import pytest

from tenglong.domain.roadmap.checking import check
from tenglong.domain.roadmap.plans import Point, Reason, Solution, Status
from tenglong.domain.roadmap.solvers import child
from tenglong.domain.roadmap.solvers.search_limits import Limits
from tests.unit.domain.roadmap.small import crowded, problem

pytestmark = pytest.mark.slow


def test_progress_arrives_and_the_plan_comes_back() -> None:
    points: list[Point] = []
    solution = child.solve(problem(), "exact", Limits(), points.append)
    assert solution.status == Status.OPTIMAL
    assert solution.plan is not None and points[-1].value == solution.plan.value
    assert [point.seconds for point in points] == sorted(point.seconds for point in points)


def test_whoever_listens_may_stop_it_and_keeps_the_best_plan() -> None:
    given = crowded(120)
    solution = child.solve(given, "exact", Limits(), lambda point: point.value is not None)
    assert solution.plan is not None and solution.reason in (
        Reason.INTERRUPTED,
        Reason.CLAIMED,
        Reason.CERTIFIED,
    )
    assert check(given, solution.plan, solution.certificate) == ()


def test_a_process_that_ends_without_an_answer_is_a_failure_whose_cause_is_logged(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    none = Solution(Status.STOPPED, Reason.TIME, "quick", None, None)
    monkeypatch.setattr(child, "first_answer", lambda *_: none)
    solution = child.solve(problem(), "no such method", Limits())
    assert (solution.status, solution.reason) == (Status.FAILED, Reason.CRASHED)
    assert "Traceback" in caplog.text and "no such method" in caplog.text


def test_compiled_code_lies_where_the_site_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", "/srv/site/compiled")
    assert child.environment()["NUMBA_CACHE_DIR"] == "/srv/site/compiled"


def test_a_process_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "GRACE", 0.0)
    monkeypatch.setattr(child, "_left", lambda _: 1e-3)
    solution = child.solve(crowded(), "prices", Limits(seconds=0.0))
    assert solution.reason == Reason.TIME and solution.plan is not None


def test_without_time_the_first_answer_is_the_answer() -> None:
    solution = child.solve(crowded(), "prices", Limits(seconds=0.0))
    assert solution.plan is not None and solution.certificate is not None
    assert check(crowded(), solution.plan, solution.certificate) == ()


def test_neither_falls_the_value_nor_rises_the_bound_whoever_found_them() -> None:
    heard: list[Point] = []
    course = child.Course(heard.append)
    for point in (Point(1, 5, 9), Point(0.5, None, 12), Point(2, 4, 8, 8), Point(3, 6, None)):
        course.hear(point)
    assert [(one.seconds, one.value, one.bound) for one in heard] == [
        (1, 5, 9),
        (1, 5, 9),
        (2, 5, 8),
        (3, 6, 8),
    ]
    assert heard == course.points and heard[-1].claimed == 8


def test_the_better_plan_and_the_better_bound_are_kept() -> None:
    first = child.solve(crowded(), "prices", Limits(seconds=0.0))
    assert first.plan is not None
    worse = Solution(Status.STOPPED, Reason.TIME, "prices", None, None)
    kept = child.better(first, worse, ())
    assert (kept.plan, kept.certificate, kept.status) == (first.plan, first.certificate, Status.FEASIBLE)
    assert first.certificate is not None
    met = replace(first.certificate, bound=first.plan.value)
    assert child.better(first, replace(worse, certificate=met), ()).status == Status.OPTIMAL
