"""Reasons that people type."""

import pytest

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.reasons import LONGEST, reason_given


def test_a_reason_is_kept_as_one_line() -> None:
    assert reason_given("  善政发〔2021〕\n12 号 ") == "善政发〔2021〕 12 号"
    assert len(reason_given("由" * LONGEST)) == LONGEST


@pytest.mark.parametrize(("typed", "said"), [(" \n", "请写明理由"), ("由" * (LONGEST + 1), "超过 300 个字")])
def test_none_and_one_that_is_too_long_are_refused(typed: str, said: str) -> None:
    with pytest.raises(BadValue, match=said):
        reason_given(typed)
