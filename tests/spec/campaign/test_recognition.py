"""When two rows are one firm (docs/domain.md 6.2): contradictions and equal full names always go to a person.

Each line is one row against the same firm; what is not named is silent. All firms and people are invented.
"""

from typing import Any

import pytest

from tenglong.domain.campaign.matching.lists import match_lists
from tenglong.domain.campaign.matching.lookup import Register
from tenglong.domain.campaign.reconciliation import Certainty, Judgement, Thresholds, judge, thresholds
from tenglong.domain.campaign.reconciliation.comparison import Candidate, candidate, compare, similarity
from tenglong.domain.campaign.reconciliation.weighing import weights

NAME, CODE, OTHER_CODE = "嘉善县盛达纽扣厂", "91330421MATE5T017P", "91330421MATE5T025J"
HERE, THERE, ROAD, AWAY = "330421103", "330482", "西塘镇南苑路12号", "长安镇人民路99号"
FIRM = candidate("F", NAME, code=CODE, place=HERE, address=ROAD, representative="李四")

RIVAL = "还有其他记录同样符合，需要人工选择。"
UNLIKE = "信用代码相同，但名称差别很大，需要人工核对。"
CODES = "名称相符，但信用代码不同，需要人工核对。"
COUNTIES = "名称相符，但所在县（市、区）不同，需要人工核对。"

CONTRADICTIONS = [
    (NAME, {"place": THERE, "address": ROAD, "representative": "李四"}, False, COUNTIES),
    ("盛达纽扣厂", {"place": THERE, "address": ROAD, "representative": "李四"}, False, COUNTIES),
    (NAME, {"code": OTHER_CODE, "place": HERE, "address": ROAD, "representative": "李四"}, False, CODES),
    (NAME, {"code": OTHER_CODE, "place": THERE, "address": ROAD, "representative": "李四"}, False, CODES),
    ("海宁飞龙五金模具有限公司", {"code": CODE, "place": HERE}, False, UNLIKE),
    ("海宁飞龙五金模具有限公司", {"code": CODE, "place": HERE}, True, RIVAL),
    (NAME, {"code": OTHER_CODE, "place": THERE}, True, RIVAL),
    (NAME, {"code": CODE, "place": HERE}, True, RIVAL),
]
HARMLESS = [
    (NAME, {"code": CODE, "place": THERE}),  # one code is one firm, wherever it moved
    (NAME, {"place": HERE, "address": AWAY, "representative": "张三"}),
    (NAME, {"code": "91330421MATE5T017Q", "place": HERE}),  # a code whose check digit fails says nothing
    (NAME, {"code": OTHER_CODE[:-1] + "K", "place": HERE, "address": ROAD}),
    (NAME, {"place": HERE[:6]}),
]
NAMESAKES = [
    {"code": OTHER_CODE, "place": THERE},
    {"code": OTHER_CODE, "place": THERE, "representative": "张三"},
    {"code": OTHER_CODE, "place": THERE, "address": AWAY, "representative": "张三"},
]


@pytest.mark.parametrize(("name", "told", "rivals", "why"), CONTRADICTIONS)
def test_a_contradiction_goes_to_a_person_and_is_said_first(
    name: str, told: dict[str, str], rivals: bool, why: str
) -> None:
    found = judge(candidate(1, name, **told), FIRM, rivals=rivals)
    assert (found.certainty, str(found.reasons[0])) == (Certainty.DOUBTFUL, why)


def test_some_contradictions_are_more_probable_than_what_is_taken_without_a_person() -> None:
    """Otherwise the lines above would show nothing: a low probability is doubtful without any contradiction."""
    likely = [candidate(1, name, **told) for name, told, _, why in CONTRADICTIONS if why == COUNTIES]
    assert all(_probability(row) >= thresholds().certain_at for row in likely)


@pytest.mark.parametrize(("name", "told"), HARMLESS)
def test_what_contradicts_nothing_is_certain_and_gives_no_warning(name: str, told: dict[str, str]) -> None:
    found = judge(candidate(1, name, **told), FIRM, rivals=False)
    assert found.certainty is Certainty.CERTAIN
    assert not any("人工" in str(reason) for reason in found.reasons)


@pytest.mark.parametrize("told", NAMESAKES)
def test_an_equal_full_name_is_shown_to_a_person_however_improbable(told: dict[str, str]) -> None:
    row = candidate(1, NAME, **told)
    assert _probability(row) < thresholds().doubtful_at
    match, (pair,) = Register([FIRM]).look_up(row), match_lists([row], [FIRM])
    assert judge(row, FIRM, rivals=False).certainty is Certainty.DOUBTFUL
    assert (match.certainty, match.firm_id, [id for id, _ in match.candidates]) == ("doubtful", None, ["F"])
    assert (pair.certainty, pair.right_id) == (Certainty.DOUBTFUL, "F")


@pytest.mark.parametrize("told", NAMESAKES)
def test_a_name_that_is_nearly_equal_is_no_match_when_all_else_differs(told: dict[str, str]) -> None:
    row = candidate(1, "嘉善县盛达纽扣有限公司", **told)
    assert judge(row, FIRM, rivals=False).certainty is Certainty.NONE
    assert Register([FIRM]).look_up(row).candidates == ()
    assert match_lists([row], [FIRM]) == []


@pytest.mark.parametrize(
    ("certain_at", "doubtful_at", "certainty"),
    [(0.0, 0.0, "certain"), (1e-9, 0.0, "doubtful"), (1e-9, 1e-9, "none")],
)
def test_a_probability_equal_to_a_threshold_reaches_it(
    certain_at: float, doubtful_at: float, certainty: str
) -> None:
    row = candidate(1, "盛达纽扣厂", place=HERE)
    likely = _probability(row)
    limits = Thresholds(likely + certain_at, likely + doubtful_at, 0.6)
    assert judge(row, FIRM, rivals=False, limits=limits).certainty == certainty


@pytest.mark.parametrize(("above", "certainty"), [(0.0, "certain"), (1e-9, "doubtful")])
def test_a_likeness_of_names_equal_to_the_threshold_reaches_it(above: float, certainty: str) -> None:
    row = candidate(1, "盛达塑料厂", code=CODE)
    limits = Thresholds(0.995, 0.5, similarity(row, FIRM) + above)
    assert judge(row, FIRM, rivals=False, limits=limits).certainty == certainty


def test_one_code_or_one_name_in_one_county_is_never_less_probable_than_what_is_taken() -> None:
    rows = [candidate(1, "海宁飞龙五金", code=CODE, place=THERE), candidate(1, NAME, place=HERE)]
    rows.append(candidate(1, NAME, place=HERE, address=AWAY, representative="张三"))
    found: list[Judgement] = [judge(row, FIRM, rivals=False) for row in rows]
    assert all(float(one.probability) >= thresholds().certain_at for one in found)


def _probability(row: Candidate) -> Any:
    return weights().probability(compare(row, FIRM))
