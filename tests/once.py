"""What is costly is made once in a run of the tests, by whatever process comes first, and lies in the run's folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def run_folder() -> Path:
    """Where the processes of this run leave things for each other; removed when the run ends."""
    return Path(os.environ["TENGLONG_TEST_RUN"])


@contextmanager
def first_of_this_run(name: str) -> Iterator[bool]:
    """Whether what is called `name` is still to be made; whoever asks meanwhile, in whatever process, waits."""
    made = run_folder() / f"{name}.made"
    with (run_folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield not made.exists()
        made.touch()
