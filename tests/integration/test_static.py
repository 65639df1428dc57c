"""What pages load comes compressed and under names of its content; the wheel carries it."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from tests.factories import PASSWORD, build_world

ROOT = Path(__file__).resolve().parents[2]
MOST_BYTES = 600_000
"""Of scripts and styles on the home page, as they are sent; 2.2 MB without compression."""


@pytest.fixture(autouse=True)
def collected() -> None:
    """Needs what make setup makes."""
    if not settings.COLLECTED:
        pytest.skip("needs the collected static files: make setup")


@pytest.mark.django_db
def test_the_home_page_loads_little_and_what_it_loads_is_kept_for_ever() -> None:
    build_world(per_unit=2)
    client = Client(headers={"accept-encoding": "gzip"})
    client.login(username="demo-city", password=PASSWORD)
    names = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', client.get("/").content.decode()))
    answers = {name: client.get(name) for name in names}
    assert len(names) >= 7 and {answer.status_code for answer in answers.values()} == {200}
    assert all(re.search(r"\.[0-9a-f]{12}\.\w+$", name) for name in names)
    assert all("immutable" in answer["Cache-Control"] for answer in answers.values())
    assert {answer.headers.get("Content-Encoding") for answer in answers.values()} == {"gzip"}
    assert sum(len(b"".join(answer.streaming_content)) for answer in answers.values()) < MOST_BYTES


@pytest.mark.slow
def test_the_wheel_carries_what_pages_and_documents_need(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    there = set(zipfile.ZipFile(wheel).namelist())
    paths = json.loads((settings.STATIC_ROOT / "staticfiles.json").read_text(encoding="utf-8"))["paths"]
    assert {f"tenglong/web/collected/{name}" for name in paths.values()} <= there
    for name in ("web/locale/en/LC_MESSAGES/django.mo", "domain/reporting/writers/fonts/regular.ttf"):
        assert f"tenglong/{name}" in there
    assert not [name for name in there if name.startswith(("tenglong/demo/", "tenglong/web/static/"))]
