"""Screening: each rule hit, not hit and not to be tried; what the firm is told; what a county may change."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from tenglong.domain.evaluation.screening import Hint, Hit, Screening, Untested, screen
from tenglong.domain.evaluation.screening.rules import Rules, override, parse_screening, shipped_rules
from tenglong.domain.intake.kinds import table_kinds
from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.rulefiles import load_rules, parse_rules

DAY = date(2021, 9, 3)
# A firm that nothing is wrong with: 30 (10,000 CNY) of tax per mu.
GOOD: dict[str, Any] = {
    "id": "甲",
    "scale": "规上",
    "industry_section": "C",
    "industry": "17",
    "industry_code": "1713",
    "county": "嘉善县",
    "town": "天凝镇",
    "subject_type": "企业",
    "tax": Decimal(600),
    "value_added": 2000,
    "land": 20,
    "energy": 500,
    "emissions": 2,
    "years_in_d": 0,
    "in_boundary": True,
    "va_per_tce_reference": 4,
    "product_energy": 1,
    "product_energy_limit": 1,
    "va_per_emission_reference": 1000,
    "polluting_process": True,
    "facility_compliant": True,
    "outdated_equipment": False,
    "no_licence": False,
    "no_safety": False,
    "no_lawful_site": False,
    "no_environmental_measures": False,
    "in_plan": True,
    "against_policy": False,
    "procedures_missing": False,
    "not_started": False,
    "months_past_start": 0,
    "agreement_share": 100,
}


def tried(*changes: dict[str, Any], rules: Rules | None = None) -> Screening:
    """The firm with changes, one firm for each."""
    firms = [{**GOOD, **change} for change in changes]
    return screen(rules or shipped_rules(), firms, date=DAY, data_source="2020年度数据表")


def rules_hit(*changes: dict[str, Any]) -> list[str]:
    """The rules that the first of the firms is hit by."""
    return [hit.rule for hit in tried(*changes).hits if hit.firm == "甲"]


def other(**facts: Any) -> dict[str, Any]:
    """A second firm beside 甲."""
    return {"id": "乙", **facts}


def test_a_firm_that_nothing_is_wrong_with_is_neither_hit_nor_untested() -> None:
    assert tried({}) == Screening((), (), ())


def test_nothing_is_known_of_a_firm_that_only_has_a_number() -> None:
    screening = screen(shipped_rules(), [{"id": "甲"}], date=DAY)
    assert screening.hits == ()
    outside_scope = {rule.id for rule in shipped_rules().rules if not rule.within}
    assert {one.rule for one in screening.untested} == outside_scope  # R01 stands for those within it


@pytest.mark.parametrize(
    ("change", "hit"),
    [
        ({"tax": 40}, ["R02A", "R06A", "R07"]),
        ({"tax": 59}, ["R02A", "R06A", "R07"]),
        ({"tax": 60}, ["R02B", "R06A", "R07"]),
        ({"tax": 99}, ["R02B", "R06A", "R07"]),
        ({"tax": 100}, ["R02C", "R07"]),
        ({"tax": 190, "land": Decimal("19.5")}, ["R02C", "R07"]),
        ({"tax": 90, "land": Decimal("9.9")}, ["R02C"]),
        ({"tax": 200}, []),
        ({"years_in_d": 1}, []),
        ({"years_in_d": 2}, ["R03"]),
        ({"scale": "规下", "land": 20}, ["R04"]),
        ({"scale": "规下", "land": Decimal("19.99")}, []),
        ({"in_boundary": False}, ["R05"]),
        ({"va_per_tce_reference": Decimal("4.01")}, ["R09A"]),
        ({"product_energy": Decimal("1.1")}, ["R09B"]),
        ({"va_per_emission_reference": 1001}, ["R10A"]),
        ({"facility_compliant": False}, ["R10B", "R13C"]),
        ({"facility_compliant": False, "polluting_process": False}, ["R13C"]),
        ({"outdated_equipment": True}, ["R11"]),
        ({"no_licence": True}, ["R12"]),
        ({"no_safety": True}, ["R12"]),
        ({"no_lawful_site": True}, ["R12"]),
        ({"no_environmental_measures": True}, ["R12"]),
        ({"in_plan": False}, ["R13A"]),
        ({"scale": "规下", "land": 10, "in_boundary": False}, ["R05", "R13A"]),
        ({"against_policy": True}, ["R13B"]),
        ({"procedures_missing": True}, ["R13B"]),
        ({"not_started": True, "months_past_start": 12}, []),
        ({"not_started": True, "months_past_start": 13}, ["R14"]),
        ({"agreement_share": 99}, ["R15"]),
    ],
)
def test_each_rule_hits_where_its_condition_is_true(change: dict[str, Any], hit: list[str]) -> None:
    assert rules_hit(change) == hit


def test_less_than_half_of_the_industry_and_a_third_of_the_county() -> None:
    # 20 and 62 per mu, on average 41; 20 and 58, on average 39.
    assert rules_hit({"tax": 400}, other(tax=1240)) == ["R06B"]
    assert rules_hit({"tax": 400}, other(tax=1160)) == []
    assert rules_hit({"tax": 400}, other(tax=1240, industry="22")) == []
    # 20 and 102, on average 61.
    assert rules_hit({"tax": 400}, other(tax=2040, industry="22")) == ["R08"]
    assert rules_hit({"tax": 400}, other(tax=2040, industry="22", county="平湖市")) == []


@pytest.mark.parametrize(
    ("facts", "hit"),
    [
        ({}, ["R16"]),
        ({"town": "西塘镇"}, []),
        ({"industry_code": "4119"}, []),
        ({"subject_type": "企业"}, []),
    ],
)
def test_ten_workshops_of_one_trade_in_one_town_are_a_cluster(facts: dict[str, Any], hit: list[str]) -> None:
    workshop = {"subject_type": "作坊", **facts}
    others = [{"id": f"乙{number}", "subject_type": "作坊"} for number in range(9)]
    assert rules_hit(workshop, *others) == hit


@pytest.mark.parametrize(
    "change",
    [
        {"scale": "规下", "land": Decimal("2.9")},
        {"industry_section": "D"},
    ],
)
def test_a_firm_outside_the_scope_is_not_tried_by_the_rules_within_it(change: dict[str, Any]) -> None:
    screening = tried({**change, "tax": 1, "no_licence": True})
    assert [hit.rule for hit in screening.hits] == ["R12"]
    assert screening.untested == ()


def test_a_firm_of_which_the_scope_is_unknown_is_untested_once() -> None:
    screening = tried({"tax": 1, "scale": None})
    assert screening.hits == ()
    assert screening.untested[0] == Untested("R01", "甲", ("scale",))
    assert {one.rule for one in screening.untested} == {"R01"}


@pytest.mark.parametrize(
    ("change", "untested"),
    [
        ({"years_in_d": None}, {"R03": ("years_in_d",)}),
        ({"energy": None}, {"R09A": ("energy",)}),
        ({"energy": 0}, {"R09A": ("va_per_tce",)}),
        ({"no_safety": None}, {"R12": ("no_safety",)}),
        ({"no_safety": None, "no_licence": True}, {}),
        ({"in_boundary": None}, {"R05": ("in_boundary",)}),
        ({"in_plan": None}, {"R13A": ("in_plan",)}),
        ({"subject_type": "作坊", "industry_code": None}, {"R16": ("industry_code",)}),
        ({"not_started": True, "months_past_start": None}, {"R14": ("months_past_start",)}),
        ({"months_past_start": None}, {}),
        (
            {"tax": None},
            {rule: ("tax",) for rule in ("R02A", "R02B", "R02C", "R06A", "R06B", "R07", "R08")},
        ),
    ],
)
def test_what_cannot_be_tried_is_listed_with_what_is_missing(
    change: dict[str, Any], untested: dict[str, tuple[str, ...]]
) -> None:
    assert {one.rule: one.missing for one in tried(change).untested} == untested


def test_a_hit_keeps_everything_the_firm_may_ask() -> None:
    (hit,) = tried({"scale": "规下", "land": Decimal("20.5"), "tax": 615}).hits
    assert hit == Hit(
        rule="R04",
        version="1",
        firm="甲",
        inputs={"scale": "规下", "land": Fraction(41, 2)},
        thresholds={"least_land": Decimal(20)},
        source="平湖",
        data_source="2020年度数据表",
        date=DAY,
        sentence=hit.sentence,
    )
    assert str(hit.sentence) == "贵企业为规模以下企业，实际用地20.5亩，达到20亩。"


def test_sentences_say_the_numbers_as_they_are_printed() -> None:
    hits = {hit.rule: hit for hit in tried({"tax": 50, "land": 15}).hits}
    assert (
        str(hits["R07"].sentence) == "贵企业实际用地15亩，达到10亩，而亩均税收3.3333万元/亩，低于10万元/亩。"
    )
    assert hits["R07"].inputs["tax_per_mu"] == Fraction(10, 3)
    assert hits["R07"].inputs["tax"] == 50


def test_a_sentence_says_which_of_several_conditions_are_true() -> None:
    (hit,) = tried({"no_licence": True, "no_environmental_measures": True}).hits
    assert str(hit.sentence) == "贵单位无证无照、无环保措施，不能整改的依法取缔。"


def test_every_sentence_renders_in_both_languages() -> None:
    english = {
        rule["sentence"]: rule["sentence_en"]
        for rule in load_rules("tenglong.domain.evaluation.screening", "screening.toml").content["rule"]
        if "sentence" in rule
    }
    everything = {
        **{"tax": 1, "years_in_d": 3, "in_boundary": False, "va_per_tce_reference": 9, "product_energy": 2},
        **{"va_per_emission_reference": 9999, "facility_compliant": False, "outdated_equipment": True},
        **{"no_licence": True, "in_plan": False, "against_policy": True, "not_started": True},
        **{"months_past_start": 20, "agreement_share": 1, "subject_type": "作坊", "scale": "规下"},
    }
    others = [{"id": f"乙{number}", "subject_type": "作坊"} for number in range(9)]
    hits = [hit for hit in tried(everything, *others).hits if hit.firm == "甲"]
    hits += [hit for tax in (60, 100) for hit in tried({"tax": tax}).hits if hit.rule in ("R02B", "R02C")]
    assert {hit.rule for hit in hits} == {rule.id for rule in shipped_rules().rules if not rule.scope}
    for hit in hits:
        for sentence in (str(hit.sentence), hit.sentence.render(lambda text: english.get(text, text))):
            assert sentence.endswith(("。", "."))
            assert not set("{}") & set(sentence)


def test_hints_name_what_may_make_a_hit_false() -> None:
    screening = tried(
        {"tax": 1, "start_up": True, "taxed_elsewhere": True}, other(start_up=True), other(id="丙", tax=1)
    )
    assert screening.hints == (Hint("start_up", "甲", "3"), Hint("taxed_elsewhere", "甲", "6"))
    reasons = {
        choice.id: choice.label for choice in table_kinds()["roster_review"].column("removal_reason").choices
    }
    assert [reasons[guard.reason] for guard in shipped_rules().guards] == [
        "新投产过渡期",
        "重大项目建设期",
        "公用事业",
        "其他",
        "其他",
        "集团统算/税收归属异地",
        "数据匹配错误",
    ]


# ---- a county's own thresholds ---------------------------------------------------------------------


def county(text: str) -> Rules:
    """The shipped rules with a county's file."""
    raw = f'id = "jiashan-2021"\nsource = "嘉善县（演示）"\n{text}'.encode()
    return override(shipped_rules(), parse_rules("jiashan.toml", raw, decimals=True))


def test_a_county_sets_its_own_thresholds_and_the_hit_says_so() -> None:
    rules = county("[rule.R04]\nthresholds = { least_land = 15.5 }\n[rule.R05]\nenabled = false\n")
    (hit,) = tried(
        {"scale": "规下", "land": 16, "tax": 500}, {"id": "乙", "in_boundary": False}, rules=rules
    ).hits
    assert (hit.rule, hit.firm, hit.version, hit.source) == ("R04", "甲", "1+jiashan-2021", "嘉善县（演示）")
    assert hit.thresholds == {"least_land": Decimal("15.5")}
    assert rules.digest.startswith(shipped_rules().digest + "+")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[rule.R99]\nenabled = false", "R99 不存在，可修改的有：R01, R02A"),
        ("[rule.R04]\nthresholds = { land = 15 }", "R04.thresholds 没有“land”，可用的有：least_land"),
        ('[rule.R04]\nthresholds = { least_land = "15" }', "阈值 least_land 应为数字，不加引号，现为“15”"),
        ("[rule.R04]\nthresholds = { least_land = nan }", "阈值 least_land 应为数字"),
        ("[rule.R04]\nthresholds = 15", "R04.thresholds 应为一个表"),
        ('[rule.R04]\nwhen = "land > 1"', "R04 没有“when”，可用的有：enabled, thresholds"),
        ('[rule.R04]\nenabled = "no"', "enabled 应为 true 或 false"),
        ("[rule]\nR04 = 15", "R04 应为一个表"),
        ("rule = 15", "rule 应为一个表"),
        ("[rule.R01]\nenabled = false", "停用了 R01，但 R02A 以它为范围"),
    ],
)
def test_a_wrong_file_of_a_county_is_refused_with_a_sentence(text: str, said: str) -> None:
    with pytest.raises(BadRules, match=said):
        county(text)


def test_a_file_of_a_county_has_a_name() -> None:
    with pytest.raises(BadRules, match="请为本地规则取一个编号"):
        override(shipped_rules(), parse_rules("x.toml", 'source = "甲"'.encode(), decimals=True))


# ---- a file of rules -------------------------------------------------------------------------------

FILE = """
source = "演示"
[column.land]
zh = "用地"
en = "Land"
[[quantity]]
id = "double"
zh = "两倍"
unit = "亩"
expression = "land * 2"
[[rule]]
id = "X1"
zh = "甲"
version = 1
when = "double > least"
thresholds = { least = 3 }
sentence = "用地{double}，超过{least}。"
sentence_en = "{double} is above {least}."
source = "演示"
[[guard]]
id = "g"
zh = "乙"
when = "land is missing"
reason = "9"
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("double > least", "double > most", "X1.when：没有名称“most”"),
        ("double > least", "double", "X1.when"),
        ("land * 2", "land * two", "double.expression：没有名称“two”"),
        ("用地{double}", "用地{area}", "X1：句子里的 {area} 没有声明"),
        ("{double} is", "{area} is", "X1：句子里的 {area} 没有声明"),
        ('reason = "9"', 'reason = "99"', "g：没有剔除原因代码“99”"),
        ("version = 1\n", "", "缺少 'version'"),
        ('version = 1\n', 'version = 1\nwithin = "X0"\n', "X1：within 应为排在前面的范围规则，现为“X0”"),
        ("least = 3", 'least = "3"', "阈值 least 应为数字"),
        ('en = "Land"', "", "写法有误"),
    ],
)  # fmt: skip
def test_a_wrong_file_of_rules_is_refused(old: str, new: str, said: str) -> None:
    assert parse_screening(parse_rules("x.toml", FILE.encode(), decimals=True)).rules[0].id == "X1"
    assert old in FILE
    with pytest.raises(BadRules, match=said):
        parse_screening(parse_rules("x.toml", FILE.replace(old, new).encode(), decimals=True))
