"""The invented campaign comes out at the article's figures before anything is imported."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from stdnum.cn import uscc

from tenglong.demo.campaign import Campaign, campaign
from tenglong.demo.setting import SETTING

NOVEMBER_9 = date(2021, 11, 9)


@pytest.fixture(scope="module")
def made() -> Campaign:
    return campaign()


def total(stories, column: str) -> Decimal:
    return sum((story.amount(column) for story in stories), Decimal(0))


def written_off(made: Campaign):
    noise = {id(made.province.relapse), id(made.province.mistaken)}
    return [s for s in made.province.stories if s.day_of("written_off_on") and id(s) not in noise]


def test_the_province_list_is_what_was_pushed_less_removed_plus_added(made):
    decisions = Counter(item.decision for item in made.province.listed)
    assert decisions["保留"] + decisions["剔除"] == 861
    assert decisions["保留"] + decisions["新增"] == len(made.province.stories) == 730


def test_520_written_off_free_8940_mu_and_313000_tce(made):
    done = written_off(made)
    assert len(done) == 520
    assert total(done, "area_vacated") == 8940
    assert total(done, "energy_freed") == 313000


def test_every_week_reaches_its_count(made):
    done = written_off(made)
    for week in SETTING["hcle"]["week"]:
        assert sum(story.day_of("written_off_on") <= week["day"] for story in done) == week["written_off"]


def test_every_unit_reaches_its_count(made):
    targets = Counter(story.firm.county for story in made.province.stories)
    done = Counter(story.firm.county for story in written_off(made))
    for unit in SETTING["hcle"]["unit"]:
        assert (targets[unit["code"]], done[unit["code"]]) == (unit["targets"], unit["written_off"])


def test_the_freed_amounts_are_skewed_to_the_right(made):
    energies = sorted(story.amount("energy_freed") for story in written_off(made))
    mean = sum(energies) / len(energies)
    assert energies[len(energies) // 2] < mean


def test_the_city_list_closes_283_by_7_november(made):
    closed = [story for story in made.city if story.day_of("closed_on")]
    assert len(closed) == 283
    assert max(story.day_of("closed_on") for story in closed) <= date(2021, 11, 7)
    assert total(closed, "area_vacated") == 19700
    assert total(closed, "energy_freed") == 398000


def test_the_two_lists_overlap_in_part_and_agree_where_they_do(made):
    there = {story.firm.code: story for story in made.province.stories}
    both = [story for story in made.city if story.firm.code and story.firm.code in there]
    assert len(both) == SETTING["hcle"]["added"] + SETTING["city"]["also_pushed"]
    assert any(not story.firm.code for story in made.city)
    for story in both:
        if story.day_of("closed_on"):
            assert story.amount("energy_freed") == there[story.firm.code].amount("energy_freed")


def test_977_contracts_in_100_days(made):
    signed = [s for s in made.buttons.stories if (day := s.day_of("signed_on")) and day <= date(2021, 8, 4)]
    relations = Counter(story.fixed["relation"] for story in signed)
    assert relations == {"房东": 209, "承租": 768}
    later = [s for s in made.buttons.stories if (day := s.day_of("signed_on")) and day > date(2021, 8, 4)]
    assert min(story.day_of("signed_on") for story in later) > date(2021, 8, 5)


def test_997_vacated_never_more_than_signed_and_enforced(made):
    cluster = made.buttons
    assert len(cluster.gone) == 997
    for day in (date(2021, 6, 1), date(2021, 8, 5), NOVEMBER_9):
        reached = {
            column: sum(1 for s in cluster.stories if (on := s.day_of(column)) and on <= day)
            for column in ("signed_on", "closed_on", "emptied_on")
        }
        assert reached["emptied_on"] <= reached["signed_on"] + reached["closed_on"]


def test_land_stands_at_landlords_and_tenants_add_none(made):
    assert total(made.buttons.stories, "area_vacated") == Decimal("831.8")
    for story in made.buttons.stories:
        if story.amount("area_vacated"):
            assert story.fixed["relation"] == "房东"
            assert story.amount("area_vacated") <= story.amount("area_signed")


def test_a_landlord_leaves_after_the_tenants(made):
    leaves = {s.firm.parcel: s.day_of("emptied_on") for s in made.buttons.landlords}
    for story in [*made.buttons.tenants, *made.buttons.enforced]:
        day, landlord_day = story.day_of("emptied_on"), leaves[story.firm.parcel]
        if landlord_day:
            assert day and day < landlord_day


def test_the_cluster_before_and_after(made):
    stories = made.buttons.stories
    assert total(stories, "energy") == 51000
    assert total(stories, "energy") - total(stories, "energy_freed") == 28000
    assert total(stories, "wastewater") == 600000
    assert total(stories, "wastewater") - total(stories, "wastewater_freed") == 390000
    assert total(stories, "cod") == 240
    assert total(stories, "cod") - total(stories, "cod_freed") == 156
    assert sum(story.amount("wastewater") > 0 for story in stories) == 205
    assert sum(story.amount("wastewater") > story.amount("wastewater_freed") for story in stories) == 65


def test_nothing_frees_more_than_it_had(made):
    for story in [*made.province.stories, *made.city, *made.buttons.stories]:
        assert story.amount("energy_freed") <= story.amount("energy")
        assert story.amount("wastewater_freed") <= story.amount("wastewater")


def test_amounts_have_at_most_two_decimals(made):
    columns = ("area_vacated", "area_signed", "energy", "energy_freed", "cod", "cod_freed")
    for story in [*made.province.stories, *made.city, *made.buttons.stories]:
        assert all(story.amount(column) * 100 % 1 == 0 for column in columns)


def test_firms_cannot_be_mistaken_for_real_ones_or_for_each_other(made):
    firms = {item.firm.name: item.firm for item in made.province.listed}
    firms |= {story.firm.name: story.firm for story in [*made.city, *made.buttons.stories]}
    assert all("演示" in name for name in firms)
    coded = [firm for firm in firms.values() if firm.code]
    assert len({firm.code for firm in coded}) == len(coded)
    assert all(firm.code[8:13] == "MADEM" for firm in coded)
    failing = [firm for firm in coded if not uscc.is_valid(firm.code)]
    assert len(failing) == 1


def test_the_same_seed_makes_the_same_campaign(made):
    campaign.cache_clear()
    again = campaign()
    assert [s.row(NOVEMBER_9) for s in again.buttons.stories] == [
        s.row(NOVEMBER_9) for s in made.buttons.stories
    ]
