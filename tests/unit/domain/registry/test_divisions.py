"""The places of the whole country: each kind the statistics have, by its code, with what is above and under it."""

import csv
from datetime import date
from pathlib import Path

import pytest

from tenglong.domain.kernel.errors import BadRules, NotFound
from tenglong.domain.registry.divisions import check_packed, load_places, shipped_place, shipped_with
from tenglong.domain.registry.territory import Level, Tree

DAY = date(2024, 1, 1)
GROUPS = {"419000", "429000", "469000", "500100", "500200", "659000"}
FILES = {"provinces": 31, "cities": 342, "areas": 2978, "streets_national": 41352}


def tree_of(code: str) -> Tree:
    return load_places(code).at(DAY)


def facts(shared: Path, name: str) -> dict[str, str]:
    with (shared / f"data/01_divisions/{name}.csv").open(encoding="utf-8") as file:
        return {row["code"].ljust(6, "0"): row["name"] for row in csv.DictReader(file)}


@pytest.mark.parametrize("name", FILES)
def test_every_code_of_the_statistics_is_a_place_of_its_name(shared: Path, name: str) -> None:
    known = facts(shared, name)
    assert len(known) == FILES[name]
    other = {code for code in sorted(known.keys() - GROUPS) if shipped_place(code).name != known[code]}
    assert other == ({"110100", "120100", "310100"} if name == "cities" else set())
    assert all(shipped_place(code).code == f"{code[:2]}0000" for code in other)


@pytest.mark.parametrize(
    ("code", "above", "under", "level"),
    [
        ("441300", ["广东省"], "惠城区", Level.CITY),
        ("110000", [], "东城区", Level.PROVINCE),  # a city under the centre: its districts directly
        ("110100", [], "东城区", Level.PROVINCE),
        ("500101", ["重庆市"], "高笋塘街道", Level.COUNTY),
        ("419001", ["河南省"], "济源市坡头镇", Level.COUNTY),  # a county under a province
        ("469021", ["海南省"], "定城镇", Level.COUNTY),
        ("441900", ["广东省"], "东城街道", Level.CITY),  # cities without counties: towns directly
        ("442000", ["广东省"], "石岐街道", Level.CITY),
        ("460400", ["海南省"], "那大镇", Level.CITY),
        ("620200", ["甘肃省"], "雄关街道", Level.CITY),
        ("620201", ["甘肃省"], "雄关街道", Level.CITY),
        ("659001", ["新疆维吾尔自治区"], "兵团一五二团", Level.COUNTY),  # of the corps
        (
            "130171",
            ["石家庄市", "河北省"],
            "长江街道",
            Level.ZONE,
        ),  # a development zone with a code of its own
        ("441303001", ["惠阳区", "惠州市", "广东省"], None, Level.TOWN),
    ],
)
def test_each_kind_comes_with_what_is_above_and_under_it(
    code: str, above: list[str], under: str | None, level: Level
) -> None:
    tree, place = tree_of(code), shipped_place(code)
    assert place.level is level
    assert [one.name for one in tree.ancestors(place.code)] == above
    children = [one.name for one in tree.children(place.code)]
    assert under in children if under else children == []
    outside = {one.code for root in tree.roots for one in tree.descendants(root.code)}
    assert outside - {one.code for one in tree.descendants(place.code)} == {
        one.code for one in tree.ancestors(place.code)
    }


def test_a_province_holds_cities_then_counties_of_its_own() -> None:
    names = [place.name for place in tree_of("410000").children("410000")]
    assert (names[0], names[-2:]) == ("郑州市", ["驻马店市", "济源市"])
    assert tree_of("130100").children("130100")[-1].level is Level.ZONE


def test_the_codes_of_towns_that_end_in_00_keep_their_order() -> None:
    codes = [place.code for place in tree_of("441302").children("441302")]
    assert codes == sorted(codes)


def test_ids_are_the_codes_but_for_the_places_shipped_before() -> None:
    assert [row.id for row in shipped_with("441303001")] == [440000, 441300, 441303, 441303001]
    assert sorted(row.id for row in shipped_with("330400")) == list(range(1, 85))
    whole = shipped_with("330000")
    assert len({row.id for row in whole}) == len(whole)
    assert {row.id for row in shipped_with("330400")} <= {row.id for row in whole}


@pytest.mark.parametrize(
    ("code", "near"),
    [
        ("441399", "龙门县（441324）"),
        ("441302099", "（441302"),
        ("990000", "新疆维吾尔自治区（650000）"),
        ("惠州", "惠州市（441300）"),
        ("市辖区", "北京市（110000）"),
        ("", "北京市（110000）"),
        ("<'-", "北京市（110000）"),
        ("419000", "济源市（419001）；或者填写全省（区、市）：河南省（410000）。"),
    ],
)
def test_the_unknown_is_answered_with_the_nearest(code: str, near: str) -> None:
    with pytest.raises(NotFound) as refused:
        shipped_with(code)
    assert near in str(refused.value)


def test_another_packed_file_is_refused() -> None:
    with pytest.raises(BadRules, match=r"divisions\.txt\.gz"):
        check_packed(b"other")
