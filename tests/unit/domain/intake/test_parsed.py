"""What counts as nothing."""

import pytest

from tenglong.domain.intake.parsed import Severity, is_blank, refuse, tidy, warn
from tenglong.domain.kernel.messages import msg


@pytest.mark.parametrize("text", ["", " ", "-", "—", "——", "/", "／", "无", "N/A", "\u200b", "　"])
def test_marks_for_nothing_are_blank(text: str) -> None:
    assert is_blank(tidy(text))


@pytest.mark.parametrize("text", ["0", "无锡", "否", "-1"])
def test_values_are_not_blank(text: str) -> None:
    assert not is_blank(tidy(text))


def test_an_error_has_no_value_and_a_warning_keeps_it() -> None:
    value, trouble = refuse(msg("不行"))
    assert value is None and trouble and trouble.severity is Severity.ERROR
    kept, trouble = warn(1, msg("约"))
    assert kept == 1 and trouble and trouble.severity is Severity.WARNING
