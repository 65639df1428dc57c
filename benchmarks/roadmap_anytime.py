"""Benchmark topic: how good a plan is after so many processor seconds on one core with a busy neighbour.

Everything counts, from the start of Python: imports, reading the file, a second process. Ours stands beside HiGHS on
the whole model and, where TENGLONG_BEFORE names a checkout of an earlier version, beside that.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from benchmarks import roadmap_instances
from benchmarks.results import Row
from benchmarks.roadmap_run import OURS

ROOT = Path(__file__).parents[1]
AT = (0.5, 1.0, 2.0, 5.0, 10.0)
CASES = ((300, False), (1_000, False), (1_000, True), (100_000, False))
HEAD = ("Instance", "Solver", "First plan after", *(f"Gap at {at:g} s" for at in AT))
_WALL = 6.0
"""A neighbour and a crowded machine make processor seconds take so many times as long by the clock, at most."""


@dataclass(frozen=True)
class Seen:
    """A line that a solver said: after how many processor seconds, with the best value and bound so far."""

    processor: float
    value: float | None
    bound: float | None


def measure() -> Iterator[Row]:
    """A line for each instance and solver."""
    before = os.environ.get("TENGLONG_BEFORE")
    for firms, rich in CASES:
        with tempfile.TemporaryDirectory(prefix="tenglong-bench-") as name:
            path = roadmap_instances.write(Path(name), firms, 101, rich=rich)
            runs = {"tenglong": watched(OURS, path, ROOT)}
            if before:
                runs["tenglong, before"] = watched(OURS, path, Path(before))
            if firms <= 1_000:
                runs["HiGHS, whole model"] = watched("highs", path, ROOT)
        yield from _rows(f"{firms:,} firms" + (", rich" if rich else ""), runs)


def _rows(what: str, runs: dict[str, list[Seen]]) -> Iterator[Row]:
    """Gaps to the best bound that anybody knew in the end."""
    bound = min((one.bound for seen in runs.values() for one in seen if one.bound is not None), default=None)
    for solver, seen in runs.items():
        first = next((one.processor for one in seen if one.value is not None), None)
        cells = [what, solver, "none" if first is None else f"{first:.2f} s"]
        for at in AT:
            values = [one.value for one in seen if one.value is not None and one.processor <= at]
            missing = values and bound is not None
            cells.append(f"{(bound - max(values)) / abs(bound):.3%}" if missing and bound else "no plan")
        yield Row("roadmap", HEAD, tuple(cells))


def watched(solver: str, path: Path, tree: Path, seconds: float = AT[-1]) -> list[Seen]:
    """What a solver says on the first core, beside a process that never rests, until so many processor seconds."""
    core = str(min(os.sched_getaffinity(0)))
    neighbour = subprocess.Popen(["taskset", "-c", core, sys.executable, "-c", "while True: pass"])
    limit = str(seconds * _WALL)
    command = ["taskset", "-c", core, sys.executable, "-m", "benchmarks.roadmap_anytime", solver, str(path)]
    environment = os.environ | {"PYTHONPATH": f"{tree / 'src'}:{ROOT}", "OPENBLAS_NUM_THREADS": "1"}
    process = subprocess.Popen(
        [*command, limit], stdout=subprocess.PIPE, env=environment, cwd=tempfile.gettempdir()
    )
    seen: list[Seen] = []
    try:
        assert process.stdout is not None
        for line in process.stdout:
            spent = sum(_spent(one) for one in _family(process.pid))
            if line.startswith(b"["):
                seen.append(Seen(spent, *orjson.loads(line)))
            if spent > seconds:
                break
    finally:
        for one in [*_family(process.pid), neighbour.pid]:
            _end(one)
        process.wait()
        neighbour.wait()
    return seen


def _family(process: int) -> list[int]:
    found = [process]
    for listing in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            found += [one for child in listing.read_text().split() for one in _family(int(child))]
        except OSError:
            continue
    return found


def _spent(process: int) -> float:
    """The processor seconds of a process and of the children that it has seen end."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(int(one) for one in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def _end(process: int) -> None:
    try:
        os.kill(process, 9)
    except ProcessLookupError:
        return


def _say(value: float | None, bound: float | None) -> None:
    sys.stdout.buffer.write(orjson.dumps([value, bound]) + b"\n")
    sys.stdout.buffer.flush()


class _Watch:
    """What HiGHS finds, as values and bounds; `benchmarks.roadmap_solvers.Watch`."""

    def __init__(self, model: object, seconds: float):
        self._model, self._until = model, time.monotonic() + seconds

    def left(self) -> float:
        """The seconds that are left."""
        return max(0.1, self._until - time.monotonic())

    def built(self) -> None:
        """The model stands."""
        _say(None, None)

    def found(self, taken: object) -> None:
        """A better solution."""
        _say(self._model.plan(taken).value, None)  # type: ignore[attr-defined]

    def stands(self, value: float | None, bound: float | None) -> None:
        """The bound is not asked for: gaps are measured to the best of all."""
        _say(None, None)


def main(solver: str, path: Path, seconds: float) -> None:
    """Read and solve, and say every point."""
    from tenglong.domain.roadmap.files.problems import read_problem

    problem = read_problem(path)
    if solver == OURS:
        from tenglong.domain.roadmap.solvers.choose import solve

        solve(problem, seconds=seconds, on_progress=lambda point: _say(point.value, point.bound))
    else:
        from benchmarks.roadmap_model import whole
        from benchmarks.roadmap_solvers import SOLVERS

        model = whole(problem)
        SOLVERS[solver](model, _Watch(model, seconds))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]))
