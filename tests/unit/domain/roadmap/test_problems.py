import copy
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.roadmap import check
from tenglong.domain.roadmap.files.problems import parse_problem, read_problem
from tenglong.domain.roadmap.problems import in_units
from tests.unit.domain.roadmap.small import content, problem


def parts(found: Any, measure: int, start: int) -> list[tuple[int, int, int]]:
    return sorted(found.parts_of(measure, start))


@pytest.mark.parametrize(
    ("written", "places", "whole"),
    [
        ("0.29", 2, 29),
        ("1.00500", 3, 1005),
        ("3", 0, 3),
        ("600000000.000000", 6, 6 * 10**14),
        ("999999999999.999999", 6, 10**18 - 1),
        ("0.285", 2, None),
        ("999999999999.9999991", 6, None),
    ],
)
def test_an_amount_is_whole_stored_units_or_refused(written: str, places: int, whole: int | None) -> None:
    assert in_units(Decimal(written), places) == whole


def test_an_amount_finer_than_its_unit_is_refused_with_its_key() -> None:
    given = content()
    given["firms"][0]["measures"][0]["amounts"]["land"] = 3.335
    with pytest.raises(BadFile, match=r"firms\[A\].measures\[close\].amounts.land：3.335 超过 2 位小数"):
        parse_problem(orjson.dumps(given), "p.json")


def test_a_large_amount_is_spread_without_rounding_on_the_way() -> None:
    given = content(amounts={"land": {"kind": "brings"}, "money": {"kind": "takes", "decimals": 6}})
    whole = given["firms"][0]["measures"][1]["amounts"]
    whole["money"] = {"total": 600000000.000001, "profile": [0.333333, 0.333333, 0.333334]}
    found = parse_problem(orjson.dumps(given), "p.json")
    assert [value for _, _, value in parts(found, 1, 1)[1:]] == [
        199_999_800_000_000,
        199_999_800_000_001,
        200_000_400_000_000,
    ]


@pytest.mark.parametrize(
    "number",
    ["1e3", "NaN", "Infinity", "-0", "-0.0", "01", "1.", ".5", "1" * 70, "true", '"3"', "1_0", "1,000"],
)
def test_a_number_that_is_not_of_the_form_is_refused(number: str) -> None:
    raw = orjson.dumps(content()).replace(b'"land":4', f'"land":{number}'.encode())
    with pytest.raises(BadFile):
        parse_problem(raw, "p.json")


def test_files_of_the_store_may_be_older_than_the_rule_against_exponents() -> None:
    raw = orjson.dumps(content()).replace(b'"land":4', b'"land":4e0')
    assert parse_problem(raw, "p.json", kept=True).parts.value.tolist() == problem().parts.value.tolist()


def test_a_key_that_stands_twice_is_refused() -> None:
    raw = orjson.dumps(content()).replace(b'"land":4', b'"land":4,"land":5')
    with pytest.raises(BadFile, match="两个“land”"):
        parse_problem(raw, "p.json")


def test_the_digest_is_of_the_content() -> None:
    given = content()
    turned = {key: given[key] for key in reversed(given)}
    spaced = orjson.dumps(turned, option=orjson.OPT_INDENT_2).replace(b'"land": 4', b'"land": 4.00')
    again = parse_problem(spaced, "p.json")
    assert again.digest == problem().digest != ""
    assert again.bytes_digest != problem().bytes_digest
    changed = orjson.dumps(given).replace("亩".encode(), "公顷".encode())
    assert parse_problem(changed, "p.json").digest != problem().digest


def test_what_is_taken_falls_into_the_start_and_what_is_brought_arrives_at_the_end() -> None:
    assert parts(problem(), 0, 1) == [(0, 2, 334), (1, 1, 90)]


def test_a_profile_spreads_an_amount_so_that_its_parts_add_up() -> None:
    assert parts(problem(), 1, 1) == [(0, 1, 100), (1, 1, 9), (1, 2, 9), (1, 3, 12)]


def test_capacities_are_rounded_to_what_they_allow() -> None:
    bounds = [(limit.at_most, limit.bound) for limit in problem().limits]
    assert bounds == [(True, 99), (True, 150), (False, 100)]


def test_the_worth_of_an_amount_falls_with_the_period_of_arrival() -> None:
    found = problem()
    assert found.aim.worth[0, :3].tolist() == [10000, 9500, 9025]
    assert found.aim.places == 6


def test_clearance_obliges_and_cuts_off_late_starts() -> None:
    found = problem(clearances=[{"id": "c", "where": {"zone": "东"}, "by": 2}])
    assert found.firms.must.tolist() == [True, True, True]
    assert found.measures.last.tolist() == [1, 1, 3, 1]


def test_a_wish_is_a_firm_that_comes_after_all_others() -> None:
    found = problem(clearances=[{"id": "c", "where": {"zone": "东"}, "by": 2, "bonus": 2.5}])
    assert found.firms.ids[-1] == "clearance:c"
    wish = found.measures_of(3)[0]
    assert parts(found, wish, 1) == [(2, 1, 2_500_000)]
    after = sorted(zip(found.orders.first.tolist(), found.orders.then.tolist(), strict=True))
    assert after == [(0, 3), (1, 0), (2, 3)]


def test_the_aims_of_a_list_come_one_after_the_other() -> None:
    aims = [
        {"kind": "benefit", "weights": {"land": 1}, "tolerance": 0.01},
        {"kind": "cost", "amount": "money"},
    ]
    assert [aim.name for aim in problem(aim=aims).aims] == ["benefit", "cost"]


WRONG: list[tuple[tuple[Any, ...], Any, str]] = [
    (("limits", 0, "at_most"), "x", "limits[first-quarter].at_most：应为数字"),
    (("limits", 0, "at_least"), 1, "limits[first-quarter]：at_most 和 at_least"),
    (("limits", 0, "amount"), "gold", "limits[first-quarter].amount：amounts 中没有定义“gold”"),
    (("limits", 2, "where"), {"zone": "北"}, "limits[east].where：没有企业的标签“zone”是“北”"),
    (("limits", 0, "until"), 9, "limits[first-quarter]：from 不应晚于 until"),
    (("limits", 1, "id"), "east", "limits[east]：编号重复"),
    (("orders", 0, "first"), "Q", "orders[1].first：firms 中没有编号为“Q”"),
    (("orders", 0, "first"), "A", "orders[1]：first 和 then"),
    (("firms", 1, "id"), "A", "firms[A]：编号重复"),
    (("firms", 1, "measures"), [], "firms[B]：必须启动的企业"),
    (("firms", 0, "measures", 0, "duratio"), 2, "firms[A].measures[close].duratio：没有这一项"),
    (("firms", 0, "measures", 1, "name"), "close", "firms[A].measures[close]：同一企业的措施名称重复"),
    (("firms", 0, "measures", 0, "until"), 5, "firms[A].measures[close]：from 不应晚于"),
    (("firms", 0, "measures", 0, "amounts", "land"), "3", "amounts.land：应为数字、每个开始时期"),
    (("firms", 0, "measures", 0, "amounts", "land"), -1, "amounts.land：不应小于 0"),
    (
        ("firms", 0, "measures", 0, "amounts", "gold"),
        1,
        "firms[A].measures[close].amounts：amounts 中没有定义",
    ),
    (("firms", 0, "measures", 0, "amounts", "money"), [1, 2], "应有 4 个，现有 2 个"),
    (("firms", 0, "measures", 1, "amounts", "money", "profile"), [0.3, 0.3], "各期比例之和应为 1，现为 0.6"),
    (("periods",), ["2026-04-01", "2026-01-01"], "periods：各期的首日"),
    (("aim", "weights", "gold"), 1, "aim.weights.gold：amounts 中没有定义"),
    (("aim", "kind"), "best", "kind 应为其中之一"),
    (("aim", "decimals"), 9, "价值合计过大"),
    (("format",), "x", "format：应为其中之一"),
    (("firms", 0, "measures", 0, "amounts", "land"), 1e12, "数量合计过大"),
]


@pytest.mark.parametrize(("path", "value", "said"), WRONG, ids=[said for _, _, said in WRONG])
def test_a_wrong_key_is_named_with_its_remedy(path: tuple[Any, ...], value: Any, said: str) -> None:
    wrong = copy.deepcopy(content())
    if said == "价值合计过大":
        wrong["firms"][0]["measures"][0]["amounts"]["land"] = 1e9
    if said == "数量合计过大":
        wrong["amounts"]["land"]["decimals"] = 6
        wrong["firms"][1]["measures"][0]["amounts"]["land"] = 1e12
    here: Any = wrong
    for step in path[:-1]:
        here = here[step]
    here[path[-1]] = value
    with pytest.raises(BadFile) as error:
        parse_problem(orjson.dumps(wrong), "p.json")
    assert said in str(error.value) and "p.json" in str(error.value)


@pytest.mark.parametrize("raw", [b"{", b"[]", b"3"])
def test_what_is_no_object_is_refused(raw: bytes) -> None:
    with pytest.raises(BadFile):
        parse_problem(raw, "p.json")


def tables(folder: Path) -> Path:
    given = content()
    rows = [(firm["id"], measure) for firm in given["firms"] for measure in firm["measures"]]
    rows = [(id, row) for id, row in rows if row["name"] != "upgrade"]
    order = [2, 0, 1]
    firms = {"id": ["A", "B", "C"], "must": [False, True, False], "zone": ["东", "西", "东"]}
    pq.write_table(pa.table(firms), folder / "firms.parquet")
    money = [row["amounts"]["money"] for _, row in rows]
    measures = {
        "firm": [rows[k][0] for k in order],
        "name": ["close"] * 3,
        "duration": [rows[k][1].get("duration", 1) for k in order],
        "land": [float(rows[k][1]["amounts"]["land"]) for k in order],
        "money": [money[k] if isinstance(money[k], list) else [money[k]] * 4 for k in order],
    }
    pq.write_table(pa.table(measures), folder / "measures.parquet")
    path = folder / "p.json"
    changes = {"firms": {"file": "firms.parquet"}, "measures": {"file": "measures.parquet"}}
    path.write_bytes(orjson.dumps(content(**changes)))
    return path


def test_tables_beside_the_file_give_the_same_problem(tmp_path: Path) -> None:
    given = content()
    del given["firms"][0]["measures"][1]
    listed, tabled = parse_problem(orjson.dumps(given), "p.json"), read_problem(tables(tmp_path))
    assert tabled.firms.ids == listed.firms.ids
    for measure in range(3):
        for start in range(4):
            assert parts(tabled, measure, start) == parts(listed, measure, start)


def test_a_table_is_looked_for_beside_the_file_only(tmp_path: Path) -> None:
    path = tables(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"firms.parquet", b"../p.parquet"))
    with pytest.raises(BadFile, match="同一文件夹"):
        read_problem(path)


def test_a_table_that_names_an_unknown_firm_is_refused(tmp_path: Path) -> None:
    path = tables(tmp_path)
    pq.write_table(pa.table({"id": ["A", "B", "D"], "zone": ["东", "西", "东"]}), tmp_path / "firms.parquet")
    with pytest.raises(BadFile, match="没有编号为“C”的企业"):
        read_problem(path)


TIMING = {
    "duration": [1, 2, 2, 1],
    "profiles": {"money": [[1.0], [0.5, 0.5], [0, 1.0], [0.5, 0.5]]},
}


def timed(**changes: Any) -> Any:
    """Firm A closes by a timing that holidays in the second period make longer."""
    given = content(timings={"holidays": TIMING | changes})
    measure = given["firms"][0]["measures"][0]
    del measure["duration"]
    measure["timing"] = "holidays"
    return given


def test_a_timing_says_for_each_start_period_when_amounts_arrive() -> None:
    found = parse_problem(orjson.dumps(timed()), "p.json")
    assert [parts(found, 0, start) for start in range(4)] == [
        [(0, 0, 334), (1, 0, 100)],
        [(0, 2, 334), (1, 1, 45), (1, 2, 45)],
        [(0, 3, 334), (1, 3, 80)],
        [(0, 3, 334), (1, 3, 35), (1, 4, 35)],
    ]


def test_an_amount_with_its_own_profile_follows_it_whatever_the_timing_says() -> None:
    given = timed()
    given["firms"][0]["measures"][0]["amounts"]["money"] = {"total": 10, "profile": [0, 1]}
    assert parts(parse_problem(orjson.dumps(given), "p.json"), 0, 0) == [(0, 0, 334), (1, 1, 100)]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"duration": [1, 2, 2]}, "timings[holidays].duration：应为每期一项，应有 4 项，现有 3 项"),
        ({"profiles": {"money": [[1.0]]}}, "timings[holidays].money：应为每期一项"),
        ({"profiles": {"money": [[0.5]] * 4}}, "timings[holidays].profiles.money：各期比例之和应为 1"),
        ({"profiles": {"gold": [[1.0]] * 4}}, "timings[holidays].profiles：amounts 中没有定义“gold”"),
    ],
)
def test_a_timing_that_does_not_fit_the_file_is_refused(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadFile) as error:
        parse_problem(orjson.dumps(timed(**changes)), "p.json")
    assert sentence in str(error.value)


def test_a_timing_that_the_file_does_not_have_is_refused() -> None:
    given = timed()
    given["firms"][0]["measures"][0]["timing"] = "unknown"
    with pytest.raises(BadFile, match="timings 中没有名为“unknown”的进度"):
        parse_problem(orjson.dumps(given), "p.json")


@pytest.mark.parametrize(
    "change",
    [
        {"limits": [{"id": "x", "amount": "money", "from_": 2, "at_most": 5}]},
        {
            "announced": {
                "per_period": 0,
                "other": 0,
                "choices": [{"firm": "nobody", "measure": "close", "start": 1}],
            }
        },
    ],
    ids=["a name of the program for a key", "a firm that is not there, announced for nothing"],
)
def test_what_the_checker_refuses_is_refused_before_solving(change: dict[str, Any]) -> None:
    raw = orjson.dumps(content(**change))
    with pytest.raises(check.Refused):
        check.Problem(raw)
    with pytest.raises(BadFile):
        parse_problem(raw, "p.json")
