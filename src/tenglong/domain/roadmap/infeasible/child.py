"""Finds contradictions in a process of its own, which is killed at the limit: HiGHS does not always heed its own (6).

Run by `contradiction` as `python -m tenglong.domain.roadmap.infeasible.child FOLDER`.
"""

import pickle
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tenglong.domain.roadmap.infeasible.rules import Relaxation, Rules
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.solvers.child import environment
from tenglong.domain.roadmap.solvers.job_files import save

SECONDS = 90.0
_PROBLEM, _ANSWER = "problem.pickle", "answer.pickle"


@dataclass(frozen=True)
class Contradiction:
    """Rules that contradict each other (None: none was found in time), and the cheapest way out by moving limits."""

    rules: Rules | None
    relaxation: tuple[Relaxation, ...]


def contradiction(problem: Problem, seconds: float = SECONDS) -> Contradiction:
    """What `infeasible.conflict` and `infeasible.cheapest_relaxation` find within the limit of time."""
    with tempfile.TemporaryDirectory(prefix="tenglong-roadmap-") as name:
        folder = Path(name)
        (folder / _PROBLEM).write_bytes(pickle.dumps(problem, protocol=5))
        command = [sys.executable, "-P", "-m", "tenglong.domain.roadmap.infeasible.child", name]
        try:
            subprocess.run(
                command, env=environment(), timeout=seconds, check=False, stderr=subprocess.DEVNULL
            )
        except subprocess.TimeoutExpired:
            pass  # what it had found by then stands in the folder
        if not (folder / _ANSWER).exists():
            return Contradiction(None, ())
        found: Contradiction = pickle.loads((folder / _ANSWER).read_bytes())
        return found


def main(folder: Path) -> None:
    """The relaxation first: it takes one solve, the small set many."""
    from tenglong.domain.roadmap.infeasible.search import (  # loads a solver: here only
        cheapest_relaxation,
        conflict,
    )

    problem = pickle.loads((folder / _PROBLEM).read_bytes())
    relaxation = cheapest_relaxation(problem) or ()
    save(folder / _ANSWER, Contradiction(None, relaxation))
    save(folder / _ANSWER, Contradiction(conflict(problem), relaxation))


if __name__ == "__main__":
    # The class must be the one that the other process knows, not that of the main module.
    from tenglong.domain.roadmap.infeasible import child

    child.main(Path(sys.argv[1]))
