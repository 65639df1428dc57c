"""How well and how fast lists are matched: `python -m benchmarks.reconciliation` prints a markdown table.

`--choose` prints the same for the halves and seeds that thresholds are chosen on, at several thresholds.
"After review" supposes that a person decides every doubtful pair rightly.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.invented_firms import two_lists
from benchmarks.register_copies import FOLDER, register_and_list
from benchmarks.results import Result, seconds_of
from tenglong.domain.campaign.matching.lists import Pair, match_lists
from tenglong.domain.campaign.matching.lookup import Register
from tenglong.domain.campaign.reconciliation import Certainty, Thresholds, thresholds
from tenglong.domain.campaign.reconciliation.comparison import Candidate, candidate

CHOOSING_SEED, REPORTED_SEED = 7, 5
CHOOSING_HALF, REPORTED_HALF = 0, 1
LOOK_UPS = 2_000
HEAD = """| data | rows | s | certain P | certain R | doubtful | P, no review | R | F1 | F1 after review |
|---|---|---|---|---|---|---|---|---|---|"""


@dataclass(frozen=True)
class Task:
    """Two lists; rows of equal id are one firm."""

    title: str
    left: Sequence[Candidate]
    right: Sequence[Candidate]

    @property
    def true(self) -> int:
        """How many pairs there are to find."""
        return len({row.id for row in self.left} & {row.id for row in self.right})


def main(arguments: Sequence[str]) -> None:
    """Print the table."""
    if not FOLDER.exists():
        print(
            f"Without {FOLDER.parent.name}/{FOLDER.name} beside the repository the register is not measured.\n"
        )
    print(HEAD)
    if "--choose" in arguments:
        for task in _tasks(CHOOSING_SEED, CHOOSING_HALF):
            for certain_at in (0.98, 0.995, 0.9995):
                for doubtful_at in (0.3, 0.6):
                    _report(task, Thresholds(certain_at, doubtful_at, thresholds().same_code_similarity))
        return
    for task in _tasks(REPORTED_SEED, REPORTED_HALF):
        _report(task, thresholds())
        _report_look_ups(task)


def measure() -> Iterator[Result]:
    """Lines of the table of `python -m benchmarks`: each pair of lists beside a join of equal names."""
    for task in _tasks(REPORTED_SEED, REPORTED_HALF):
        joined = seconds_of(lambda task=task: _join_names(task))
        start = time.perf_counter()
        pairs = match_lists(task.left, task.right, thresholds())
        seconds = time.perf_counter() - start
        certain = [pair for pair in pairs if pair.certainty is Certainty.CERTAIN]
        f1 = 2 * _right(pairs) / (len(pairs) + task.true)
        quality = f"certain: precision {_right(certain) / len(certain):.4f}, recall {_right(certain) / task.true:.3f}"
        yield Result(
            what=f"matching, {task.title}, {len(task.left):,} × {len(task.right):,}",
            database="—",
            seconds=seconds,
            statistic="once",
            baseline="join of equal names",
            baseline_seconds=joined,
            note=f"{quality}; all: F1 {f1:.3f}",
        )


def _join_names(task: Task) -> int:
    known = {name for row in task.left for name in row.names}
    return sum(not known.isdisjoint(row.names) for row in task.right)


def _tasks(seed: int, half: int) -> Iterator[Task]:
    if FOLDER.exists():
        yield Task("register, 10 % of codes missing", *register_and_list(half, 0.10))
        yield Task("register, no codes", *register_and_list(half, 1.0))
    left, right = two_lists(seed, 100_000, 1.0)
    rows = [
        [
            candidate(firm.number, firm.name, place=firm.county, representative=firm.representative)
            for firm in side
        ]
        for side in (left, right)
    ]
    yield Task("invented firms, no codes", rows[0], rows[1])


def _report(task: Task, limits: Thresholds) -> None:
    start = time.perf_counter()
    pairs = match_lists(task.left, task.right, limits)
    seconds = time.perf_counter() - start
    title = f"{task.title} (≥ {limits.certain_at}, ≥ {limits.doubtful_at})"
    certain = [pair for pair in pairs if pair.certainty is Certainty.CERTAIN]
    right, taken = _right(pairs), _right(certain)
    wrong = len(certain) - taken
    cells = (
        title,
        f"{len(task.left):,} × {len(task.right):,}",
        f"{seconds:.1f}",
        f"{taken / len(certain):.4f}",
        f"{taken / task.true:.3f}",
        f"{len(pairs) - len(certain):,}",
        f"{right / len(pairs):.3f}",
        f"{right / task.true:.3f}",
        f"{2 * right / (len(pairs) + task.true):.3f}",
        f"{2 * right / (right + wrong + task.true):.3f}",
    )
    print(f"| {' | '.join(cells)} |", flush=True)


def _report_look_ups(task: Task) -> None:
    """The first rows one by one; the best candidate counts."""
    start = time.perf_counter()
    register = Register(task.left)
    built, start = time.perf_counter() - start, time.perf_counter()
    rows = task.right[:LOOK_UPS]
    answers = [(row, register.look_up(row)) for row in rows]
    each = (time.perf_counter() - start) / len(rows) * 1000
    known = {row.id for row in task.left}
    true = sum(row.id in known for row in rows)
    certain = [row.id == match.firm_id for row, match in answers if match.certainty is Certainty.CERTAIN]
    found = [row.id == match.candidates[0][0] for row, match in answers if match.candidates]
    shown = sum(any(row.id == id for id, _ in match.candidates) for row, match in answers)
    cells = (
        f"{task.title}: single look-ups, {each:.1f} ms each after {built:.1f} s",
        f"{len(rows):,}",
        f"{each * len(rows) / 1000:.1f}",
        f"{sum(certain) / len(certain):.4f}",
        f"{sum(certain) / true:.3f}",
        f"{len(found) - len(certain):,}",
        f"{sum(found) / len(found):.3f}",
        f"{sum(found) / true:.3f}",
        f"{2 * sum(found) / (len(found) + true):.3f}",
        f"{2 * shown / (shown + len(certain) - sum(certain) + true):.3f}",
    )
    print(f"| {' | '.join(cells)} |", flush=True)


def _right(pairs: Sequence[Pair]) -> int:
    return sum(pair.left_id == pair.right_id for pair in pairs)


if __name__ == "__main__":
    main(sys.argv[1:])
