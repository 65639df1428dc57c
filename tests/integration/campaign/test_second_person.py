"""An approval needs a second person over the whole submission, whether it is recorded by hand or brought by a table."""

from datetime import date, timedelta

import pytest

from tenglong.actions import intake
from tenglong.actions.campaign.cases import add_evidence, record_entry, void_entry
from tenglong.domain.access.policy import Actor
from tenglong.domain.kernel.errors import NotAllowed
from tenglong.queries.campaign.lacking import lacking
from tenglong.queries.campaign.steps import next_steps
from tenglong.queries.campaign.timelines import timelines
from tenglong.queries.ledger.fold import facts_of_cases
from tenglong.store.models import Case, Import, Roster
from tests.integration.campaign.files import complete_file
from tests.integration.campaign.world import (
    NOON,
    TODAY,
    accepted,
    build_places,
    csv_file,
    make_actor,
    make_roster,
    sentences,
    staged,
)
from tests.integration.evaluation.world import Paper

pytestmark = pytest.mark.django_db

HEADER = ["县(市、区)", "镇(街道)", "企业名称", "列入日期", "关停日期", "核查日期", "销号日期"]
FIRM = ["嘉善县", "西塘镇", "嘉善甲甲纽扣厂"]
COUNTY = "330421"


@pytest.fixture
def roster() -> Roster:
    build_places()
    return make_roster()


@pytest.fixture
def office() -> tuple[Actor, Actor]:
    """Two people of the county's office."""
    first, second = (make_actor(name, "county_office", COUNTY) for name in ("jiashan", "jiashan-2"))
    return first, second


def row(*days: str) -> bytes:
    """A ledger of one case: listed, closed, checked, written off."""
    return csv_file(HEADER, [*FIRM, *days])


def listed(roster: Roster, closed: str = "") -> Case:
    """The case as a target, closed on a day."""
    accepted(row("2021-05-01", closed, "", ""), roster=roster)
    return Case.objects.select_related("roster", "now").get()


def by_hand(actor: Actor, case: Case, kind: str, day: date = TODAY) -> None:
    record_entry(actor=actor, at=NOON, case=case, kind=kind, effective_on=day, files=[Paper()])


def state_of(case: Case) -> str:
    case.refresh_from_db()
    return Case.objects.select_related("now").get(pk=case.pk).now.state


@pytest.mark.parametrize(
    "days", [("2021-07-01", "2021-07-10"), ("2021-07-01", "")], ids=["write-off", "check"]
)
def test_nobody_writes_off_by_a_table_of_their_own(
    roster: Roster, office: tuple[Actor, Actor], days: tuple[str, str]
) -> None:
    case, (first, second) = listed(roster, "2021-06-01"), office
    batch = staged(row("2021-05-01", "2021-06-01", *days), roster=roster, actor=first, code=COUNTY)
    for accept in (intake.request_acceptance, intake.accept):
        with pytest.raises(NotAllowed, match="不能由上传人本人确认"):
            accept(batch.pk, actor=first, at=NOON)
    assert state_of(case) == "closed"
    assert intake.accept(batch.pk, actor=second, at=NOON).state == Import.State.ACCEPTED


def test_a_table_without_an_approval_is_accepted_by_whoever_handed_it_in(
    roster: Roster, office: tuple[Actor, Actor]
) -> None:
    listed(roster)
    batch = staged(row("2021-05-01", "2021-06-01", "", ""), roster=roster, actor=office[0], code=COUNTY)
    assert intake.accept(batch.pk, actor=office[0], at=NOON).state == Import.State.ACCEPTED


def test_who_handed_the_submission_in_by_an_earlier_table_does_not_accept_its_approval(
    roster: Roster, office: tuple[Actor, Actor]
) -> None:
    listed(roster)
    first, second = office
    closed = staged(row("2021-05-01", "2021-06-01", "", ""), roster=roster, actor=first, code=COUNTY)
    intake.accept(closed.pk, actor=second, at=NOON)
    checked = row("2021-05-01", "2021-06-01", "2021-07-01", "2021-07-10")
    batch = staged(checked, roster=roster, actor=second, code=COUNTY)
    with pytest.raises(NotAllowed, match="所审核的事项由您本人申报"):
        intake.accept(batch.pk, actor=first, at=NOON)
    third = make_actor("jiashan-3", "county_office", COUNTY)
    assert intake.accept(batch.pk, actor=third, at=NOON).state == Import.State.ACCEPTED


def test_a_table_takes_no_step_of_a_case_that_is_worked_on_in_the_system(
    roster: Roster, office: tuple[Actor, Actor]
) -> None:
    case, (first, second) = listed(roster), office
    by_hand(first, case, "closed", TODAY - timedelta(days=9))
    closed_on = str(TODAY - timedelta(days=9))
    batch = staged(row("2021-05-01", closed_on, str(TODAY), ""), roster=roster, actor=first, code=COUNTY)
    assert batch.rejected == 1
    assert "正在系统中办理，表中的“现场核查通过”不能由导入办理" in sentences(batch, 2)
    intake.accept(batch.pk, actor=second, at=NOON)
    assert state_of(case) == "closed"
    same = staged(row("2021-05-01", closed_on, "", ""), roster=roster, actor=first, code=COUNTY)
    assert same.rejected == 0  # what the system knows already may stand in the table


def test_by_hand_the_whole_submission_is_looked_at(roster: Roster, office: tuple[Actor, Actor]) -> None:
    """Submitted by the county, checked by the city, passed by the town: not passed by who submitted it."""
    case, (first, second) = listed(roster, "2021-06-01"), office
    city = make_actor("city", "city_office", "330400")
    town = make_actor("xitang", "town_team", "330421103")
    for actor, kind in ((first, "submitted"), (city, "checked"), (town, "town_passed")):
        by_hand(actor, case, kind)
    with pytest.raises(NotAllowed, match="“申请销号”由您本人经手"):
        by_hand(first, case, "county_passed")
    by_hand(second, case, "county_passed")
    with pytest.raises(NotAllowed, match="“申请销号”由您本人经手"):
        by_hand(first, case, "written_off")
    complete_file(case)
    by_hand(second, case, "written_off")


def test_work_that_nobody_submitted_is_not_approved_by_who_did_it(
    roster: Roster, office: tuple[Actor, Actor]
) -> None:
    case, (first, second) = listed(roster), office
    by_hand(first, case, "closed")
    (step,) = (step for step in next_steps(case, first, TODAY).moves if step.kind.id == "checked")
    assert step.barred
    with pytest.raises(NotAllowed, match="“关停”由您本人经手"):
        by_hand(first, case, "checked")
    by_hand(second, case, "checked")
    with pytest.raises(NotAllowed, match="“关停”由您本人经手"):
        by_hand(first, case, "written_off")


def test_the_past_counts_and_is_listed_until_it_is_proven(
    roster: Roster, office: tuple[Actor, Actor]
) -> None:
    case, (first, second) = listed(roster, "2021-06-01"), office
    done = row("2021-05-01", "2021-06-01", "2021-07-01", "2021-07-10")
    batch = staged(done, roster=roster, actor=first, code=COUNTY)
    intake.accept(batch.pk, actor=second, at=NOON)
    assert state_of(case) == "written_off"
    missing = list(lacking(roster, {case.place_id}))
    assert [(entry.kind, entry.past) for entry in missing] == [
        ("closed", False),
        ("checked", True),
        ("written_off", True),
    ]
    lines = {line.fact.kind: line for line in timelines(facts_of_cases([case.pk]))[case.pk]}
    assert lines["written_off"].past and lines["written_off"].lacks and not lines["targeted"].lacks
    add_evidence(actor=first, at=NOON, entry_id=missing[2].entry_id, files=[Paper()])
    void_entry(actor=second, at=NOON, entry_id=lines["written_off"].fact.id, reason="误录")
    add_evidence(actor=first, at=NOON, entry_id=missing[0].entry_id, files=[Paper()])
    assert [entry.kind for entry in lacking(roster, {case.place_id})] == ["checked"]
    assert not lacking(roster, set())
