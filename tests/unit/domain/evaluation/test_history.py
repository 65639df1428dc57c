"""How long a firm has been in a grade."""

import pytest

from tenglong.domain.evaluation.columns import last_grade, years_in


@pytest.mark.parametrize(
    ("grades", "through", "years"),
    [
        ({}, 2021, 0),
        ({2021: "D"}, 2021, 1),
        ({2019: "D", 2020: "D", 2021: "D"}, 2021, 3),
        ({2019: "D", 2020: "D", 2021: "D"}, 2020, 2),
        ({2019: "D", 2021: "D"}, 2021, 1),  # a year without a grade ends the row
        ({2020: "D", 2021: "C"}, 2021, 0),
        ({2020: "D"}, 2021, 0),
    ],
)
def test_years_in_a_row(grades: dict[int, str], through: int, years: int) -> None:
    assert years_in(grades, "D", through=through) == years


def test_the_last_grade_is_not_a_later_one() -> None:
    assert last_grade({2019: "A", 2021: "D"}, through=2020) == "A"
    assert last_grade({2019: "", 2021: "D"}, through=2020) == ""
