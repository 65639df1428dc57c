"""Codes of the second step: good for a short while, and once. The secret and its codes are those of RFC 6238, appendix
B, cut to six digits."""

from datetime import UTC, datetime, timedelta

import pytest

from tenglong.domain.access.second_step import (
    SecondStepRules,
    parse_second_step,
    plain_code,
    second_step_rules,
)
from tenglong.domain.kernel.errors import BadRules
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
AT = datetime(2005, 3, 18, 1, 58, 29, tzinfo=UTC)  # 1111111109
STEP = 0x23523EC
RULES = SecondStepRules(frozenset(), 1, 10, timedelta(minutes=10), timedelta(minutes=30))


@pytest.mark.parametrize(
    ("seconds", "after", "step"),
    [
        (0, 0, STEP),
        (30, 0, STEP),  # the step before is taken
        (-30, 0, STEP),  # and the step after
        (60, 0, None),
        (-60, 0, None),
        (0, STEP - 1, STEP),
        (0, STEP, None),  # a code is good once
        (0, STEP + 1, None),  # and none before one that was taken
    ],
)
def test_a_code_is_good_for_a_step_around_now_and_once(seconds: int, after: int, step: int | None) -> None:
    assert RULES.step_of(SECRET, "081804", AT + timedelta(seconds=seconds), after) == step


@pytest.mark.parametrize("code", ["", "81804", "081805", "0818040", "０８１８０４", "-81804", "abcdef"])
def test_what_is_no_code_is_none(code: str) -> None:
    assert RULES.step_of(SECRET, code, AT, 0) is None


def test_spaces_and_hyphens_do_not_count() -> None:
    assert plain_code(" 081 804 ") == "081804"
    assert plain_code("ABCD-efgh") == "abcdefgh"


def test_the_rules_that_ship_ask_nobody() -> None:
    assert second_step_rules().required_of == frozenset()


def test_a_role_that_does_not_exist_is_refused() -> None:
    good = load_rules("tenglong.domain.access", "second_step.toml")
    bad = RuleFile(**{**vars(good), "content": {**good.content, "required_of": ["king"]}})
    with pytest.raises(BadRules, match="king"):
        parse_second_step(bad)
