"""A small county leaves solver, columnar and matching libraries out: pages open, and what needs them says so."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tenglong.domain.kernel.machine import EXTRAS
from tests.demonstration import Demonstration, environment

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("deploy")]

VISIT = """
import json, sys
for library in json.loads(sys.argv[1]):
    sys.modules[library] = None
import tenglong.config.wsgi
from django.conf import settings
from django.test import Client
from tenglong.jobs.handlers import check_handlers
from tenglong.store.models import User
check_handlers()
settings.ALLOWED_HOSTS = ["testserver"]
client = Client(raise_request_exception=False)
client.force_login(User.objects.get(username="demo-city"))
found = {path: client.get(path).status_code for path in json.loads(sys.argv[2])}
planning = {"roster": "city-2021", "facts_on": "2021-11-09"}
answer = client.post("/api/v1/roadmaps", planning, content_type="application/json")
print(json.dumps({"pages": found, "planning": [answer.status_code, answer.content.decode()]}))
"""
PAGES = [
    "/", "/figures", "/rosters", "/rosters/city-2021", "/cases", "/firms", "/imports", "/matches", "/evaluations",
    "/schemes", "/screening", "/roadmaps", "/roadmaps/1", "/bulletins", "/places", "/people", "/ledger", "/jobs",
    "/prices", "/objections", "/api/v1/openapi.json", "/api/v1/roadmaps", "/api/v1/evaluations",
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's data."""
    folder = tmp_path_factory.mktemp("county") / "data"
    shutil.copytree(Demonstration.of_this_run().folder, folder)
    return folder


def without(folder: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    """A run of Python in which the libraries of the extras are not there."""
    return subprocess.run(
        [sys.executable, *command], env=environment(folder), capture_output=True, text=True, check=False
    )


def test_every_page_opens_and_planning_names_its_extra(folder: Path) -> None:
    left_out = sorted({library for libraries in EXTRAS.values() for library in libraries})
    done = without(folder, "-c", VISIT, json.dumps(left_out), json.dumps(PAGES))
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert {path: status for path, status in found["pages"].items() if status not in (200, 404)} == {}
    assert sum(status == 200 for status in found["pages"].values()) >= 18, found["pages"]
    status, said = found["planning"]
    assert status == 501 and "tenglong[roadmap]" in said


MMKP = "2 2 1\n10\n1\n5 3\n6 4\n2\n5 3\n6 4\n"


@pytest.mark.parametrize(
    ("library", "command", "extra"),
    [
        ("polars", ["evaluate", "cixi-2024", "firms.csv", "out.csv"], "evaluation"),
        ("numba", ["plan", "--from", "mmkp", "--method", "prices", "small.txt", "plan.json"], "roadmap"),
    ],
)
def test_a_command_names_the_extra_that_it_needs(
    folder: Path, library: str, command: list[str], extra: str, tmp_path: Path
) -> None:
    (tmp_path / "firms.csv").write_text("企业名称\n演示厂\n", encoding="utf-8")
    (tmp_path / "small.txt").write_text(MMKP, encoding="utf-8")
    start = f"import sys; sys.modules['{library}'] = None; from tenglong.cli.__main__ import main; sys.exit(main())"
    done = without(folder, "-c", start, *(str(tmp_path / word) if "." in word else word for word in command))
    assert done.returncode == 9 and f"tenglong[{extra}]" in done.stderr, done.stderr
