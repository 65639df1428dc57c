"""Keeping processes alive: one that ends is started again, more slowly each time it ends soon."""

import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

Command = Sequence[str]

LOOK_SECONDS = 0.5
SOON_SECONDS = 60.0
LONGEST_PAUSE = 30.0
SECONDS_TO_STOP = 10.0


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
        return cls(command, subprocess.Popen(command), time.monotonic())

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
            self.process, self.started, self.again_at = subprocess.Popen(self.command), now, 0.0


def keep(needed: Sequence[Command], kept: Sequence[Command]) -> None:
    """Run commands until a signal comes or a `needed` one ends; `kept` ones are started again whenever they end."""
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: sys.exit(0))
    first = [subprocess.Popen(command) for command in needed]
    others = [Kept.start(command) for command in kept]
    try:
        while all(process.poll() is None for process in first):
            for one in others:
                one.look(time.monotonic())
            time.sleep(LOOK_SECONDS)
    finally:
        _stop([*first, *(one.process for one in others)])


def _stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask all to end; who does not within a while is killed."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    until = time.monotonic() + SECONDS_TO_STOP
    for process in processes:
        try:
            process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
