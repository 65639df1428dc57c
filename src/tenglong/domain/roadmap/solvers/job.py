"""The process that solves one problem: reads a job, tells where it stands, leaves the best plan in a file.

Run by `child.solve` as `python -m tenglong.domain.roadmap.solvers.job FOLDER`. Lines on standard output are JSON.
"""

import pickle
import sys
from pathlib import Path
from typing import Any

import orjson

from tenglong.domain.roadmap.plans import Point, Reason, Solution, Status
from tenglong.domain.roadmap.solvers.job_files import BEST, DONE, JOB, save
from tenglong.domain.roadmap.solvers.running import run
from tenglong.domain.roadmap.solvers.search import Search, stop_on_signal

SAVE_EVERY = 0.25
"""Seconds between two savings of the best plan, unless the bound or plan is the first."""


class Reporter:
    """Tells every point, and saves the best plan now and then for the case that this process is killed."""

    def __init__(self, folder: Path, method: str):
        self._folder, self._method = folder, method
        self._saved, self._known = -1e9, (False, False)

    def __call__(self, search: Search, point: Point) -> None:
        """One point of the trajectory."""
        if not search.trajectory[:-1]:
            stop_on_signal(search)
        known = (search.plan is not None, search.certificate is not None)
        if known != self._known or point.seconds - self._saved >= SAVE_EVERY:
            self._saved, self._known = point.seconds, known
            state = (search.plan, search.certificate, search.claim)
            save(self._folder / BEST, Solution(Status.FEASIBLE, Reason.CRASHED, self._method, *state))
        sys.stdout.buffer.write(orjson.dumps(point_to_json(point)) + b"\n")
        sys.stdout.buffer.flush()


def point_to_json(point: Point) -> list[Any]:
    """A point as a line."""
    return [point.seconds, point.value, point.bound, point.claimed, point.stage]


def main(folder: Path) -> None:
    """Solve the job of the folder."""
    problem, method, limits, known = pickle.loads((folder / JOB).read_bytes())
    try:
        solution = run(problem, method, limits, Reporter(folder, method), known)
    except MemoryError:
        solution = Solution(Status.FAILED, Reason.MEMORY, method, None, None)
    save(folder / DONE, solution)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
