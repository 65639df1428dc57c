"""What pages get and the API answers is plain: rows become frozen values, and the tests themselves notice when one
does not."""

import dataclasses
from typing import Any

import pytest
from django.template import Context, Template

from tenglong.domain.kernel.errors import Bug
from tenglong.queries.campaign.cases import CaseHead
from tenglong.queries.campaign.rosters import RosterView
from tenglong.queries.values import Rows
from tenglong.store.models import Case, Roster
from tests.factories import World, build_world
from tests.integration.web import signed_in
from tests.plain import NotPlain


@pytest.fixture
def case(db: None) -> Case:
    world: World = build_world(per_unit=3)
    return Case.objects.select_related("firm", "roster").get(pk=world.cases["330421"][0].pk)


def test_a_value_is_what_the_row_said_and_stays_so(case: Case) -> None:
    value = CaseHead.of(case)
    assert (value.pk, value.number, value.firm.name) == (case.pk, case.number, case.firm.name)
    assert value.roster.title == case.roster.title
    with pytest.raises(dataclasses.FrozenInstanceError):
        value.number = 2  # type: ignore[misc]


def test_asking_a_value_for_what_it_does_not_have_is_a_bug_and_not_a_blank(case: Case) -> None:
    with pytest.raises(Bug, match="CaseHead.*zone"):
        Template("{{ case.zone }}").render(Context({"case": CaseHead.of(case)}))


@pytest.mark.parametrize("deep", [False, True])
def test_a_row_in_a_context_is_noticed(case: Case, deep: bool) -> None:
    with pytest.raises(NotPlain, match="Case"):
        Template("{{ case }}").render(Context({"case": {"rows": [(1, case)]} if deep else case}))
    with pytest.raises(NotPlain, match="QuerySet"):
        Template("").render(Context({"rows": Case.objects.all()}))


def test_a_row_in_an_answer_is_noticed(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    city = signed_in("demo-city")
    assert {one["code"] for one in city.get("/api/v1/rosters").json()["items"]} == {"hcle", "own"}
    monkeypatch.setattr(RosterView, "of", lambda roster: roster)
    with pytest.raises(NotPlain, match="GET /rosters.*Roster"):
        city.get("/api/v1/rosters")


def test_a_long_list_is_read_in_parts(case: Case, django_assert_num_queries: Any) -> None:
    rows = Rows(Roster.objects.order_by("pk"), lambda part: map(RosterView.of, part))
    with django_assert_num_queries(1):
        assert [one.code for one in rows[1:2]] == ["own"]
    assert (len(rows), rows[0].code, [one.code for one in rows]) == (2, "hcle", ["hcle", "own"])
