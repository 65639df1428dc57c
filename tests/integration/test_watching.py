"""Who watches over a site is told whether it lives and can work; its log has every request, and no secret."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.urls import reverse

from tenglong.config.requests import HEADER, Line
from tenglong.domain.jobs.lanes import lanes
from tenglong.queries.jobs.alive import beat_file
from tenglong.store.models import User
from tenglong.web.reporting.views import home
from tests.factories import PASSWORD, build_world

pytestmark = pytest.mark.django_db


@pytest.fixture
def workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A data folder in which every lane is served."""
    monkeypatch.setattr(settings, "DATA", tmp_path)
    for lane in lanes().lanes:
        beat_file(lane).parent.mkdir(exist_ok=True)
        beat_file(lane).touch()


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """The lines of the log, as a site writes them."""
    found: list[str] = []

    class Keeping(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(self.format(record))

    handler = Keeping()
    handler.setFormatter(Line())
    logging.getLogger().addHandler(handler)
    yield found
    logging.getLogger().removeHandler(handler)


def test_it_lives_whoever_asks(client: Client) -> None:
    answer = client.get("/healthz", REMOTE_ADDR="203.0.113.7", headers={"host": "elsewhere"})
    assert (answer.status_code, answer.content) == (200, b"ok")


def test_it_is_ready(client: Client, workers: None) -> None:
    answer = client.get("/readyz", headers={"host": "elsewhere"})
    assert (answer.status_code, answer.json()) == (200, {"ready": True, "missing": []})


def test_others_do_not_learn_whether_it_is_ready(client: Client, workers: None) -> None:
    assert client.get("/readyz", REMOTE_ADDR="203.0.113.7").status_code == 404


def test_it_is_not_ready_without_workers(client: Client, workers: None) -> None:
    next(iter(settings.DATA.glob("alive/*"))).unlink()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["missing"]) == (503, ["workers"])


def test_it_is_not_ready_before_migrations_or_without_a_folder(
    client: Client, workers: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    MigrationRecorder.Migration.objects.create(
        app="store", name="9999_later", applied=datetime(2021, 11, 10, tzinfo=UTC)
    )
    assert client.get("/readyz").json()["missing"] == ["database"]
    monkeypatch.setattr(settings, "DATA", settings.DATA / "gone")
    assert client.get("/readyz").json()["missing"] == ["database", "folder", "workers"]


def test_every_request_has_a_line_with_moment_user_and_address(client: Client, lines: list[str]) -> None:
    build_world(per_unit=2)
    client.login(username="demo-city", password=PASSWORD)
    answer = client.get(reverse("home"), {"as_of": "2021-11-09"}, REMOTE_ADDR="203.0.113.7")
    number = answer.headers[HEADER]
    (line,) = [line for line in lines if " tenglong.access " in line]
    at, level, name, *who, method, path, status, took, size = line.split()
    assert datetime.fromisoformat(at).tzinfo and (level, name) == ("INFO", "tenglong.access")
    assert who == [number, "demo-city", "203.0.113.7"]
    assert (method, path, status, int(size)) == ("GET", "/", "200", len(answer.content)) and int(took) >= 0


def test_no_secret_stands_in_the_log(client: Client, lines: list[str]) -> None:
    client.post(reverse("sign-in"), {"username": "demo-city", "password": "geheim-1"})
    client.get("/api/v1/places?token=geheim-2", headers={"authorization": "Bearer geheim-3"})
    client.get("/sign-in%0A2021-11-09T00:00:00+00:00 INFO forged?next=geheim-4")
    assert len([line for line in lines if " tenglong.access " in line]) == 3
    assert "geheim" not in "".join(lines) and not any("\n" in line for line in lines)


def test_a_mistake_of_the_program_is_found_in_the_log_by_the_number_on_its_page(
    client: Client, lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    build_world(per_unit=2)
    client.force_login(User.objects.get(username="demo-city"))
    client.raise_request_exception = False
    monkeypatch.setattr(home, "render", lambda *_, **__: 1 / 0)
    answer = client.get(reverse("home"))
    number = answer.headers[HEADER]
    assert answer.status_code == 500 and f"<code>{number}</code>" in answer.content.decode()
    assert any(f" {number} demo-city " in line and "ZeroDivisionError" in line for line in lines)
