"""A site is kept whole in one folder and comes back with its proof, on both kinds of database."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tenglong.actions.campaign.cases import record_entry
from tenglong.actions.ledger.appending import append
from tenglong.actions.reporting.bulletins import issue
from tenglong.cli.__main__ import main
from tenglong.domain.ledger.entries import Draft
from tenglong.store.models import Bulletin, Entry, Roster, TrailEvent, User
from tests.database import as_new
from tests.factories import AS_OF, CITY, MACHINE, PASSWORD, at_day, build_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def kept(settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """The backup of a small site; database and data folder are new again."""
    settings.DATA, settings.FILE_STORE = tmp_path / "old", tmp_path / "old/files"
    world = build_world(per_unit=2)
    file = SimpleUploadedFile("照片.pdf", b"%PDF-1.4 x", "application/pdf")
    record_entry(
        actor=MACHINE, at=at_day(74), case=world.cases["330421"][0], kind="note", effective_on=AS_OF,
        details={"note": "x"}, files=[file],
    )  # fmt: skip
    issue(actor=MACHINE, at=at_day(75), roster=world.hcle, code=CITY, as_of=AS_OF)
    folder = tmp_path / "backup"
    assert main(["backup", str(folder)]) == 0
    assert "校验点第2号" in capsys.readouterr().out
    assert main(["backup", str(folder)]) == 7
    as_new()
    settings.DATA, settings.FILE_STORE = tmp_path / "new", tmp_path / "new/files"
    return folder


def test_a_site_comes_back_with_its_proof(
    kept: Path, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["restore", str(kept), "--as", "演示员"]) == 0, capsys.readouterr()
    deeds = (
        TrailEvent.objects.filter(deed__in=("back_up", "restore")).order_by("pk").values_list("deed", "by")
    )
    assert list(deeds) == [("back_up", "命令行"), ("restore", "命令行（演示员）")]
    said = capsys.readouterr().out
    assert "1 个文件；校验点第2号" in said and "校验点第2号" in said.split("公钥")[0]
    assert User.objects.get(username="demo-city").check_password(PASSWORD)
    assert bytes(Bulletin.objects.get().document)[:2] == b"PK"
    roster, last = Roster.objects.get(code="own"), Entry.objects.order_by("id").last()
    case = roster.cases.first()
    (fact,) = append(roster, [Draft(case.pk, "note", AS_OF)], by="甲", at=at_day(90))
    assert fact.id > last.pk
    assert main(["ledger", "verify", "--files", "--checkpoint", str(kept / "checkpoint.json")]) == 0
    assert main(["restore", str(kept)]) == 7, "only a new site is filled"


@pytest.mark.parametrize("part", ["table", "file", "missing", "checkpoint", "said"])
def test_a_backup_that_was_changed_is_refused(
    kept: Path, part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = next((kept / "files").glob("??/*"))
    if part == "table":
        (kept / "database/store_entry.jsonl.gz").write_bytes(b"x")
    elif part == "file":
        file.write_bytes(b"y")
    elif part == "missing":
        file.unlink()
    elif part == "checkpoint":
        path = kept / "checkpoint.json"
        path.write_text(path.read_text(encoding="utf-8").replace("高耗", "低耗"), encoding="utf-8")
    else:
        (kept / "backup.json").write_text(json.dumps({}), encoding="utf-8")
    assert main(["restore", str(kept)]) == 3
