"""The demonstration, loaded once for the same sources (tests/once.py) whatever worker of xdist comes first; everybody
works on a copy.

On SQLite that is a folder with the database in it; on PostgreSQL it lies there as a dump, and the database made of it
in this run is copied as a template.
"""

import itertools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.database import execute
from tests.once import ROOT, first_of_these_sources, first_of_this_run, kept_folder, run_folder
from tests.postgresql import server_binaries

LOADED = "demonstration"
COPIES = itertools.count(1)


@dataclass(frozen=True)
class Demonstration:
    """A data folder and, on PostgreSQL, the address of the database; never served or written to itself."""

    folder: Path
    url: str

    @classmethod
    def of_this_run(cls, url: str = "") -> "Demonstration":
        """Loaded by whoever asks first, on the server at `url` or, without one, on SQLite; others wait."""
        name = f"{LOADED}-postgresql" if url else LOADED
        found = cls(run_folder() / name, urlsplit(url)._replace(path=f"/{LOADED}").geturl() if url else "")
        with first_of_this_run(name) as nothing_there:
            if nothing_there:
                with first_of_these_sources(name) as folder:
                    if folder:
                        cls(folder, found.url)._load()
                shutil.copytree(kept_folder() / name, found.folder, dirs_exist_ok=True)
                found._restore()
        return found

    def _load(self) -> None:
        if self.url:
            execute(f"CREATE DATABASE {LOADED}")
        command = [sys.executable, "-m", "tests.loading"]
        _do(command, environment(self.folder, self.url))
        if self.url:
            _do([_program("pg_dump"), "--format=custom", f"--file={self._dump}", self.url])
            execute(f"DROP DATABASE {LOADED}")

    def _restore(self) -> None:
        if self.url:
            execute(f"CREATE DATABASE {LOADED}")
            _do([_program("pg_restore"), "--exit-on-error", f"--dbname={self.url}", str(self._dump)])
            self._dump.unlink()

    @property
    def _dump(self) -> Path:
        return self.folder / "database.dump"

    @contextmanager
    def standing_in(self, folder: Path) -> Iterator[Path]:
        """A copy in `folder`, whose database and files stand in for those of this process until the end."""
        from django.conf import settings
        from django.db import connection

        shutil.copytree(self.folder, folder)
        name = str(folder / "tenglong.sqlite3")
        if self.url:
            name = f"{LOADED}_{os.getpid()}_{next(COPIES)}"
            execute(f"CREATE DATABASE {name} TEMPLATE {LOADED}")
        before = connection.settings_dict["NAME"], settings.DATA, settings.FILE_STORE
        connection.close()
        connection.settings_dict["NAME"] = name
        settings.DATA, settings.FILE_STORE = folder, folder / "files"
        try:
            yield folder
        finally:
            connection.close()
            connection.settings_dict["NAME"], settings.DATA, settings.FILE_STORE = before


def _program(name: str) -> str:
    folder = server_binaries()
    assert folder, "there is a server, so there are its programs"
    return str(folder / name)


def _do(command: list[str], env: dict[str, str] | None = None) -> None:
    done = subprocess.run(
        command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=1800, check=False
    )
    assert done.returncode == 0, done.stderr


def environment(folder: Path, url: str = "", *, demo: bool = True) -> dict[str, str]:
    """What `tenglong` is told, so that everything stays in `folder` and in the database at `url`."""
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    told = {"TENGLONG_DATA": str(folder), "TENGLONG_DEMO": "1" if demo else ""}
    told |= {"DATABASE_URL": url} if url else {}
    return {**inherited, **told}
