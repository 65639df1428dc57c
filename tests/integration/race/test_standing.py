"""Counties and towns see where they stand, what is short, and what was issued above them: totals, no firm elsewhere."""

from datetime import timedelta
from typing import Any

import pytest

from tenglong.actions.reporting.bulletins import issue
from tenglong.domain.evaluation.disclosure import smallest_group
from tenglong.queries.registry.territory import actor_of
from tenglong.store.models import Bulletin, Case, User
from tests.factories import BEGAN, World, build_world
from tests.integration.web import signed_in, text_of

ASKED = "?as_of=2021-10-31"
CITY = "330400"


@pytest.fixture
def world(db: None) -> World:
    return build_world(per_unit=6)


@pytest.fixture
def bulletin(world: World) -> Bulletin:
    at = BEGAN + timedelta(days=70)
    actor = actor_of(User.objects.get(username="demo-city"), at.date())
    return issue(actor=actor, at=at, roster=world.hcle, code=CITY, as_of=at.date())


def names(world: World, *, but: str = "") -> set[str]:
    """The firms of the roster outside one county."""
    cases = Case.objects.filter(roster=world.hcle)
    return {case.firm.name for case in cases.exclude(pk__in=[one.pk for one in world.cases.get(but, [])])}


def test_the_rank_of_a_county_is_that_of_the_citys_board_and_nothing_of_its_neighbours_but_totals(
    world: World,
) -> None:
    city = text_of(signed_in("demo-city").get(f"/standing{ASKED}&unit=330421"))
    county = text_of(signed_in("demo-jiashan").get(f"/standing{ASKED}"))
    rank = city[city.index("位次 第") :][:14]
    assert rank in county and "嘉兴市赛马榜（只列合计）" in county and "南湖区" in county
    assert not [name for name in names(world, but="330421") if name in county]
    assert "今后每天须完成（家）" in county and "剩余天数 61" in county


def test_a_card_opens_to_its_rule_the_missing_firms_and_what_follows(world: World) -> None:
    home = signed_in("demo-city").get(f"/{ASKED}").content.decode()
    assert 'href="/standing?as_of=2021-10-31&amp;unit=330421"' in home
    said = text_of(signed_in("demo-city").get(f"/standing{ASKED}&unit=330482"))
    assert "序时差不低于 0 个百分点" in said and "其余" in said and "红牌" in said
    missing = [case.firm.name for case in world.cases["330482"] if case.firm.name in said]
    assert missing and "下步要求" in said and "要对照序时进度" in said


def test_sums_over_very_few_firms_of_others_stay_away(world: World) -> None:
    found: Any = signed_in("demo-jiashan").get(f"/standing{ASKED}").context["standing"]
    others = [row.entrant for row in found.rows if row.entrant.code != "330421"]
    small = [unit for unit in others if unit.done < smallest_group()]
    assert small and all(unit.land is None and unit.energy is None for unit in small)
    assert [unit for unit in others if unit.energy is not None]
    assert found.row.entrant.energy is not None


def test_the_top_of_a_roster_has_no_rank_and_a_town_has_one_in_its_county(world: World) -> None:
    city, town = signed_in("demo-city"), signed_in("demo-xitang")
    assert city.get("/standing").status_code == 404 and "在嘉兴市的位次" not in text_of(city.get("/"))
    assert "在嘉善县的位次" in text_of(town.get(f"/{ASKED}"))


def test_a_county_reads_the_totals_of_the_citys_bulletin_and_no_more(
    world: World, bulletin: Bulletin
) -> None:
    county = signed_in("demo-jiashan")
    assert f'href="/bulletins/{bulletin.pk}/totals' in county.get("/bulletins").content.decode()
    said = text_of(county.get(f"/bulletins/{bulletin.pk}/totals"))
    assert "只列合计" in said and "平湖市" in said
    assert not [name for name in names(world) if name in said]
    for address in (f"/bulletins/{bulletin.pk}", f"/bulletins/{bulletin.pk}.docx"):
        assert county.get(address).status_code == 404, address
    assert signed_in("demo-city").get(f"/bulletins/{bulletin.pk}/totals").status_code == 404
