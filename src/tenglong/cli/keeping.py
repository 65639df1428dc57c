"""Keeping processes alive: one that ends is started again, more slowly each time it ends soon."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

Command = Sequence[str]

LOOK_SECONDS = 0.5
SOON_SECONDS = 60.0
LONGEST_PAUSE = 30.0
SECONDS_TO_STOP = 10.0
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
TELL_WHEN_PARENT_DIES = 1  # PR_SET_PDEATHSIG

_c = ctypes.CDLL(None)  # loaded before any child is made


@dataclass
class Kept:
    """A command that is to run at all times."""

    command: Command
    process: subprocess.Popen[bytes]
    started: float
    pause: float = 0.0
    again_at: float = 0.0

    @classmethod
    def start(cls, command: Command) -> "Kept":
        """Run it for the first time."""
        return cls(command, _started(command), time.monotonic())

    def look(self, now: float) -> None:
        """Start it again where it has ended: at once, or after a pause that doubles while it ends soon."""
        if self.process.poll() is None:
            return
        if not self.again_at:
            soon = now - self.started < SOON_SECONDS
            self.pause = min(max(1.0, 2 * self.pause), LONGEST_PAUSE) if soon else 0.0
            self.again_at = now + self.pause
            words = "tenglong: {} 意外退出（{}），{:.0f} 秒后重新启动。\n"
            said = words.format(" ".join(self.command[2:]), self.process.returncode, self.pause)
            sys.stderr.write(said)
        if now >= self.again_at:
            self.process, self.started, self.again_at = _started(self.command), now, 0.0


def keep(needed: Sequence[Command], kept: Sequence[Command]) -> None:
    """Run commands until a signal comes or a `needed` one ends; `kept` ones are started again whenever they end.

    Each runs in a session of its own: a closed terminal, or an interrupt typed there, reaches only this process,
    which then ends all of them in order. Where this process is killed, the system tells them.
    """
    for signum in SIGNALS:
        signal.signal(signum, _end)
    first: list[subprocess.Popen[bytes]] = []
    others: list[Kept] = []
    try:
        first += map(_started, needed)
        others += map(Kept.start, kept)
        while all(process.poll() is None for process in first):
            for one in others:
                one.look(time.monotonic())
            time.sleep(LOOK_SECONDS)
    finally:
        _heed_no_more()
        _stop([*first, *(one.process for one in others)])


def _end(*_: object) -> None:
    _heed_no_more()
    sys.exit(0)


def _heed_no_more() -> None:
    """A second signal would leave the first one's work half done."""
    for signum in SIGNALS:
        signal.signal(signum, signal.SIG_IGN)


def _started(command: Command) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, start_new_session=True, preexec_fn=_as_a_child_of_its_own)


def _as_a_child_of_its_own() -> None:
    """Before the command runs: it is told when its parent dies, and heeds signals as usual."""
    if sys.platform == "linux":
        _c.prctl(TELL_WHEN_PARENT_DIES, signal.SIGTERM)
    for signum in SIGNALS:
        signal.signal(signum, signal.SIG_DFL)


def _stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask all to end; who does not within a while is killed with all it started."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    until = time.monotonic() + SECONDS_TO_STOP
    for process in processes:
        try:
            process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            pass
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
