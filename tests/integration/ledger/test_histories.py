"""Histories that once broke a promise: what was known stays known, what is withdrawn comes back, nothing moves unsaid.

Each is a small world of its own. Those marked fail on the landed version; the number is that of the list they are from.
"""

import inspect
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

from tenglong.actions import evaluation, intake
from tenglong.actions import roadmap as roadmaps
from tenglong.actions.campaign import matches
from tenglong.actions.campaign.cases import record_entry, set_plan, void_entry
from tenglong.actions.campaign.rosters import add_reference, amend_roster, set_target
from tenglong.actions.ledger.appending import append
from tenglong.actions.reporting.bulletins import issue, with_todays_knowledge
from tenglong.domain.access.policy import Actor
from tenglong.domain.kernel.errors import Conflict, UserError
from tenglong.domain.ledger.entries import Draft, Entry
from tenglong.domain.roadmap.facts import FirmFacts
from tenglong.domain.roadmap.replanning import going_on
from tenglong.domain.roadmap.solvers import child
from tenglong.jobs.worker import run_pending
from tenglong.queries.campaign.figures import ask
from tenglong.queries.campaign.lineage import contributions, sources
from tenglong.queries.campaign.matches import open_pairs
from tenglong.queries.evaluation.suspects import Suspect
from tenglong.queries.ledger.fold import chain_of
from tenglong.queries.registry.firms import FirmFile, firm_file
from tenglong.queries.registry.parcels import held_on
from tenglong.queries.reporting.bulletins import overdue_items
from tenglong.queries.roadmap.facts import facts_of
from tenglong.queries.roadmap.overview import job_of_roadmap
from tenglong.queries.roadmap.settings import settings_of
from tenglong.queries.verification_register import register_problem
from tenglong.store.models import Bulletin, Case, Evidence, Firm, FirmMerge, MatchPair, Parcel, Roster
from tests.integration.campaign.files import complete_file
from tests.integration.campaign.world import MACHINE, NOON, TODAY, build_places, make_actor, make_roster
from tests.integration.evaluation import world
from tests.integration.ledger.history_world import (
    CITY,
    EVERYWHERE,
    Cells,
    asked,
    brought,
    case_named,
    figure,
    firm,
    unexplained,
    unproven,
    uploaded,
)
from tests.integration.roadmap import world as roadmap_world

pytestmark = pytest.mark.django_db

BUTTONS, PLATING, SILK = "嘉善红星纽扣厂", "嘉善长虹电镀厂", "嘉善运河丝绸厂"
CODE, OTHER_CODE, THIRD_CODE = "91330421MA28A0AAXL", "91330421MA28A0BBXB", "91330421MA28A0CCX2"
BAD_CODE = "91330421MA28A0CCX3"
DONE = {
    "列入日期": "2021-05-01",
    "关停日期": "2021-06-01",
    "核查日期": "2021-07-01",
    "销号日期": "2021-08-01",
}
OWNER = {"房东/承租关系": "自有", "宗地编号": "P554", "实际用地(亩)": "41.06"}
FREED = OWNER | DONE | {"实际腾出用地(亩)": "41.06"}
FRIDAY = date(2021, 11, 5)


def later(days: int, hours: int = 0) -> datetime:
    """So long after the first table."""
    return NOON + timedelta(days=days, hours=hours)


@pytest.fixture
def roster() -> Roster:
    """A roster of the city without cases."""
    build_places()
    return make_roster()


@pytest.fixture
def workshops() -> Roster:
    """A county that a roadmap can be planned for."""
    return roadmap_world.build_world()


def facts(roster: Roster, name: str, known_at: datetime, day: date = TODAY) -> FirmFacts:
    """What is known of one firm as a roadmap would be planned from it."""
    found = facts_of(roster, CITY, day, known_at, EVERYWHERE)
    return next(one for one in found if one.name == name)


def file_of(name: str) -> FirmFile:
    """The file of a firm as it stands."""
    return firm_file(Firm.objects.get(name=name).pk, EVERYWHERE)


def said_of(name: str) -> tuple[Any, ...]:
    """What the register says of a firm: facts, names, land and what its cases do."""
    found = file_of(name)
    return (
        (found.firm.address, found.firm.industry, found.firm.size, found.firm.code),
        {one.name for one in found.names if one.until is None},
        {(one.parcel, one.relation, one.area) for one in found.land if one.until is None},
        list(Case.objects.filter(firm=found.firm.id).order_by("roster").values_list("processes", flat=True)),
    )


CHECKER = Actor("复核人", everywhere=True)


def by_hand(case: Case, kind: str, at: datetime, day: date, *, files: int = 0, **more: Any) -> Entry:
    """An entry of somebody at the machine, with photographs; a second one checks and, as by a table, writes off."""
    if kind == "written_off":
        complete_file(case, at=at, day=day)
        return append(case.roster, [Draft(case.pk, kind, day)], by=CHECKER.name, at=at)[0]
    actor = CHECKER if kind == "checked" else MACHINE
    photographs = [
        SimpleUploadedFile(f"现场{n}.jpg", b"\xff\xd8\xff" + bytes([n]), "image/jpeg") for n in range(files)
    ]
    return record_entry(
        actor=actor, at=at, case=case, kind=kind, effective_on=day, files=photographs, **more
    ).entry


def reopened(case: Case, at: datetime) -> Entry:
    """The write-off is revoked on the day before the last."""
    return by_hand(case, "reopened", at, date(2021, 11, 8), details={"reason": "回头看发现复产"})


def issued(roster: Roster, at: datetime, as_of: date = FRIDAY) -> Bulletin:
    """The city's bulletin of a day."""
    return issue(actor=MACHINE, at=at, roster=Roster.objects.get(pk=roster.pk), code=CITY, as_of=as_of)


def merged(roster: Roster, at: datetime, doubled: Cells) -> FirmMerge:
    """A second record of the first firm comes and is found to be the same."""
    brought(doubled, roster=roster, at=at)
    [pair] = open_pairs(EVERYWHERE)
    return matches.decide(pair.id, True, actor=MACHINE, at=at, reason="实地核对为同一家").merge


def doubt(kept: int, doubled: int) -> int:
    """A question whether a record is a firm that is known."""
    place = Firm.objects.get(pk=doubled).place
    pair = MatchPair.objects.create(
        firm_id=doubled, candidate_id=kept, place=place, probability_micro=900_000, created_at=NOON
    )
    return pair.pk


KNOWN = firm("嘉善甲乙丙纽扣有限公司", 统一社会信用代码=CODE)
DOUBLED = firm("嘉善甲乙丙钮扣有限公司", 统一社会信用代码=OTHER_CODE)


def test_a_changed_party_counts_from_then_on_and_leaves_the_past_alone(roster: Roster) -> None:
    said = {"列入日期": "2021-05-01", "签约日期": "2021-06-01"}
    brought(firm(BUTTONS, **said, **{"房东/承租关系": "房东"}), roster=roster)
    parties = ("firms_signed_landlord", "firms_signed_tenant")
    assert [figure(roster, id, later(0, 1)) for id in parties] == [1, 0]
    changed = uploaded(
        firm(BUTTONS, **{"房东/承租关系": "承租"}), roster=roster, at=later(1), day=TODAY + timedelta(days=1)
    )
    assert (changed.updated, changed.unchanged) == (1, 0)
    intake.accept(changed.pk, actor=MACHINE, at=later(1))
    assert [figure(roster, id, later(0, 1)) for id in parties] == [1, 0]
    assert [figure(roster, id, later(2), day=TODAY + timedelta(days=1)) for id in parties] == [0, 1]
    assert unproven() == []


def test_a_merge_never_changes_what_a_parcel_freed(roster: Roster) -> None:
    brought(KNOWN | FREED, roster=roster)
    brought(DOUBLED | FREED | {"销号日期": "2021-11-08"}, roster=roster, at=later(1))
    before = figure(roster, "land_vacated", later(1))
    [pair] = open_pairs(EVERYWHERE)
    matches.decide(pair.id, True, actor=MACHINE, at=later(2), reason="实地核对为同一家")
    now = asked(roster, later(3), day=TODAY + timedelta(days=3))
    freed = {one.firm: one.amount for one in contributions(now, "land_vacated")}
    assert before == ask(now, ["land_vacated"])[0].exact == Fraction("41.06")
    assert freed == {KNOWN["企业名称"]: Fraction("41.06")} and unproven() == []


def test_what_is_told_late_under_a_reopening_does_not_count_while_it_is_open(roster: Roster) -> None:
    brought(firm(BUTTONS) | FREED, roster=roster)
    brought(firm(BUTTONS, 宗地编号="P600", **{"自有用地(亩)": "20"}), kind="firms")
    case, second = case_named(BUTTONS), Parcel.objects.get(number="P600")
    cause = reopened(case, later(1))
    assert figure(roster, "land_vacated", later(1)) == 0
    by_hand(case, "area_vacated", later(2), date(2021, 11, 7), quantity=Decimal(12), parcel_id=second.pk)
    assert figure(roster, "land_vacated", later(2)) == 0
    void_entry(actor=MACHINE, at=later(3), entry_id=cause.id, reason="查无此事")
    assert figure(roster, "land_vacated", later(3)) == Fraction("53.06") and unproven() == []


def test_a_consequence_is_not_voided_alone(roster: Roster) -> None:
    brought(firm(BUTTONS) | FREED, roster=roster)
    cause = reopened(case_named(BUTTONS), later(1))
    told = [fact for fact, _ in chain_of(roster.pk) if fact.details.get("follows") == cause.id]
    assert {(fact.kind, fact.quantity) for fact in told} == {("area_vacated", 0)}
    with pytest.raises(UserError):
        void_entry(actor=MACHINE, at=later(2), entry_id=told[0].id, reason="误录")
    assert figure(roster, "land_vacated", later(3)) == 0


def test_a_withdrawal_brings_back_what_was_corrected_with_its_evidence(roster: Roster) -> None:
    brought(firm(BUTTONS, 列入日期="2021-05-01"), roster=roster)
    case = case_named(BUTTONS)
    for kind, month in (("closed", 6), ("checked", 7), ("written_off", 8)):
        by_hand(case, kind, later(1), date(2021, month, 1), files=1)
    wrong = brought(firm(BUTTONS, 关停日期="2021-06-09"), roster=roster, at=later(2))
    intake.withdraw(wrong.pk, actor=MACHINE, at=later(3), reason="日期填错")
    [done] = contributions(asked(roster, later(4)), "firms_closed")
    [source] = sources(done, EVERYWHERE)
    assert source.recorded_at == later(1)
    assert [name for _, name in source.evidence] == ["现场0.jpg"] and unproven() == []


def test_a_withdrawn_table_of_firms_is_withdrawn_wholly(roster: Roster) -> None:
    right = {"统一社会信用代码": CODE, "地址": "纽扣路1号", "行业代码": "4119", "主要工序": "注塑"}
    brought(firm(BUTTONS, **right, **OWNER, 列入日期="2021-05-01"), roster=roster)
    before, seen = said_of(BUTTONS), facts(roster, BUTTONS, later(0, 1))
    wrong = {
        "统一社会信用代码": CODE,
        "地址": "电镀路2号",
        "行业代码": "3360",
        "主要工序": "电镀",
        "规模": "规上",
    }
    wrong |= {"曾用名": "嘉善红旗纽扣厂", "宗地编号": "P900", "自有用地(亩)": "9"}
    batch = brought(firm(BUTTONS, **wrong), kind="firms", at=later(1))
    between, seen_between = said_of(BUTTONS), facts(roster, BUTTONS, later(1, 1))
    assert between != before and seen_between != seen
    intake.withdraw(batch.pk, actor=MACHINE, at=later(2), reason="整表填错")
    assert said_of(BUTTONS) == before
    assert facts(roster, BUTTONS, later(3)) == facts(roster, BUTTONS, later(0, 1)) == seen
    assert facts(roster, BUTTONS, later(1, 1)) == seen_between


def test_withdrawn_observations_stay_known_where_they_were_known(roster: Roster) -> None:
    row = firm(BUTTONS, 年度="2020", **{"综合能耗(吨标煤)": "60", "能耗口径": "等价"})
    brought(firm(BUTTONS, 列入日期="2021-05-01"), roster=roster)
    first = brought(row, kind="observations", at=later(1))
    intake.withdraw(first.pk, actor=MACHINE, at=later(2), reason="口径有误")
    brought(row, kind="observations", at=later(3))
    known = [facts(roster, BUTTONS, later(day, 1)).energy for day in range(4)]
    assert known == [None, 60, None, 60]


def test_a_changed_parcel_is_a_change(roster: Roster) -> None:
    landlord, tenant = (
        {"房东/承租关系": "房东", "宗地编号": "P1"},
        {"房东/承租关系": "承租", "宗地编号": "P1"},
    )
    was = [
        firm(BUTTONS, **landlord, **{"实际用地(亩)": "1.42", "厂房面积(㎡)": "600"}),
        firm(PLATING, **tenant, 房东名称=BUTTONS, **{"厂房面积(㎡)": "100"}),
        firm(SILK, **landlord, **{"厂房面积(㎡)": "500"}),
    ]
    listed = {"列入日期": "2021-05-01"}
    brought(*(row | listed for row in was), roster=roster)
    now = [was[0] | {"实际用地(亩)": "9.99", "厂房面积(㎡)": "700"}, was[1] | {"房东名称": SILK}, was[2]]
    batch = uploaded(*now, roster=roster, at=later(1))
    assert (batch.updated, batch.unchanged) == (2, 1)
    intake.accept(batch.pk, actor=MACHINE, at=later(1))
    [land], [lease] = (
        [one for one in file_of(name).land if one.until is None] for name in (BUTTONS, PLATING)
    )
    assert (land.area, land.floor_area, lease.landlord.name) == (Decimal("9.99"), 700, SILK)
    assert facts(roster, BUTTONS, later(0, 1)).floor_area == 600
    assert facts(roster, BUTTONS, later(2), TODAY + timedelta(days=2)).floor_area == 700


def test_a_tenant_that_moves_ends_its_lease(roster: Roster) -> None:
    listed = {"列入日期": "2021-05-01"}
    owners = [
        firm(name, **listed, **{"房东/承租关系": "房东", "宗地编号": parcel, "实际用地(亩)": "5"})
        for name, parcel in ((BUTTONS, "P1"), (SILK, "P2"))
    ]
    tenant = firm(PLATING, **listed, **{"房东/承租关系": "承租", "宗地编号": "P1", "房东名称": BUTTONS})
    brought(*owners, tenant, roster=roster)
    moved = TODAY + timedelta(days=1)
    brought(tenant | {"宗地编号": "P2", "房东名称": SILK}, roster=roster, at=later(1), day=moved)
    leases = {one.parcel: one.until for one in file_of(PLATING).land}
    assert leases == {"P1": moved, "P2": None}
    assert facts(roster, PLATING, later(2), moved + timedelta(days=1)).parcel == "P2"
    assert facts(roster, PLATING, later(2), TODAY).parcel == "P1"


def test_parts_of_a_parcel_add_up(roster: Roster) -> None:
    rows = [
        firm(
            name,
            **DONE,
            **{"房东/承租关系": "自有", "宗地编号": "P1", "实际用地(亩)": mu, "实际腾出用地(亩)": mu},
        )
        for name, mu in ((BUTTONS, "2.5"), (SILK, "1.5"))
    ]
    brought(*rows, roster=roster)
    assert figure(roster, "land_vacated", later(0)) == 4
    assert figure(roster, "land_vacated", later(0), day=date(2021, 10, 1)) == 4


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_tables_that_corrected_each_other_are_withdrawn_in_either_order(
    roster: Roster, order: tuple[int, int]
) -> None:
    row = firm(BUTTONS, 地址="一号", 宗地编号="P1", **{"自有用地(亩)": "5", "厂房面积(㎡)": "500"})
    brought(row, kind="firms")
    said = [
        row | {"地址": f"{n}号", "自有用地(亩)": f"{n}", "厂房面积(㎡)": f"{n}00", "规模": "规上"}
        for n in ("7", "9")
    ]
    tables = [brought(one, kind="firms", at=later(n)) for n, one in enumerate(said, start=1)]
    sizes = []
    for step, which in enumerate(order, start=3):
        intake.withdraw(tables[which].pk, actor=MACHINE, at=later(step), reason="填错")
        [land] = file_of(BUTTONS).land
        sizes.append((file_of(BUTTONS).firm.address, land.area, land.floor_area))
    standing = ("9号", Decimal(9), Decimal(900)) if order == (0, 1) else ("7号", Decimal(7), Decimal(700))
    assert sizes == [standing, ("一号", Decimal(5), Decimal(500))]
    areas = [held_on(TODAY, known_at=later(n, 1))[0].area for n in range(5)]
    assert areas == [5_000_000, 7_000_000, 9_000_000, int(standing[1]) * 1_000_000, 5_000_000]
    assert register_problem() is None


def test_a_lease_that_a_withdrawn_table_ended_stands_again(roster: Roster) -> None:
    tenant = firm(PLATING, 列入日期="2021-05-01", **{"房东/承租关系": "承租"})
    brought(tenant | {"宗地编号": "P1"}, roster=roster)
    moves = [
        brought(tenant | {"宗地编号": parcel}, roster=roster, at=later(n), day=TODAY + timedelta(days=n))
        for n, parcel in ((1, "P2"), (2, "P3"))
    ]
    with pytest.raises(Conflict, match="请先撤回"):
        intake.withdraw(moves[0].pk, actor=MACHINE, at=later(3), reason="填错")
    for n, batch in enumerate(reversed(moves), start=4):
        intake.withdraw(batch.pk, actor=MACHINE, at=later(n), reason="填错")
    day = TODAY + timedelta(days=6)
    known = [[one.parcel for one in held_on(day, known_at=later(n, 1))] for n in range(6)]
    assert known == [["P1"], ["P2"], ["P3"], ["P3"], ["P2"], ["P1"]]
    assert [(one.parcel, one.until) for one in file_of(PLATING).land] == [("P1", None)]
    assert register_problem() is None


def test_what_was_known_of_two_firms_before_their_merge_and_after_its_undoing_stays(roster: Roster) -> None:
    rows = [
        firm(name, 列入日期="2021-05-01", 宗地编号=parcel, **{"房东/承租关系": "承租"})
        for name, parcel in ((BUTTONS, "P1"), (SILK, "P2"))
    ]
    other = make_roster("other")
    brought(rows[0], roster=roster)
    brought(rows[1], roster=other)
    seen = facts(other, SILK, later(0, 1))
    ids = dict(Firm.objects.values_list("name", "pk"))
    merge = matches.decide(
        doubt(ids[BUTTONS], ids[SILK]), True, actor=MACHINE, at=later(1), reason="实地核对为同一家"
    ).merge
    united = facts(other, BUTTONS, later(1, 1))
    assert (seen.parcel, united.parcel, facts(other, SILK, later(0, 1))) == ("P2", "P1", seen)
    matches.undo(merge.pk, actor=MACHINE, at=later(2), reason="看错了")
    assert facts(other, SILK, later(3)) == facts(other, SILK, later(0, 1)) == seen
    assert facts(other, BUTTONS, later(1, 1)) == united


def test_a_merge_of_two_owners_keeps_their_parts(roster: Roster) -> None:
    rows = [
        firm(
            name,
            **DONE,
            **{"房东/承租关系": "自有", "宗地编号": "P1", "实际用地(亩)": mu, "实际腾出用地(亩)": mu},
        )
        for name, mu in ((BUTTONS, "2.5"), (SILK, "1.5"))
    ]
    brought(*rows, roster=roster)
    changed = brought(rows[1] | {"实际用地(亩)": "2", "实际腾出用地(亩)": "2"}, roster=roster, at=later(1))
    assert figure(roster, "land_vacated", later(1)) == Fraction("4.5")
    intake.withdraw(changed.pk, actor=MACHINE, at=later(2), reason="填错")
    ids = dict(Firm.objects.values_list("name", "pk"))
    merge = matches.decide(
        doubt(ids[SILK], ids[BUTTONS]), True, actor=MACHINE, at=later(3), reason="同一家"
    ).merge
    assert figure(roster, "land_vacated", later(3)) == 4 and unproven() == []
    matches.undo(merge.pk, actor=MACHINE, at=later(4), reason="看错了")
    known = [figure(roster, "land_vacated", later(n, 1)) for n in range(5)]
    assert known == [4, Fraction("4.5"), 4, 4, 4] and unproven() == []


def test_a_corrected_code_goes_to_the_firm_that_it_belongs_to(roster: Roster) -> None:
    row = firm(BUTTONS, 统一社会信用代码=CODE, 列入日期="2021-05-01")
    brought(row, roster=roster)
    brought(row | {"统一社会信用代码": THIRD_CODE}, roster=roster, at=later(1))
    assert [one.code for one in Firm.objects.all()] == [THIRD_CODE]
    assert open_pairs(EVERYWHERE) == []


def test_a_code_with_a_wrong_check_digit_is_not_passed_over(roster: Roster) -> None:
    row = firm(BUTTONS, 统一社会信用代码=CODE, 列入日期="2021-05-01")
    brought(row, roster=roster)
    batch = uploaded(row | {"统一社会信用代码": BAD_CODE}, roster=roster, at=later(1))
    assert batch.unchanged == 0 and Firm.objects.count() == 1


def test_a_code_that_another_firm_has_is_a_question(roster: Roster) -> None:
    listed = {"列入日期": "2021-05-01"}
    row = firm(BUTTONS, 统一社会信用代码=CODE, **listed)
    brought(row, firm(SILK, 统一社会信用代码=OTHER_CODE, **listed), roster=roster)
    brought(row | {"统一社会信用代码": OTHER_CODE}, roster=roster, at=later(1))
    assert len(open_pairs(EVERYWHERE)) >= 1
    assert Firm.objects.get(name=BUTTONS, absorbed_by=None, temporary_id=None).code == CODE


def test_an_amended_roster_is_what_it_was_for_whoever_asks_of_the_past(roster: Roster) -> None:
    brought(firm(BUTTONS) | FREED, roster=roster)
    for unit in ("330421", "330482"):
        set_target(
            actor=MACHINE,
            at=later(0),
            roster=roster,
            code=unit,
            figure="firms_written_off",
            quantity=Decimal(2),
        )
    bulletin = issued(roster, later(0, 1))
    amend_roster(
        actor=MACHINE, at=later(1), roster=roster, title="新的名单", issuer=roster.issuer,
        definition_text=roster.definition, deadline=date(2022, 2, 28), reason="延期",
    )  # fmt: skip
    was, now = (ask(asked(roster, at), ["firms_target"])[0].calibre for at in (later(0, 1), later(2)))
    assert (was.title, was.deadline) == ("测试名单", date(2021, 12, 31))
    assert (now.title, now.deadline) == ("新的名单", date(2022, 2, 28))
    assert unexplained(with_todays_knowledge(bulletin, at=later(2))) == []


def test_a_changed_target_is_the_reason_of_what_it_moves(roster: Roster) -> None:
    brought(firm(BUTTONS) | FREED, roster=roster)
    target = {"actor": MACHINE, "roster": roster, "code": "330421", "figure": "firms_written_off"}
    set_target(at=later(0), quantity=Decimal(2), **target)
    bulletin = issued(roster, later(0, 1))
    set_target(at=later(1), quantity=Decimal(4), **target)
    found = with_todays_knowledge(bulletin, at=later(2))
    assert {"target", "rate"} <= {cell.cell for cell in found.moved} and unexplained(found) == []


def test_a_reference_is_not_corrected_without_a_reason(roster: Roster) -> None:
    point = {"actor": MACHINE, "roster": roster, "figure": "write_off_rate", "day": FRIDAY, "source": "演示"}
    add_reference(at=later(0), percent=Decimal("11.8"), **point)
    with pytest.raises(UserError):
        add_reference(at=later(1), percent=Decimal("21.2"), **point)


def test_a_duplicate_is_not_the_reason_of_an_increase(roster: Roster) -> None:
    brought(KNOWN | FREED, roster=roster)
    bulletin = issued(roster, later(0, 1))
    merged(roster, later(1), DOUBLED | {"列入日期": "2021-05-01"})
    found = with_todays_knowledge(bulletin, at=later(2))
    rising = [one for one in found.corrections if Decimal(one.now) > Decimal(one.printed)]
    assert all("重复" not in one.reason for one in rising) and unexplained(found) == []


def test_suspects_whose_push_was_voided_are_pushed_again() -> None:
    county = world.build_county()
    roster = make_roster("suspects")
    suspects = [Suspect(one.pk, ()) for one in county.firms[:2]]
    assert evaluation.push_suspects(actor=MACHINE, at=later(0), roster=roster, suspects=suspects) == 2
    first = next(fact for fact, _ in chain_of(roster.pk) if fact.kind == "pushed")
    void_entry(actor=MACHINE, at=later(1), entry_id=first.id, reason="推错")
    assert figure(roster, "firms_listed", later(1)) == 1
    assert evaluation.push_suspects(actor=MACHINE, at=later(2), roster=roster, suspects=suspects) == 1
    assert figure(roster, "firms_listed", later(2), day=TODAY + timedelta(days=2)) == 2


def test_a_finished_zone_is_met_when_the_roadmap_is_planned_anew(workshops: Roster) -> None:
    stated = {"clearances": [{"zone": "魏塘片", "by": "2022-03-31"}]}
    county = make_actor("jiashan", "county_office", roadmap_world.COUNTY)
    roadmap = roadmaps.adopt(
        actor=county, at=NOON, roadmap=roadmap_world.planned(workshops, county, **stated)
    )
    for n in range(1, 4):
        case = case_named(f"魏塘{n}纽扣厂")
        for kind in ("closed", "checked", "written_off"):
            by_hand(case, kind, later(1), TODAY, files=1)
    again = roadmaps.start_replanning(
        actor=county, at=later(2), roadmap=roadmap, settings=going_on(settings_of(roadmap), later(2).date())
    )
    run_pending(clock=lambda: later(2))
    again.refresh_from_db()
    assert (job_of_roadmap(again.pk).problem, again.state) == (None, "planned")


def test_an_entry_recorded_while_an_import_is_accepted_hinders_neither(roster: Roster) -> None:
    brought(firm(BUTTONS, 列入日期="2021-05-01"), firm(SILK, 列入日期="2021-05-01"), roster=roster)
    batch = uploaded(firm(SILK) | FREED, roster=roster, at=later(1))
    begun, meanwhile = later(1, 1), later(1, 1) + timedelta(seconds=1)
    by_hand(case_named(BUTTONS), "closed", meanwhile, TODAY, files=1)
    intake.accept(batch.pk, actor=MACHINE, at=begun)
    known = later(2)
    assert figure(roster, "firms_closed", known) == 2 and figure(roster, "firms_written_off", known) == 1
    assert unproven() == []


def test_equal_plans_have_equal_digests(workshops: Roster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "solve", inspect.unwrap(child.solve))  # searched twice, not shared
    county = make_actor("jiashan", "county_office", roadmap_world.COUNTY)
    one, other = (roadmap_world.planned(workshops, county) for _ in range(2))
    assert one.trajectory != other.trajectory
    assert one.plan_digest and one.plan_digest == other.plan_digest


def test_the_overdue_list_of_the_past_stays(roster: Roster) -> None:
    brought(firm(BUTTONS, 列入日期="2021-05-01", 计划完成时间="2021-10-01", 攻坚小组="一组"), roster=roster)
    was = overdue_items(asked(roster, later(0, 1)))
    assert [(one.firm, one.days, one.responsible) for one in was] == [(BUTTONS, 39, "一组")]
    case = case_named(BUTTONS)
    set_plan(
        actor=MACHINE, at=later(1), case=case, batch="", measure="", due_on=date(2021, 12, 1), team="二组"
    )
    assert overdue_items(asked(roster, later(0, 1))) == was
    assert overdue_items(asked(roster, later(2), day=TODAY + timedelta(days=2))) == ()


def test_who_has_no_day_of_their_own_is_late_after_the_deadline_that_the_roster_had_then(
    roster: Roster,
) -> None:
    brought(firm(BUTTONS, 列入日期="2021-05-01"), firm(SILK, 列入日期="2021-05-01"), roster=roster)
    by_hand(case_named(SILK), "closed", later(0, 1), TODAY, files=1)
    day = roster.deadline + timedelta(days=3)
    known = later((day - TODAY).days, 1)
    was = overdue_items(asked(roster, known, day=day))
    assert {(one.firm, one.days) for one in was} == {(BUTTONS, 3), (SILK, 3)}
    amend_roster(
        actor=MACHINE,
        at=known + timedelta(days=1),
        roster=roster,
        title=roster.title,
        issuer=roster.issuer,
        definition_text=roster.definition,
        deadline=day + timedelta(days=30),
        reason="延期",
    )
    assert overdue_items(asked(roster, known, day=day)) == was
    assert overdue_items(asked(roster, known + timedelta(days=2), day=day)) == ()


def test_evidence_does_not_disappear_unseen(roster: Roster) -> None:
    brought(firm(BUTTONS, 列入日期="2021-05-01"), roster=roster)
    by_hand(case_named(BUTTONS), "closed", later(1), TODAY, files=1)
    assert Evidence.objects.count() == 1
    try:
        with transaction.atomic():
            Evidence.objects.all().delete()
    except DatabaseError:
        return
    assert unproven() != []


def test_who_adopts_a_roadmap_records_its_plans(workshops: Roster) -> None:
    county = make_actor("jiashan", "county_office", roadmap_world.COUNTY)
    asker = make_actor("jingxin", "department", roadmap_world.COUNTY)
    roadmaps.adopt(actor=county, at=NOON, roadmap=roadmap_world.planned(workshops, asker))
    by = {fact.recorded_by for fact, _ in chain_of(workshops.pk) if fact.kind == "planned"}
    assert by == {"jiashan"}


def test_an_unchanged_workbook_leaves_a_reopening_alone(roster: Roster) -> None:
    row = firm(BUTTONS) | FREED
    brought(row, roster=roster)
    reopened(case_named(BUTTONS), later(1))
    again = brought(row, roster=roster, at=later(2))
    assert (again.updated, again.unchanged) == (0, 1)
    assert figure(roster, "land_vacated", later(3)) == figure(roster, "firms_written_off", later(3)) == 0


def test_attributes_of_a_withdrawn_table_stay_known_where_they_were_known(roster: Roster) -> None:
    row = firm(BUTTONS, 列入日期="2021-05-01", 攻坚小组="一组")
    brought(row, roster=roster)
    batch = brought(row | {"攻坚小组": "二组"}, roster=roster, at=later(1))
    intake.withdraw(batch.pk, actor=MACHINE, at=later(2), reason="填错")
    assert [facts(roster, BUTTONS, later(day, 1)).team for day in range(3)] == ["一组", "二组", "一组"]


def test_merges_are_undone_in_an_order_that_brings_every_case_home(roster: Roster) -> None:
    first, second, third = (make_roster(code) for code in ("one", "two", "three"))
    listed = {"列入日期": "2021-05-01"}
    for number, name in enumerate((BUTTONS, PLATING, SILK)):
        brought(firm(name, **listed), roster=(first, second, third)[number])
    ids = dict(Firm.objects.values_list("name", "pk"))
    deed = {"actor": MACHINE, "reason": "实地核对为同一家"}
    inner = matches.decide(doubt(ids[PLATING], ids[SILK]), True, at=later(1), **deed).merge
    outer = matches.decide(doubt(ids[BUTTONS], ids[PLATING]), True, at=later(2), **deed).merge
    with pytest.raises(Conflict):
        matches.undo(inner.pk, actor=MACHINE, at=later(3), reason="看错了")
    for merge in (outer, inner):
        matches.undo(merge.pk, actor=MACHINE, at=later(4), reason="看错了")
    homes = {case.roster.code: case.firm.name for case in Case.objects.select_related("roster", "firm")}
    assert homes == {"one": BUTTONS, "two": PLATING, "three": SILK}
