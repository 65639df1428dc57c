"""Solvers in this process: starting another for each of many small problems takes a second each time."""

from typing import Any

import pytest

from tenglong.domain.roadmap import what_if
from tenglong.domain.roadmap.infeasible.child import Contradiction
from tenglong.domain.roadmap.infeasible.search import cheapest_relaxation, conflict
from tenglong.domain.roadmap.plans import Point, Solution
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.solvers import child, running
from tenglong.domain.roadmap.solvers.search import Search


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """`choose.solve` and what_if's search for contradictions without their processes."""

    def solve(
        problem: Problem, method: str, limits: Any, told: Any = None, known: Solution | None = None
    ) -> Solution:
        def report(search: Search, point: Point) -> None:
            search.stopped |= bool(told and told(point))

        return running.run(problem, method, limits, report, known)

    def contradiction(problem: Problem, seconds: float) -> Contradiction:
        return Contradiction(conflict(problem), cheapest_relaxation(problem) or ())

    monkeypatch.setattr(child, "solve", solve)
    monkeypatch.setattr(what_if, "contradiction", contradiction)
