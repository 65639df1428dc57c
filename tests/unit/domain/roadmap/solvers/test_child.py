import pytest

from tenglong.domain.roadmap.checking import check
from tenglong.domain.roadmap.plans import Point, Reason, Status
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
    caplog: pytest.LogCaptureFixture,
) -> None:
    solution = child.solve(problem(), "no such method", Limits())
    assert (solution.status, solution.reason) == (Status.FAILED, Reason.CRASHED)
    assert "Traceback" in caplog.text and "no such method" in caplog.text


def test_compiled_code_lies_where_the_site_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", "/srv/site/compiled")
    assert child.environment()["NUMBA_CACHE_DIR"] == "/srv/site/compiled"


def test_a_process_that_does_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "GRACE", 0.0)
    solution = child.solve(crowded(), "prices", Limits(seconds=0.0))
    assert solution.reason == Reason.TIME
