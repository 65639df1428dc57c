"""Steps of places: nothing of earlier days moves, everything is said once, and every step can be taken back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tenglong.domain.kernel.errors import BadValue, Conflict, NotFound
from tenglong.domain.registry.changes import Kind, Step, applied, change
from tenglong.domain.registry.divisions import load_places
from tenglong.domain.registry.territory import Level, Territory

BEFORE, DAY, LATER = date(2021, 12, 31), date(2022, 1, 1), date(2022, 6, 1)
CITY, COUNTY, XITANG, YAOZHUANG = "330400", "330421", "330421103", "330421111"
ID = 1_000_000_000


def stepped(*steps: Step) -> Territory:
    """The places after steps."""
    territory = load_places()
    for step in steps:
        territory = applied(territory, [change(territory, step, ID + len(territory.places))])
    return territory


def names(territory: Territory, code: str, day: date) -> list[str]:
    return [place.name for place in territory.at(day).children(code)]


STEPS = [
    Step(Kind.ADD, DAY, COUNTY, name="演示园区"),
    Step(Kind.ADD, DAY, CITY, name="演示新区", new_code="330409"),
    Step(Kind.ORDER, DAY, "3304G1", position=1),
    Step(Kind.RENAME, DAY, XITANG, name="演示镇"),
    Step(Kind.MOVE, DAY, XITANG, other="330482"),
    Step(Kind.MERGE, DAY, XITANG, other=YAOZHUANG),
    Step(Kind.MERGE, DAY, XITANG, name="演示新镇"),
    Step(Kind.MERGE, DAY, "330411", other="330402"),
    Step(Kind.SPLIT, DAY, XITANG, name="演示东镇"),
    Step(Kind.CLOSE, DAY, "3304G1", other="330482"),
    Step(Kind.CLOSE, DAY, XITANG, other=COUNTY),
]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step.kind} {step.code}")
def test_nothing_of_earlier_days_moves_and_everything_counts_once(step: Step) -> None:
    was, now = load_places(), stepped(step)
    old = {place.id for place in was.places.values()}
    for place in was.at(BEFORE).descendants(CITY):
        assert now.at(BEFORE).members(place.code) & old == was.at(BEFORE).members(place.code), place.name
    assert names(now, CITY, BEFORE) == names(was, CITY, BEFORE)
    for day in (BEFORE, DAY, LATER):
        top = now.at(day).members("330000")
        assert top == set(now.places)
        parts = [now.at(day).members(child.code) for child in now.at(day).children(CITY)]
        assert sum(map(len, parts)) == len(frozenset().union(*parts))


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step.kind} {step.code}")
def test_what_is_taken_back_was_never_there(step: Step) -> None:
    was = load_places()
    made = change(was, step, ID)
    assert applied(was, [made]).places != was.places
    assert applied(was, [made, made.undone]).places == was.places


def test_a_zone_stands_beside_counties_and_a_park_beside_towns_with_codes_of_our_own() -> None:
    city = stepped(STEPS[0], Step(Kind.ADD, DAY, CITY, name="演示港区", aliases=("港区二",)))
    park = city.find("演示园区", within=CITY, day=DAY)
    zone = city.find("港区二", within=CITY, day=DAY)
    assert (park.code, park.level) == ("330421Z11", Level.TOWN)
    assert (zone.code, zone.level, names(city, CITY, DAY)[-1]) == ("3304Z1", Level.ZONE, "演示港区")


def test_a_city_of_towns_gets_another_town() -> None:
    dongguan = load_places("441900")
    made = change(dongguan, Step(Kind.ADD, DAY, "441900", name="演示园区"), ID)
    assert [row and row.level for row in made.after.values()] == [Level.TOWN]


def test_an_order_holds_from_its_day_on() -> None:
    territory = stepped(STEPS[2])
    assert names(territory, CITY, DAY)[:2] == ["嘉兴港区", "南湖区"]
    again = applied(territory, [change(territory, Step(Kind.ORDER, LATER, "330482", position=1), ID + 500)])
    assert (names(again, CITY, LATER)[0], names(again, CITY, DAY)[0]) == ("平湖市", "嘉兴港区")


def test_a_former_name_is_still_understood_and_a_closed_place_names_its_successor() -> None:
    renamed = stepped(STEPS[3])
    assert renamed.find("西塘镇", within=CITY, day=DAY).name == "演示镇"
    with pytest.raises(BadValue, match="“嘉兴港区”已于 2022-01-01 撤并，由“平湖市”（330482）承接"):
        stepped(STEPS[9]).find("嘉兴港区", within=CITY, day=DAY)
    twice = stepped(STEPS[5], Step(Kind.MERGE, LATER, YAOZHUANG, other="330421112"))
    with pytest.raises(BadValue, match="由“天凝镇”"):
        twice.find("西塘镇", within=CITY, day=LATER)


def test_what_lay_under_a_closed_county_comes_under_its_successor() -> None:
    territory = stepped(STEPS[7])
    assert "王江泾镇" in names(territory, "330402", DAY)
    assert "王江泾镇" in names(territory, "330411", BEFORE)
    assert not territory.at(DAY).has("330411")


def test_a_part_counts_where_it_came_from_before_its_day() -> None:
    territory = stepped(STEPS[8])
    part = territory.at(DAY).place("330421Z11")
    assert part.id in territory.at(BEFORE).members(XITANG)
    assert part.id not in territory.at(DAY).members(XITANG)


def test_two_changes_of_one_day_make_one_row() -> None:
    rows = stepped(STEPS[3], Step(Kind.MOVE, DAY, XITANG, other="330482")).places.values()
    assert [row.name for row in rows if row.code == XITANG] == ["西塘镇", "演示镇"]


def test_a_new_official_code_is_another_name() -> None:
    territory = stepped(Step(Kind.RENAME, DAY, COUNTY, name="嘉善市", aliases=("330485",)))
    assert territory.find("330485", within=CITY, day=DAY).code == COUNTY


@pytest.mark.parametrize(
    ("step", "error", "words"),
    [
        (Step(Kind.ADD, DAY, XITANG, name="演示园区"), BadValue, "上级须比它高一级"),
        (Step(Kind.ADD, DAY, COUNTY, name=""), BadValue, "不能作为单位名称"),
        (Step(Kind.ADD, DAY, COUNTY, name="西塘镇"), Conflict, "同一上级之下已有"),
        (Step(Kind.ADD, DAY, COUNTY, name="演示镇", new_code="330421103"), Conflict, "已被使用"),
        (Step(Kind.ADD, DAY, COUNTY, name="演示镇", new_code="33"), BadValue, "9位区划代码"),
        (Step(Kind.ADD, DAY, "330499", name="演示镇"), NotFound, "没有代码"),
        (Step(Kind.ORDER, DAY, "3304G1", position=10), BadValue, "1 至 9"),
        (Step(Kind.ORDER, DAY, "330402", position=1), Conflict, "没有任何改动"),
        (Step(Kind.RENAME, DAY, XITANG, name="西塘镇"), Conflict, "没有任何改动"),
        (Step(Kind.MOVE, DAY, XITANG), BadValue, "请填写新的上级"),
        (Step(Kind.MOVE, DAY, XITANG, other=COUNTY), Conflict, "无需移动"),
        (Step(Kind.MOVE, DAY, COUNTY, other=XITANG), BadValue, "上级须比它高一级"),
        (Step(Kind.MERGE, DAY, XITANG), BadValue, "并入的单位"),
        (Step(Kind.MERGE, DAY, XITANG, other=COUNTY), BadValue, "同级"),
        (Step(Kind.MERGE, DAY, XITANG, other=XITANG), BadValue, "不能承接它"),
        (Step(Kind.SPLIT, DAY, XITANG), BadValue, "分出单位的名称"),
        (Step(Kind.CLOSE, DAY, XITANG), BadValue, "请填写承接单位"),
        (Step(Kind.CLOSE, DAY, COUNTY, other=XITANG), BadValue, "同级或上级"),
        (Step(Kind.RENAME, date(2003, 1, 1), "330402", name="演示区"), Conflict, "2005-05-17 已有变动"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(step: Step, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        change(load_places(), step, ID)


def test_what_began_today_does_not_end_today() -> None:
    territory = stepped(STEPS[0])
    with pytest.raises(Conflict, match="当天撤并"):
        change(territory, Step(Kind.CLOSE, DAY, "330421Z11", other=COUNTY), ID + 500)


def test_a_step_before_later_ones_is_refused_where_they_touch() -> None:
    territory = stepped(Step(Kind.RENAME, LATER, XITANG, name="演示镇"))
    with pytest.raises(Conflict, match="2022-06-01 已有变动"):
        change(territory, replace(STEPS[4], day=LATER - timedelta(days=1)), ID + 500)


def test_only_the_offices_above_answer() -> None:
    places = load_places()
    ids = {place.code: place.id for place in places.at(DAY).descendants("330000")}
    assert change(places, STEPS[3], ID).answering == {ids[COUNTY]}
    assert change(places, STEPS[4], ID).answering == {ids[COUNTY], ids["330482"]}
    assert change(places, STEPS[9], ID).answering == {ids[CITY]}
    assert change(places, Step(Kind.RENAME, DAY, CITY, name="演示市"), ID).answering == {ids["330000"]}
    assert change(places, Step(Kind.RENAME, DAY, "330000", name="演示省"), ID).answering == {0}


@pytest.mark.parametrize(
    ("step", "error"),
    [
        (Step(Kind.ADD, DAY, CITY, name="演示港区", aliases=("平湖市",)), Conflict),
        (Step(Kind.RENAME, DAY, COUNTY, aliases=("海盐县",)), Conflict),
        (Step(Kind.RENAME, DAY, COUNTY, aliases=("嘉善 县",)), BadValue),
        (Step(Kind.SPLIT, DAY, COUNTY, name="演示区", aliases=("长" * 41,)), BadValue),
        (Step(Kind.SPLIT, DAY, COUNTY, name="演示区", aliases=("\u202e演示",)), BadValue),
    ],
)
def test_an_alias_is_a_name_that_no_place_beside_bears(step: Step, error: type[Exception]) -> None:
    with pytest.raises(error):
        stepped(step)
    assert stepped(Step(Kind.RENAME, DAY, COUNTY, name="嘉善市", aliases=("嘉善县",)))
