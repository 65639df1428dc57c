"""What a benchmark reports: a measured time beside a baseline of the same run, because machines differ."""

import json
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

MARK = "result: "
HEAD = (
    "| What | Database | Goal | Measured | Baseline | Ratio | Peak memory |",
    "|---|---|---|---|---|---|---|",
)


@dataclass(frozen=True)
class Result:
    """One line of the table. Seconds; memory in bytes, 0 where none is asked for.

    `statistic` says how many values became one: "median of 3", "p95 of 600".
    """

    what: str
    database: str
    seconds: float
    statistic: str
    baseline: str
    baseline_seconds: float
    goal: float | None = None
    memory: int = 0
    memory_goal: int = 0
    note: str = ""
    reached: bool = True
    """Whether what was timed came to its end; else `seconds` is when it was given up."""

    @property
    def met(self) -> bool:
        """Whether both goals are met; a result without a goal always is."""
        in_time = self.goal is None or (self.reached and self.seconds <= self.goal)
        return in_time and (not self.memory_goal or self.memory <= self.memory_goal)

    @property
    def cells(self) -> tuple[str, ...]:
        """The line as it is printed."""
        goals = [f"≤ {duration(self.goal)}"] if self.goal else []
        goals += [f"≤ {size(self.memory_goal)}"] if self.memory_goal else []
        measured = f"{duration(self.seconds)} ({self.statistic})"
        measured = measured if self.reached else f"not reached in {measured}"
        return (
            f"{self.what}, {self.note}" if self.note else self.what,
            self.database,
            ", ".join(goals) or "—",
            measured if self.met else f"**{measured}: goal missed**",
            f"{self.baseline}: {duration(self.baseline_seconds)}",
            f"{self.seconds / self.baseline_seconds:.2f}" if self.reached else "—",
            size(self.memory) if self.memory else "—",
        )

    def to_line(self) -> str:
        """For the parent process."""
        return json.dumps(asdict(self))


@dataclass(frozen=True)
class Row:
    """One line of a table that a topic has of its own, after the common one."""

    table: str
    head: Sequence[str]
    cells: Sequence[str]
    met: bool = True

    def to_line(self) -> str:
        """For the parent process."""
        return json.dumps(asdict(self))


def from_line(line: str) -> Result | Row:
    """What `to_line` wrote."""
    content: dict[str, Any] = json.loads(line)
    return Row(**content) if "cells" in content else Result(**content)


def table(results: Iterable[Result]) -> str:
    """All results as a markdown table."""
    return "\n".join([*HEAD, *(row(result) for result in results)])


def own_table(rows: Sequence[Row]) -> str:
    """The lines of one own table, with its head; empty without lines."""
    if not rows:
        return ""
    head = (f"| {' | '.join(rows[0].head)} |", "|---" * len(rows[0].head) + "|")
    return "\n".join([*head, *map(row, rows)])


def row(result: Result | Row) -> str:
    """One line of a table."""
    return f"| {' | '.join(result.cells)} |"


def duration(seconds: float) -> str:
    """Milliseconds below a second."""
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.3g} ms"


def size(count: int) -> str:
    """Binary megabytes."""
    return f"{count / 2**20:,.0f} MiB"


def seconds_of(deed: Callable[[], object]) -> float:
    """How long one run takes."""
    began = time.perf_counter()
    deed()
    return time.perf_counter() - began


def median(deed: Callable[[], object], times: int = 3) -> float:
    """The median seconds of some runs."""
    return statistics.median(seconds_of(deed) for _ in range(times))


def p95(seconds: Sequence[float]) -> float:
    """What 95 of 100 values stay within."""
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1]
