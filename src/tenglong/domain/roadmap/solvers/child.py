"""Runs a solver in a process of its own, which is killed at the limit; the best plan so far and the bound are kept.

A library may ignore its time limit (HiGHS was seen to, engines.md D) or take all memory; this process goes on.
"""

import logging
import os
import pickle
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

import tenglong
from tenglong.domain.kernel.machine import check_installed
from tenglong.domain.roadmap.plans import Point, Reason, Solution, Status
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.solvers.job_files import BEST, DONE, JOB
from tenglong.domain.roadmap.solvers.search_limits import Limits

GRACE = 5.0
"""Seconds that a solver has beyond its limit, or after it was asked to stop, before it is killed."""
_LOOK = 0.2
_ERRORS = "errors.txt"
_LOG = logging.getLogger(__name__)

Progress = Callable[[Point], bool | None]


def solve(
    problem: Problem,
    method: str,
    limits: Limits,
    on_progress: Progress | None = None,
    known: Solution | None = None,
) -> Solution:
    """What the solver found. `on_progress` hears every point; when it answers True, the solver stops.

    KeyboardInterrupt stops the solver too; its best plan is returned.
    """
    check_installed("roadmap")
    with tempfile.TemporaryDirectory(prefix="tenglong-roadmap-") as name:
        folder = Path(name)
        (folder / JOB).write_bytes(pickle.dumps((problem, method, limits, known), protocol=5))
        points, killed = _watched(folder, limits, on_progress)
        return _result(folder, method, points, killed)


def _watched(folder: Path, limits: Limits, on_progress: Progress | None) -> tuple[list[Point], Reason | None]:
    """Start the process and follow it to its end; the points, and why it had to be killed."""
    command = [sys.executable, "-P", "-m", "tenglong.domain.roadmap.solvers.job", str(folder)]
    points: list[Point] = []
    with (folder / _ERRORS).open("wb") as errors:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, env=environment(), start_new_session=True
        )
    try:
        return points, _follow(process, limits, on_progress, points)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _follow(
    process: subprocess.Popen[bytes], limits: Limits, on_progress: Progress | None, points: list[Point]
) -> Reason | None:
    assert process.stdout is not None
    until = None if limits.seconds is None else time.monotonic() + limits.seconds + GRACE
    asked, rest = None, b""
    with process.stdout as pipe, selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            try:
                ready = selector.select(_LOOK)
                piece = os.read(pipe.fileno(), 65536) if ready else None
                if piece == b"":
                    process.wait(timeout=GRACE)
                    return asked
                *lines, rest = (rest + (piece or b"")).split(b"\n")
                wants_end = _heard(lines, on_progress, points)
            except KeyboardInterrupt:
                wants_end = True
            except subprocess.TimeoutExpired:
                return asked or Reason.TIME
            if wants_end and asked is None:
                asked = Reason.INTERRUPTED
                process.send_signal(signal.SIGINT)
                until = min(until or 1e18, time.monotonic() + GRACE)
            if until is not None and time.monotonic() > until:
                return asked or Reason.TIME


def _heard(lines: list[bytes], on_progress: Progress | None, points: list[Point]) -> bool:
    wants_end = False
    for line in lines:
        points.append(Point(*orjson.loads(line)))
        if on_progress is not None and on_progress(points[-1]):
            wants_end = True
    return wants_end


def _result(folder: Path, method: str, points: list[Point], killed: Reason | None) -> Solution:
    """What the process left behind; these files are our own, in a folder that nobody else may enter."""
    if (folder / DONE).exists():
        solution: Solution = pickle.loads((folder / DONE).read_bytes())
        return replace(solution, trajectory=tuple(points)) if not solution.trajectory else solution
    errors = (folder / _ERRORS).read_bytes()[-4000:]
    out_of_memory = b"MemoryError" in errors or b"bad_alloc" in errors
    reason = killed or (Reason.MEMORY if out_of_memory else Reason.CRASHED)
    if killed is None:
        _LOG.error("a solver ended by itself:\n%s", errors.decode(errors="replace"))
    if not (folder / BEST).exists():
        failed = Status.STOPPED if killed else Status.FAILED
        return Solution(failed, reason, method, None, None, None, tuple(points))
    best: Solution = pickle.loads((folder / BEST).read_bytes())
    status = Status.FEASIBLE if best.plan else Status.STOPPED if killed else Status.FAILED
    return replace(best, status=status, reason=reason, trajectory=tuple(points))


def environment() -> dict[str, Any]:
    """One thread for BLAS: with more, L-BFGS-B was measured 60 times slower on a busy machine (engines.md A 10).

    Where compiled code is kept (NUMBA_CACHE_DIR) is passed on: a site's program and home may not be written to.
    """
    root = str(Path(tenglong.__file__).parents[1])
    passed_on = ("PATH", "TMPDIR", "HOME", "NUMBA_CACHE_DIR")
    keep = {name: os.environ[name] for name in passed_on if name in os.environ}
    threads = {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
    return {**keep, **threads, "PYTHONPATH": root, "PYTHONUTF8": "1", "LANG": "C.UTF-8"}
