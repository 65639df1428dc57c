"""A site killed while people record; `python -m benchmarks.kills` kills fifty times."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.databases import POSTGRESQL, SQLITE

KILLS = 3


@pytest.mark.slow
def test_what_was_acknowledged_is_there_once_whenever_the_server_is_killed(database_vendor: str) -> None:
    database = SQLITE if database_vendor == "sqlite" else POSTGRESQL
    command = [
        sys.executable,
        "-m",
        "benchmarks.kills",
        "--kills",
        str(KILLS),
        "--seed",
        "7",
        "--database",
        database,
    ]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    outcome = json.loads(done.stdout.splitlines()[-1])
    assert outcome["answered"] > KILLS
    assert (outcome["lost"], outcome["doubled"], outcome["never_sent"], outcome["faults"]) == (0, 0, 0, [])
