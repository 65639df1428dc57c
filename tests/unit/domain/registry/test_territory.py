"""The tree of places on any day: official order, renames, mergers, and what people write for a place."""

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tenglong.domain.kernel.errors import BadValue, NotFound
from tenglong.domain.registry.divisions import load_places
from tenglong.domain.registry.territory import Level, Place, Territory

DAY, BEFORE_RENAME = date(2021, 11, 9), date(2003, 6, 30)
CITY = "330400"


def name_of(text: str, within: str = CITY, day: date = DAY) -> str:
    return load_places().find(text, within=within, day=day).name


def test_the_city_has_nine_units_in_official_order() -> None:
    units = [place.name for place in load_places().at(DAY).children(CITY)]
    assert units == [
        "南湖区",
        "秀洲区",
        "嘉善县",
        "平湖市",
        "海盐县",
        "海宁市",
        "桐乡市",
        "嘉兴经济技术开发区",
        "嘉兴港区",
    ]


def test_towns_are_those_of_the_statistical_bureau(shared: Path) -> None:
    with (shared / "data/01_divisions/streets_national.csv").open(encoding="utf-8") as file:
        known = {row["code"]: row["name"] for row in csv.DictReader(file) if row["cityCode"] == "3304"}
    tree = load_places().at(DAY)
    assert {p.code: p.name for p in tree.descendants(CITY) if p.level is Level.TOWN} == known
    assert len(known) == 72
    assert len(tree.children("330421")) == 9


def test_ancestors_are_nearest_first() -> None:
    assert [place.code for place in load_places().at(DAY).ancestors("330421103")] == [
        "330421",
        "330400",
        "330000",
    ]


def test_a_rename_keeps_code_and_history() -> None:
    territory = load_places()
    assert territory.at(BEFORE_RENAME).place("330402").name == "秀城区"
    assert territory.at(date(2005, 5, 16)).place("330402").name == "秀城区"
    assert territory.at(date(2005, 5, 17)).place("330402").name == "南湖区"
    assert territory.at(BEFORE_RENAME).members("330402") == territory.at(DAY).members("330402")


@pytest.mark.parametrize(
    ("text", "within", "expected"),
    [
        ("330421", CITY, "嘉善县"),
        ("330421103", CITY, "西塘镇"),
        ("330421103000", CITY, "西塘镇"),
        ("330421103205", CITY, "西塘镇"),
        ("330421000000", CITY, "嘉善县"),
        ("３３０４ｋ１", CITY, "嘉兴经济技术开发区"),
        ("西塘镇", CITY, "西塘镇"),
        ("西塘", CITY, "西塘镇"),
        ("西塘桥", CITY, "西塘桥街道"),
        (" 嘉善县 西塘镇 ", CITY, "西塘镇"),
        ("浙江省嘉兴市嘉善县西塘", "330000", "西塘镇"),
        ("经开区", CITY, "嘉兴经济技术开发区"),
        ("嘉兴经济技术开发区（国际商务区）", CITY, "嘉兴经济技术开发区"),
        ("港区", CITY, "嘉兴港区"),
        ("南湖", CITY, "南湖区"),
        ("南湖", "330402", "南湖街道"),
        ("秀城区", CITY, "南湖区"),
        ("嘉兴", CITY, "嘉兴市"),
    ],
)
def test_what_people_write_is_found(text: str, within: str, expected: str) -> None:
    assert name_of(text, within) == expected


@pytest.mark.parametrize(
    ("text", "within", "hint"),
    [
        ("黄塘镇", CITY, "全称或区划代码"),
        ("西", CITY, "西塘镇（330421103）、海盐县西塘桥街道（330424002）"),
        ("", CITY, "全称或区划代码"),
        ("430602101", CITY, "不在本辖区"),
        ("西塘镇", "330424", "西塘桥街道（330424002）"),
        ("330424", "330421", "不在本辖区"),
    ],
)
def test_the_unknown_is_refused_with_what_is_similar(text: str, within: str, hint: str) -> None:
    with pytest.raises(NotFound) as refused:
        name_of(text, within)
    assert hint in str(refused.value)


def test_the_same_town_name_in_another_city_is_told_apart() -> None:
    start = date(1949, 10, 1)
    yueyang = [
        Place(900, "430602", "岳阳楼区", Level.COUNTY, None, 1, start),
        Place(901, "430602101", "西塘镇", Level.TOWN, 900, 1, start),
        Place(902, "430602102", "西塘乡", Level.TOWN, 900, 2, start),
    ]
    territory = Territory([*load_places().places.values(), *yueyang])
    assert territory.find("西塘镇", within="430602", day=DAY).code == "430602101"
    assert territory.find("西塘镇", within=CITY, day=DAY).code == "330421103"
    with pytest.raises(BadValue, match="岳阳楼区西塘镇（430602101）、岳阳楼区西塘乡（430602102）"):
        territory.find("西塘", within="430602", day=DAY)


def test_a_merger_moves_figures_from_its_day_on_only() -> None:
    rows = dict(load_places().places)
    yaozhuang = next(place for place in rows.values() if place.code == "330421111")
    xitang = next(place for place in rows.values() if place.code == "330421103")
    merged = replace(yaozhuang, valid_to=date(2022, 1, 1), successor_id=xitang.id)
    territory = Territory((rows | {yaozhuang.id: merged}).values())
    assert territory.at(date(2021, 12, 31)).members("330421111") == {yaozhuang.id}
    assert territory.at(date(2022, 1, 1)).members("330421103") == {xitang.id, yaozhuang.id}
    successor = "“姚庄镇”已于 2022-01-01 撤并，由“西塘镇”（330421103）承接，请改填“西塘镇”"
    for asked in ("姚庄", "姚庄镇", "330421111", "330421111000"):
        with pytest.raises(BadValue, match=successor):
            territory.find(asked, within=CITY, day=date(2022, 1, 1))
    assert territory.find("姚庄", within=CITY, day=date(2021, 12, 31)) == merged
    with pytest.raises(NotFound, match=successor):
        territory.at(date(2022, 1, 1)).members("330421111")


def test_a_day_before_all_places_has_none() -> None:
    with pytest.raises(NotFound, match="没有代码为“330400”"):
        load_places().at(date(1900, 1, 1)).members(CITY)
