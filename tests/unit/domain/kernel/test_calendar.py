"""Working days: the State Council's notices, as the library has them."""

from datetime import date

import pytest

from tenglong.domain.kernel.calendar import add_working_days, is_working_day
from tenglong.domain.kernel.errors import BadValue


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2021, 10, 1), False),  # 国庆节
        (date(2021, 10, 8), True),
        (date(2021, 9, 26), True),  # a Sunday worked for 国庆节 (国办发明电〔2020〕27号)
        (date(2021, 11, 6), False),  # an ordinary Saturday
    ],
)
def test_holidays_and_days_worked_instead(day: date, working: bool) -> None:
    assert is_working_day(day) is working


def test_the_first_day_is_not_counted() -> None:
    assert add_working_days(date(2021, 9, 30), 1) == date(2021, 10, 8)
    assert add_working_days(date(2021, 9, 24), 1) == date(2021, 9, 26)
    assert add_working_days(date(2021, 11, 9), 0) == date(2021, 11, 9)


def test_an_unknown_year_says_what_to_do() -> None:
    with pytest.raises(BadValue, match="1990.*升级 chinesecalendar"):
        is_working_day(date(1990, 1, 1))
