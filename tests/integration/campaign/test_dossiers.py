"""The dossier of a case: made by whoever may take it away, believed by a program that has nothing but the file."""

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import bagit
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from tenglong.actions.campaign.cases import record_entry
from tenglong.actions.campaign.dossiers import make_dossier
from tenglong.actions.checkpoints import hand_key_on, take_checkpoint
from tenglong.cli.__main__ import main
from tenglong.domain.access.policy import Scope
from tenglong.domain.campaign import evidence
from tenglong.domain.kernel.errors import BadFile, NotAllowed, NotFound
from tenglong.domain.kernel.rulebook import shipped
from tenglong.domain.ledger.checker import (
    APPROVALS,
    CASE,
    CHECKPOINT,
    DATA,
    ENTRIES,
    EVIDENCE,
    INFO,
    MANIFEST,
    RULES,
    TAG_MANIFEST,
    check_dossier,
    in_bag_order,
    manifest_of,
)
from tenglong.queries.campaign.cases import case_by_id
from tenglong.queries.checkpoints import last_checkpoint, proofs_of
from tenglong.queries.files import path_of
from tenglong.queries.registry.territory import actor_of
from tenglong.store.models import Case, Entry, TrailEvent
from tests.factories import MACHINE, World, build_world
from tests.integration.web import signed_in

pytestmark = pytest.mark.django_db
START = datetime(2021, 11, 20, 2, tzinfo=UTC)
EVERYWHERE = Scope(everywhere=True)
TODAY = date(2021, 11, 20)
JPG = b"\xff\xd8\xff\xe0 made for a test "
COURSE = (
    ("planned", "demo-xitang", 0), ("approved", "demo-jiashan", 0), ("signed", "demo-xitang", 1),
    ("emptied", "demo-xitang", 2), ("submitted", "demo-xitang", 0), ("checked", "demo-jiashan", 1),
)  # fmt: skip
Members = dict[str, bytes]


@pytest.fixture
def world(settings: Any, tmp_path: Path) -> World:
    world = build_world(per_unit=3)
    settings.DATA, settings.FILE_STORE = tmp_path, tmp_path / "files"
    return world


@pytest.fixture
def case(world: World) -> Case:
    """A case that two offices worked on, with four photos."""
    case = world.cases["330421"][1]
    for number, (kind, who, files) in enumerate(COURSE):
        record_entry(
            actor=actor_of(world.people[who], TODAY), at=START + timedelta(hours=number),
            case=case_by_id(case.pk, EVERYWHERE), kind=kind, effective_on=date(2021, 11, 20),
            details={"note": "演示"},
            files=[SimpleUploadedFile(f"{kind}/{n}.jpg", JPG + f"{kind} {n}".encode()) for n in range(files)],
        )  # fmt: skip
    return case


def made(case: Case, at: datetime = START + timedelta(days=1)) -> bytes:
    out = io.BytesIO()
    make_dossier(actor=MACHINE, at=at, case=case_by_id(case.pk, EVERYWHERE), out=out)
    return out.getvalue()


@pytest.fixture
def bag(case: Case, tmp_path: Path) -> Path:
    path = tmp_path / "case.zip"
    path.write_bytes(made(case))
    return path


def members(path: Path) -> Members:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, found: Members, order: Callable[[Members], list[str]] = in_bag_order) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name in order(found):
            archive.writestr(name, found[name])


def made_to_fit(found: Members) -> Members:
    """The same with sizes and manifests made anew, as somebody would who knows the layout but has no key."""
    payload = {
        name: hashlib.sha256(text).hexdigest() for name, text in found.items() if name.startswith(DATA)
    }
    size = sum(len(found[name]) for name in payload)
    info = [
        line
        for line in found[INFO].decode(errors="replace").splitlines()
        if not line.startswith("Payload-Oxum")
    ]
    found[INFO] = "".join(f"{line}\n" for line in [*info, f"Payload-Oxum: {size}.{len(payload)}"]).encode()
    found[MANIFEST] = manifest_of(payload).encode()
    tags = {
        name: hashlib.sha256(text).hexdigest()
        for name, text in found.items()
        if name not in payload and name != TAG_MANIFEST
    }
    found[TAG_MANIFEST] = manifest_of(tags).encode()
    return found


def test_it_is_believed_by_everybody(
    bag: Path, case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = last_checkpoint().key
    assert check_dossier(str(bag), key) == []
    assert main(["dossier", "verify", str(bag), "--key", key]) == 0
    assert case.firm.name in capsys.readouterr().out
    program = tmp_path / "verify.py"
    program.write_bytes(members(bag)["verify.py"])
    alone = subprocess.run(
        [sys.executable, "-I", str(program), str(bag), key], capture_output=True, text=True
    )
    assert (alone.returncode, alone.stderr) == (0, "") and "佐证 4 件" in alone.stdout
    with zipfile.ZipFile(bag) as archive:
        archive.extractall(tmp_path / "out")
    assert bagit.Bag(str(tmp_path / "out")).validate()


def test_it_holds_what_was_said(bag: Path, case: Case) -> None:
    found = members(bag)
    ids = list(Entry.objects.filter(case_id=case.pk).order_by("id").values_list("pk", flat=True))
    assert json.loads(found[CASE])["entries"] == ids
    assert sum(name.startswith(EVIDENCE) for name in found) == 4
    by = {one["kind"]: one for one in json.loads(found[APPROVALS])}
    assert by["checked"]["by"] == "demo-jiashan" and by["checked"]["people"] == ["demo-xitang"]
    asked = shipped(evidence.EVIDENCE).digest[:16]
    rules = {name.removeprefix(RULES) for name in found if name.startswith(RULES)}
    assert rules == {"approvals.toml", "kinds.toml", "moves.toml", f"evidence-{asked}.toml"}
    assert found["data/documents/dossier.docx"].startswith(b"PK")


def test_the_same_moment_gives_the_same_bytes(case: Case) -> None:
    assert made(case) == made(case)


def photos(found: Members) -> list[str]:
    return sorted(name for name in found if name.startswith(EVIDENCE))


def flipped(found: Members) -> None:
    name = photos(found)[0]
    found[name] = found[name][:-1] + bytes([found[name][-1] ^ 1])


def dropped(found: Members) -> None:
    del found[photos(found)[0]]


def added(found: Members) -> None:
    found["data/evidence/9-1-more.jpg"] = JPG


def renamed(found: Members) -> None:
    found["data/evidence/other.jpg"] = found.pop(photos(found)[0])


def swapped(found: Members) -> None:
    one, other = photos(found)[:2]
    found[one], found[other] = found[other], found[one]


def without_manifest(found: Members) -> None:
    del found[MANIFEST]


def cut(found: Members) -> None:
    found[ENTRIES] = json.dumps(json.loads(found[ENTRIES])[:-1], ensure_ascii=False).encode()


def altered(found: Members) -> None:
    found[ENTRIES] = found[ENTRIES].replace(b"2021-11-20", b"2021-11-19", 1)


def unapproved(found: Members) -> None:
    found[APPROVALS] = json.dumps(json.loads(found[APPROVALS])[:-1], ensure_ascii=False).encode()


def ruled_otherwise(found: Members) -> None:
    found[next(name for name in found if name.startswith(f"{RULES}evidence"))] = b'source = "mine"\n'


MUTATIONS: dict[Callable[[Members], None], str] = {
    flipped: "的内容被改动或损坏", dropped: "缺少文件", added: "多出文件“data/evidence/9-1-more.jpg”",
    renamed: "被改名为", swapped: "的内容互换", without_manifest: "缺少文件“manifest-sha256.txt”", cut: "缺少第",
    altered: "号记录不在校验点中",
    unapproved: "审核记录中缺少第", ruled_otherwise: "文件“data/rules/evidence-",
}  # fmt: skip


@pytest.mark.parametrize("fitted", [False, True], ids=["as it is", "made to fit"])
@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.__name__)
def test_each_mutation_is_found_and_named(
    bag: Path, mutation: Callable[[Members], None], fitted: bool
) -> None:
    found = members(bag)
    mutation(found)
    if fitted and mutation is not without_manifest:  # that would only put the manifest back
        made_to_fit(found)
    packed(bag, found)
    problems = check_dossier(str(bag))
    assert any(MUTATIONS[mutation] in problem for problem in problems), problems
    assert not fitted or any("签名" in problem for problem in problems)


def test_every_fault_is_named(bag: Path) -> None:
    found = members(bag)
    for mutation in (flipped, added, unapproved, ruled_otherwise, altered):
        mutation(found)
    packed(bag, found)
    problems = check_dossier(str(bag))
    for mutation in (flipped, added, unapproved, ruled_otherwise, altered):
        assert any(MUTATIONS[mutation] in problem for problem in problems), (mutation, problems)


def test_another_order_is_found(bag: Path) -> None:
    packed(bag, members(bag), order=lambda found: in_bag_order(found)[::-1])
    assert check_dossier(str(bag)) == ["压缩包内文件的次序被改动。"]


def test_a_file_that_ends_early_is_found(bag: Path, tmp_path: Path) -> None:
    whole = bag.read_bytes()
    for length in (0, 10, len(whole) // 2, len(whole) - 1):
        bag.write_bytes(whole[:length])
        assert check_dossier(str(bag)), length
    assert check_dossier(str(tmp_path / "none.zip")) == ["文件不是完整的压缩包：被截断、损坏，或不是档案。"]


def test_any_flipped_byte_of_the_file_is_found_or_harmless(bag: Path) -> None:
    """What a byte of the container can still change without notice is its clock and attributes, never a content."""
    whole, before = bag.read_bytes(), members(bag)
    for place in range(0, len(whole), len(whole) // 150):
        bag.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        assert check_dossier(str(bag)) or members(bag) == before, place


def test_a_checkpoint_of_another_roster_is_found(bag: Path, world: World) -> None:
    found = members(bag)
    entry = Entry.objects.filter(roster_id=world.own.pk).order_by("id").first()
    other, _ = proofs_of(world.own, {entry.pk: "{}"})
    found[CHECKPOINT] = json.dumps(other, ensure_ascii=False).encode()
    packed(bag, made_to_fit(found))
    problems = check_dossier(str(bag))
    assert any("不是本案名单的" in problem for problem in problems)
    assert any("号记录不在校验点中" in problem for problem in problems)


def test_another_key_is_not_believed(bag: Path, case: Case) -> None:
    old = last_checkpoint().key
    assert check_dossier(str(bag), "ab" * 32) == [
        "校验点不是由您所给公钥的持有者（或其签名指定的后继者）签署的。"
    ]
    hand_key_on(by="甲", at=START + timedelta(days=2))
    bag.write_bytes(made(case, START + timedelta(days=3)))
    assert last_checkpoint().key != old
    assert check_dossier(str(bag), old) == []  # the old key named the new one


def test_nonsense_is_refused_without_a_traceback(bag: Path) -> None:
    for name in (
        CASE,
        ENTRIES,
        CHECKPOINT,
        APPROVALS,
        INFO,
        MANIFEST,
        "signature.json",
        "data/checklist.json",
    ):
        for text in (b"", b"[]", b"{}", b"null", b"[1]", b"\xff\xfe", b'{"entries": 3}'):
            found = members(bag)
            found[name] = text
            path = bag.with_name("other.zip")
            packed(path, found if name == MANIFEST else made_to_fit(found))
            assert check_dossier(str(path)), (name, text)


def test_who_may_take_it_away(world: World, case: Case) -> None:
    answer = signed_in("demo-jiashan").get(f"/cases/{case.pk}/dossier")
    assert answer.status_code == 200 and b"".join(answer.streaming_content)[:2] == b"PK"
    assert TrailEvent.objects.filter(deed="make_dossier", about=f"case:{case.pk}", by="demo-jiashan").exists()
    assert signed_in("demo-pinghu").get(f"/cases/{case.pk}/dossier").status_code == 404
    with pytest.raises(NotAllowed):
        nobody, seen = actor_of(world.people["demo-nobody"], TODAY), case_by_id(case.pk, EVERYWHERE)
        make_dossier(actor=nobody, at=START, case=seen, out=io.BytesIO())


def test_a_file_that_is_gone_is_said_by_name(bag: Path, case: Case) -> None:
    digest = hashlib.sha256(JPG + b"signed 0").hexdigest()
    path_of(digest).unlink()
    with pytest.raises(BadFile, match="0.jpg"):
        made(case)


def test_the_command(case: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    named, path = f"{case.roster.code}/{case.number}", tmp_path / "out.zip"
    assert main(["dossier", named, str(path)]) == 0 and "佐证 4 件" in capsys.readouterr().out
    assert check_dossier(str(path)) == []
    assert main(["dossier", "hcle/999999", str(path)]) == NotFound.exit_code
    assert main(["dossier", "甲", str(path)]) == 2
    path.write_bytes(path.read_bytes()[:-30])
    assert main(["dossier", "verify", str(path)]) == 1


def test_checking_asks_no_database(bag: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "cursor", lambda *args: pytest.fail("a query"))
    assert main(["dossier", "verify", str(bag)]) == 0


def test_a_checkpoint_is_taken_only_where_one_is_needed(case: Case) -> None:
    take_checkpoint(at=START + timedelta(days=1))
    before = last_checkpoint().number
    made(case)
    assert last_checkpoint().number == before
