"""What is costly is made once in a run of the tests, by whatever process comes first, and lies in the run's folder.

What depends on nothing but the sources is also kept between runs, in `.cache/tests` under a digest of all of them: the
smallest change makes it anew, and so does `TENGLONG_FRESH=1`.
"""

import fcntl
import hashlib
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".cache/tests"
RESTS_ON = (
    *("src/tenglong/**/*", "requirements.lock"),
    *("tests/demonstration.py", "tests/loading.py", "tests/once.py", "tests/solved.py"),
)
BESIDE = {"__pycache__", "static", "zh_Hant"}
"""Folders that say nothing: what is made of other sources, and what only browsers read."""
GENERATIONS = 3
"""Of how many states of the sources something is kept."""


def run_folder() -> Path:
    """Where the processes of this run leave things for each other; removed when the run ends."""
    return Path(os.environ["TENGLONG_TEST_RUN"])


@contextmanager
def first_of_this_run(name: str) -> Iterator[bool]:
    """Whether what is called `name` is still to be made; whoever asks meanwhile, in whatever process, waits."""
    made = run_folder() / f"{name}.made"
    with _locked(run_folder() / f"{name}.lock"):
        yield not made.exists()
        made.touch()


def kept_folder() -> Path:
    """Where runs leave things for later runs of the same sources; what older sources left is removed."""
    folder = run_folder() / "kept" if os.environ.get("TENGLONG_FRESH") else KEPT / sources()
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True)
        for old in sorted(KEPT.glob("*"), key=lambda path: path.stat().st_mtime)[:-GENERATIONS]:
            shutil.rmtree(old, ignore_errors=True)
    return folder


@contextmanager
def first_of_these_sources(name: str) -> Iterator[Path | None]:
    """Where to make what is called `name`, as a folder; None where it lies in `kept_folder() / name` already.

    It counts as made only when it was made to the end.
    """
    made = kept_folder() / name
    with _locked(made.with_suffix(".lock")):
        if made.exists():
            yield None
            return
        making = made.with_suffix(".making")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir()
        yield making
        making.rename(made)


@cache
def sources() -> str:
    """A digest of what the tests run: the program, how it is kept, the lock and this Python."""
    digest = hashlib.sha256(f"{sys.version} {platform.machine()}".encode())
    for path in sorted(path for pattern in RESTS_ON for path in ROOT.glob(pattern)):
        name = path.relative_to(ROOT)
        if path.is_file() and path.suffix != ".mo" and BESIDE.isdisjoint(name.parts):
            digest.update(f"{name} {path.stat().st_size} ".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:20]


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
