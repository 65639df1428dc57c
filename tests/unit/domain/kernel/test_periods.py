"""Days and windows, both ends included."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.periods import Window, china_date, day_in, day_number, day_of, moment_in

CAMPAIGN = Window(date(2021, 4, 27), date(2021, 12, 31))


@given(st.dates())
def test_a_day_survives_storage(day: date) -> None:
    assert day_of(day_number(day)) == day


def test_both_ends_of_a_window_count() -> None:
    assert Window(date(2021, 4, 27), date(2021, 4, 27)).days == 1
    assert Window(date(2021, 4, 27), date(2021, 8, 4)).days == 100  # 100 days of signing (article)


def test_a_window_may_not_end_before_it_starts() -> None:
    with pytest.raises(BadValue, match="早于"):
        Window(date(2021, 5, 2), date(2021, 5, 1))


@pytest.mark.parametrize(
    ("as_of", "pace"),
    [
        (date(2021, 4, 26), Fraction(0)),
        (date(2021, 4, 27), Fraction(1, 249)),
        (date(2021, 12, 31), Fraction(1)),
        (date(2022, 3, 1), Fraction(1)),
    ],
)
def test_pace_stays_between_nothing_and_everything(as_of: date, pace: Fraction) -> None:
    assert CAMPAIGN.pace(as_of) == pace


@given(st.dates(min_value=date(2021, 1, 1), max_value=date(2022, 12, 30)))
def test_pace_never_falls(day: date) -> None:
    assert CAMPAIGN.pace(day) <= CAMPAIGN.pace(date.fromordinal(day.toordinal() + 1))


def test_the_date_is_that_of_the_wall_in_china() -> None:
    assert china_date(datetime(2021, 11, 8, 16, 0, tzinfo=UTC)) == date(2021, 11, 9)
    assert china_date(datetime(2021, 11, 8, 15, 59, tzinfo=UTC)) == date(2021, 11, 8)


@pytest.mark.parametrize("text", ["2021-02-30", "0001-01-01", "9999-12-31", "２０２１-11-09", ""])
def test_what_is_no_day_of_a_campaign(text: str) -> None:
    assert day_in(text) is None


@pytest.mark.parametrize(
    "text", ["9999-12-31T23:59:59-08:00", "0001-01-01T00:00:00+08:00", "2021-11-09T25:00"]
)
def test_what_is_no_moment_in_every_zone(text: str) -> None:
    assert moment_in(text) is None


def test_a_moment_without_a_zone_is_chinas() -> None:
    assert moment_in("2021-11-09T17:00") == datetime(2021, 11, 9, 9, tzinfo=UTC)
    assert moment_in("2021-11-09T17:00Z") == datetime(2021, 11, 9, 17, tzinfo=UTC)
