"""Single look-ups against the register. All firms are invented."""

import pytest

from tenglong.domain.campaign.matching.lookup import Register
from tenglong.domain.campaign.reconciliation import Certainty
from tenglong.domain.campaign.reconciliation.comparison import Candidate, candidate

CODE, OTHER_CODE = "91330421MATE5T017P", "91330421MATE5T025J"
REGISTER = Register(
    [
        candidate(
            "F1", "嘉善县盛达纽扣厂", "嘉善宏达纽扣厂", code=CODE, place="330421", address="西塘镇南苑路12号"
        ),
        candidate("F2", "嘉善县永兴塑料厂", place="330421", address="西塘镇大舜村"),
        candidate("F3", "平湖永兴塑料厂", place="330482"),
        candidate("F4", "平湖双燕五金有限公司", place="330482"),
        candidate("F5", "平湖双燕五金有限公司", place="330482"),
        candidate("F6", "嘉善县飞龙家具厂", code="TMP-330421-XT-000001", place="330421"),
    ]
)


@pytest.mark.parametrize(
    ("row", "firm"),
    [
        (candidate(1, "盛达钮扣", code=CODE), "F1"),
        (candidate(1, "嘉善宏达纽扣厂", place="330421"), "F1"),
        (candidate(1, "嘉善县永兴塑料厂", place="330421"), "F2"),
        (candidate(1, "平湖永兴塑料厂", place="330482"), "F3"),
        (candidate(1, "飞龙家俱厂", code="TMP-330421-XT-000001"), "F6"),
    ],
)
def test_certain_rows_name_their_firm(row: Candidate, firm: str) -> None:
    match = REGISTER.look_up(row)
    assert (match.certainty, match.firm_id) == (Certainty.CERTAIN, firm)


@pytest.mark.parametrize(
    ("row", "firms"),
    [
        (candidate(1, "平湖双燕五金有限公司", place="330482"), {"F4", "F5"}),
        (candidate(1, "嘉善县盛达纽扣厂", code=OTHER_CODE, place="330421"), {"F1"}),
        (candidate(1, "海宁飞腾模具有限公司", code=CODE), {"F1"}),
    ],
)
def test_doubtful_rows_name_candidates_only(row: Candidate, firms: set[str]) -> None:
    match = REGISTER.look_up(row)
    assert (match.certainty, match.firm_id) == (Certainty.DOUBTFUL, None)
    assert {id for id, _ in match.candidates} == firms
    assert all(judgement.reasons for _, judgement in match.candidates)


@pytest.mark.parametrize(
    "row", [candidate(1, "海宁飞腾模具有限公司", place="330481"), candidate(1, ""), candidate(1, "双*")]
)
def test_the_unknown_is_no_match(row: Candidate) -> None:
    match = REGISTER.look_up(row)
    assert (match.certainty, match.firm_id, match.candidates) == (Certainty.NONE, None, ())


def test_nobody_is_found_in_an_empty_register() -> None:
    row = candidate(1, "嘉善县盛达纽扣厂", place="330421")
    assert Register([]).look_up(row).certainty is Certainty.NONE
