"""Days of the office, and steps that wait for them."""

from datetime import date
from decimal import Decimal

import pytest

from tenglong.domain.roadmap.legal import after, due_days, is_office_day, office_days
from tenglong.domain.roadmap.measures import Step


def step(days: int, *, working: bool) -> Step:
    return Step("noticed", days, working, Decimal(1))


def test_offices_work_on_shifted_saturdays_and_not_on_holidays() -> None:
    days = [date(2021, 4, 30), date(2021, 5, 3), date(2021, 5, 8), date(2021, 5, 9)]
    assert [is_office_day(day) for day in days] == [True, False, True, False]


def test_a_week_of_labour_day_has_four_office_days() -> None:
    assert office_days(date(2021, 4, 27), date(2021, 5, 3)) == 4
    assert office_days(date(2021, 10, 1), date(2021, 10, 7)) == 0


def test_years_without_an_announced_calendar_are_counted_from_monday_to_friday() -> None:
    assert [is_office_day(date(2040, 10, day)) for day in (1, 6)] == [True, False]


@pytest.mark.parametrize(
    ("start", "days", "working", "due"),
    [
        (date(2021, 4, 30), 1, True, date(2021, 5, 6)),
        (date(2021, 4, 30), 1, False, date(2021, 5, 6)),
        (date(2021, 4, 30), 10, False, date(2021, 5, 10)),
        (date(2021, 5, 10), 0, True, date(2021, 5, 10)),
    ],
)
def test_a_step_ends_on_an_office_day(start: date, days: int, working: bool, due: date) -> None:
    assert after(start, step(days, working=working)) == due


def test_no_step_lies_before_the_plan() -> None:
    steps = [step(1, working=True), step(1, working=True)]
    assert due_days(date(2021, 1, 4), steps, date(2021, 6, 1)) == (date(2021, 6, 1), date(2021, 6, 2))
