"""Solvers in the process of the test, and searches for plans that were done before in this run of the tests.

Starting a process for each of many small problems takes a second or two each time; that processes are started, followed
and killed is tested in tests/unit/domain/roadmap/solvers. A solver gives the same plan for the same problem, seed and
limit of work (docs/algorithms/roadmap.md 5, tested there too). Tests of pages, API and actions ask for the same few
plans over and over; what one worker of xdist found, the others read, and so do later runs of the same sources
(tests/once.py).
"""

import hashlib
import os
import pickle
from collections.abc import Callable
from functools import wraps
from typing import Any

import pytest

from tenglong.domain.roadmap import what_if
from tenglong.domain.roadmap.infeasible.child import SECONDS, Contradiction
from tenglong.domain.roadmap.infeasible.search import cheapest_relaxation, conflict
from tenglong.domain.roadmap.plans import Point, Reason, Solution
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.solvers import child, running
from tenglong.domain.roadmap.solvers.job_files import save
from tenglong.domain.roadmap.solvers.search import Search
from tests.once import kept_folder

SAME_AGAIN = {
    Reason.CERTIFIED, Reason.CLAIMED, Reason.ALL_TRIED, Reason.CONFLICT, Reason.WORK, Reason.NO_IMPROVEMENT,
}  # fmt: skip
"""Ends that do not depend on the clock, on memory or on somebody who stops the search."""

Solve = Callable[..., Solution]


def in_this_process(patch: pytest.MonkeyPatch) -> None:
    """Let `choose.solve`, and what_if's search for contradictions, work without their processes."""
    patch.setattr(child, "solve", _solve)
    patch.setattr(what_if, "contradiction", _contradiction)


def _solve(
    problem: Problem, method: str, limits: Any, told: Any = None, known: Solution | None = None
) -> Solution:
    def report(search: Search, point: Point) -> None:
        search.stopped |= bool(told and told(point))

    return running.run(problem, method, limits, report, known)


def _contradiction(problem: Problem, seconds: float = SECONDS) -> Contradiction:
    return Contradiction(conflict(problem), cheapest_relaxation(problem) or ())


def remembered(solve: Solve) -> Solve:
    """`child.solve` that looks first whether the answer is known."""
    folder = kept_folder() / "solved"
    folder.mkdir(exist_ok=True)

    @wraps(solve)
    def answer(
        problem: Any, method: str, limits: Any, on_progress: Any = None, known: Any = None
    ) -> Solution:
        asked = pickle.dumps((problem, method, limits, known), protocol=5)
        kept = folder / f"{hashlib.sha256(asked).hexdigest()}.pickle"
        if kept.exists():
            found: Solution = pickle.loads(kept.read_bytes())
            if not any([on_progress(point) for point in found.trajectory] if on_progress else ()):
                return found
        solution = solve(problem, method, limits, on_progress, known)
        if solution.reason in SAME_AGAIN:
            save(kept.with_suffix(f".{os.getpid()}"), solution)
            kept.with_suffix(f".{os.getpid()}").replace(kept)
        return solution

    return answer
