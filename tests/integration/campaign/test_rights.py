"""Who may record what: the same by hand, in the review and by accepting a file."""

from dataclasses import replace

import pytest

from tenglong.actions import intake
from tenglong.actions.campaign.cases import record_entry
from tenglong.actions.campaign.review import review_cases
from tenglong.domain.access.roles import Permission, Role, roles
from tenglong.domain.kernel.errors import NotAllowed
from tenglong.queries.campaign.steps import next_steps
from tenglong.store.models import Case, Entry, Import, Roster
from tests.integration.campaign.world import (
    NOON,
    TODAY,
    accepted,
    build_places,
    csv_file,
    make_actor,
    make_roster,
    staged,
)

pytestmark = pytest.mark.django_db

PLACED = ["县(市、区)", "镇(街道)", "企业名称"]
LEDGER = [*PLACED, "列入日期", "签约日期", "核查日期", "销号日期"]
FIRM = ["嘉善县", "西塘镇", "嘉善甲甲纽扣厂"]


@pytest.fixture
def roster() -> Roster:
    build_places()
    return make_roster()


@pytest.fixture
def suspect(roster: Roster) -> Case:
    """A case of Xitang that was pushed and nothing more."""
    accepted(csv_file([*PLACED, "推送日期"], [*FIRM, "2021-04-28"]), "pushed_roster", roster=roster)
    return Case.objects.get()


@pytest.mark.parametrize(("kind", "rises"), [("kept", True), ("targeted", False)])
def test_the_issuers_steps_ask_for_the_rosters_own_place(suspect: Case, kind: str, rises: bool) -> None:
    county = make_actor("jiashan", "county_office", "330421")
    offered = {step.kind.id for step in next_steps(suspect, county, TODAY).moves}
    assert (kind in offered) is rises
    if rises:
        record_entry(actor=county, at=NOON, case=suspect, kind=kind, effective_on=TODAY)
        return
    with pytest.raises(NotAllowed):
        record_entry(actor=county, at=NOON, case=suspect, kind=kind, effective_on=TODAY)
    with pytest.raises(NotAllowed):
        review_cases(
            actor=county,
            at=NOON,
            roster=suspect.roster,
            case_ids=[suspect.pk],
            kind=kind,
            effective_on=TODAY,
        )
    assert Entry.objects.exclude(kind="opened").count() == 1


def test_accepting_asks_for_what_recording_by_hand_asks_for(suspect: Case) -> None:
    """A county office accepts its own review, but not a ledger that makes new targets."""
    county = make_actor("jiashan", "county_office", "330421")
    rows = csv_file(LEDGER, [*FIRM, "2021-05-01", "2021-06-01", "", ""])
    batch = staged(rows, roster=suspect.roster, actor=county, code="330421")
    for accept in (intake.request_acceptance, intake.accept):
        with pytest.raises(
            NotAllowed, match="表中有“列为整治对象”，确认导入须有嘉兴市“名单甄别与确认”的权限"
        ):
            accept(batch.pk, actor=county, at=NOON)
    batch.refresh_from_db()
    assert batch.state == Import.State.STAGED and Entry.objects.exclude(kind="opened").count() == 1
    city = make_actor("city", "city_office", "330400")
    assert intake.accept(batch.pk, actor=city, at=NOON).state == Import.State.ACCEPTED


@pytest.mark.parametrize(
    ("day", "named"), [("2021-07-02", "现场核查通过|销号"), ("", "现场核查通过")], ids=["write-off", "check"]
)
def test_who_may_not_write_off_accepts_no_write_off(
    suspect: Case, monkeypatch: pytest.MonkeyPatch, day: str, named: str
) -> None:
    """No role that ships accepts without writing off; an office may make one (roles.toml)."""
    targets = csv_file(LEDGER, [*FIRM, "2021-05-01", "2021-06-01", "", ""])
    accepted(targets, roster=suspect.roster)
    clerk = make_actor("clerk", "county_office", "330421")
    monkeypatch.setitem(roles(), "county_office", without(Permission.WRITE_OFF))
    rows = csv_file(LEDGER, [*FIRM, "2021-05-01", "2021-06-01", "2021-07-01", day])
    batch = staged(rows, roster=suspect.roster, actor=clerk, code="330421")
    with pytest.raises(NotAllowed, match=f"表中有“({named})”"):
        intake.accept(batch.pk, actor=clerk, at=NOON)


def test_taking_entries_back_by_a_file_asks_for_the_right_to_correct(
    suspect: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted(csv_file(LEDGER, [*FIRM, "2021-05-01", "2021-06-01", "", ""]), roster=suspect.roster)
    clerk = make_actor("clerk", "county_office", "330421")
    moved = csv_file(LEDGER, [*FIRM, "2021-05-01", "2021-06-05", "", ""])
    batch = staged(moved, roster=suspect.roster, actor=clerk, code="330421")
    with monkeypatch.context() as changed:
        changed.setitem(roles(), "county_office", without(Permission.CORRECT))
        with pytest.raises(NotAllowed, match="更正台账记录"):
            intake.accept(batch.pk, actor=clerk, at=NOON)
    assert intake.accept(batch.pk, actor=clerk, at=NOON).state == Import.State.ACCEPTED


def test_who_handed_a_plan_in_by_a_file_does_not_approve_it(suspect: Case) -> None:
    """Nobody approves their own submission, whoever accepted the file that brought it."""
    accepted(csv_file(LEDGER, [*FIRM, "2021-05-01", "", "", ""]), roster=suspect.roster)
    clerk, chief, other = (
        make_actor(name, "county_office", "330421") for name in ("clerk", "chief", "other")
    )
    events = csv_file([*PLACED[1:], "事项", "日期"], [*FIRM[1:], "制定方案", "2021-06-20"])
    batch = staged(events, "events", roster=suspect.roster, actor=clerk, code="330421")
    intake.accept(batch.pk, actor=chief, at=NOON)
    about = {"at": NOON, "case": suspect, "kind": "approved", "effective_on": TODAY}
    for person, bars in ((clerk, True), (chief, True), (replace(clerk, user_id=-1), False), (other, False)):
        (step,) = (step for step in next_steps(suspect, person, TODAY).moves if step.kind.id == "approved")
        assert bool(step.barred) is bars
        if bars:
            with pytest.raises(NotAllowed, match="“制定一企一策”由您本人经手，“方案批准”须由他人办理"):
                record_entry(actor=person, **about)
    record_entry(actor=other, **about)


def without(permission: Permission) -> Role:
    """The county office's role, short of one permission."""
    office = roles()["county_office"]
    return replace(office, grants=office.grants - {permission})
