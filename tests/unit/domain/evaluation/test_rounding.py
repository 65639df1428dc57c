"""Half up with the guard, for every sign."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.evaluation.rounding import compared, last_places, rounded


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        ("2.5", 0, "3"),
        ("-0.5", 0, "0"),
        ("-2.5", 0, "-2"),
        ("79.856549", 2, "79.86"),
        ("1.005", 2, "1.01"),
        ("1.00499999", 2, "1.01"),  # exactly a millionth of a hundredth below the half
        ("1.004999989", 2, "1.00"),
        ("3", 2, "3.00"),
        ("1" + "0" * 40, 1, "1" + "0" * 40 + ".0"),
    ],
)
def test_half_goes_up_and_a_millionth_before_it_too(value: str, places: int, shown: str) -> None:
    assert str(rounded(Fraction(value), places)) == shown


def test_whole_units_of_the_last_place() -> None:
    assert last_places(Fraction("79.8566"), 2) == 7986


def test_numbers_are_compared_to_nine_decimals() -> None:
    assert compared(Fraction(1, 3)) == compared(Fraction("0.3333333331"))
    assert compared(Fraction(1, 3)) < compared(Fraction("0.333333334"))
    assert compared(Fraction("-0.0000000004")) == 0
    assert compared(Fraction("-0.0000000006")) < 0


@given(st.integers(-(10**9), 10**9))
def test_a_double_of_an_exact_half_rounds_like_the_half(halves: int) -> None:
    exact = Fraction(2 * halves + 1, 200)
    assert rounded(Fraction(float(exact)), 2) == rounded(exact, 2) == Decimal(halves + 1).scaleb(-2)


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("999999.9999999999", "1000000", True),
        ("999999.9999", "1000000", False),
        ("12345678.91", "12345678.91004", True),
        ("12345678.91", "12345678.9101", False),
        ("-12345678.91", "-12345678.91004", True),
        ("0.1", "0.100000001", False),
    ],
)
def test_numbers_from_a_million_on_are_compared_to_four_decimals(one: str, other: str, equal: bool) -> None:
    """A double of that size has no nine decimals (2.3)."""
    assert (compared(Fraction(one)) == compared(Fraction(other))) is equal
