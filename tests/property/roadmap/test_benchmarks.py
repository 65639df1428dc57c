"""The integer program that other solvers are timed on is our problem: each finds the judge's optimum."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from importlib.util import find_spec
from multiprocessing import get_context

import pytest
from hypothesis import given, settings

from benchmarks.roadmap_model import whole
from tenglong.domain.roadmap.checking import check
from tenglong.domain.roadmap.plans import Plan
from tenglong.domain.roadmap.problems import Flags, Floor, Problem
from tenglong.domain.roadmap.solvers.exhaustive import best_plan
from tests.property.roadmap.problems import problems

pytestmark = pytest.mark.slow

LIBRARIES = {"highs": "highspy", "cbc": "pulp", "scip": "pyscipopt", "cpsat": "ortools"}


class Listener:
    """Keeps what a solver says."""

    def __init__(self, problem: Problem):
        self.model = whole(problem)
        self.plan: Plan | None = None
        self.bound: float | None = None

    def left(self) -> float:
        return 60.0

    def built(self) -> None:
        return None

    def found(self, taken: Flags) -> None:
        plan = self.model.plan(taken)
        if self.plan is None or plan.value > self.plan.value:
            self.plan = plan

    def stands(self, value: float | None, bound: float | None) -> None:
        self.bound = self.bound if bound is None else bound


def solved(name: str, problem: Problem) -> tuple[Plan | None, float | None]:
    """The plan and the bound of a solver; called in a process that has loaded no other solver."""
    from benchmarks.roadmap_solvers import SOLVERS

    listener = Listener(problem)
    SOLVERS[name](listener.model, listener)
    return listener.plan, listener.bound


@pytest.fixture(scope="module", params=LIBRARIES)
def solver(request: pytest.FixtureRequest) -> Iterator[tuple[str, ProcessPoolExecutor]]:
    """Its name and a process for it: OR-tools cannot share one with highspy, whose symbols it also has."""
    name = request.param
    if find_spec(LIBRARIES[name]) is None:
        pytest.skip(f"{LIBRARIES[name]} belongs to the extra `bench`: make bench installs it")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        yield name, process


@given(problem=problems())
@settings(max_examples=25)
def test_other_solvers_find_the_judges_optimum(
    solver: tuple[str, ProcessPoolExecutor], problem: Problem
) -> None:
    name, process = solver
    judge = best_plan(problem)
    plan, bound = process.submit(solved, name, problem).result()
    if judge is None:
        assert plan is None
        return
    assert plan is not None and bound is not None
    assert check(problem, plan) == ()
    assert plan.value == judge.value
    assert bound == pytest.approx(judge.value / 10.0**problem.aim.places, abs=1e-4)
    worst, _ = process.submit(solved, name, kept(problem, judge.value)).result()
    assert worst is not None and worst.value == -judge.value


def kept(problem: Problem, value: int) -> Problem:
    """The opposite aim while the first keeps what it reached."""
    opposite = replace(problem.aim, worth=-problem.aim.worth)
    return replace(problem, aims=(opposite,), floors=(Floor(problem.aim, value),))
