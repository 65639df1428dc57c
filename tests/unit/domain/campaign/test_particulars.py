"""What an entry says in particular: types, sums to the cent, and the lot that anybody can draw again."""

from datetime import date
from decimal import Decimal

import pytest

from tenglong.domain.campaign.particulars import checked, drawn, parse_particulars, parts_of, schedule
from tenglong.domain.kernel.errors import BadRules, BadValue
from tenglong.domain.kernel.rulefiles import RuleFile

CANDIDATES, SEED = "甲评估、乙评估、丙评估", "2021-05-01 第12号"


def test_a_visit_says_who_what_and_what_next_in_one_spelling() -> None:
    told = {"met": " 王某 ", "demand": "１,200.50", "offer": "", "next_on": "2021-05-03"}
    assert checked("consulted", told, None) == {"met": "王某", "demand": "1200.5", "next_on": "2021-05-03"}
    assert checked("note", {}, None) == {}


@pytest.mark.parametrize(
    ("kind", "told", "sentence"),
    [
        ("consulted", {"rumour": "x"}, "没有“rumour”这一细目，可用的有：在场人员|met"),
        ("consulted", {"next_on": "明天"}, "须为日期"),
        ("consulted", {"demand": "很多"}, "不是数字"),
        ("consulted", {"demand": "-1"}, "不能为负数"),
        ("consulted", {"demand": "0.0000001"}, "超过六位小数"),
        ("appraiser_chosen", {"how": "指定", "appraiser": "甲"}, "没有“指定”这个选项"),
        ("appraiser_chosen", {"how": "协商选定"}, "须填写“评估机构”"),
        ("unencumbered", {}, "须填写“查询单位和文号”"),
        ("offered_value", {"tiers": "2021-05-27"}, "每行须是日期和金额"),
    ],
)
def test_what_is_not_as_the_rules_have_it_is_refused(kind: str, told: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadValue, match=sentence):
        checked(kind, told, None)


def test_the_parts_of_a_price_add_up_to_the_cent() -> None:
    told = {"compensation": "90", "bonus": "10.000001", "instalments": "2021-08-01 70.000001\n2021-05-01 30"}
    said = checked("contract_price", told, Decimal("100.000001"))
    assert schedule(said["instalments"]) == (
        (date(2021, 5, 1), Decimal(30)),
        (date(2021, 8, 1), Decimal("70.000001")),
    )
    with pytest.raises(BadValue, match="合计 100.000001 万元，两者须一分不差"):
        checked("contract_price", told, Decimal(100))
    with pytest.raises(BadValue, match="分期付款"):
        checked("contract_price", {"instalments": "2021-05-01 30"}, Decimal(100))


def test_a_lot_is_what_its_seed_draws_in_whatever_order_the_candidates_stand() -> None:
    winner = drawn(CANDIDATES, SEED)
    assert winner == drawn("丙评估、甲评估、乙评估、", SEED)
    assert {drawn(CANDIDATES, str(seed)) for seed in range(40)} == set(CANDIDATES.split("、"))
    told = {"how": "抽签选定", "appraiser": winner, "candidates": CANDIDATES, "seed": SEED}
    assert checked("appraiser_chosen", told, None) == told
    loser = next(name for name in CANDIDATES.split("、") if name != winner)
    with pytest.raises(BadValue, match=f"抽中的是“{winner}”"):
        checked("appraiser_chosen", told | {"appraiser": loser}, None)
    with pytest.raises(BadValue, match="须填写候选机构和抽签种子"):
        checked("appraiser_chosen", {"how": "抽签选定", "appraiser": winner}, None)


@pytest.mark.parametrize(
    "rows",
    [
        [{"kind": "nothing", "id": "a", "type": "text", "zh": "", "en": ""}],
        [{"kind": "note", "id": "a", "type": "song", "zh": "", "en": ""}],
        [{"kind": "note", "id": "a", "type": "text", "zh": "", "en": "", "must": True}],
        [{"kind": "note", "id": "a", "type": "choice", "zh": "", "en": ""}],
        [{"kind": "note", "id": "a", "type": "text", "zh": "", "en": ""}] * 2,
    ],
)
def test_a_wrong_rule_file_is_refused(rows: list[dict[str, object]]) -> None:
    with pytest.raises(BadRules, match="有误"):
        parse_particulars(RuleFile("x.toml", {"part": rows, "sums": {}}, ""))
    with pytest.raises(BadRules, match="sums"):
        parse_particulars(RuleFile("x.toml", {"part": [], "sums": {"note": [["a"]]}}, ""))


def test_every_kind_of_the_file_has_its_parts() -> None:
    assert [part.id for part in parts_of("consulted")] == ["met", "demand", "offer", "next_step", "next_on"]
    assert parts_of("note") == ()
