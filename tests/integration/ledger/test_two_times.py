"""What is known of rosters, targets, references and observations: answers as known before stay for ever."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tenglong.actions import intake
from tenglong.actions.campaign import matches
from tenglong.actions.campaign.rosters import add_reference, amend_roster, freeze_version, set_target
from tenglong.actions.reporting.bulletins import issue, prepare, with_todays_knowledge
from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.errors import BadValue, Conflict
from tenglong.domain.kernel.periods import Window
from tenglong.queries.campaign.causes import AMENDED, LATE, REARRANGED, REFERENCE_CORRECTED, RETARGETED
from tenglong.queries.campaign.figures import ask, question
from tenglong.queries.campaign.rosters import amendments, as_known, calibre_of
from tenglong.queries.race.board import board
from tenglong.queries.registry.book import observations
from tenglong.queries.registry.firms import firm_file
from tenglong.queries.registry.territory import forget_territory
from tenglong.queries.verification_records import verify_records
from tenglong.store.models import (
    Bulletin,
    Firm,
    Import,
    ImportWithdrawal,
    MatchPair,
    Observation,
    Place,
    ReferencePoint,
    Roster,
    RosterTerms,
    RosterVersion,
    Scheme,
    Target,
)
from tests.factories import AS_OF, CITY, MACHINE, World, at_day, build_world
from tests.guards import guards_down
from tests.integration.campaign.test_matches import DOUBTFUL, HEADER, KNOWN
from tests.integration.campaign.world import NOON, accepted, build_places, csv_file, make_roster, staged

pytestmark = pytest.mark.django_db
EVERYWHERE = Scope(everywhere=True)
FRIDAY = date(2021, 11, 5)
SOURCE = Path(__file__).parents[3] / "src/tenglong"
YEARLY = ["县(市、区)", "镇(街道)", "企业名称", "年度", "税收(万元)"]
ROW = ["嘉善县", "西塘镇", "嘉善甲厂纽扣", 2020, 10]


@pytest.fixture
def world() -> World:
    return build_world()


def issued(world: World, day: int = 74) -> Bulletin:
    return issue(actor=MACHINE, at=at_day(day), roster=world.hcle, code=CITY, as_of=FRIDAY)


def amended(world: World, day: int = 75, **changes: object) -> Roster:
    now = {"title": world.hcle.title, "issuer": world.hcle.issuer, "deadline": world.hcle.deadline}
    now |= {"title_en": world.hcle.title_en, "definition_en": world.hcle.definition_en}
    said = {**now, "definition_text": world.hcle.definition, "reason": "省厅发文延期", **changes}
    return amend_roster(actor=MACHINE, at=at_day(day), roster=world.hcle, **said)


def corrected(world: World, percent: str, day: int = 75, reason: str = "省厅更正公布数") -> ReferencePoint:
    return add_reference(
        actor=MACHINE, at=at_day(day), roster=world.hcle, figure="write_off_rate", day=date(2021, 10, 26),
        percent=Decimal(percent), source="演示", reason=reason,
    )  # fmt: skip


def targeted(world: World, quantity: int, day: int = 75, **more: object) -> Target:
    return set_target(
        actor=MACHINE, at=at_day(day), roster=world.hcle, code="330421", figure="firms_written_off",
        quantity=Decimal(quantity), **more,
    )  # fmt: skip


def reasons_of(bulletin: Bulletin, day: int = 80) -> dict[tuple[str, str], tuple[str, ...]]:
    moved = with_todays_knowledge(Bulletin.objects.get(pk=bulletin.pk), at=at_day(day)).moved
    return {(cell.unit, cell.cell): cell.reasons for cell in moved}


def asked_as_known(roster: Roster, day: int):
    return question(roster=roster, code=CITY, as_of=FRIDAY, known_at=at_day(day), scope=EVERYWHERE)


def test_an_amended_roster_says_to_whoever_asks_of_before_what_it_said_then(world: World) -> None:
    before = ask(asked_as_known(world.hcle, 74))
    content = prepare(actor=MACHINE, at=at_day(74), roster=world.hcle, code=CITY, as_of=FRIDAY)
    roster = amended(world, title="改了名的名单", deadline=date(2022, 3, 31))
    assert calibre_of(as_known(roster, at_day(75))).title == "改了名的名单"
    assert calibre_of(as_known(roster, at_day(75) - timedelta(seconds=1))).deadline == date(2021, 12, 31)
    assert ask(asked_as_known(roster, 74)) == before
    assert prepare(actor=MACHINE, at=at_day(74), roster=roster, code=CITY, as_of=FRIDAY) == content
    pace = [figure for figure in content.main.figures if figure.id == "pace"]
    later = prepare(actor=MACHINE, at=at_day(76), roster=roster, code=CITY, as_of=FRIDAY)
    assert [figure for figure in later.main.figures if figure.id == "pace"] != pace
    (one,) = amendments(roster)
    assert (one.by, one.reason) == ("命令行", "省厅发文延期")
    assert [name for name, _, _ in one.changes] == ["title", "deadline"]


def test_a_roster_amended_twice_has_every_time_of_its_own(world: World) -> None:
    amended(world, 75, title="第一次")
    roster = amended(world, 77, title="第二次")
    titles = [calibre_of(as_known(roster, at_day(day))).title for day in (0, 74, 75, 76, 77, 90)]
    assert titles == [*[world.hcle.title] * 2, "第一次", "第一次", "第二次", "第二次"]


def test_an_amendment_without_a_reason_is_refused(world: World) -> None:
    with pytest.raises(BadValue, match="须写明理由"):
        amended(world, title="改了名的名单", reason=" ")


def test_cells_that_an_amendment_moves_say_so(world: World) -> None:
    bulletin = issued(world)
    amended(world, deadline=date(2022, 3, 31))
    found = reasons_of(bulletin)
    assert {("", "pace"), ("", "calibre"), ("合计", "pace_diff")} <= found.keys()
    assert all((AMENDED, "省厅发文延期") == texts for texts in found.values())


def test_a_target_changed_in_mid_window_counts_from_when_it_is_known(world: World) -> None:
    bulletin, then = issued(world), board(asked_as_known(world.hcle, 74))
    targeted(world, 9, reason="市里加压")
    assert board(asked_as_known(world.hcle, 74)) == then
    now = {row.entrant.code: row.entrant.target for row in board(asked_as_known(world.hcle, 76))}
    assert now["330421"] == 9
    found = reasons_of(bulletin)
    assert {("嘉善县", "target"), ("嘉善县", "rate"), ("合计", "target")} <= found.keys()
    assert all((RETARGETED, "市里加压") == texts for texts in found.values())


def test_a_reference_is_corrected_by_a_new_row_with_a_reason(world: World) -> None:
    bulletin = issued(world)
    with pytest.raises(BadValue, match="已登记为 41.4%，更正须写明理由"):
        corrected(world, "40.4", reason="")
    with pytest.raises(Conflict, match="没有任何改动"):
        corrected(world, "41.4")
    corrected(world, "40.4")
    assert ReferencePoint.objects.count() == 2
    assert reasons_of(bulletin) == {("", "lead_pp"): (REFERENCE_CORRECTED, "省厅更正公布数")}
    (line,) = with_todays_knowledge(bulletin, at=at_day(80)).corrections
    assert line.reason == "参照值更正；省厅更正公布数"


def test_a_duplicate_is_not_the_reason_for_an_increase() -> None:
    """The row is told late; that its case is removed as a duplicate counts only from the day of the merge."""
    build_places()
    roster = make_roster()
    accepted(csv_file(HEADER, KNOWN), roster=roster)
    day = date(2021, 10, 8)
    bulletin = issue(actor=MACHINE, at=NOON + timedelta(hours=1), roster=roster, code=CITY, as_of=day)
    accepted(csv_file(HEADER, DOUBTFUL), roster=roster, at=NOON + timedelta(hours=2))
    pair = MatchPair.objects.get(state="open")
    matches.decide(pair.pk, True, actor=MACHINE, at=NOON + timedelta(hours=3), reason="同一地址")
    found = with_todays_knowledge(bulletin, at=NOON + timedelta(hours=4))
    assert found.moved and all(cell.reasons == (LATE,) for cell in found.moved)
    assert all("重复" not in line.reason for line in found.corrections)


def renamed() -> None:
    Place.objects.filter(code="330482").update(name="平湖新市")
    forget_territory()


def everything(world: World) -> None:
    """One of each that can move a cell."""
    targeted(world, 9, 75)
    amended(world, 76, deadline=date(2022, 3, 31))
    corrected(world, "30", 77)


@pytest.mark.parametrize(
    "deed",
    [
        lambda world: targeted(world, 1),
        lambda world: targeted(world, 9, window=Window(date(2021, 9, 1), date(2021, 11, 30))),
        lambda world: amended(world, deadline=date(2021, 11, 30), title="改名"),
        lambda world: amended(world, deadline=FRIDAY - timedelta(days=1)),
        lambda world: corrected(world, "99"),
        lambda world: renamed(),
        everything,
    ],
    ids=["target", "window", "amended", "ended", "reference", "renamed", "everything"],
)
def test_every_moved_cell_has_a_reason(world: World, deed) -> None:
    bulletin = issued(world)
    deed(world)
    moved = with_todays_knowledge(Bulletin.objects.get(pk=bulletin.pk), at=at_day(80)).moved
    assert moved and all(cell.reasons and all(cell.reasons) for cell in moved)


def test_a_unit_that_has_another_name_is_the_reason_where_nothing_was_recorded(world: World) -> None:
    bulletin = issued(world)
    renamed()
    found = reasons_of(bulletin)
    assert {unit for unit, _ in found} == {"平湖市"} and set(found.values()) == {(REARRANGED,)}


@pytest.mark.django_db(transaction=True)
def test_observations_of_a_withdrawn_import_count_for_what_was_known_before() -> None:
    build_places()
    batch = accepted(csv_file(YEARLY, ROW), "observations")
    intake.withdraw(batch.pk, actor=MACHINE, at=NOON + timedelta(hours=2), reason="口径错误")
    assert [one.quantity for one in observations(NOON + timedelta(hours=1))] == [10_000_000]
    assert not observations(NOON + timedelta(hours=2)).exists() and not observations().exists()
    assert firm_file(Firm.objects.get().pk, EVERYWHERE).series == []
    later = NOON + timedelta(hours=3)
    again = staged(csv_file(YEARLY, ROW), "observations", at=later)
    assert again.inserted + again.updated == 1, "what was withdrawn is not there to be unchanged"
    intake.withdraw(again.pk, actor=MACHINE, at=later)
    accepted(csv_file(YEARLY, [*ROW[:-1], 12]), "observations", at=later)
    known = [[one.quantity for one in observations(NOON + timedelta(hours=n))] for n in (-1, 1, 2, 3)]
    assert known == [[], [10_000_000], [], [12_000_000]]
    assert Observation.objects.count() == 2
    assert {one.batch_id for one in ImportWithdrawal.objects.all()} == {batch.pk, again.pk}
    assert all(report.holds for report in verify_records()), [str(r.sentence) for r in verify_records()]


def test_only_one_place_asks_for_observations() -> None:
    asking = [path.name for path in SOURCE.rglob("*.py") if "Observation.objects." in path.read_text()]
    assert sorted(asking) == ["applying.py", "book.py", "verification_records.py"]


def tampered(world: World) -> dict[str, object]:
    """Every record that only grows, changed by hand."""
    issued(world)
    freeze_version(actor=MACHINE, at=at_day(75), roster=world.hcle, as_of=AS_OF)
    Observation.objects.create(
        firm=world.cases["330421"][0].firm, year=2020, indicator="tax", quantity=1, unit="万元",
        recorded_at=at_day(75), recorded_by="x",
    )  # fmt: skip
    return {
        "通报": lambda: Bulletin.objects.update(document=b"x"),
        "名单版本": lambda: RosterVersion.objects.update(note="x"),
        "名单口径：": lambda: RosterTerms.objects.update(recorded_by="x"),
        "目标：": lambda: Target.objects.filter(code="330421").update(quantity=1),
        "参照值：": lambda: ReferencePoint.objects.update(quantity=1),
        "年度数据：": lambda: Observation.objects.update(quantity=2),
        "留痕记有 9 次登记，现有 8 条": lambda: Target.objects.filter(code="330421").delete(),
        "现在的口径与登记的不符": lambda: Roster.objects.update(title="x"),
        "的状态与撤回记录不符": lambda: Import.objects.create(
            kind="firms", code=CITY, filename="x", digest="x", size=1, business_day=AS_OF, state="withdrawn",
            uploaded_by="x", uploaded_at=at_day(1),
        ),
        "评价办法：": lambda: Scheme.objects.create(
            code="x", place=world.hcle.place, year=2021, version=1, title="x", title_en="x", text="x",
            digest="x", imported_by="x", imported_at=at_day(1),
        ),
    }  # fmt: skip


@pytest.mark.parametrize("number", range(10))
def test_a_record_changed_by_hand_is_named_with_what_to_do(world: World, number: int) -> None:
    words, change = list(tampered(world).items())[number]
    assert all(report.holds for report in verify_records())
    with guards_down():
        change()
    sentences = [str(report.sentence) for report in verify_records() if not report.holds]
    assert any(words in sentence for sentence in sentences)
    assert all("从数据库备份恢复" in sentence for sentence in sentences)
