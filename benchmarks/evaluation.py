"""Benchmark topic: one scheme over 1, 10 and 50 million invented firms, Parquet to Parquet, beside other versions."""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import evaluation_firms, evaluation_scoring
from benchmarks.results import Result

MILLION = 1_000_000
TIMES = 3
NO_DATABASE = "—"
BASELINES = {
    "floor": "DuckDB copying the file",
    "polars": "hand-written Polars",
    "duckdb_sql": "hand-written DuckDB SQL",
    "numpy": "hand-written NumPy",
    "pandas": "hand-written pandas",
    "pyspark": "PySpark local[2], SQL",
}
GIB = 2**30


@dataclass(frozen=True)
class Timed:
    """Seconds and peak memory in bytes, medians of `times` runs."""

    seconds: float
    memory: int
    times: int

    @property
    def statistic(self) -> str:
        """In words."""
        return f"median of {self.times}" if self.times > 1 else "once"


def measure() -> Iterator[Result]:
    """All lines of the topic."""
    yield from _side_by_side(1, [*BASELINES])
    yield from _side_by_side(
        10, ["floor", "polars", "duckdb_sql", "numpy", "pandas"], goal=8, memory_goal=3 * GIB
    )
    yield from _bounded(50)
    yield from evaluation_scoring.measure()


def _side_by_side(
    millions: int, baselines: list[str], *, goal: float | None = None, memory_goal: int = 0
) -> Iterator[Result]:
    """Our default engine beside every baseline, and our DuckDB engine beside the SQL written by hand."""
    with tempfile.TemporaryDirectory(prefix="tenglong-bench-") as folder:
        source = Path(folder) / "firms.parquet"
        evaluation_firms.write(millions * MILLION, source)
        ours, scores, duckdb = (_timed(f"tenglong_{name}", source) for name in ("polars", "scores", "duckdb"))
        for name in baselines:
            theirs = _timed(name, source)
            yield _line(
                f"evaluation of {millions},000,000 firms",
                ours,
                name,
                theirs,
                goal=goal,
                memory_goal=memory_goal,
            )
            if name == "floor":
                short = f"evaluation of {millions},000,000 firms, scores without values"
                yield _line(short, scores, name, theirs, goal=goal, memory_goal=memory_goal)
            if name == "duckdb_sql":
                yield _line(
                    f"evaluation of {millions},000,000 firms, on DuckDB within 2 GiB", duckdb, name, theirs
                )


def _bounded(millions: int) -> Iterator[Result]:
    """More firms than memory is meant to hold."""
    with tempfile.TemporaryDirectory(prefix="tenglong-bench-") as folder:
        source = Path(folder) / "firms.parquet"
        evaluation_firms.write(millions * MILLION, source)
        floor = _timed("floor", source, times=1)
        ours = _timed("tenglong_duckdb", source, times=1)
        yield _line(f"evaluation of {millions},000,000 firms, on DuckDB within 2 GiB", ours, "floor", floor)


def _line(
    what: str, ours: Timed, name: str, theirs: Timed, *, goal: float | None = None, memory_goal: int = 0
) -> Result:
    return Result(
        what=what,
        database=NO_DATABASE,
        seconds=ours.seconds,
        statistic=ours.statistic,
        baseline=BASELINES[name],
        baseline_seconds=theirs.seconds,
        goal=goal,
        memory=ours.memory,
        memory_goal=memory_goal,
    )


def _timed(name: str, source: Path, times: int = TIMES) -> Timed:
    """The medians over fresh processes."""
    target = source.with_name("graded.parquet")
    command = [sys.executable, "-m", "benchmarks.evaluation_run", name, str(source), str(target)]
    runs = []
    for _ in range(times):
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        runs.append(json.loads(said.splitlines()[-1]))
    return Timed(
        statistics.median(run["seconds"] for run in runs),
        int(statistics.median(run["memory"] for run in runs)),
        times,
    )
