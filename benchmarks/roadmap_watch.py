"""Runs a solver in a process of its own, follows it, measures its memory, kills it when it goes on too long."""

import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.roadmap_run import OURS, PLAN, PROBLEM, SOLUTION, save
from tenglong.domain.roadmap.checking import check
from tenglong.domain.roadmap.plans import Solution
from tenglong.domain.roadmap.problems import Problem

GRACE = 8.0
"""Seconds beyond its limit after which a solver is killed."""
MOST_MEMORY = 10 * 2**30
_LOOK = 0.1


@dataclass(frozen=True)
class Step:
    """How far a solver was after so many seconds; values and bounds in units of the aim."""

    seconds: float
    value: float | None = None
    bound: float | None = None
    claimed: float | None = None


@dataclass(frozen=True)
class Run:
    """What one solver did on one problem. `value` and `bound` are those that the independent checker confirms."""

    solver: str
    limit: float
    ended: str
    steps: tuple[Step, ...]
    seconds: float
    memory: int
    value: float | None
    bound: float | None
    faults: tuple[str, ...] = ()

    @property
    def own_bound(self) -> float | None:
        """Its certified bound or, without one, the lowest that it claims."""
        if self.bound is not None:
            return self.bound
        return min((step.claimed for step in self.steps if step.claimed is not None), default=None)

    @property
    def best_bound(self) -> float | None:
        """Its lowest bound, certified or claimed."""
        claims = [step.claimed for step in self.steps if step.claimed is not None]
        return min([*claims, *([] if self.bound is None else [self.bound])], default=None)

    def proven(self, share: float) -> float | None:
        """The seconds after which it knew its plan to be within a share of its own bound; None: never."""
        bound = float("inf")
        for step, value in self._values():
            known = step.claimed if step.bound is None else step.bound
            bound = bound if known is None else min(bound, known)
            if bound < float("inf") and bound - value <= share * abs(bound):
                return step.seconds
        return None

    def reached(self, share: float, bound: float) -> float | None:
        """The seconds after which its plan was within a share of a bound that is known by now; None: never."""
        return next(
            (step.seconds for step, value in self._values() if bound - value <= share * abs(bound)), None
        )

    def _values(self) -> Iterator[tuple[Step, float]]:
        """Each step with the best value until then."""
        value = float("-inf")
        for step in self.steps:
            value = value if step.value is None else max(value, step.value)
            yield step, value


def run(solver: str, problem: Problem, limit: float) -> Run:
    """One solver within a limit of seconds."""
    with tempfile.TemporaryDirectory(prefix="tenglong-bench-") as name:
        folder = Path(name)
        save(folder / PROBLEM, problem)
        lines, memory, why, waited = _followed(solver, limit, folder)
        steps = tuple(
            Step(line["seconds"], *(line.get(key) for key in ("value", "bound", "claimed"))) for line in lines
        )
        ended = next((line["what"] for line in lines if line["what"].startswith("ended: ")), None)
        seconds = steps[-1].seconds if ended else waited
        value, bound, faults = _checked(problem, folder)
        said = ended.removeprefix("ended: ") if ended else why
        return Run(solver, limit, said, steps, seconds, memory, value, bound, faults)


def _followed(solver: str, limit: float, folder: Path) -> tuple[list[dict[str, Any]], int, str, float]:
    """The lines that the process said, the sum of the peaks of its processes in bytes, why it had to end, and when."""
    command = [sys.executable, "-m", "benchmarks.roadmap_run", solver, str(limit), str(folder)]
    lines: list[dict[str, Any]] = []
    with (folder / "errors.txt").open("wb") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
    reader = threading.Thread(target=_read, args=(process, lines))
    reader.start()
    peaks: dict[int, int] = {}
    why, began = "", None
    while process.poll() is None:
        time.sleep(_LOOK)
        for one in _family(process.pid):
            peaks[one] = max(peaks.get(one, 0), _peak(one))
        if began is None and lines:
            began = time.monotonic()
        if began is not None and time.monotonic() > began + limit + GRACE:
            building = solver != OURS and not any(line["what"] == "built" for line in lines)
            why = "killed: still building its model" if building else "killed: ignored its limit"
        elif sum(peaks.values()) > MOST_MEMORY:
            why = f"killed: more than {MOST_MEMORY >> 30} GiB"
        if why:
            _kill(process)
    reader.join()
    waited = 0.0 if began is None else time.monotonic() - began
    said = (folder / "errors.txt").read_text()[-200:].strip()
    return lines, sum(peaks.values()), why or f"failed: {said}", waited


def _read(process: subprocess.Popen[str], lines: list[dict[str, Any]]) -> None:
    """Everything that a process says, until it ends; libraries may print too, and a killed process half a line."""
    with process.stdout as pipe:  # type: ignore[union-attr]
        for line in pipe:
            if line.startswith("{") and line.endswith("}\n"):
                lines.append(json.loads(line))


def _family(process: int) -> Iterator[int]:
    """A process and all that it started."""
    yield process
    for listing in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            children = listing.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from _family(int(child))


def _peak(process: int) -> int:
    """The most memory that a process has held, in bytes; 0 when it has ended."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM")), 0)


def _kill(process: subprocess.Popen[str]) -> None:
    """A process and all that it started."""
    for one in list(_family(process.pid)):
        try:
            os.kill(one, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait()


def _checked(problem: Problem, folder: Path) -> tuple[float | None, float | None, tuple[str, ...]]:
    """The value and the certified bound of what the run left behind, and what the checker has against them."""
    unit = 10.0**problem.aim.places
    plan = certificate = None
    if (folder / SOLUTION).exists():
        solution: Solution = pickle.loads((folder / SOLUTION).read_bytes())
        plan, certificate = solution.plan, solution.certificate
    elif (folder / PLAN).exists():
        plan = pickle.loads((folder / PLAN).read_bytes())
    faults = () if plan is None else tuple(map(str, check(problem, plan, certificate)))
    value = None if plan is None or faults else plan.value / unit
    bound = None if certificate is None or plan is None or faults else certificate.bound / unit
    return value, bound, faults
