"""Who stands at which step of the review, in the official order of places, whatever their ids."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenglong.actions.registry.places import take_place_step
from tenglong.domain.registry.changes import Kind, Step
from tenglong.queries.campaign.review import FINAL, members
from tenglong.queries.registry.territory import forget_territory, territory
from tests.factories import CITY, JIASHAN, MACHINE, World, at_day, build_world

pytestmark = pytest.mark.django_db
DAY = date(2021, 11, 10)


@pytest.fixture
def world():
    made = build_world()
    forget_territory()
    yield made
    forget_territory()


def test_cases_stand_in_the_official_order_of_their_places(world: World) -> None:
    first = in_order(world)
    take_place_step(
        actor=MACHINE, at=at_day(75), step=Step(Kind.ORDER, DAY, JIASHAN, position=1), reason="演示批文"
    )
    then = in_order(world)
    assert sorted(first) == sorted(then) and first != then


def test_many_places_are_asked_only_for_those_with_cases(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_by_one = in_order(world)
    monkeypatch.setattr("tenglong.queries.campaign.review.LOOKED_THROUGH", 3)
    with CaptureQueriesContext(connection) as asked:
        assert in_order(world) == one_by_one
    assert len(asked.captured_queries) == 2


def in_order(world: World) -> list[int]:
    """The numbers of all final cases as listed; their order is held against the tree's own."""
    tree = territory().at(DAY)
    rows = members(world.hcle, tree.members(CITY), FINAL, DAY)[:1_000]
    ordered = [place.code for place in tree.descendants(CITY)]
    homes = [territory().home(territory().places[row.place_id], DAY) for row in rows]
    keys = [
        (ordered.index(home.code), row.number)
        for home, row in zip(homes, rows, strict=True)
        if home is not None
    ]
    assert len(keys) == len(rows) > 10 and keys == sorted(keys)
    return [row.number for row in rows]
