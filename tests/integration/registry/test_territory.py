"""A rename or a merger never rewrites last year: figures of a place as of a day, through the one question."""

from datetime import date

import pytest

from tenglong.domain.access.policy import Scope
from tenglong.queries.campaign.figures import ask, question
from tenglong.queries.race.board import board
from tenglong.queries.registry.territory import actor_of, forget_territory
from tenglong.store.models import Place
from tests.factories import CITY, PINGHU, at_day, build_world

pytestmark = pytest.mark.django_db

BEFORE, MERGED = date(2021, 11, 9), date(2021, 11, 10)


@pytest.fixture
def world():
    """The small campaign, in which the town of Pinghu goes over to Haining on 10 November 2021."""
    made = build_world()
    town = Place.objects.get(pk=made.cases[PINGHU][0].place_id)
    haining = Place.objects.get(code="330481", valid_to=None)
    heir = Place.objects.create(
        code="330481999", name="演示新镇", level="town", parent=haining, order=99, valid_from=MERGED
    )
    town.valid_to, town.successor = MERGED, heir
    town.save()
    forget_territory()
    return made


def targets(world, code: str, day: date) -> int:
    asked = question(
        roster=world.hcle, code=code, as_of=day, known_at=at_day(80), scope=Scope(everywhere=True)
    )
    (figure,) = ask(asked, ["firms_target"])
    return int(figure.exact or 0)


def test_before_the_merger_the_cases_count_where_they_were(world):
    assert (targets(world, PINGHU, BEFORE), targets(world, "330481", BEFORE)) == (5, 5)


def test_from_the_merger_on_they_count_with_the_successor(world):
    assert (targets(world, PINGHU, MERGED), targets(world, "330481", MERGED)) == (0, 10)
    assert targets(world, CITY, BEFORE) == targets(world, CITY, MERGED) == 45


def test_the_board_follows_the_day_it_shows(world):
    done = {}
    for day in (BEFORE, MERGED):
        asked = question(
            roster=world.hcle, code=CITY, as_of=day, known_at=at_day(80), scope=Scope(everywhere=True)
        )
        done[day] = {row.entrant.code: row.entrant.done for row in board(asked)}
    assert done[MERGED].get(PINGHU, 0) == 0
    assert done[MERGED]["330481"] == done[BEFORE]["330481"] + done[BEFORE][PINGHU]


def test_what_a_person_may_see_follows_the_territory_too(world):
    office = world.people["demo-pinghu"]
    place = world.cases[PINGHU][0].place_id
    assert place in actor_of(office, BEFORE).grants[0].places
    assert place not in actor_of(office, MERGED).grants[0].places
