"""What somebody with the database, the files and the guards in hand changes is found and named (docs/tamperings.md)."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from tenglong.actions.campaign.cases import record_entry
from tenglong.actions.campaign.rosters import freeze_version
from tenglong.actions.checkpoints import take_checkpoint
from tenglong.actions.reporting.bulletins import issue
from tenglong.domain.kernel.jsontext import canonical
from tenglong.domain.ledger.checkpoints import Stated
from tenglong.domain.ledger.entries import GENESIS, link
from tenglong.queries.checkpoints import against, stated
from tenglong.queries.files import path_of
from tenglong.queries.ledger.fold import chain_of
from tenglong.queries.registry.book import chain_of_book
from tenglong.queries.verification import verify
from tenglong.queries.verification_records import verify_files, verify_records
from tenglong.store import models as m
from tenglong.store.guards import take_down
from tenglong.store.models.sealed import seal_of
from tests.factories import AS_OF, CITY, MACHINE, World, at_day, build_world
from tests.guards import guards_down

pytestmark = pytest.mark.django_db
PAGE = Path(__file__).resolve().parents[3] / "docs/tamperings.md"
PDF = b"%PDF-1.4 x"


@dataclass
class Site:
    """A small site on the day its last checkpoint was taken, which somebody kept elsewhere."""

    world: World
    kept: Stated


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker) -> Iterator[Site]:
    """Built once: every tampering is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield _site()
        transaction.set_rollback(True)


@pytest.fixture
def site(built: Site) -> Iterator[Site]:
    """What a test does to it is undone, files included."""
    files = {path: path.read_bytes() for path in path_of("x" * 64).parent.parent.glob("??/*")}
    yield built
    for path, content in files.items():
        path.write_bytes(content)


def _site() -> Site:
    world = build_world(per_unit=2)
    issue(actor=MACHINE, at=at_day(74), roster=world.hcle, code=CITY, as_of=date(2021, 11, 12))
    freeze_version(actor=MACHINE, at=at_day(75), roster=world.hcle, as_of=AS_OF)
    firm = world.cases["330421"][0].firm
    m.Observation.objects.create(
        firm=firm,
        year=2020,
        indicator="tax",
        quantity=1,
        unit="万元",
        recorded_at=at_day(75),
        recorded_by="x",
    )
    file = SimpleUploadedFile("照片.pdf", PDF, "application/pdf")
    case = world.cases["330421"][0]
    record_entry(
        actor=MACHINE, at=at_day(76), case=case, kind="note", effective_on=AS_OF, details={"note": "x"}, files=[file],
    )  # fmt: skip
    scheme = m.Scheme.objects.create(
        code="x", place=world.hcle.place, year=2021, version=1, title="x", title_en="x", text="x",
        digest=hashlib.sha256(b"x").hexdigest(), imported_by="x", imported_at=at_day(1),
    )  # fmt: skip
    m.TrailEvent.objects.create(at=at_day(1), by="x", deed="import_scheme", about="scheme:1")
    run = m.Evaluation.objects.create(
        scheme=scheme, place=scheme.place, year=2021, engine="x", scheme_digest=scheme.digest,
        requested_by="x", requested_at=at_day(1),
    )  # fmt: skip
    m.EvaluationResult.objects.bulk_create(
        [m.EvaluationResult(evaluation=run, firm=firm, place=firm.place, status="rated", grade="C")]
    )
    run.state = "computed"
    run.save()
    m.ApiToken.objects.create(
        user=world.people["demo-jiashan"], name="x", digest="d", scope="read", created_at=at_day(1),
        expires_at=at_day(90),
    )  # fmt: skip
    take_checkpoint(at=at_day(77))
    row = take_checkpoint(at=at_day(78))
    return Site(world, Stated.from_json(json.loads(json.dumps(stated(row).to_json()))))


def said(site: Site) -> list[str]:
    """What is found."""
    reports = [*verify(), *verify_records(), verify_files()]
    return [str(one.sentence) for one in reports if not one.holds] + [str(one) for one in against(site.kept)]


def sql(statement: str, *values: object) -> None:
    """What a database's own program does."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def reseal(row: m.Target | object) -> None:
    """Give a changed row the seal of what it says now: who knows the program can."""
    fresh = type(row)._default_manager.get(pk=row.pk)
    sql(f"UPDATE {fresh._meta.db_table} SET seal = %s WHERE id = %s", seal_of(fresh), fresh.pk)


def rebuild(roster: m.Roster) -> None:
    """Make a chain anew from its first entry, so that every hash fits."""
    previous = GENESIS
    for fact, _ in list(chain_of(roster.pk)):
        previous = link(previous, fact)
        sql("UPDATE store_entry SET hash = %s WHERE id = %s", previous, fact.id)
    sql("UPDATE store_rosterhead SET last_hash = %s WHERE roster_id = %s", previous, roster.pk)


def last_entry(site: Site) -> m.Entry:
    return m.Entry.objects.filter(roster_id=site.world.own.pk).order_by("id").last()


def an_entry_says_otherwise(site: Site) -> None:
    sql("UPDATE store_entry SET recorded_by = 'y' WHERE id = %s", last_entry(site).pk)


def an_entry_is_gone(site: Site) -> None:
    first = m.Entry.objects.filter(roster_id=site.world.own.pk).order_by("id")[1]
    sql("DELETE FROM store_entry WHERE id = %s", first.pk)


def the_end_is_cut_off(site: Site) -> None:
    sql("DELETE FROM store_entry WHERE id = %s", last_entry(site).pk)


def the_chain_is_rebuilt(site: Site) -> None:
    sql("UPDATE store_entry SET recorded_by = 'y' WHERE id = %s", last_entry(site).pk)
    rebuild(site.world.own)


def a_roster_is_deleted(site: Site) -> None:
    own = site.world.own.pk
    for table in ("casestate", "placetotal", "recording", "rosterhead", "entry", "rosterterms", "case"):
        sql(f"DELETE FROM store_{table} WHERE roster_id = %s", own)
    sql("DELETE FROM store_roster WHERE id = %s", own)


def titles_are_exchanged(site: Site) -> None:
    for one, other in ((site.world.own, site.world.hcle), (site.world.hcle, site.world.own)):
        sql("UPDATE store_roster SET title = %s WHERE id = %s", other.title, one.pk)


def titles_are_exchanged_with_their_terms(site: Site) -> None:
    titles_are_exchanged(site)
    for one, other in ((site.world.own, site.world.hcle), (site.world.hcle, site.world.own)):
        sql("UPDATE store_rosterterms SET title = %s WHERE roster_id = %s", other.title, one.pk)
    for terms in m.RosterTerms.objects.all():
        reseal(terms)


def a_member_is_frozen_out(site: Site) -> None:
    version = m.RosterVersion.objects.get()
    ids = version.case_ids[1:]
    digest = hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()
    sql("UPDATE store_rosterversion SET case_ids = %s, digest = %s", canonical(ids), digest)
    reseal(version)


def a_bulletin_has_other_bytes(site: Site) -> None:
    sql("UPDATE store_bulletin SET document = %s", b"x")


def a_snapshot_is_changed(site: Site) -> None:
    bulletin = m.Bulletin.objects.get()
    sql("UPDATE store_bulletin SET content = %s", canonical({**bulletin.content, "office": "y"}))
    reseal(bulletin)


def a_grade_is_changed(site: Site) -> None:
    sql("UPDATE store_evaluationresult SET grade = 'A'")


def a_list_of_evidence_is_changed(site: Site) -> None:
    sql("UPDATE store_evidence SET name = 'y.pdf'")


def kept_file() -> Path:
    return path_of(hashlib.sha256(PDF).hexdigest())


def a_file_is_swapped(site: Site) -> None:
    kept_file().write_bytes(b"%PDF-1.4 y")


def a_file_is_deleted(site: Site) -> None:
    kept_file().unlink()


def the_trail_says_otherwise(site: Site) -> None:
    first = m.TrailEvent.objects.order_by("pk")[0]
    sql("UPDATE store_trailevent SET about = 'y' WHERE id = %s", first.pk)


def the_trail_lacks_a_deed(site: Site) -> None:
    sql("DELETE FROM store_trailevent WHERE id = %s", m.TrailEvent.objects.get(about="scheme:1").pk)


def a_target_is_lowered(site: Site) -> None:
    target = m.Target.objects.first()
    sql("UPDATE store_target SET quantity = 0 WHERE id = %s", target.pk)
    reseal(target)


def a_reference_is_slipped_in(site: Site) -> None:
    row = m.ReferencePoint.objects.get()
    row.pk, row.quantity, row._state.adding = None, 1, True
    row.save()


def guards_are_gone(site: Site) -> None:
    settle()
    take_down()


def settle() -> None:
    """What the test's own transaction left for its end is checked now: PostgreSQL changes no table before."""
    if connection.vendor == "postgresql":
        sql("SET CONSTRAINTS ALL IMMEDIATE")


def a_guard_says_otherwise(site: Site) -> None:
    settle()
    if connection.vendor == "postgresql":
        sql("ALTER TABLE store_entry DISABLE TRIGGER USER")
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE name LIKE 'store_entry_update%'")
        name, text = cursor.fetchone()
    sql(f'DROP TRIGGER "{name}"')
    sql(text.replace("WHEN TRUE", "WHEN FALSE"))


def a_token_belongs_to_somebody_else(site: Site) -> None:
    sql("UPDATE store_apitoken SET user_id = %s, scope = 'approve'", site.world.people["demo-city"].pk)


def somebody_holds_another_role(site: Site) -> None:
    sql("UPDATE store_membership SET role = 'city_office' WHERE role = 'town_team'")


def the_register_is_rebuilt(site: Site) -> None:
    sql("UPDATE store_registerentry SET recorded_by = 'y'")
    previous = GENESIS
    for fact, _ in list(chain_of_book()):
        previous = link(previous, fact)
        sql("UPDATE store_registerentry SET hash = %s WHERE id = %s", previous, fact.id)
    sql("UPDATE store_rosterhead SET last_hash = %s WHERE roster_id = 0", previous)


def a_rule_says_otherwise(site: Site) -> None:
    sql("UPDATE store_ruletext SET text = replace(text, '红牌', '黄牌') WHERE rule = 'cards'")


def everything_is_rebuilt_and_signed_anew(site: Site) -> None:
    the_chain_is_rebuilt(site)
    taken = list(m.Checkpoint.objects.values_list("taken_at", flat=True))
    sql("DELETE FROM store_checkpoint")
    for at in taken:
        take_checkpoint(at=at)


TAMPERINGS: dict[str, tuple[Callable[[Site], None], str]] = {
    "改动一笔记录": (an_entry_says_otherwise, "哈希链在第"),
    "删除中间一笔记录": (an_entry_is_gone, "哈希链在第"),
    "截去最后一笔记录": (the_end_is_cut_off, "哈希链在第"),
    "从头重建一个名单的哈希链": (the_chain_is_rebuilt, "两高一低企业整治清单：第 1 号校验点登记过的记录"),
    "删除整个名单": (a_roster_is_deleted, "校验点中的“两高一低企业整治清单”已不在数据库中"),
    "对调两个名单的名称": (titles_are_exchanged, "现在的口径与登记的不符"),
    "对调名称并连同口径重新封存": (titles_are_exchanged_with_their_terms, "名单口径：第 1 号校验点"),
    "改动冻结版本的成员并重新封存": (a_member_is_frozen_out, "名单版本：第 2 号校验点"),
    "改动通报文件": (a_bulletin_has_other_bytes, "通报：第"),
    "改动通报快照并重新封存": (a_snapshot_is_changed, "通报：第 2 号校验点"),
    "改动评价档次": (a_grade_is_changed, "评价结果：第"),
    "改动佐证目录": (a_list_of_evidence_is_changed, "佐证材料目录与台账不一致"),
    "替换磁盘上的文件": (a_file_is_swapped, "佐证文件“照片.pdf”缺失或内容被改动"),
    "删除磁盘上的文件": (a_file_is_deleted, "佐证文件“照片.pdf”缺失或内容被改动"),
    "改动操作留痕": (the_trail_says_otherwise, "与登记时不符，该行被改动"),
    "删除一条操作留痕": (the_trail_lacks_a_deed, "操作留痕：第 2 号校验点"),
    "改低目标并重新封存": (a_target_is_lowered, "目标：第 1 号校验点"),
    "混入一条参照值": (a_reference_is_slipped_in, "参照值：留痕记有"),
    "拆除数据库的改动保护": (guards_are_gone, "改动保护不在"),
    "停用或改写一个改动保护": (a_guard_says_otherwise, "store_entry"),
    "改动接口令牌": (a_token_belongs_to_somebody_else, "接口令牌：第"),
    "改动授权角色": (somebody_holds_another_role, "授权：第"),
    "重建登记簿的哈希链": (the_register_is_rebuilt, "登记簿：第 1 号校验点"),
    "改动规则原文": (a_rule_says_otherwise, "规则原文：第"),
    "重建一切并重新签署校验点": (everything_is_rebuilt_and_signed_anew, "与文件不同：台账在那之后被重建"),
}


def test_nothing_is_found_where_nothing_was_changed(site: Site) -> None:
    assert said(site) == []


@pytest.mark.parametrize("what", TAMPERINGS)
def test_it_is_found_and_named(site: Site, what: str) -> None:
    change, words = TAMPERINGS[what]
    if change in (guards_are_gone, a_guard_says_otherwise):
        change(site)
    else:
        with guards_down():
            change(site)
    found = said(site)
    assert any(words in sentence for sentence in found), found


def test_the_page_lists_them_all() -> None:
    lines = [line.split("|") for line in PAGE.read_text(encoding="utf-8").splitlines()]
    rows = [line for line in lines if len(line) == 6 and line[1].strip().isdigit()]
    listed = {row[2].strip(): row[4].strip().strip("`") for row in rows}
    assert len(TAMPERINGS) == 25
    assert {what: words for what, (_, words) in TAMPERINGS.items()} == listed
