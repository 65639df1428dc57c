"""Steps of places: recorded by the office above, known from then on, and taken back; earlier days and answers stay."""

from datetime import date, timedelta

import pytest

from tenglong.actions.access.people import grant, revoke
from tenglong.actions.registry.places import take_back_place_step, take_place_step
from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.errors import BadValue, Conflict, NotAllowed, NotFound
from tenglong.domain.registry.changes import Kind, Step
from tenglong.queries.campaign.figures import ask, question
from tenglong.queries.race.board import board
from tenglong.queries.registry.place_steps import change_of, may_answer
from tenglong.queries.registry.territory import actor_of, forget_territory, territory
from tenglong.store.models import Firm, Membership, Place, PlaceStep, Standing, TrailEvent
from tests.factories import CITY, JIASHAN, MACHINE, PINGHU, XITANG, at_day, build_world
from tests.integration.campaign.world import csv_file, staged

pytestmark = pytest.mark.django_db

BEFORE, DAY = date(2021, 11, 9), date(2021, 11, 10)
AT = at_day(75)
TOWN, WEITANG = "330482001", "330421001"
MERGER = Step(Kind.MOVE, DAY, TOWN, other="330481")


@pytest.fixture
def world():
    made = build_world()
    forget_territory()
    yield made
    forget_territory()


def by_unit(world, day: date, known_at) -> dict[str, int]:
    asked = question(roster=world.hcle, code=CITY, as_of=day, known_at=known_at, scope=Scope(everywhere=True))
    return {row.entrant.name: int(row.entrant.done) for row in board(asked)}


def target_of(world, code: str, day: date, known_at) -> int:
    asked = question(roster=world.hcle, code=code, as_of=day, known_at=known_at, scope=Scope(everywhere=True))
    (figure,) = ask(asked, ["firms_target"])
    return int(figure.exact or 0)


def test_what_was_asked_before_a_step_was_known_stays(world):
    known, later = AT - timedelta(hours=1), AT + timedelta(hours=1)
    was = target_of(world, PINGHU, DAY, known)
    take_place_step(actor=MACHINE, at=AT, step=MERGER, reason="演示批文")
    assert was and target_of(world, PINGHU, DAY, known) == was
    assert target_of(world, PINGHU, DAY, later) == 0
    assert target_of(world, "330481", DAY, later) == was + target_of(world, "330481", BEFORE, later)
    assert target_of(world, PINGHU, BEFORE, later) == was


def test_earlier_figures_and_ranks_stay_whatever_happens(world):
    later = AT + timedelta(hours=1)
    was = by_unit(world, BEFORE, later)
    for step in (
        MERGER,
        Step(Kind.RENAME, DAY, JIASHAN, name="演示县"),
        Step(Kind.ORDER, DAY, JIASHAN, position=1),
        Step(Kind.ADD, DAY, CITY, name="演示港区"),
        Step(Kind.MERGE, DAY, XITANG, other=WEITANG),
    ):
        take_place_step(actor=MACHINE, at=AT, step=step, reason="演示批文")
    assert list(by_unit(world, BEFORE, later).items()) == list(was.items())
    assert "演示县" in by_unit(world, DAY, later) and "嘉善县" not in by_unit(world, DAY, later)


def test_a_step_leaves_seals_digests_and_a_trail(world):
    step = take_place_step(actor=MACHINE, at=AT, step=MERGER, reason=" 演示  批文 ")
    assert (step.reason, step.recorded_by) == ("演示 批文", MACHINE.name) and step.seal
    assert TrailEvent.objects.get(deed="place_step").details["step"] == step.pk
    rows = {int(id) for id in step.after}
    assert rows <= set(
        Standing.objects.filter(table="store_place", row__in=rows).values_list("row", flat=True)
    )
    assert {id >= 1_000_000_000 for id in rows - set(range(85))} == {True}


def test_a_step_that_is_taken_back_leaves_both_in_the_book(world):
    was = territory().places
    step = take_place_step(actor=MACHINE, at=AT, step=MERGER, reason="演示批文")
    assert territory().places != was
    with pytest.raises(BadValue, match="理由"):
        take_back_place_step(actor=MACHINE, at=AT, id=step.pk, reason=" ")
    back = take_back_place_step(actor=MACHINE, at=AT + timedelta(days=1), id=step.pk, reason="登记错了")
    assert (back.takes_back, territory().places) == (step, was)
    assert territory(AT).at(DAY).parent_code(territory(AT).at(DAY).place(TOWN)) == "330481"
    for id in (step.pk, back.pk):
        with pytest.raises(Conflict, match="已经撤回"):
            take_back_place_step(actor=MACHINE, at=AT, id=id, reason="再撤")
    take_place_step(actor=MACHINE, at=AT + timedelta(days=2), step=MERGER, reason="再登记")


def test_what_has_facts_or_later_steps_is_not_taken_back(world):
    step = take_place_step(
        actor=MACHINE, at=AT, step=Step(Kind.ADD, DAY, JIASHAN, name="演示园区"), reason="演示批文"
    )
    park = Place.objects.get(name="演示园区")
    firm = Firm.objects.filter(place__code=XITANG).first()
    Firm.objects.filter(pk=firm.pk).update(place=park)
    with pytest.raises(Conflict, match="已有登记的企业"):
        take_back_place_step(actor=MACHINE, at=AT, id=step.pk, reason="登记错了")
    take_place_step(
        actor=MACHINE, at=AT, step=Step(Kind.RENAME, DAY, park.code, name="演示新园"), reason="演示批文"
    )
    with pytest.raises(Conflict, match="之后又有变动"):
        take_back_place_step(actor=MACHINE, at=AT, id=step.pk, reason="登记错了")


def test_only_the_office_of_the_place_above_records(world):
    people = {name: actor_of(user, DAY) for name, user in world.people.items()}
    rename = Step(Kind.RENAME, DAY, JIASHAN, name="演示县")
    town = Step(Kind.RENAME, DAY, XITANG, name="演示镇")
    for name, step in [
        ("demo-jiashan", rename), ("demo-pinghu", town), ("demo-audit", town), ("demo-city", Step(
            Kind.RENAME, DAY, CITY, name="演示市")), ("demo-jiashan", Step(Kind.MOVE, DAY, XITANG, other=PINGHU)),
        ("demo-jiashan", Step(Kind.MERGE, DAY, XITANG, other=TOWN)),
    ]:  # fmt: skip
        with pytest.raises(NotAllowed, match="上一级整治办"):
            take_place_step(actor=people[name], at=AT, step=step, reason="演示批文")
    assert not PlaceStep.objects.exists()
    done = take_place_step(actor=people["demo-jiashan"], at=AT, step=town, reason="演示批文")
    take_place_step(actor=people["demo-city"], at=AT, step=rename, reason="演示批文")
    with pytest.raises(NotFound):
        take_back_place_step(actor=people["demo-pinghu"], at=AT, id=done.pk, reason="演示")


def test_a_step_into_another_county_is_taken_back_by_the_city_only(world):
    people = {name: actor_of(user, DAY) for name, user in world.people.items()}
    merger = Step(Kind.MERGE, DAY, XITANG, other=TOWN)
    done = take_place_step(actor=people["demo-city"], at=AT, step=merger, reason="演示批文")
    assert not may_answer(people["demo-jiashan"], change_of(done))
    for name in ("demo-jiashan", "demo-pinghu"):
        with pytest.raises((NotAllowed, NotFound)):
            take_back_place_step(actor=people[name], at=AT, id=done.pk, reason="演示")
    take_back_place_step(actor=people["demo-city"], at=AT, id=done.pk, reason="登记错了")


def test_steps_are_known_in_the_order_in_which_they_were_recorded(world):
    first = take_place_step(
        actor=MACHINE, at=AT, step=Step(Kind.RENAME, DAY, XITANG, name="演示镇"), reason="演示批文"
    )
    moment = AT - timedelta(seconds=1)  # asked earlier, and waited for the first
    second = take_place_step(
        actor=MACHINE, at=moment, step=Step(Kind.RENAME, DAY, WEITANG, name="演示街道"), reason="演示批文"
    )
    assert second.recorded_at == first.recorded_at
    names = {place.name for place in territory(moment).at(DAY).children(JIASHAN)}
    assert not names & {"演示镇", "演示街道"}


@pytest.mark.parametrize(
    ("step", "reason", "error", "words"),
    [
        (Step(Kind.RENAME, DAY, XITANG, name="演示镇"), " ", BadValue, "理由"),
        (Step(Kind.RENAME, DAY, XITANG, name="演示镇"), "长" * 301, BadValue, "300"),
        (Step(Kind.RENAME, date(2030, 1, 1), XITANG, name="演示镇"), "演示", BadValue, "晚于今天"),
        (Step(Kind.CLOSE, DAY, CITY, other="330000"), "演示", Conflict, "为辖区"),
    ],
)
def test_what_cannot_be_leaves_nothing(world, step, reason, error, words):
    with pytest.raises(error, match=words):
        take_place_step(actor=MACHINE, at=AT, step=step, reason=reason)
    assert not PlaceStep.objects.exists() and not Place.objects.filter(pk__gte=1_000_000_000).exists()


def test_new_facts_for_a_closed_place_are_refused_with_its_successor(world):
    take_place_step(
        actor=MACHINE, at=AT, step=Step(Kind.MERGE, DAY, XITANG, other=WEITANG), reason="演示批文"
    )
    for town in ("西塘镇", XITANG):
        file = csv_file(
            ["县(市、区)", "镇(街道)", "企业名称", "地址"], ["嘉善县", town, "演示新厂", "演示路"]
        )
        batch = staged(file, "firms", roster=world.hcle, actor=MACHINE, code=CITY, at=AT, day=DAY)
        assert (batch.read, batch.rejected) == (1, 1)
        (row,) = batch.rows.all()
        (told,) = row.messages
        assert "承接" in told["message"]["template"]
        assert told["message"]["params"] == {
            "place": "西塘镇", "day": "2021-11-10", "heir": "魏塘街道", "code": WEITANG
        }  # fmt: skip
    file = csv_file(
        ["县(市、区)", "镇(街道)", "企业名称", "地址"], ["嘉善县", "西塘镇", "演示新厂", "演示路"]
    )
    batch = staged(file, "firms", roster=world.hcle, actor=MACHINE, code=CITY, at=AT, day=BEFORE)
    assert batch.rejected == 0


def test_whoever_held_a_closed_place_can_be_given_another(world):
    take_place_step(
        actor=MACHINE, at=AT, step=Step(Kind.MERGE, DAY, XITANG, other=WEITANG), reason="演示批文"
    )
    held = Membership.objects.filter(code=XITANG).first()
    assert held is not None and actor_of(held.user, DAY).grants == ()
    office = actor_of(world.people["demo-jiashan"], DAY)
    grant(actor=office, at=AT, user_id=held.user_id, code=WEITANG, role=held.role)
    revoke(actor=office, at=AT, membership_id=held.pk)
    assert [one.code for one in actor_of(held.user, DAY).grants] == [WEITANG]


def test_an_address_without_a_town_is_a_question_and_no_choice(world):
    file = csv_file(["县(市、区)", "企业名称", "地址"], ["嘉善县", "演示新厂", "嘉善县西塘镇南苑路1号"])
    batch = staged(file, "firms", roster=world.hcle, actor=MACHINE, code=CITY, at=AT, day=DAY)
    (row,) = batch.rows.all()
    assert (batch.rejected, row.verdict) == (0, "inserted")
    assert "嘉善县西塘镇（330421103）" in str(row.messages)
    assert "330421103" not in str(row.plan)
