"""One timed evaluation in a process of its own: `python -m benchmarks.evaluation_run NAME SOURCE TARGET`.

Prints the seconds of the work, imports excluded, and the peak memory in bytes as a line of JSON. Two processors,
two threads.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

THREADS = 2
SCHEME = Path(__file__).with_name("evaluation_scheme.toml")
YEAR = 2021
MEMORY = {"tenglong_duckdb": "2GiB"}


def tenglong(engine: str, detail: str, source: str, target: str) -> Callable[[], object]:
    """The benchmark's scheme through the product's own engine, with values and scores as the baselines have them."""
    from tenglong.domain.evaluation.engines.columnar.files import run_files
    from tenglong.domain.evaluation.loading import load_scheme

    scheme, memory = load_scheme(SCHEME), MEMORY.get(f"tenglong_{engine}")
    run = partial(run_files, scheme, Path(source), Path(target), year=YEAR)
    return partial(run, engine=engine, detail=detail, memory=memory)  # type: ignore[arg-type]


def works() -> dict[str, Callable[[str, str], Callable[[], object]]]:
    """Everything that can be timed, by name."""
    from benchmarks.evaluation_baselines import BASELINES

    ours = {f"tenglong_{engine}": partial(tenglong, engine, "all") for engine in ("polars", "duckdb")}
    return {**BASELINES, **ours, "tenglong_scores": partial(tenglong, "polars", "scores")}


def main(name: str, source: str, target: str) -> None:
    """One run."""
    work = works()[name](source, target)
    began = time.perf_counter()
    work()
    seconds = time.perf_counter() - began
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps({"seconds": seconds, "memory": max(peaks) * 1024}))


if __name__ == "__main__":
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])
    os.environ["POLARS_MAX_THREADS"] = str(THREADS)
    main(*sys.argv[1:])
