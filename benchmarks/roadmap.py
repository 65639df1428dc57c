"""Benchmark topic: our solvers of roadmaps beside HiGHS, CBC, SCIP and CP-SAT, on fresh instances of four sizes.

Its parts are topics of their own (`python -m benchmarks roadmap.1000`), because together they take long.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import roadmap_instances
from benchmarks.results import Result, Row, size
from benchmarks.roadmap_run import OURS
from benchmarks.roadmap_watch import Run, run
from tenglong.domain.roadmap.files.mmkp import read_mmkp
from tenglong.domain.roadmap.files.problems import read_problem
from tenglong.domain.roadmap.problems import Problem

PROCESSORS = 2
GIB = 2**30
NAMES = {
    OURS: "tenglong",
    "highs": "HiGHS, whole model",
    "cbc": "CBC, whole model",
    "scip": "SCIP, whole model",
    "cpsat": "CP-SAT, whole model",
}
PUBLIC = Path(__file__).parents[2] / "shared" / "data" / "06_worked" / "mmkp"
PROVEN = {"I01": 173, "I02": 364, "I03": 1602}
"""The proven optima of public instances, as coin-or/Dip has them in mmkp.opt."""


@dataclass(frozen=True)
class Case:
    """An instance, who solves it within how many seconds, and what is hoped for."""

    firms: int
    seed: int
    seconds: float
    solvers: tuple[str, ...]
    share: float
    goal: float | None = None
    memory_goal: int = 0
    rich: bool = False

    @property
    def what(self) -> str:
        """In words."""
        return f"{self.firms:,} firms, seed {self.seed}" + (", rich" if self.rich else "")


ALL = tuple(NAMES)
SOME = (OURS, "highs")
PARTS = {
    "1000": (
        Case(1_000, 101, 10, ALL, 0.001, 10),
        Case(1_000, 102, 10, SOME, 0.001, 10),
        Case(1_000, 103, 10, SOME, 0.001, 10),
        Case(1_000, 101, 10, ALL, 0.001, 10, rich=True),
    ),
    "long": (Case(1_000, 101, 90, ALL, 0.001),),
    "10000": (
        Case(10_000, 101, 60, ALL, 0.001, 60),
        Case(10_000, 102, 60, (OURS,), 0.001, 60),
        Case(10_000, 101, 60, (OURS,), 0.001, 60, rich=True),
    ),
    "100000": (Case(100_000, 101, 30, ALL, 0.0001, 30, GIB),),
    "1000000": (Case(1_000_000, 101, 240, (OURS,), 0.001),),
}


def measure(part: str) -> Iterator[Result | Row]:
    """All lines of a part; every solver on the same two processors."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:PROCESSORS])
    _warm_up()
    if part == "public":
        yield from _public()
    for case in PARTS.get(part, ()):
        yield from _side_by_side(case)


def _warm_up() -> None:
    """Let our solvers compile what they keep compiled."""
    with tempfile.TemporaryDirectory(prefix="tenglong-bench-") as folder:
        for firms, rich in ((300, False), (700, False), (700, True)):
            run(OURS, read_problem(roadmap_instances.write(Path(folder), firms, rich=rich)), 5)


def _side_by_side(case: Case) -> Iterator[Result | Row]:
    """One instance, solver after solver."""
    with tempfile.TemporaryDirectory(prefix="tenglong-bench-") as folder:
        path = roadmap_instances.write(Path(folder), case.firms, case.seed, rich=case.rich)
        began = time.perf_counter()
        problem = read_problem(path)
        reading = time.perf_counter() - began
    runs = [run(solver, problem, case.seconds) for solver in case.solvers]
    baseline = next((one for one in runs if one.solver == "highs"), None)
    yield _line(f"roadmap of {case.what}", case, runs, baseline, reading)
    yield from rows(f"{case.what}, {case.seconds:g} s", runs)


def _line(what: str, case: Case, runs: list[Run], baseline: Run | None, reading: float) -> Result:
    """Our solver beside HiGHS on the whole model or, where that was not tried, beside reading the problem."""
    ours, share = runs[0], f"{case.share * 100:g} %"
    after = ours.proven(case.share)
    gaps = f"gap {percent(ours.value, ours.bound)} certified"
    if (best := lowest_bound(runs)) is not None and best != ours.bound:
        gaps += f", {percent(ours.value, best)} to the best bound of all"
    name, seconds = "reading the problem", reading
    if baseline is not None:
        proven = baseline.proven(case.share)
        gap = (
            "no plan" if baseline.value is None else "a gap of " + percent(baseline.value, baseline.own_bound)
        )
        seconds = baseline.seconds if proven is None else proven
        name = f"{NAMES[baseline.solver]}, " + (f"to {share}" if proven else f"stopped with {gap}")
    return Result(
        what=f"{what}, to {share}",
        database="—",
        seconds=ours.seconds if after is None else after,
        statistic=f"once; at the end {gaps}",
        baseline=name,
        baseline_seconds=seconds,
        goal=case.goal,
        memory=ours.memory,
        memory_goal=case.memory_goal,
        reached=after is not None,
    )


def _public() -> Iterator[Result | Row]:
    """Public instances with proven optima, where the folder is present."""
    if not PUBLIC.exists():
        print("no public instances: ../shared/data/06_worked/mmkp is absent")
        return
    for name, optimum in PROVEN.items():
        problem: Problem = read_mmkp(PUBLIC / f"{name}.txt")
        runs = [run(solver, problem, 10) for solver in NAMES]
        ours, highs = runs[0], runs[1]
        yield Result(
            what=f"public knapsack {name}, proven optimum {optimum:,}",
            database="—",
            seconds=ours.seconds,
            statistic=f"once; value {number(ours.value)}",
            baseline=NAMES["highs"],
            baseline_seconds=highs.seconds,
            memory=ours.memory,
            reached=ours.value == optimum,
        )
        yield from rows(f"public {name}, 10 s", runs)


HEAD = (
    "Instance",
    "Solver",
    "Value",
    "Own bound",
    "Gap to own bound",
    "Gap to our certificate",
    "1 %, 0.1 %, 0.01 % after",
    "End",
    "Peak memory",
)


def rows(what: str, runs: list[Run]) -> Iterator[Row]:
    """A line for each solver."""
    certified = min((one.bound for one in runs if one.bound is not None), default=None)
    best = lowest_bound(runs)
    for one in runs:
        reached = [None if best is None else one.reached(share, best) for share in (0.01, 0.001, 0.0001)]
        cells = (
            what,
            NAMES[one.solver],
            number(one.value) if not one.faults else f"**not allowed**: {one.faults[0]}",
            bounds(one),
            percent(one.value, one.own_bound),
            percent(one.value, certified),
            ", ".join("—" if seconds is None else f"{seconds:.1f} s" for seconds in reached),
            f"{one.ended.partition(' (')[0].partition(' - ')[0]} after {one.seconds:.1f} s",
            size(one.memory),
        )
        yield Row("roadmap", HEAD, cells)


def bounds(one: Run) -> str:
    """What a solver certified, and what it claims beyond."""
    if one.bound is None or one.best_bound == one.bound:
        return number(one.own_bound) + ("" if one.bound is None else ", certified")
    return f"{number(one.bound)}, certified; {number(one.best_bound)}, claimed"


def lowest_bound(runs: list[Run]) -> float | None:
    """The lowest bound that anybody certified or claims, those left out that a checked plan contradicts."""
    value = max((one.value for one in runs if one.value is not None), default=float("-inf"))
    bounds = [one.best_bound for one in runs if one.best_bound is not None]
    return min((bound for bound in bounds if bound >= value - 1e-6 * abs(value)), default=None)


def number(value: float | None) -> str:
    """A value or bound."""
    return "—" if value is None else f"{value:,.1f}"


def percent(value: float | None, bound: float | None) -> str:
    """The gap between a plan and a bound."""
    if value is None or bound is None:
        return "no plan" if value is None else "—"
    return f"{max(0.0, bound - value) / max(abs(bound), 1e-9):.4%}".replace("%", " %")
