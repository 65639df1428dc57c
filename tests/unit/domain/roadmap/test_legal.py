"""Days of the office, and steps that wait for them."""

from datetime import date
from decimal import Decimal

import pytest

from tenglong.domain.kernel.calendar import Notice, WorkingCalendar, days_in, shipped_calendar
from tenglong.domain.roadmap.legal import after, due_anew, due_days
from tenglong.domain.roadmap.measures import Step


def step(days: int, *, working: bool) -> Step:
    return Step("noticed", days, working, Decimal(1))


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
    assert after(start, step(days, working=working), shipped_calendar()) == due


def test_no_step_lies_before_the_plan() -> None:
    steps = [step(1, working=True), step(1, working=True)]
    assert due_days(date(2021, 1, 4), steps, shipped_calendar(), date(2021, 6, 1)) == (
        date(2021, 6, 1),
        date(2021, 6, 2),
    )


NOTICE = Notice(
    2027, days_in("2027-01-01/2027-01-05 2027-05-01 2027-05-02 2027-10-01/2027-10-03"), frozenset(), "演示"
)
ENTERED = WorkingCalendar((*shipped_calendar().notices, NOTICE))


@pytest.mark.parametrize(
    ("start", "days", "working", "before", "now"),
    [
        (date(2026, 12, 28), 5, True, date(2027, 1, 4), date(2027, 1, 7)),
        (date(2026, 12, 28), 5, False, date(2027, 1, 4), date(2027, 1, 6)),  # ends on a holiday then
        (date(2026, 12, 28), 10, False, date(2027, 1, 7), date(2027, 1, 7)),
        (date(2027, 1, 4), 3, True, date(2027, 1, 7), date(2027, 1, 8)),
    ],
)
def test_legal_periods_across_new_year(
    start: date, days: int, working: bool, before: date, now: date
) -> None:
    assert after(start, step(days, working=working), shipped_calendar()) == before
    assert after(start, step(days, working=working), ENTERED) == now


def test_a_step_follows_its_earliest_day_and_one_that_waits_only_makes_room() -> None:
    def day(number: int) -> date:
        return date(2027, 1, number)

    assert due_anew([day(4), day(7)], [day(4), day(7)], [day(6), day(11)]) == (day(6), day(11))
    assert due_anew([day(8)], [day(8)], [day(7)]) == (day(7),)
    assert due_anew([day(4), day(20)], [day(4), day(7)], [day(6), day(11)]) == (day(6), day(20))
    assert due_anew([day(4), day(9)], [day(4), day(7)], [day(6), day(11)]) == (day(6), day(11))
    assert due_anew([day(12), day(12)], [day(4), day(12)], [day(6), day(11)]) == (day(12), day(12))
