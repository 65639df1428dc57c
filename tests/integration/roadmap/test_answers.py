"""Answers about a roadmap that take a while: why, what if, and the front between money and benefit."""

from decimal import Decimal

import pytest

from tenglong.actions import roadmap as roadmaps
from tenglong.domain.access.policy import Scope, scope_of
from tenglong.domain.kernel.errors import BadValue, Conflict, NotAllowed, NotFound
from tenglong.domain.roadmap.what_if import Change
from tenglong.jobs.worker import run_pending
from tenglong.queries.roadmap.adoption import planned_of_case
from tenglong.queries.roadmap.explanations import (
    answer_of,
    changes_from_json,
    changes_json,
    explanation_of,
    job_of_what_if,
    limits_of,
)
from tenglong.queries.roadmap.files import plan_file, problem_file
from tenglong.queries.roadmap.overview import job_of_front
from tenglong.queries.roadmap.results import front_of
from tenglong.store.models import Job, Roadmap, Roster
from tests.integration.campaign.world import MACHINE, NOON, make_actor
from tests.integration.roadmap.world import COUNTY, XITANG, build_world, case_of, planned

pytestmark = pytest.mark.django_db(transaction=True)

EVERYWHERE = Scope(everywhere=True)
MORE_MONEY = (Change("money", share=Decimal("0.2")),)


@pytest.fixture
def roster() -> Roster:
    return build_world()


@pytest.fixture
def roadmap(roster: Roster) -> Roadmap:
    """A roadmap with too little money for everybody."""
    return planned(roster, MACHINE, fund={"total": "1500"}, measures=["vacate_recover"])


def test_why_a_case_has_its_day_is_told_to_who_may_see_it(roadmap: Roadmap) -> None:
    case = case_of("嘉善自有1纽扣厂")
    told = explanation_of(roadmap, case.pk, EVERYWHERE)
    assert told.firm == str(case.pk) and "嘉善自有1纽扣厂" in "".join(map(str, told.sentences))
    assert told.alternatives
    roadmaps.adopt(actor=MACHINE, at=NOON, roadmap=roadmap)
    town = scope_of(make_actor("xitang", "town_team", XITANG))
    assert explanation_of(roadmap, case.pk, town).chosen.net == told.chosen.net
    with pytest.raises(NotFound):
        explanation_of(roadmap, case_of("魏塘1纽扣厂").pk, town)


def test_what_is_about_the_whole_place_is_for_who_sees_it_whole(roadmap: Roadmap) -> None:
    roadmaps.adopt(actor=MACHINE, at=NOON, roadmap=roadmap)
    town = scope_of(make_actor("xitang", "town_team", XITANG))
    for ask in (problem_file, plan_file, limits_of):
        with pytest.raises(NotFound, match="全部辖区"):
            ask(roadmap, town)
    with pytest.raises(NotFound):
        answer_of(roadmap, MORE_MONEY, town)
    assert problem_file(roadmap, EVERYWHERE).exists() and plan_file(roadmap, EVERYWHERE).exists()
    assert front_of(roadmap, town) == ()
    assert planned_of_case(case_of("魏塘1纽扣厂"), town, NOON.date()) is None
    money = next(one for one in limits_of(roadmap, EVERYWHERE) if one.id == "money")
    assert money.at_most and money.bound == 1500 and 0 < money.used <= 1500


def test_more_money_is_answered_by_a_worker_once(roadmap: Roadmap) -> None:
    assert answer_of(roadmap, MORE_MONEY, EVERYWHERE) is None
    for _ in range(2):  # asking again while one is at it changes nothing
        roadmaps.ask_what_if(actor=MACHINE, at=NOON, roadmap=roadmap, changes=MORE_MONEY)
    assert Job.objects.filter(kind="what_if").count() == 1
    run_pending(clock=lambda: NOON)
    assert job_of_what_if(roadmap.pk, MORE_MONEY).state == "done"
    answer = answer_of(roadmap, MORE_MONEY, EVERYWHERE)
    assert answer.changes == MORE_MONEY and answer.sentences
    assert answer.value > Decimal(roadmap.value) and answer.amounts["money"] > answer.before["money"]
    assert answer.gap < Decimal("0.05") and answer.amounts["money"] <= 1800
    roadmaps.ask_what_if(actor=MACHINE, at=NOON, roadmap=roadmap, changes=MORE_MONEY)
    assert Job.objects.filter(kind="what_if").count() == 1
    with pytest.raises(BadValue, match="没有编号"):
        roadmaps.ask_what_if(
            actor=MACHINE, at=NOON, roadmap=roadmap, changes=[Change("gold", share=Decimal(1))]
        )


def test_changes_of_a_question_survive_their_job() -> None:
    changes = (Change("money", bound=Decimal("12.50")), Change("legal:1", share=Decimal("-0.1")))
    assert changes_from_json(changes_json(changes)) == changes


def test_the_front_rises_with_money(roadmap: Roadmap) -> None:
    roadmaps.ask_for_front(actor=MACHINE, at=NOON, roadmap=roadmap)
    roadmaps.ask_for_front(actor=MACHINE, at=NOON, roadmap=roadmap)
    assert Job.objects.filter(kind="find_front").count() == 1
    run_pending(clock=lambda: NOON)
    assert job_of_front(roadmap.pk).state == "done"
    roadmap.refresh_from_db()
    points = front_of(roadmap, EVERYWHERE)
    assert len(points) == 9
    assert [one.limit for one in points] == sorted(one.limit for one in points)
    assert [one.value for one in points] == sorted(one.value for one in points)
    assert all(one.value <= one.bound and one.amounts["money"] <= one.limit for one in points)


def test_who_may_not_plan_may_not_ask(roster: Roster, roadmap: Roadmap) -> None:
    leader = make_actor("leader", "leader", COUNTY)
    with pytest.raises(NotAllowed):
        roadmaps.ask_for_front(actor=leader, at=NOON, roadmap=roadmap)
    with pytest.raises(NotAllowed):
        roadmaps.ask_what_if(actor=leader, at=NOON, roadmap=roadmap, changes=MORE_MONEY)
    roadmaps.withdraw(actor=MACHINE, at=NOON, roadmap=roadmap, reason="不要了")
    with pytest.raises(Conflict):
        roadmaps.ask_for_front(actor=MACHINE, at=NOON, roadmap=roadmap)
