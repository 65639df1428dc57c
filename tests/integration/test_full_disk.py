"""A disk that is full or may only be read: a sentence that says so, and nothing half-written."""

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from tenglong.actions import files
from tenglong.cli.__main__ import main
from tenglong.store.models import Import, User
from tests.factories import PASSWORD, World, build_world

pytestmark = pytest.mark.django_db(transaction=True)
FULL, READ_ONLY = "磁盘已满", "不能写入"


@pytest.fixture
def world() -> World:
    """A campaign."""
    return build_world(per_unit=2)


@pytest.fixture
def client(world: World) -> Client:
    """Somebody who is signed in."""
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.get(username="demo-city"))
    return client


@pytest.fixture(params=[FULL, READ_ONLY])
def trouble(request: pytest.FixtureRequest, world: World, client: Client) -> Iterator[str]:
    """The database itself takes nothing more; what it says is the real thing."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            before = cursor.execute("PRAGMA max_page_count").fetchone()[0]
            cursor.execute("PRAGMA max_page_count=1" if request.param == FULL else "PRAGMA query_only=ON")
            yield request.param
            cursor.execute(f"PRAGMA max_page_count={before}")
            cursor.execute("PRAGMA query_only=OFF")
        elif request.param == READ_ONLY:
            cursor.execute("SET default_transaction_read_only = on")
            yield request.param
            cursor.execute("SET default_transaction_read_only = off")
        else:
            pytest.skip("a disk that is really full would be needed")


def upload(number: int = 0) -> SimpleUploadedFile:
    """A table, each of its own content."""
    return SimpleUploadedFile(
        f"企业{number}.csv", f"企业名称\n演示{number}厂\n".encode(), content_type="text/csv"
    )


def kept() -> list[Path]:
    """All that lies in the file store."""
    return sorted(path for path in Path(settings.FILE_STORE).rglob("*") if path.is_file())


def send_page(client: Client, number: int = 0) -> tuple[int, str, str]:
    """An upload on a page."""
    about = {"kind": "firms", "code": "330400", "business_day": "2021-11-09", "file": upload(number)}
    answer = client.post(reverse("imports"), about)
    return answer.status_code, answer.headers["Content-Type"], answer.content.decode()


def send_api(client: Client, number: int = 0) -> tuple[int, str, str]:
    """The same by the API."""
    about = {"kind": "firms", "territory": "330400", "business_day": "2021-11-09", "file": upload(number)}
    answer = client.post("/api/v1/imports", about)
    return answer.status_code, answer.headers["Content-Type"], answer.content.decode()


FACES = pytest.mark.parametrize(("send", "kind"), [(send_page, "text/html"), (send_api, "application/json")])
Send = Callable[..., tuple[int, str, str]]


@FACES
def test_a_full_file_store(client: Client, send: Send, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = kept(), Import.objects.count()
    monkeypatch.setattr(files.os, "fsync", no_room)
    status, content_type, said = send(client)
    monkeypatch.undo()
    assert status == 507 and kind in content_type and FULL in said, said
    assert (kept(), Import.objects.count()) == before


@FACES
def test_a_database_that_takes_nothing_more(client: Client, trouble: str, send: Send, kind: str) -> None:
    before, taken = Import.objects.count(), 0
    while True:  # a few rows still fit into the last page of their table
        status, content_type, said = send(client, taken)
        if status >= 400:
            break
        taken += 1
        assert taken < 100
    assert status == (507 if trouble == FULL else 503), said
    assert trouble in said and kind in content_type
    assert Import.objects.count() == before + taken


def test_a_command_says_it_in_a_sentence(trouble: str, capsys: pytest.CaptureFixture[str]) -> None:
    codes = []
    while (code := main(["ledger", "checkpoint"])) == 0:
        codes.append(code)
        assert len(codes) < 100
    told = capsys.readouterr().err
    assert code == (8 if trouble == FULL else 10) and trouble in told and told.count("\n") == 1


def test_who_cannot_be_signed_in_for_it_reads_the_sentence_too(trouble: str) -> None:
    for _ in range(100):
        client = Client(raise_request_exception=False)
        answer = client.post(reverse("sign-in"), {"username": "demo-city", "password": PASSWORD})
        if answer.status_code != 302:
            break
    assert answer.status_code in (503, 507) and trouble in answer.content.decode()
