"""What the review before publication looks for."""

from decimal import Decimal

import pytest

from tenglong.domain.evaluation.review import review_rules


@pytest.mark.parametrize("text, wanted", [("5", "5"), ("0.5", "0.5"), ("", "1"), ("7", "1"), ("x", "1")])
def test_a_choice_that_is_not_offered_is_the_usual_one(text: str, wanted: str) -> None:
    assert review_rules().points.chosen(text) == Decimal(wanted)


def test_the_usual_values_are_among_the_choices_and_errors_are_one_to_five_percent() -> None:
    rules = review_rules()
    assert rules.points.usual in rules.points.choices and rules.percent.usual in rules.percent.choices
    assert all(1 <= percent <= 5 for percent in rules.percent.choices)
