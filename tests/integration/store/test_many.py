"""Very many ids in one condition are one parameter, with the same answer."""

from datetime import date

import pytest
from django.db import connection
from django.db.models import BigIntegerField
from django.test.utils import CaptureQueriesContext

from tenglong.domain.access.policy import Scope
from tenglong.queries.campaign.figures import ask, question
from tenglong.store.many import AT_MOST, among
from tenglong.store.models import Case, CaseState
from tests.factories import CITY, at_day, build_world

pytestmark = pytest.mark.django_db
COUNTRY = range(1, 50_000)


def test_the_places_of_the_country_are_one_parameter() -> None:
    world = build_world()
    with CaptureQueriesContext(connection) as asked:
        found = set(Case.objects.filter(place_id__in=frozenset(COUNTRY)).values_list("pk", flat=True))
    assert found == set(Case.objects.values_list("pk", flat=True)) and world.cases
    assert len(asked.captured_queries[0]["sql"]) > AT_MOST
    assert not Case.objects.exclude(place__in=frozenset(COUNTRY)).exists()


@pytest.mark.parametrize("last", [1_500, 50_000])
def test_many_give_the_same_rows_however_the_column_keeps_them(last: int) -> None:
    build_world()
    ids = range(1, last)
    for rows in (
        Case.objects.filter(place_id__in=frozenset(ids)),
        CaseState.objects.filter(place_id__in=frozenset(ids)),
    ):
        with CaptureQueriesContext(connection) as asked:
            found = rows.count()
        assert found == rows.model.objects.count() > 0
        assert "IN (" in asked.captured_queries[0]["sql"]
    assert not CaseState.objects.exclude(place_id__in=frozenset(ids) | {None}).exists()


def test_the_places_of_a_province_are_not_looked_through_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    build_world()

    def looked(*_: object) -> None:
        pytest.fail("looked through")

    monkeypatch.setattr(BigIntegerField, "get_prep_value", looked, raising=False)
    for model in (Case, CaseState):
        assert model.objects.filter(place_id__in=frozenset(range(1, 1_500))).exists()


def test_few_stand_there_one_by_one() -> None:
    assert among([3, 5]) == ("%s, %s", [3, 5])
    inside, params = among(list(COUNTRY))
    assert (inside.count("%s"), len(params)) == (1, 1)


def test_figures_folded_over_very_many_places_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    world = build_world()
    asked = question(
        roster=world.hcle, code=CITY, as_of=date(2021, 10, 1), known_at=at_day(60), scope=Scope(everywhere=True)
    )  # fmt: skip
    one_by_one = [figure.exact for figure in ask(asked)]
    monkeypatch.setattr("tenglong.store.many.AT_MOST", 10)
    assert [figure.exact for figure in ask(asked)] == one_by_one
