"""The evidence that a case needs: handed in, waived, shown, asked before the write-off, counted by unit."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenglong.actions.campaign.cases import describe_case, record_entry, void_entry
from tenglong.actions.campaign.pieces import give_piece, waive_piece
from tenglong.actions.ledger.appending import append
from tenglong.actions.ledger.projection import refold
from tenglong.domain.access.policy import Actor
from tenglong.domain.kernel.errors import BadValue, Conflict, NotAllowed, NotFound
from tenglong.domain.ledger.entries import Draft
from tenglong.queries.campaign.missing import board
from tenglong.queries.campaign.pieces import pieces_of_case
from tenglong.queries.campaign.steps import next_steps
from tenglong.queries.ledger.states import differing_states
from tenglong.queries.registry.territory import actor_of, territory
from tenglong.store.models import Case, CaseState, Roster
from tests.factories import JIASHAN, World, build_world
from tests.integration.campaign.files import complete_file, lacking_pieces
from tests.integration.campaign.world import MACHINE, NOON
from tests.integration.campaign.world import TODAY as DAY
from tests.integration.evaluation.world import Paper
from tests.integration.web import signed_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> World:
    return build_world(per_unit=3)


@pytest.fixture
def case(world: World) -> Case:
    """A target of Jiashan that is not written off, to be closed down."""
    ids = [one.pk for one in world.cases[JIASHAN]]
    found = Case.objects.filter(pk__in=ids, now__target_on__isnull=False, now__done_on=None)[0]
    describe_case(actor=MACHINE, at=NOON, case=found, said={"measure": "close"})
    found.refresh_from_db()
    return found


def person(world: World, name: str) -> Actor:
    return actor_of(world.people[name], DAY)


def paper() -> Any:
    return SimpleUploadedFile("佐证.pdf", b"%PDF-1.4 demonstration", "application/pdf")


def verdict(case: Case, piece: str) -> str:
    lines = pieces_of_case(case, MACHINE, DAY).lines
    return next(str(line.item.verdict) for line in lines if line.item.piece.id == piece)


def test_a_piece_is_handed_in_under_its_number(world: World, case: Case) -> None:
    town = person(world, "demo-xitang")
    assert verdict(case, "E16") == "missing"
    entry = give_piece(actor=town, at=NOON, case=case, piece="E16", files=[Paper()])
    assert verdict(case, "E16") == "there" and entry.details["piece"] == "E16"
    void_entry(actor=MACHINE, at=NOON, entry_id=entry.id, reason="传错")
    assert verdict(case, "E16") == "missing"


def test_what_is_no_piece_of_this_case_is_refused(world: World, case: Case) -> None:
    give: dict[str, Any] = {"actor": MACHINE, "at": NOON, "case": case, "files": [Paper()]}
    with pytest.raises(NotFound, match="E99"):
        give_piece(piece="E99", **give)
    with pytest.raises(Conflict, match="不需要"):
        give_piece(piece="E17", **give)
    with pytest.raises(Conflict, match="由台账事项“断电”证明"):
        give_piece(piece="E05", **give)
    with pytest.raises(BadValue, match="没有选择文件"):
        give_piece(piece="E16", **give | {"files": []})


def test_a_waiver_needs_a_condition_a_reason_and_another_person(world: World, case: Case) -> None:
    county, town = person(world, "demo-jiashan"), person(world, "demo-xitang")
    waive: dict[str, Any] = {"at": NOON, "case": case}
    with pytest.raises(NotAllowed):
        waive_piece(actor=town, piece="E10", reason="没有", **waive)
    with pytest.raises(Conflict, match="不能免交"):
        waive_piece(actor=county, piece="E16", reason="没有", **waive)
    with pytest.raises(BadValue, match="写明理由"):
        waive_piece(actor=county, piece="E10", reason=" ", **waive)
    waive_piece(actor=county, piece="E10", reason="没有列入淘汰目录的设备", **waive)
    assert verdict(case, "E10") == "waived"
    with pytest.raises(Conflict, match="不必免交"):
        waive_piece(actor=county, piece="E10", reason="再来", **waive)
    append(case.roster, [Draft(case.pk, "closed", DAY)], by="demo-jiashan", at=NOON)
    with pytest.raises(NotAllowed, match="由您本人经手"):
        waive_piece(actor=county, piece="E15", reason="没有", **waive)
    lines = {line.item.piece.id: line for line in pieces_of_case(case, county, DAY).lines}
    assert lines["E15"].barred and not lines["E15"].waives


def test_no_case_is_written_off_while_a_piece_lacks(world: World, case: Case) -> None:
    for kind in ("closed", "checked"):
        append(case.roster, [Draft(case.pk, kind, DAY, details={"files": []})], by=kind, at=NOON)
    county = person(world, "demo-jiashan")
    (step,) = (step for step in next_steps(case, county, DAY).moves if step.kind.id == "written_off")
    assert "E05 断电证明" in str(step.barred) and "请在企业档案的“佐证清单”中补交" in str(step.barred)
    about: dict[str, Any] = {"at": NOON, "case": case, "effective_on": DAY, "files": [Paper()]}
    with pytest.raises(Conflict, match="E05 断电证明"):
        record_entry(actor=county, kind="written_off", **about)
    complete_file(case, day=DAY)
    assert [piece.id for piece in lacking_pieces(case, DAY)] == ["E20"]
    with pytest.raises(Conflict, match="缺E20 现场核查表。"):
        record_entry(actor=county, kind="written_off", **about)


def test_the_board_adds_up_what_the_cases_lack(world: World, case: Case) -> None:
    places = frozenset(territory().at(DAY).members("330400"))
    found = board(world.hcle, "330400", places, DAY)
    whole, *below = found.units
    targets = [one for one in Case.objects.filter(roster=world.hcle, now__target_on__isnull=False)]
    slow = {one.pk: len(lacking_pieces(one, DAY)) for one in targets}
    done = set(CaseState.objects.filter(done_on__isnull=False).values_list("case_id", flat=True))
    assert whole.missing == sum(n for id, n in slow.items() if id not in done) > 0
    assert whole.missing_in_done == sum(n for id, n in slow.items() if id in done) > 0
    assert whole.open_cases + whole.done_cases == len(targets)
    for name in ("open_cases", "open_lacking", "missing", "late", "done_cases", "missing_in_done"):
        assert getattr(whole, name) == sum(getattr(unit, name) for unit in below)
    assert sum(piece.missing for piece in found.pieces) == whole.missing


def test_the_board_follows_what_is_handed_in_and_asks_little(world: World, case: Case) -> None:
    places = frozenset(territory().at(DAY).members("330400"))
    before = board(world.hcle, "330400", places, DAY).units[0].missing
    give_piece(actor=MACHINE, at=NOON, case=case, piece="E16", files=[Paper()])
    with CaptureQueriesContext(connection) as asked:
        assert board(world.hcle, "330400", places, DAY).units[0].missing == before - 1
    assert len(asked) < 10


def test_what_lies_there_is_derived_and_is_proven(world: World, case: Case) -> None:
    give_piece(actor=MACHINE, at=NOON, case=case, piece="E16", files=[Paper()])
    assert "E16+" in CaseState.objects.get(pk=case.pk).held.split()
    CaseState.objects.filter(pk=case.pk).update(held="E01+ E16+")
    assert differing_states(world.hcle.pk) == [case.pk]
    refold(Roster.objects.get(pk=world.hcle.pk))
    assert differing_states(world.hcle.pk) == []


def test_the_page_shows_the_checklist_and_takes_a_piece(world: World, case: Case) -> None:
    town, county = signed_in("demo-xitang"), signed_in("demo-jiashan")
    page = text_of(county.get(f"/firms/{case.firm_id}"))
    assert "佐证清单" in page and "职工安置说明" in page
    answer = county.post(f"/cases/{case.pk}/pieces/E16", {"proofs": paper()}, follow=True)
    assert "已提交佐证“职工安置说明”。" in text_of(answer)
    answer = county.post(f"/cases/{case.pk}/pieces/E10/waive", {"reason": "没有淘汰设备"}, follow=True)
    assert "已免交佐证" in text_of(answer) and "没有淘汰设备" in text_of(answer)
    assert town.post(f"/cases/{case.pk}/pieces/E15/waive", {"reason": "没有"}).status_code == 403
    assert "销号佐证欠缺情况" in text_of(county.get("/cases/missing"))


def test_the_api_says_the_same(world: World, case: Case) -> None:
    county = signed_in("demo-jiashan")
    told = county.get(f"/api/v1/cases/{case.pk}/checklist").json()
    assert told["measure"] == "close" and told["lacking"] == len(lacking_pieces(case, DAY))
    assert {piece["id"] for piece in told["pieces"]} >= {"E01", "E05", "E22"}
    rows = county.get("/api/v1/rosters/hcle/missing-evidence").json()
    assert rows["units"][0]["code"] == JIASHAN and rows["units"][0]["missing"] > 0
