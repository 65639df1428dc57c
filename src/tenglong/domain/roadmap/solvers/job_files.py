"""The files of a job, which the process that asks and the one that solves both know."""

import pickle
from pathlib import Path
from typing import Any

JOB, BEST, DONE = "job.pickle", "best.pickle", "done.pickle"


def save(path: Path, what: Any) -> None:
    """Write a file that is there whole or not at all."""
    part = path.with_suffix(".part")
    part.write_bytes(pickle.dumps(what, protocol=5))
    part.replace(path)
