"""Rosters: steps, review, the difference from pushed to final, versions, sets of two."""

import pytest
from django.test import Client

from tenglong.actions.campaign.cases import open_case
from tenglong.actions.ledger.appending import append
from tenglong.domain.access.policy import Scope
from tenglong.domain.ledger.entries import Draft
from tenglong.queries.campaign.rosters import overlap
from tenglong.store.models import CaseState, Firm, MatchPair
from tests.factories import START, World, at_day, build_firm, build_world
from tests.integration.web import cells_of, signed_in, text_of


@pytest.fixture
def world(db: None) -> World:
    return build_world(per_unit=3)


def suspects(world: World, count: int = 2) -> list[int]:
    """New suspected cases in Xitang."""
    place = world.cases["330421"][0].place
    cases = [
        open_case(world.hcle, build_firm(f"疑似{n}厂", place), place, at=at_day(80), by="演示", source={})
        for n in range(count)
    ]
    append(world.hcle, [Draft(case.pk, "pushed", START) for case in cases], by="demo-city", at=at_day(80))
    return [case.pk for case in cases]


def review(client: Client, kind: str, cases: list[int], reason: str = "") -> str:
    form = {"kind": kind, "effective_on": "2021-11-20", "reason": reason, "case": cases}
    return text_of(client.post("/rosters/hcle/review", form, follow=True))


def test_the_steps_of_the_review_are_counted_and_listed(world: World) -> None:
    suspects(world)
    said = text_of(signed_in("demo-city").get("/rosters/hcle"))
    assert "疑似 2" in said and "最终名单 18" in said and "已剔除 9" in said
    assert "疑似0厂" in said


def test_many_cases_take_a_step_together_or_not_at_all(world: World) -> None:
    cases = suspects(world)
    county = signed_in("demo-jiashan")
    assert "已登记“筛选” 2 户" in review(county, "screened", cases)
    removed = world.cases["330421"][2].pk
    assert "不能登记" in review(county, "verified", [*cases, removed])
    assert set(CaseState.objects.filter(pk__in=cases).values_list("state", flat=True)) == {"screened"}


def test_removing_needs_a_reason(world: World) -> None:
    cases = suspects(world)
    county = signed_in("demo-jiashan")
    assert "须写明理由" in review(county, "removed", cases)
    assert "已登记“剔除” 2 户" in review(county, "removed", cases, reason="已停产")


def test_nobody_confirms_their_own_proposal_and_the_county_not_for_the_city(world: World) -> None:
    cases = suspects(world, 1)
    county = signed_in("demo-jiashan")
    review(county, "kept", cases)
    assert "须由他人办理" in review(county, "county_confirmed", cases)
    review(signed_in("demo-city"), "county_confirmed", cases)
    assert "您在该辖区没有" in review(county, "city_confirmed", cases)
    assert "已登记“市级确认” 1 户" in review(signed_in("demo-city"), "city_confirmed", cases)


def test_a_town_team_may_not_review_and_another_county_not_these(world: World) -> None:
    cases = suspects(world)
    assert "您在该辖区没有" in review(signed_in("demo-xitang"), "screened", cases)
    assert "不在您的辖区" in review(signed_in("demo-pinghu"), "screened", cases)
    assert set(CaseState.objects.filter(pk__in=cases).values_list("state", flat=True)) == {"suspected"}


def test_the_difference_adds_up_and_its_sheet_has_every_row(world: World) -> None:
    client = signed_in("demo-city")
    said = text_of(client.get("/rosters/hcle/changes"))
    for part in ("推送 27", "减：剔除 9", "等于：保留 18", "加：新增 0", "等于：最终名单 18", "已注销"):
        assert part in said
    rows = cells_of(client.get("/rosters/hcle/changes.xlsx"))
    outcomes = [row[4] for row in rows if isinstance(row[0], int)]
    assert len(outcomes) == 27 and outcomes.count("最终名单") == 18 and outcomes.count("已剔除") == 9


def test_a_version_is_frozen_by_those_who_may(world: World) -> None:
    form = {"as_of": "2021-11-09", "note": "首版"}
    assert signed_in("demo-jiashan").post("/rosters/hcle/freeze", form, follow=True).status_code == 403
    city = signed_in("demo-city")
    assert "已冻结第 1 版" in text_of(city.post("/rosters/hcle/freeze", form, follow=True))
    assert "无需再次冻结" in text_of(city.post("/rosters/hcle/freeze", form, follow=True))


def test_overlap_calls_unknown_what_nobody_can_know(world: World) -> None:
    everywhere = Scope(everywhere=True)
    found = overlap(world.hcle, world.own, everywhere)
    assert (len(found.both), len(found.only_here), len(found.unknown_here)) == (9, 0, 9)
    Firm.objects.update(temporary_id=None, code_status="valid")
    found = overlap(world.hcle, world.own, everywhere)
    assert (len(found.both), len(found.only_here), len(found.unknown_here)) == (9, 9, 0)
    one, other = world.cases["330421"][1].firm, world.cases["330421"][2].firm
    MatchPair.objects.create(
        firm=one, candidate=other, place=one.place, probability_micro=500000, created_at=at_day(80)
    )
    found = overlap(world.hcle, world.own, everywhere)
    assert [row.firm_id for row in found.unknown_here] == [one.pk]


def test_overlap_stays_in_the_territory(world: World) -> None:
    said = text_of(signed_in("demo-jiashan").get("/rosters/hcle/with/own"))
    assert "两份名单都有 1 家" in said
    assert "不得相加" in said


def test_the_firms_of_one_part_are_listed_page_by_page(world: World) -> None:
    client = signed_in("demo-city")
    unknown = text_of(client.get("/rosters/hcle/with/own?part=3"))
    firm = overlap(world.hcle, world.own, Scope(everywhere=True)).unknown_here[0].firm
    assert firm in unknown and firm not in text_of(client.get("/rosters/hcle/with/own"))
    assert client.get("/rosters/hcle/with/own?part=99&page=x").status_code == 200
