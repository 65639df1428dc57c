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
from tenglong.domain.roadmap.solvers.quick.answer import first_answer
from tenglong.domain.roadmap.solvers.search_limits import Limits

GRACE, SHARE = 0.6, 0.1
"""Seconds, and the share of its limit, that a solver may take beyond it before it is killed."""
STOPS = 5.0
"""Seconds that it has after it was asked to stop."""
_LOOK = 0.2
_REST = 0.6
"""The share of the time that the first answer leaves to what comes after it."""
_ERRORS = "errors.txt"
_LOG = logging.getLogger(__name__)

Progress = Callable[[Point], bool | None]


class Course:
    """The points so far: neither does the value fall nor the bound rise, whoever found them."""

    def __init__(self, on_progress: Progress | None):
        self._on_progress, self.points = on_progress, list[Point]()

    def hear(self, point: Point) -> bool:
        """Tell a point, joined with those before it; whether who listens wants the search to end."""
        if self.points:
            point = _better_of(self.points[-1], point)
        self.points.append(point)
        return bool(self._on_progress and self._on_progress(point))


def _better_of(last: Point, point: Point) -> Point:
    values = [one.value for one in (last, point) if one.value is not None]
    bounds = [one.bound for one in (last, point) if one.bound is not None]
    claims = [one.claimed for one in (last, point) if one.claimed is not None]
    best = max(values, default=None), min(bounds, default=None), min(claims, default=None)
    return Point(max(last.seconds, point.seconds), *best, point.stage)


def solve(
    problem: Problem,
    method: str,
    limits: Limits,
    on_progress: Progress | None = None,
    known: Solution | None = None,
) -> Solution:
    """What was found: the first answer at once in this process, what is better by a solver in its own.

    `on_progress` hears every point; when it answers True, the solver stops. KeyboardInterrupt stops it too; the best
    plan is returned.
    """
    check_installed("roadmap")
    limits = replace(limits, began=time.monotonic())
    course = Course(on_progress)
    first = first_answer(problem, known, limits.gap, lambda: _left(limits) < _REST * (limits.seconds or 0.0))
    ends = course.hear(_point(first, limits))
    if ends or first.status != Status.FEASIBLE and first.status != Status.STOPPED or _left(limits) <= 0:
        reason = Reason.INTERRUPTED if ends else first.reason
        return replace(first, method=method, reason=reason, trajectory=tuple(course.points))
    start = Solution(first.status, first.reason, method, first.plan, known.certificate if known else None)
    with tempfile.TemporaryDirectory(prefix="tenglong-roadmap-") as name:
        folder = Path(name)
        (folder / JOB).write_bytes(pickle.dumps((problem, method, limits, start), protocol=5))
        killed = _watched(folder, limits, course)
        return better(first, _result(folder, method, killed), tuple(course.points))


def better(first: Solution, found: Solution, points: tuple[Point, ...]) -> Solution:
    """What a solver found, unless the first answer's plan or bound is better."""
    plan, certificate = found.plan, found.certificate
    if first.plan is not None and (plan is None or plan.value < first.plan.value):
        plan = first.plan
    if first.certificate is not None and (certificate is None or first.certificate.bound < certificate.bound):
        certificate = first.certificate
    joined = replace(found, plan=plan, certificate=certificate, trajectory=points)
    if plan is None or found.plan is plan and certificate is found.certificate:
        return joined
    if certificate is not None and plan.value == certificate.bound:
        return replace(joined, status=Status.OPTIMAL, reason=Reason.CERTIFIED)
    return joined if found.plan is not None else replace(joined, status=Status.FEASIBLE)


def _point(first: Solution, limits: Limits) -> Point:
    assert limits.began is not None
    seconds = round(time.monotonic() - limits.began, 3)
    value = None if first.plan is None else first.plan.value
    return Point(
        seconds, value, None if first.certificate is None else first.certificate.bound, None, "first plan"
    )


def _left(limits: Limits) -> float:
    assert limits.began is not None
    return 1.0 if limits.seconds is None else limits.began + limits.seconds - time.monotonic()


def _watched(folder: Path, limits: Limits, course: Course) -> Reason | None:
    """Start the process and follow it to its end; why it had to be killed."""
    command = [sys.executable, "-P", "-m", "tenglong.domain.roadmap.solvers.job", str(folder)]
    with (folder / _ERRORS).open("wb") as errors:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, env=environment(), start_new_session=True
        )
    try:
        return _follow(process, limits, course)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _follow(process: subprocess.Popen[bytes], limits: Limits, course: Course) -> Reason | None:
    assert process.stdout is not None
    until = None if limits.seconds is None else time.monotonic() + _left(limits) + _grace(limits.seconds)
    asked, rest = None, b""
    with process.stdout as pipe, selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            try:
                ready = selector.select(_LOOK)
                piece = os.read(pipe.fileno(), 65536) if ready else None
                if piece == b"":
                    process.wait(timeout=STOPS)
                    return asked
                *lines, rest = (rest + (piece or b"")).split(b"\n")
                wants_end = any([course.hear(Point(*orjson.loads(line))) for line in lines])
            except KeyboardInterrupt:
                wants_end = True
            except subprocess.TimeoutExpired:
                return asked or Reason.TIME
            if wants_end and asked is None:
                asked = Reason.INTERRUPTED
                process.send_signal(signal.SIGINT)
                until = min(until or 1e18, time.monotonic() + STOPS)
            if until is not None and time.monotonic() > until:
                return asked or Reason.TIME


def _grace(seconds: float) -> float:
    return GRACE + SHARE * seconds


def _result(folder: Path, method: str, killed: Reason | None) -> Solution:
    """What the process left behind; these files are our own, in a folder that nobody else may enter."""
    if (folder / DONE).exists():
        solution: Solution = pickle.loads((folder / DONE).read_bytes())
        return solution
    errors = (folder / _ERRORS).read_bytes()[-4000:]
    out_of_memory = b"MemoryError" in errors or b"bad_alloc" in errors
    reason = killed or (Reason.MEMORY if out_of_memory else Reason.CRASHED)
    if killed is None:
        _LOG.error("a solver ended by itself:\n%s", errors.decode(errors="replace"))
    failed = Status.STOPPED if killed else Status.FAILED
    if not (folder / BEST).exists():
        return Solution(failed, reason, method, None, None)
    best: Solution = pickle.loads((folder / BEST).read_bytes())
    return replace(best, status=Status.FEASIBLE if best.plan else failed, reason=reason)


def environment() -> dict[str, Any]:
    """One thread for BLAS: with more, L-BFGS-B was measured 60 times slower on a busy machine (engines.md A 10).

    Where compiled code is kept (NUMBA_CACHE_DIR) is passed on: a site's program and home may not be written to.
    """
    root = str(Path(tenglong.__file__).parents[1])
    passed_on = ("PATH", "TMPDIR", "HOME", "NUMBA_CACHE_DIR")
    keep = {name: os.environ[name] for name in passed_on if name in os.environ}
    threads = {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
    return {**keep, **threads, "PYTHONPATH": root, "PYTHONUTF8": "1", "LANG": "C.UTF-8"}
