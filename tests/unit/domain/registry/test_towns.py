"""The town of an address is suggested: prefix traps, homonyms, abolished towns; nothing is chosen."""

from datetime import date

import pytest

from tenglong.domain.registry.changes import Kind, Step, applied, change
from tenglong.domain.registry.divisions import load_places
from tenglong.domain.registry.towns import town_question, towns_in

DAY, CITY = date(2024, 1, 1), "330400"


def suggested(address: str, within: str = CITY, province: str = CITY) -> list[str]:
    return [one.town.name for one in towns_in(address, load_places(province), within=within, day=DAY)]


@pytest.mark.parametrize(
    ("address", "towns"),
    [
        ("浙江省嘉兴市嘉善县西塘镇南苑路1号", ["西塘镇"]),
        ("嘉善县西塘 南苑路1号", ["西塘镇"]),
        ("嘉善縣西塘鎮南苑路1號", ["西塘镇"]),
        ("海盐县西塘桥街道海港大道", ["西塘桥街道"]),
        ("海盐县西塘桥海港大道", ["西塘桥街道"]),
        ("海盐西塘桥镇东", ["西塘桥街道"]),
        ("嘉善县魏塘街道西塘路8号", ["魏塘街道"]),
        ("平湖市新仓镇与新埭镇交界", ["新仓镇"]),
        ("嘉善县西塘路8号", []),
        ("某地", []),
        ("", []),
        ("\x00（", []),
    ],
)
def test_the_longest_name_that_stands_first_counts(address: str, towns: list[str]) -> None:
    assert suggested(address) == towns


def test_homonyms_are_told_apart_by_the_county_or_all_suggested() -> None:
    henan = load_places("410000")
    every = towns_in("城关镇1号", henan, within="410000", day=DAY)
    assert len(every) > 10 and {one.town.name for one in every} == {"城关镇"}
    county = henan.at(DAY).ancestors(every[0].town.code)[0]
    assert towns_in(f"{county.name}城关镇1号", henan, within="410000", day=DAY) == every[:1]


def test_an_abolished_town_leads_to_the_one_that_took_over() -> None:
    places = load_places()
    step = Step(Kind.MERGE, date(2023, 1, 1), "330421111", other="330421112")
    merged = applied(places, [change(places, step, 10**9)])
    found = towns_in("嘉善县姚庄镇宝群路1号", merged, within=CITY, day=DAY)
    assert [(one.town.name, one.former) for one in found] == [("天凝镇", "姚庄镇")]
    question = town_question(found, merged.at(DAY))
    assert question is not None and "嘉善县天凝镇（330421112，原姚庄镇）" in question.render(str)
    before = towns_in("嘉善县姚庄镇宝群路1号", merged, within=CITY, day=date(2022, 1, 1))
    assert [(one.town.name, one.former) for one in before] == [("姚庄镇", "")]


def test_nothing_is_asked_where_the_address_says_nothing() -> None:
    assert town_question([], load_places().at(DAY)) is None
