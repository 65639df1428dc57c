"""When a row is a firm: certain, doubtful or not, and the sentences that say why. All firms are invented."""

from decimal import Decimal

import pytest

from tenglong.domain.campaign.reconciliation import Certainty, Judgement, judge, thresholds
from tenglong.domain.campaign.reconciliation.comparison import (
    Candidate,
    Field,
    candidate,
    compare,
    explain,
    name_levels,
)
from tenglong.domain.campaign.reconciliation.weighing import Weights, field_levels, read_weights, weights
from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.rulefiles import RuleFile

CODE, OTHER_CODE, FAILED_CODE = "91330421MATE5T017P", "91330421MATE5T025J", "91330421MATE5T017Q"
JIASHAN, PINGHU = "330421103", "330482"
FIRM = candidate(
    "F1", "嘉善县盛达纽扣厂", "嘉善宏达纽扣厂", code=CODE, place=JIASHAN, address="西塘镇南苑路12号"
)


def judged(row: Candidate, *, rivals: bool = False) -> Judgement:
    return judge(row, FIRM, rivals=rivals)


@pytest.mark.parametrize(
    "row",
    [
        candidate(1, "嘉善盛达纽扣有限公司", code=CODE),
        candidate(1, "宏达纽扣", code=CODE, place=PINGHU),
        candidate(1, "", code=CODE),
        candidate(1, "嘉善縣盛達鈕扣廠（个人）", place=JIASHAN),
        candidate(1, "嘉善县盛达纽扣厂", code=FAILED_CODE, place="330421"),
        candidate(1, "嘉善宏达纽扣厂", place=JIASHAN),
        candidate(1, "盛达纽扣厂", place=JIASHAN, address="嘉善县西塘镇南苑路12号"),
    ],
)
def test_certain(row: Candidate) -> None:
    found = judged(row)
    assert found.certainty is Certainty.CERTAIN
    assert found.probability >= Decimal("0.99")


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (candidate(1, "海宁飞龙五金模具有限公司", code=CODE), "名称差别很大"),
        (candidate(1, "嘉善县盛达纽扣厂", code=OTHER_CODE, place=JIASHAN), "信用代码不同"),
        (candidate(1, "嘉善县盛达纽扣厂", place=PINGHU), "所在县（市、区）不同"),
        (candidate(1, "盛达纽扣有限公司", place=JIASHAN, address="西塘镇南苑路12号"), "组织形式"),
        (candidate(1, "嘉善县盛达纽扣厂中心店", place=JIASHAN, address="西塘镇南苑路12号"), "分支机构"),
        (candidate(1, "嘉善县盛达纽扣厂第二门市部", code=CODE), "分支机构"),
        (candidate(1, "嘉善县盛大纽扣厂", place=JIASHAN, address="西塘镇南苑路12号"), "地址等相同也不能认定"),
    ],
)
def test_contradictions_go_to_a_person(row: Candidate, why: str) -> None:
    found = judged(row)
    assert found.certainty is Certainty.DOUBTFUL
    assert any(why in str(reason) for reason in found.reasons)


@pytest.mark.parametrize(
    "row", [candidate(1, "", code=CODE), candidate(1, "嘉善县盛达纽扣厂", place=JIASHAN)]
)
def test_a_rival_makes_everything_doubtful(row: Candidate) -> None:
    found = judged(row, rivals=True)
    assert found.certainty is Certainty.DOUBTFUL
    assert "还有其他记录" in str(found.reasons[0])


@pytest.mark.parametrize(
    "row",
    [
        candidate(1, "海宁飞龙五金模具有限公司", place=JIASHAN),
        candidate(1, "盛达*扣厂", place=JIASHAN),
        candidate(1, "", place=JIASHAN),
        candidate(1, "飞龙五金模具", place=JIASHAN, address="西塘镇南苑路12号"),
    ],
)
def test_another_firm_is_no_match(row: Candidate) -> None:
    assert judged(row).certainty is Certainty.NONE


def test_every_field_is_explained_without_naming_people() -> None:
    row = candidate(
        1, "宏达钮扣厂", code=OTHER_CODE, place=PINGHU, address="南苑路88号", representative="张三"
    )
    firm = candidate(
        2, "嘉善宏达纽扣厂", code=CODE, place=JIASHAN, address="西塘镇南苑路12号", representative="李四"
    )
    sentences = [str(reason) for reason in explain(row, firm)]
    assert sentences == [
        f"信用代码不同：{OTHER_CODE} 与 {CODE}。",
        "名称主体相同，地名或组织形式不同：宏达纽扣厂 与 嘉善宏达纽扣厂。",
        "所在县（市、区）不同：330482 与 330421。",
        "法定代表人不同。",
        "地址在同一路或同一村：南苑路。",
    ]


def test_what_is_silent_says_nothing() -> None:
    levels = compare(candidate(1, "盛达纽扣厂"), FIRM)
    assert [levels[field] for field in (Field.CODE, Field.COUNTY, Field.ADDRESS)] == [None, None, None]
    assert "至少一方没有信用代码。" in map(str, explain(candidate(1, "盛达纽扣厂"), FIRM))


def test_a_former_name_is_named_as_such() -> None:
    assert "曾用名相同：嘉善宏达纽扣厂。" in map(str, explain(candidate(1, "嘉善宏达纽扣厂"), FIRM))


@pytest.mark.parametrize(
    ("left", "right", "level"),
    [
        ("盛达纽扣厂", "盛达纽扣厂", "full"),
        ("盛达纽扣厂", "嘉善盛达纽扣有限公司", "core"),
        ("盛达精密塑料纽扣厂", "盛达精密塑料扭扣厂", "close"),
        ("盛达纽扣厂", "飞龙五金厂", "different"),
    ],
)
def test_levels_of_names(left: str, right: str, level: str) -> None:
    assert compare(candidate(1, left), candidate(2, right))[Field.NAME] == level


def test_likeness_never_weighs_less_than_difference() -> None:
    for field, levels in weights().levels.items():
        ratios = [levels[level].m / levels[level].u for level in field_levels()[field]]
        assert ratios == sorted(ratios, reverse=True), field


def test_probability_is_prior_odds_times_the_ratios() -> None:
    content = {
        field.value: {level: {"m": 0.4, "u": 0.1} for level in found}
        for field, found in field_levels().items()
    }
    made = read_weights(RuleFile("test.toml", {"source": "test", "prior": 0.2, **content}, ""))
    silent = dict.fromkeys(Field)
    assert made.probability(silent) == pytest.approx(0.2)
    assert made.probability({**silent, Field.CODE: "same"}) == pytest.approx(0.5)


@pytest.mark.parametrize(
    "spoil", [{"prior": 0}, {"prior": 1.0}, {"code": {"same": {"m": 1, "u": 1}}}, {"name": {}}]
)
def test_impossible_weights_are_refused(spoil: dict[str, object]) -> None:
    content: dict[str, object] = {
        field.value: {level: {"m": 0.4, "u": 0.1} for level in found}
        for field, found in field_levels().items()
    }
    with pytest.raises(BadRules, match=r"test\.toml"):
        read_weights(RuleFile("test.toml", {"source": "test", "prior": 0.2, **content, **spoil}, ""))


def test_the_shipped_rules_are_in_order() -> None:
    assert isinstance(weights(), Weights)
    assert 0 < thresholds().doubtful_at < thresholds().certain_at < 1
    assert name_levels() == ("full", "core", "close", "near", "alike", "faint", "different")
