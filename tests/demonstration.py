"""The demonstration, loaded once in a run of the tests whatever worker of xdist comes first; everybody works on a copy.

On SQLite that is a folder with the database in it; on PostgreSQL the database is copied as a template.
"""

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
from tests.once import first_of_this_run, run_folder

LOADED = "demonstration"


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
                found._load()
        return found

    def _load(self) -> None:
        self.folder.mkdir(exist_ok=True)
        if self.url:
            execute(f"CREATE DATABASE {LOADED}")
        command = [sys.executable, "-m", "tenglong.cli", "demo"]
        env = environment(self.folder, self.url)
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=1800, check=False)
        assert done.returncode == 0, done.stderr

    @contextmanager
    def standing_in(self, folder: Path) -> Iterator[Path]:
        """A copy in `folder`, whose database and files stand in for those of this process until the end."""
        from django.conf import settings
        from django.db import connection

        shutil.copytree(self.folder, folder)
        name = str(folder / "tenglong.sqlite3")
        if self.url:
            name = f"{LOADED}_{os.getpid()}"
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


def environment(folder: Path, url: str = "") -> dict[str, str]:
    """What `tenglong` is told, so that everything stays in `folder` and in the database at `url`."""
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    told = {"TENGLONG_DATA": str(folder), "TENGLONG_DEMO": "1", **({"DATABASE_URL": url} if url else {})}
    return {**inherited, **told}
