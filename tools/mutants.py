"""Tries whether the tests notice small changes of the domain, and prints those that they do not (docs/adr/0016).

    python tools/mutants.py --seed 7 --number 60

The first run learns which test runs which line and how long it takes (`--learn` learns anew: after larger changes).
Each change is made in a copy of `src`, never in this working tree; the processes that tests start see it as well.
"""

import argparse
import difflib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from queue import SimpleQueue

import coverage

from tools.mutations import Mutation, mutations

ROOT = Path(__file__).resolve().parents[1]
DOMAIN = "src/tenglong/domain"
CACHE = ROOT / ".cache/mutants"
TESTS = ["tests/unit/domain", "tests/spec", "tests/property"]
# starting a cluster for each change takes a minute
SPARK = "tests/unit/domain/evaluation/engines/columnar/test_spark.py"
CONFIG = f"[run]\nparallel = true\npatch = subprocess\nsource_pkgs = tenglong.domain\ndata_file = {CACHE / 'lines'}\n"


@dataclass(frozen=True)
class Mutant:
    """A change of one file."""

    file: str
    mutation: Mutation

    @cached_property
    def diff(self) -> str:
        """What changes, as people read it."""
        before = (ROOT / self.file).read_bytes()
        lines = [text.decode().splitlines() for text in (before, self.mutation.applied(before))]
        return "\n".join(list(difflib.unified_diff(*lines, n=0, lineterm=""))[2:])


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: `killed`, `timed out` (noticed as well), `survived` or `untested`."""

    mutant: Mutant
    word: str
    tests: int
    seconds: float


class Covering:
    """Which tests run which line, and how long they take."""

    def __init__(self) -> None:
        self._data = coverage.CoverageData(str(CACHE / "lines"))
        self._data.read()
        self._seconds: dict[str, float] = json.loads((CACHE / "seconds.json").read_text(encoding="utf-8"))

    def tests(self, mutant: Mutant, budget: float) -> list[str]:
        """The tests of a line, the nearest and the quickest first, as many as fit into `budget` seconds.

        A line that runs while its module is imported, or in a child process only, has no test of its own: then those
        of the whole module count, and where there are none, the files that mirror it.
        """
        by_line = self._data.contexts_by_lineno(str(ROOT / mutant.file))
        found = {test for test in by_line.get(mutant.mutation.line, ()) if test}
        if not found or "/kernels/" in mutant.file:
            found = self._running(mutant.file)
        if not found:
            return sorted({test.split("::")[0] for test in self._seconds if _is_mirror(test, mutant.file)})
        chosen, taken = [], 0.0
        for test in sorted(found, key=lambda test: (not _is_mirror(test, mutant.file), self._of(test), test)):
            if chosen and taken + self._of(test) > budget:
                break
            chosen.append(test)
            taken += self._of(test)
        return chosen

    def _running(self, file: str) -> set[str]:
        """The tests that run anything of a module; of compiled loops, which no tracer sees, those of their callers."""
        callers = str(Path(file).parents[1]) if "/kernels/" in file else file
        return {
            test
            for path in self._data.measured_files()
            if str(Path(path).relative_to(ROOT)).startswith(callers)
            for tests in self._data.contexts_by_lineno(path).values()
            for test in tests
            if test
        }

    def _of(self, test: str) -> float:
        return self._seconds.get(test, 0.0)


def _is_mirror(test: str, file: str) -> bool:
    """Whether a test stands in the file that mirrors the module, or a folder that the module is in."""
    module, path = Path(file).relative_to("src/tenglong").with_suffix(""), Path(test.split("::")[0])
    topic = path.stem.removeprefix("test_")
    return any(
        path.parent == "tests/unit" / place.parent and place.name.startswith(topic)
        for place in (module, *module.parents[:-1])
    )


def learn() -> None:
    """Run the tests once with coverage."""
    shutil.rmtree(CACHE, ignore_errors=True)
    CACHE.mkdir(parents=True)
    (CACHE / "coverage.ini").write_text(CONFIG, encoding="utf-8")
    measured = [sys.executable, "-m", "coverage"]
    rc = f"--rcfile={CACHE / 'coverage.ini'}"
    options = ["-p", "tools.covered", "-q", "-n2", "--dist=load", f"--ignore={SPARK}"]
    env = {**os.environ, "TENGLONG_TEST_SECONDS": str(CACHE / "seconds.json")}
    subprocess.run([*measured, "run", rc, "-m", "pytest", *options, *TESTS], cwd=ROOT, env=env, check=True)
    subprocess.run([*measured, "combine", "-q", rc], cwd=ROOT, check=True)


def sample(seed: int, number: int, under: str) -> list[Mutant]:
    """Some of all changes of the modules whose path contains `under`, the same for a seed."""
    files = sorted(str(path.relative_to(ROOT)) for path in (ROOT / DOMAIN).rglob("*.py"))
    every = [
        Mutant(file, one) for file in files if under in file for one in mutations((ROOT / file).read_bytes())
    ]
    print(f"{len(every)} changes are possible; {min(number, len(every))} are tried, seed {seed}")
    return random.Random(seed).sample(every, min(number, len(every)))


class Workshops:
    """Copies of `src` in which changes are made, one for each process at a time."""

    def __init__(self, folder: Path, count: int) -> None:
        self._free: SimpleQueue[Path] = SimpleQueue()
        for number in range(count):
            place = folder / str(number)
            shutil.copytree(ROOT / "src", place / "src", symlinks=True)
            self._free.put(place)

    def try_one(self, mutant: Mutant, tests: list[str], limit: float) -> Verdict:
        """Whether one of the tests fails on the mutant."""
        if not tests:
            return Verdict(mutant, "untested", 0, 0)
        place, began = self._free.get(), time.monotonic()
        file = place / mutant.file
        try:
            file.write_bytes(mutant.mutation.applied(file.read_bytes()))
            word = _noticed(place, mutant, tests, limit)
        finally:
            shutil.copy2(
                ROOT / mutant.file, file
            )  # with its time: byte code and compiled loops are found by it
            self._free.put(place)
        return Verdict(mutant, word, len(tests), time.monotonic() - began)


def _noticed(place: Path, mutant: Mutant, tests: list[str], limit: float) -> str:
    """Run the tests until one fails; no byte code is kept, and loops that changed are compiled anew."""
    env = {**os.environ, "PYTHONPATH": str(place / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    with tempfile.TemporaryDirectory() as cache:
        if "/kernels/" in mutant.file:
            env["NUMBA_CACHE_DIR"] = cache
        call = [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "-p", "no:cacheprovider", "--no-header"]
        try:
            done = subprocess.run(
                [*call, *tests], cwd=ROOT, env=env, timeout=limit, check=False, capture_output=True
            )
        except subprocess.TimeoutExpired:
            return "timed out"
    if b"not found:" in done.stderr and b"Error" not in done.stdout:
        raise SystemExit(f"these tests are gone, learn anew with --learn: {done.stderr.decode()}")
    return "survived" if done.returncode == 0 else "killed"


def verdicts(mutants: list[Mutant], *, processes: int, budget: float) -> Iterator[Verdict]:
    """What became of each, as they come."""
    covering = Covering()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, ThreadPoolExecutor(processes) as pool:
        shops = Workshops(Path(folder), processes)
        chosen = [(mutant, covering.tests(mutant, budget)) for mutant in mutants]
        yield from pool.map(lambda pair: shops.try_one(pair[0], pair[1], 60 + 4 * budget), chosen)


def report(found: list[Verdict]) -> float:
    """Print the survivors and the score; the score."""
    words: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in found:
        words[verdict.word].append(verdict)
    for verdict in words["survived"] + words["untested"]:
        mutation = verdict.mutant.mutation
        print(
            f"\n{verdict.mutant.file}:{mutation.line} {verdict.word} ({mutation.kind}, {verdict.tests} tests)"
        )
        print(verdict.mutant.diff)
    noticed = len(words["killed"]) + len(words["timed out"])
    score = 100 * noticed / max(1, len(found))
    print(f"\n{', '.join(f'{len(some)} {word}' for word, some in words.items())}: score {score:.1f} %")
    return score


def main() -> int:
    """0 when the score is at least what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--number", type=int, default=60, help="how many changes")
    parser.add_argument("--under", default="", help="only modules whose path contains this")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--budget", type=float, default=40, help="seconds of tests for each change")
    parser.add_argument("--least", type=float, default=90, help="the score below which this fails")
    parser.add_argument("--learn", action="store_true", help="learn anew which test runs which line")
    asked = parser.parse_args()
    if asked.learn or not (CACHE / "seconds.json").exists():
        learn()
    mutants, found = sample(asked.seed, asked.number, asked.under), []
    for verdict in verdicts(mutants, processes=asked.processes, budget=asked.budget):
        found.append(verdict)
        place = f"{verdict.mutant.file}:{verdict.mutant.mutation.line}"
        print(f"{verdict.word:9} {verdict.seconds:5.1f} s {place} {verdict.mutant.mutation.kind}", flush=True)
    return 0 if report(found) >= asked.least else 1


if __name__ == "__main__":
    sys.exit(main())
