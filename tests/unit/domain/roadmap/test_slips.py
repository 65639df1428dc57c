"""When milestones were reached, and how late."""

from datetime import date

import pytest

from tenglong.domain.roadmap.slips import days_late, reached_on

MILESTONES = [
    ("appraisal", date(2021, 5, 1)),
    ("offer", date(2021, 5, 10)),
    ("contract", date(2021, 5, 20)),
    ("premises", date(2021, 6, 20)),
]


def test_who_has_signed_has_passed_the_offer() -> None:
    stands = {"appraisal": date(2021, 5, 3), "contract": date(2021, 5, 25)}
    signed = date(2021, 5, 25)
    assert reached_on(MILESTONES, stands) == [date(2021, 5, 3), signed, signed, None]


def test_an_earlier_step_recorded_late_was_reached_with_the_later_one() -> None:
    stands = {"offer": date(2021, 7, 1), "contract": date(2021, 5, 25)}
    assert reached_on(MILESTONES, stands)[:3] == [date(2021, 5, 25)] * 3


def test_nothing_is_reached_where_nothing_stands() -> None:
    assert reached_on(MILESTONES, {"closure": date(2021, 5, 1)}) == [None] * 4
    assert reached_on([], {"offer": date(2021, 5, 1)}) == []


@pytest.mark.parametrize(
    ("reached", "days"), [(None, 10), (date(2021, 5, 24), 4), (date(2021, 5, 20), 0), (date(2021, 5, 1), 0)]
)
def test_lateness_is_counted_from_the_day_it_was_due(reached: date | None, days: int) -> None:
    assert days_late(date(2021, 5, 20), reached, date(2021, 5, 30)) == days


def test_what_is_not_due_is_not_late() -> None:
    assert days_late(date(2021, 6, 20), None, date(2021, 5, 30)) == 0
