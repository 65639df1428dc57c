"""Day one of a past campaign: planned from what was known then, beside what happened, and what slipped."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tenglong.actions import roadmap as roadmaps
from tenglong.actions.campaign.cases import record_entry
from tenglong.domain.access.policy import Scope, scope_of
from tenglong.domain.kernel.quantities import MICRO
from tenglong.jobs.worker import run_pending
from tenglong.queries.roadmap.course import planned_and_actual
from tenglong.queries.roadmap.facts import facts_of
from tenglong.queries.roadmap.slips import slips_of
from tenglong.store.models import Case, Observation, Roadmap, Roster
from tests.guards import guards_down
from tests.integration.campaign.world import MACHINE, NOON, TODAY, accepted, csv_file, make_actor
from tests.integration.roadmap.world import (
    COUNTY,
    HEADER,
    LATER,
    WEITANG,
    XITANG,
    build_world,
    case_of,
    planned,
    row,
    settings,
)

pytestmark = pytest.mark.django_db(transaction=True)

EVERYWHERE = Scope(everywhere=True)
NAME = "嘉善自有1纽扣厂"


@pytest.fixture
def roster() -> Roster:
    return build_world()


@pytest.fixture
def history(roster: Roster) -> Roster:
    """Forty days later a ledger comes in: contracts, an emptied workshop, land and energy, a new workshop."""
    more = (
        "实际腾出用地(亩)",
        "实际腾出用能(吨标煤)",
        "合同总价(万元)",
        "累计已付款(万元)",
        "最近付款日期",
        "批次",
    )
    first = {"签约日期": "2021-11-15", "腾空日期": "2021-12-01", "攻坚小组": "八组"}
    rows = [
        [*row(NAME, **first), "4", "55", "200", "60", "2021-11-20", "执法"],
        [*row("嘉善自有2纽扣厂", **{"签约日期": "2021-11-20"}), "", "", "300", "", "", ""],
        [*row("魏塘1纽扣厂", "魏塘街道", **{"签约日期": "2021-12-05"}), *[""] * 6],
        [*row("魏塘9纽扣厂", "魏塘街道", **{"宗地编号": "W1", "签约日期": "2021-12-05"}), *[""] * 6],
    ]
    accepted(csv_file([*HEADER, *more], *rows), roster=roster, at=LATER, day=date(2021, 12, 19))
    return roster


def day_one(roster: Roster, at=LATER) -> Roadmap:
    """Planned later, from what was known on day one."""
    asked = roadmaps.start_planning(
        actor=MACHINE, at=at, roster=roster, code=COUNTY, settings=settings(), facts_on=TODAY, known_at=NOON
    )
    run_pending(clock=lambda: at)
    asked.refresh_from_db()
    return asked


def test_day_one_does_not_see_what_was_recorded_later(roster: Roster, request: pytest.FixtureRequest) -> None:
    then = facts_of(roster, COUNTY, TODAY, NOON, EVERYWHERE)
    real = planned(roster, MACHINE)
    request.getfixturevalue("history")
    firm = case_of(NAME).firm
    for at, quantity in ((NOON, 30), (LATER, 99)):
        Observation.objects.create(
            firm=firm,
            year=2020,
            indicator="staff",
            quantity=quantity * MICRO,
            unit="人",
            recorded_at=at,
            recorded_by="x",
        )
    known = {one.name: one for one in facts_of(roster, COUNTY, TODAY, NOON, EVERYWHERE)}
    assert known.pop(NAME).jobs == 30
    assert known == {one.name: one for one in then if one.name != NAME}
    now = {one.name: one for one in facts_of(roster, COUNTY, date(2021, 12, 19), LATER, EVERYWHERE)}
    assert (now[NAME].jobs, now[NAME].team, now[NAME].batch, now[NAME].state) == (
        99,
        "八组",
        "enforce",
        "emptied",
    )
    assert (now[NAME].signed_on, now[NAME].price) == (date(2021, 11, 15), 200)
    assert "魏塘9纽扣厂" in now and len(now) == 14
    with guards_down():
        Observation.objects.all().delete()
    again = day_one(roster)
    assert (again.problem_digest, again.facts_digest) == (real.problem_digest, real.facts_digest)


def test_a_later_day_leaves_out_what_is_done_and_keeps_contracts(history: Roster) -> None:
    asked = roadmaps.start_planning(
        actor=MACHINE, at=LATER, roster=history, code=COUNTY, settings=settings(start=date(2021, 12, 19))
    )
    run_pending(clock=lambda: LATER)
    asked.refresh_from_db()
    lines = {line.case_id: line for line in asked.lines.all()}
    assert case_of(NAME).pk not in lines  # emptied: nothing is left to plan
    signed = lines[case_of("嘉善自有2纽扣厂").pk]
    assert signed.fixed and signed.measure and asked.lines.filter(fixed=True).count() == 3


def test_the_plan_stands_beside_what_happened_day_by_day(history: Roster) -> None:
    roadmap = day_one(history)
    course = planned_and_actual(roadmap, EVERYWHERE, date(2021, 12, 10), LATER)
    found = {one.id: one for one in course.series}
    assert [one.id for one in course.series] == [
        "contracts", "emptied", "land", "energy", "wastewater", "cod", "money",
    ]  # fmt: skip
    assert found["contracts"].actual == (
        (date(2021, 11, 15), Decimal(1)), (date(2021, 11, 20), Decimal(2)), (date(2021, 12, 5), Decimal(3)),
    )  # fmt: skip
    assert found["contracts"].actual_at == 3 and found["emptied"].actual_at == 1
    assert (found["land"].actual_at, found["energy"].actual_at, found["money"].actual_at) == (4, 55, 60)
    assert found["land"].unit == "亩" and found["contracts"].planned[-1][1] == 13
    assert found["land"].planned[-1][1] == Decimal(roadmap.totals["land"])
    assert (course.start, course.as_of) == (TODAY, date(2021, 12, 10)) and course.end >= found[
        "land"
    ].planned[-1][0]
    early = {one.id: one for one in planned_and_actual(roadmap, EVERYWHERE, date(2021, 11, 16), LATER).series}
    assert early["contracts"].actual_at == 1 and early["money"].actual_at == 0
    unknown = planned_and_actual(roadmap, EVERYWHERE, date(2021, 12, 10), NOON)
    assert all(one.actual_at == 0 for one in unknown.series)
    town = make_actor("weitang", "town_team", WEITANG)
    theirs = {
        one.id: one for one in planned_and_actual(roadmap, scope_of(town), date(2021, 12, 10), LATER).series
    }
    assert (theirs["contracts"].planned[-1][1], theirs["contracts"].actual_at) == (3, 1)
    assert planned_and_actual(roadmap, Scope(), date(2021, 12, 10), LATER).series[0].planned == ()


def test_totals_that_grow_and_corrections_become_increments(roster: Roster) -> None:
    roadmap = planned(roster, MACHINE)
    case = case_of(NAME)
    record_entry(
        actor=MACHINE,
        at=NOON,
        case=case,
        kind="unencumbered",
        effective_on=TODAY,
        told={"asked": "不动产登记中心"},
    )
    for day, paid in ((TODAY, "10"), (TODAY + timedelta(days=5), "25"), (TODAY + timedelta(days=9), "20")):
        at = NOON + (day - TODAY) + timedelta(hours=1)
        record_entry(
            actor=MACHINE, at=at, case=case, kind="paid_amount", effective_on=day, quantity=Decimal(paid)
        )
    course = planned_and_actual(roadmap, EVERYWHERE, TODAY + timedelta(days=30), LATER)
    money = next(one for one in course.series if one.id == "money")
    assert [total for _, total in money.actual] == [10, 25, 20]


def test_what_slipped_is_told_by_case_zone_town_and_team(history: Roster) -> None:
    roadmap = day_one(history)
    as_of = date(2021, 12, 10)
    report = slips_of(roadmap, EVERYWHERE, as_of, LATER)
    due = roadmap.milestones.filter(due_on__lte=as_of)
    assert report.due == due.count() and report.late + report.done == report.due
    reached = {case_of(name).pk for name in (NAME, "嘉善自有2纽扣厂", "魏塘1纽扣厂")}
    late = [row for row in due.values_list("case_id", "kind", "due_on") if row[0] not in reached]
    assert report.late == len(late)  # whoever signed has passed what comes before
    assert {(one.case_id, one.kind, one.due_on) for one in report.rows} == set(late)
    assert all(one.days == (as_of - one.due_on).days for one in report.rows)
    assert [one.days for one in report.rows] == sorted((one.days for one in report.rows), reverse=True)
    for groups in (report.zones, report.towns, report.teams, report.kinds):
        assert sum(one.late for one in groups) == report.late and sum(one.due for one in groups) == report.due
        assert max(one.most_days for one in groups) == report.rows[0].days
    assert [one.label for one in report.towns] == ["魏塘街道", "西塘镇"]
    small = slips_of(roadmap, EVERYWHERE, as_of, LATER, town=XITANG, zone="西区", size=2, page=2)
    assert small.pages == -(-small.late // 2) and len(small.rows) <= 2
    assert {one.zone for one in small.rows} == {"西区"}
    town = make_actor("weitang", "town_team", WEITANG)
    theirs = slips_of(roadmap, scope_of(town), as_of, LATER)
    assert {one.town for one in theirs.rows} == {WEITANG} and theirs.due < report.due
    assert slips_of(roadmap, Scope(), as_of, LATER).due == 0
    assert slips_of(roadmap, EVERYWHERE, TODAY - timedelta(days=1), LATER).due == 0
    nothing_known = slips_of(roadmap, EVERYWHERE, as_of, NOON)
    assert nothing_known.done == 0 and nothing_known.late == report.due


def test_who_was_removed_is_not_late(roster: Roster) -> None:
    roadmap = planned(roster, MACHINE)
    as_of = date(2022, 3, 1)
    before = slips_of(roadmap, EVERYWHERE, as_of, LATER)
    case: Case = case_of(NAME)
    details = {"reason": "已注销"}
    record_entry(actor=MACHINE, at=NOON, case=case, kind="removed", effective_on=TODAY, details=details)
    after = slips_of(roadmap, EVERYWHERE, as_of, LATER)
    assert before.due - after.due == roadmap.milestones.filter(case=case, due_on__lte=as_of).count() > 0
