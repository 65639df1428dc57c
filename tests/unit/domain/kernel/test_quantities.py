"""Exact quantities: parsing, storage in millionths, rounding once."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.quantities import (
    exact_text,
    from_micro,
    half_up,
    parse_quantity,
    plain,
    share,
    to_micro,
)


@given(st.integers(min_value=-(10**18), max_value=10**18))
def test_what_is_stored_comes_back(micro: int) -> None:
    assert to_micro(from_micro(micro)) == micro


def test_a_seventh_decimal_is_refused_not_rounded() -> None:
    with pytest.raises(BadValue, match="六位"):
        to_micro(Decimal("0.0000001"))


@given(
    st.fractions(min_value=-(10**9), max_value=10**9, max_denominator=10**7),
    st.integers(min_value=0, max_value=6),
)
def test_half_up_is_the_nearest_and_away_from_zero_on_a_tie(value: Fraction, places: int) -> None:
    rounded = Fraction(half_up(value, places))
    step = Fraction(1, 10**places)
    assert (rounded / step).denominator == 1
    assert abs(rounded - value) <= step / 2
    if abs(rounded - value) == step / 2:
        assert abs(rounded) > abs(value)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=5), st.integers(min_value=0, max_value=4))
def test_half_up_rounds_a_decimal_as_it_rounds_the_same_fraction(value: Decimal, places: int) -> None:
    assert half_up(value, places) == half_up(Fraction(value), places)


@pytest.mark.parametrize(
    ("value", "places", "printed"),
    [
        (Fraction(520, 730) * 100, 1, "71.2"),  # the write-off rate of 9 November (article)
        (Decimal("0.25"), 1, "0.3"),
        (Decimal("-0.25"), 1, "-0.3"),
        (Fraction(1, 8), 2, "0.13"),
        (7, 2, "7.00"),
    ],
)
def test_half_up_prints_every_place(value: Decimal | Fraction | int, places: int, printed: str) -> None:
    assert str(half_up(value, places)) == printed


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("１２，３４５．６", "12345.6"),
        (" 1,234,567 ", "1234567"),
        ("-3.50", "-3.50"),
        ("+.5", "0.5"),
        ("8 940", "8940"),
    ],
)
def test_numbers_as_people_type_them(text: str, value: str) -> None:
    assert parse_quantity(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "约30", "12亩", "1,23", "1e5", "NaN", "Infinity", "1.2.3", "—"])
def test_what_is_not_one_plain_number_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match="不是数字"):
        parse_quantity(text)


def test_a_plain_value_has_no_exponent_and_no_trailing_zeros() -> None:
    assert str(plain(Decimal("8.940E+3"))) == "8940"
    assert str(plain(Decimal("-0.000"))) == "0"


def test_a_share_of_nothing_is_unknown_not_zero() -> None:
    assert share(5, 0) is None
    assert share(520, 730) == Fraction(52, 73)


def test_exact_text_is_for_machines() -> None:
    assert exact_text(Decimal("71.20")) == "71.2"
    assert exact_text(Fraction(1, 3)) == "0." + "3" * 28
    assert exact_text(1000) == "1000"
