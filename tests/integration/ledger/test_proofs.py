"""Checkpoints, proofs and witnesses as their commands give them."""

import json
import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from tenglong.actions.campaign.matches import decide
from tenglong.actions.checkpoints import hand_key_on, take_checkpoint
from tenglong.actions.site_key import site_seed
from tenglong.cli.__main__ import main
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.ledger.checker import check, facts_of, short_form
from tenglong.domain.ledger.signing import public_key
from tenglong.queries.checkpoints import checkpoint_problems, key_file, last_checkpoint, next_key_file
from tenglong.queries.registry.territory import actor_of
from tenglong.queries.verification_records import verify_records
from tenglong.store.models import (
    ApiToken,
    Checkpoint,
    Entry,
    MatchPair,
    Membership,
    RegisterEntry,
    Roadmap,
    Standing,
    TrailEvent,
    User,
)
from tenglong.store.registry import REGISTRY, Proof
from tenglong.store.standing import stand_from_the_start
from tests.factories import JIASHAN, World, at_day, build_world
from tests.guards import guards_down
from tests.integration.campaign.world import accepted, csv_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Any, tmp_path: Path) -> Iterator[World]:
    settings.DATA = tmp_path
    yield build_world(per_unit=2)


def ran(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = main(["ledger", *arguments])
    said = capsys.readouterr()
    return code, said.out + said.err


def test_an_entry_is_proven_without_a_database(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    entry = Entry.objects.filter(roster_id=world.own.pk).order_by("id")[3]
    code, said = ran(capsys, "prove", str(entry.pk))
    assert code == 7 and "还没有校验点" in said
    assert ran(capsys, "checkpoint")[0] == 0
    proof = json.loads(ran(capsys, "prove", str(entry.pk))[1])
    assert check(proof, public_key(site_seed())) == [] and facts_of(proof["entry"])["id"] == entry.pk
    assert proof["line"]["title"] == world.own.title
    told = RegisterEntry.objects.order_by("id").last()
    proof = json.loads(ran(capsys, "prove", str(told.pk), "--register")[1])
    assert check(proof) == [] and facts_of(proof["entry"])["id"] == told.pk
    assert ran(capsys, "prove", "999999")[0] == 6 and ran(capsys, "prove")[0] == 3
    assert "RFC 8032" in ran(capsys, "prove", "--checker")[1]


def test_a_checkpoint_goes_on_from_the_one_before(world: World) -> None:
    first, second = take_checkpoint(at=at_day(77)), take_checkpoint(at=at_day(78))
    assert second.head["previous"] == first.digest and second.number == 2
    said = {line["book"]: line for line in second.lines}
    assert (
        said["roster own"]["new"] == []
        and said["roster own"]["rows"] == Entry.objects.filter(roster_id=world.own.pk).count()
    )
    assert key_file().stat().st_mode & 0o077 == 0


def test_rows_that_come_late_are_taken_in(world: World) -> None:
    """A transaction that began before a checkpoint may end after it: its rows have lower numbers than others."""
    event = TrailEvent.objects.order_by("pk")[2]
    with guards_down():
        TrailEvent.objects.filter(pk=event.pk).delete()
        take_checkpoint(at=at_day(77))
        TrailEvent.objects.bulk_create([event])
        late = TrailEvent.objects.order_by("pk").last()
        TrailEvent.objects.filter(pk=late.pk).update(id=event.pk)
    second = take_checkpoint(at=at_day(78))
    line = next(line for line in second.lines if line["book"] == "store_trailevent")
    assert line["new"] == [[event.pk, event.pk]] and line["rows"] == TrailEvent.objects.count()


def test_another_site_signs_and_its_signature_is_kept(
    world: World, settings: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own, point, signed = tmp_path, tmp_path / "point.json", tmp_path / "signed.json"
    assert ran(capsys, "checkpoint", "--out", str(point))[0] == 0
    signed.write_text(ran(capsys, "cosign", str(point), "--witness", "自己")[1], encoding="utf-8")
    assert "自己不能为自己见证" in ran(capsys, "witness", str(signed))[1]
    settings.DATA = tmp_path / "province"
    signed.write_text(ran(capsys, "cosign", str(point), "--witness", "省整治办（演示）")[1], encoding="utf-8")
    settings.DATA = own
    assert ran(capsys, "witness", str(signed)) == (
        0,
        "已收存见证方“省整治办（演示）”对第 1 号校验点的签名。\n",
    )
    assert "已有该见证方的签名" in ran(capsys, "witness", str(signed))[1]
    assert last_checkpoint().cosignatures.count() == 1
    code, said = ran(capsys, "verify", "--files", "--checkpoint", str(point))
    assert code == 0 and "与留存的第 1 号校验点一致" in said
    assert short_form(last_checkpoint().digest) in said and "文件库" in said


def test_a_new_key_is_named_by_the_old_one(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    point = tmp_path / "point.json"
    ran(capsys, "checkpoint", "--out", str(point))
    old, seed = public_key(site_seed()), site_seed()
    code, said = ran(capsys, "rekey")
    new = public_key(site_seed())
    assert code == 0 and new != old and f"第 2 号校验点之后换用公钥 {new}，由原密钥签署" in said
    assert (key_file().stat().st_mode & 0o077, next_key_file().exists()) == (0, False)
    assert [row.key for row in Checkpoint.objects.order_by("number")] == [old, old, new]
    assert TrailEvent.objects.get(deed="hand_key_on").details["key"] == new
    code, said = ran(capsys, "verify", "--checkpoint", str(point))
    assert code == 0 and "与留存的第 1 号校验点一致" in said and "换用公钥" in said
    entry = Entry.objects.filter(roster_id=world.own.pk).order_by("id")[3]
    proof = json.loads(ran(capsys, "prove", str(entry.pk))[1])
    assert check(proof, old) == check(proof, new) == [] and check(proof, "ab" * 32)
    key_file().write_text(seed.hex(), encoding="ascii")
    code, said = ran(capsys, "checkpoint")
    assert code == 7 and "ledger rekey --lost" in said, "the old key signs nothing any more"


def test_a_hand_over_that_was_killed_ends_with_the_next_checkpoint(world: World) -> None:
    take_checkpoint(at=at_day(77))
    hand_key_on(by="命令行", at=at_day(78))
    assert next_key_file().exists() and not list(checkpoint_problems())
    os.replace(next_key_file().with_suffix(".pub"), key_file().with_suffix(".pub"))  # killed between the two
    assert take_checkpoint(at=at_day(79)).key == public_key(site_seed()) and not next_key_file().exists()
    assert not list(checkpoint_problems())


def test_a_lost_key_is_replaced_and_every_check_says_so(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(capsys, "rekey", "--lost", "--reason", "x")[0] == 7, "nothing was ever signed"
    ran(capsys, "checkpoint")
    old = public_key(site_seed())
    key_file().unlink()
    code, said = ran(capsys, "checkpoint")
    assert code == 7 and "keys/site.key 缺失" in said and not key_file().exists()
    assert ran(capsys, "rekey")[0] == 7 and ran(capsys, "rekey", "--lost")[0] == 2
    assert ran(capsys, "rekey", "--lost", "--reason", "磁盘损坏（演示）")[0] == 0
    code, said = ran(capsys, "verify")
    assert code == 0 and f"原公钥 {old} 没有签署这一更换（理由：磁盘损坏（演示））" in said
    entry = Entry.objects.filter(roster_id=world.own.pk).order_by("id")[3]
    proof = json.loads(ran(capsys, "prove", str(entry.pk))[1])
    assert check(proof) == [] and "所给公钥" in check(proof, old)[0]


def test_a_key_that_nobody_named_is_found(world: World) -> None:
    take_checkpoint(at=at_day(77))
    for path in key_file().parent.iterdir():
        path.unlink()
    site_seed()
    with pytest.raises(Conflict):
        take_checkpoint(at=at_day(78))
    assert "不是由本站的密钥签署" in str(next(checkpoint_problems()))


def test_a_file_that_is_no_checkpoint_is_refused(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran(capsys, "verify", "--checkpoint", str(tmp_path / "none"))[0] == 3
    (tmp_path / "other").write_text("{}", encoding="utf-8")
    assert ran(capsys, "cosign", str(tmp_path / "other"), "--witness", "x")[0] == 3


def test_every_state_of_a_row_that_may_change_is_kept(world: World) -> None:
    user = world.people["demo-jiashan"]
    states = Standing.objects.filter(table="store_user", row=user.pk)
    before = states.count()
    User.objects.filter(pk=user.pk).update(display_name="乙")
    user.refresh_from_db()
    user.save(update_fields=["last_login"])
    assert states.count() == before + 1, "what passes is not held"
    membership = Membership.objects.get(user=user)
    row = membership.pk
    membership.delete()
    assert Standing.objects.filter(table="store_membership", row=row).order_by("pk").last().digest == ""


def test_what_was_there_before_digests_were_kept_is_kept_once(world: World) -> None:
    with guards_down():
        Standing.objects.all().delete()
    assert (
        stand_from_the_start() and Standing.objects.filter(table="store_user").count() == User.objects.count()
    )
    assert not stand_from_the_start()


def test_every_word_has_its_proof() -> None:
    sealed = {model for model, kept in REGISTRY.items() if kept.proof is Proof.SEAL}
    assert all(any(field.name == "seal" for field in model._meta.fields) for model in sealed)
    assert REGISTRY[ApiToken].proof is REGISTRY[Roadmap].proof is REGISTRY[MatchPair].proof is Proof.HELD


def test_without_a_proof_is_only_what_no_statement_stands_on() -> None:
    without = {model.__name__: kept.unproven for model, kept in REGISTRY.items() if kept.proof is Proof.NONE}
    assert set(without) == {"Deed", "Job", "ScheduledWork", "Session"} and all(without.values())
    assert not [model for model, kept in REGISTRY.items() if kept.unproven and kept.proof is not Proof.NONE]


def table_of(world: World) -> bytes:
    """A table with a new firm that may be one that is known, and a row that is refused."""
    name = world.cases[JIASHAN][0].firm.name
    row = ["嘉善县", "西塘镇", name.replace("有限公司", "") + "厂", "2021-09-02"]
    return csv_file(
        ["县(市、区)", "镇(街道)", "企业名称", "列入日期"], row, ["嘉善县", "西塘镇", "", "2021-09-02"]
    )


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE store_importrow SET firm_id = firm_id + 1 WHERE verdict = 'inserted'",
        "UPDATE store_importrow SET verdict = 'unchanged', messages = '[]' WHERE verdict = 'rejected'",
        "UPDATE store_importrow SET \"values\" = '{}'",
        "DELETE FROM store_importrow WHERE verdict = 'rejected'",
    ],
)
def test_what_was_decided_of_a_file_is_found_changed(world: World, change: str) -> None:
    batch = accepted(table_of(world), roster=world.own)
    assert (batch.inserted, batch.rejected) == (1, 1)
    assert all(report.holds for report in verify_records())
    with connection.cursor() as cursor:
        cursor.execute(change)
    (found,) = (str(report.sentence) for report in verify_records() if not report.holds)
    assert f"导入明细：第 {batch.pk} 号" in found


def pair_of(world: World) -> MatchPair:
    """An open question."""
    firm, other = (world.cases[JIASHAN][n].firm for n in range(2))
    return MatchPair.objects.create(
        firm=firm, candidate=other, place=firm.place, probability_micro=900_000, created_at=at_day(70)
    )


def test_who_decided_that_two_firms_are_one_is_found_changed(world: World) -> None:
    office = actor_of(world.people["demo-jiashan"], at_day(78).date())
    decide(pair_of(world).pk, False, actor=office, at=at_day(78))
    assert all(report.holds for report in verify_records())
    with connection.cursor() as cursor:
        cursor.execute("UPDATE store_matchpair SET decided_by = 'demo-pinghu'")
    assert any("企业比对：第" in str(report.sentence) for report in verify_records() if not report.holds)


def test_the_upgrade_keeps_what_was_decided_before(world: World) -> None:
    batch = accepted(table_of(world), roster=world.own)
    pair = pair_of(world)
    tables = {"store_importrow": batch.pk, "store_matchpair": pair.pk}
    kept = Standing.objects.filter(table__in=tables)
    before = set(kept.values_list("table", "row", "digest"))
    with guards_down():
        kept.delete()
    import_module("tenglong.store.migrations.0024_decisions_of_imports").hold(apps, None)
    assert set(kept.values_list("table", "row", "digest")) == before and len(before) >= 2
    assert all(report.holds for report in verify_records())
