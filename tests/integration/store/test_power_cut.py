"""What was acknowledged is there after a power cut, with its files, and the ledger holds."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from tests.once import run_folder

ROOT = Path(__file__).resolve().parents[3]
CUTS = 20


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("seed", [1, 2])
def test_a_power_cut_takes_nothing_that_was_acknowledged(seed: int, tmp_path: Path) -> None:
    if connection.vendor != "sqlite" or not Path("/proc/self/fd").is_dir():
        pytest.skip("PostgreSQL keeps its own promise; names of open files need /proc")
    shutil.copyfile(run_folder() / "migrated.sqlite3", tmp_path / "site.sqlite3")
    command = [sys.executable, "-m", "tests.integration.store.power", str(tmp_path), str(seed), str(CUTS)]
    told = {**os.environ, "TENGLONG_DATA": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, env=told, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[:-1] == []
    assert done.stdout.startswith(f"looked at {CUTS} with ")
