"""A real PostgreSQL server for one run of the tests: in a temporary folder, on loopback, removed after."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from glob import glob
from pathlib import Path
from typing import Any

import psycopg
import pytest

LOOPBACK = {
    "max_connections": "200",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
}
# Speed over durability: nothing of a test outlives the run.
FORGETFUL = LOOPBACK | {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class Server:
    """A running server and how to reach it."""

    process: subprocess.Popen[bytes]
    folder: Path
    port: int

    @property
    def url(self) -> str:
        """What DATABASE_URL wants."""
        return f"postgresql://tenglong@127.0.0.1:{self.port}/postgres"

    @classmethod
    def start(cls, settings: Mapping[str, str] = FORGETFUL) -> "Server":
        """A new, empty server; PostgreSQL refuses to run as root, so root lends it another user."""
        binaries = server_binaries()
        if binaries is None:
            raise pytest.UsageError("no PostgreSQL server is installed: apt-get install postgresql")
        folder = Path(tempfile.mkdtemp(prefix="tenglong-postgresql-"))
        person = server_user()
        if "user" in person:
            os.chown(folder, person["user"], person["group"])
        data = folder / "data"
        make = [binaries / "initdb", "-D", data, "-U", "tenglong", "--auth=trust", "-E", "UTF8", "--no-sync"]
        subprocess.run(
            [*make, "--locale=C.UTF-8"], check=True, stdout=subprocess.DEVNULL, cwd=folder, **person
        )
        port = free_port()
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        log = (folder / "log").open("wb")
        process = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-p", str(port), *options],
            stdout=log,
            stderr=log,
            cwd=folder,
            **person,
        )
        log.close()
        server = cls(process, folder, port)
        server.wait()
        return server

    def wait(self, seconds: float = 30) -> None:
        """Return once the server answers."""
        until = time.monotonic() + seconds
        while True:
            try:
                psycopg.connect(self.url).close()
                return
            except psycopg.OperationalError:
                if self.process.poll() is not None or time.monotonic() > until:
                    log = (self.folder / "log").read_text(encoding="utf-8", errors="replace")
                    raise pytest.UsageError(f"the PostgreSQL server did not start:\n{log}") from None
                time.sleep(0.05)

    def stop(self) -> None:
        """End the server at once and remove its folder."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def server_binaries() -> Path | None:
    """Where initdb and postgres are: Debian keeps them out of the PATH, one folder per version."""
    versions = sorted(glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda path: int(path.split("/")[4]))
    found = versions[-1] if versions else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def server_user() -> dict[str, Any]:
    """For root: the user, group and supplementary groups to start the server with."""
    if os.geteuid() != 0:
        return {}
    known = {user.pw_name: user for user in pwd.getpwall()}
    user = known.get("postgres") or known["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
