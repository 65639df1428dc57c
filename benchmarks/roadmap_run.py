"""One solver on one problem in a process of its own: `python -m benchmarks.roadmap_run SOLVER SECONDS FOLDER`.

Prints a line of JSON whenever the solver comes further, with the seconds since the problem (for others: its
arrays) was in memory, and leaves its best plan in the folder, so that a solver that has to be killed keeps
what it had found.
"""

import json
import pickle
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.roadmap_model import Whole, whole
from tenglong.domain.roadmap.plans import Point
from tenglong.domain.roadmap.problems import Flags, Problem

OURS = "tenglong"
PROBLEM, PLAN, SOLUTION = "problem.pickle", "plan.pickle", "solution.pickle"


class Telling:
    """The clock of one run, and what it prints; values and bounds in units of the aim."""

    def __init__(self, problem: Problem, seconds: float, folder: Path, model: Whole | None = None):
        self.folder = folder
        self._unit, self._limit, self._model = 10.0**problem.aim.places, seconds, model
        self._best: int | None = None
        self._bound = 1e19
        self._began = time.monotonic()
        self.say("began")

    def say(self, what: str, **numbers: float | None) -> None:
        """One line."""
        print(json.dumps({"what": what, "seconds": time.monotonic() - self._began} | numbers), flush=True)

    def left(self) -> float:
        """The seconds that are left, at least a tenth."""
        return max(0.1, self._limit - (time.monotonic() - self._began))

    def built(self) -> None:
        """The solver's own model stands."""
        self.say("built")

    def found(self, taken: Flags) -> None:
        """A solution; kept when it is better than those before."""
        assert self._model is not None
        plan = self._model.plan(taken)
        if self._best is None or plan.value > self._best:
            self._best = plan.value
            save(self.folder / PLAN, plan)
            self.say("plan", value=plan.value / self._unit)

    def stands(self, value: float | None, bound: float | None) -> None:
        """What the solver says; a bound that is no better than the last is no news."""
        if value is not None:
            self.say("says", value=value)
        if bound is not None and abs(bound) < 1e19 and bound < self._bound:
            self._bound = bound
            self.say("says", claimed=bound)

    def point(self, point: Point) -> None:
        """A point of our own solver."""
        numbers = {"value": point.value, "bound": point.bound, "claimed": point.claimed}
        self.say(point.stage, **{k: None if n is None else n / self._unit for k, n in numbers.items()})


def ours(problem: Problem, seconds: float, folder: Path) -> None:
    """The solver behind `tenglong plan`, which has a process of its own too."""
    from tenglong.domain.roadmap.solvers.choose import solve

    telling = Telling(problem, seconds, folder)
    solution = solve(problem, seconds=telling.left(), on_progress=telling.point)
    save(folder / SOLUTION, solution)
    telling.say(f"ended: {solution.status}, {solution.reason}")


def theirs(name: str, problem: Problem, seconds: float, folder: Path) -> None:
    """Another solver on the whole model, whose arrays stand before its clock starts."""
    from benchmarks.roadmap_solvers import SOLVERS

    model = whole(problem)
    telling = Telling(problem, seconds, folder, model)
    telling.say("ended: " + SOLVERS[name](model, telling))


def save(path: Path, what: Any) -> None:
    """Write a file that is there whole or not at all."""
    part = path.with_suffix(".part")
    part.write_bytes(pickle.dumps(what, protocol=5))
    part.replace(path)


def main(name: str, seconds: float, folder: Path) -> None:
    """Solve the problem of the folder."""
    problem: Problem = pickle.loads((folder / PROBLEM).read_bytes())
    if name == OURS:
        ours(problem, seconds, folder)
    else:
        theirs(name, problem, seconds, folder)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), Path(sys.argv[3]))
