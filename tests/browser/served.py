"""A whole site for a browser: pages and worker on a free port, with a data folder of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.demonstration import environment

SECONDS_TO_START, SECONDS_TO_STOP = 180, 30


@dataclass
class Site:
    """`tenglong serve`, running; its own words are in `log`."""

    address: str
    folder: Path
    log: Path
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, folder: Path, *, demo: bool = True) -> "Site":
        """Start and wait until the first page answers."""
        port, log = _free_port(), folder / "serve.log"
        command = [sys.executable, "-m", "tenglong.cli", "serve", "--port", str(port)]
        with log.open("wb") as out:
            process = subprocess.Popen(
                command, env=environment(folder, demo=demo), stdout=out, stderr=out, start_new_session=True
            )
        site = cls(f"http://127.0.0.1:{port}", folder, log, process)
        site._wait()
        return site

    def stop(self) -> None:
        """End the server, its worker and what they started."""
        self.process.terminate()
        try:
            self.process.wait(SECONDS_TO_STOP)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGTERM)

    def _wait(self) -> None:
        until = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < until and self.process.poll() is None:
            with suppress(urllib.error.URLError, ConnectionError):
                urllib.request.urlopen(f"{self.address}/sign-in", timeout=5).close()
                return
            time.sleep(0.1)
        self.stop()
        raise AssertionError(f"the site did not start:\n{self.log.read_text(encoding='utf-8')}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
