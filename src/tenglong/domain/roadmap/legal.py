"""From legal periods to days: when the steps of a measure can be done at the earliest."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

from tenglong.domain.kernel.calendar import is_working_day
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.roadmap.measures import Step


@cache
def is_office_day(day: date) -> bool:
    """Whether offices work on `day`; Monday to Friday in years whose holidays are not announced yet."""
    try:
        return is_working_day(day)
    except BadValue:
        return day.weekday() < 5


def office_days(first: date, last: date) -> int:
    """How many days offices work from `first` to `last`, both included."""
    return sum(is_office_day(first + timedelta(days=n)) for n in range((last - first).days + 1))


def after(day: date, step: Step) -> date:
    """The first day on which a step may be done, counted from the day after `day`.

    A period in calendar days that ends on a holiday ends on the next day on which offices work (《民法典》 art. 203).
    """
    if not step.working:
        day += timedelta(days=step.days)
    left = step.days if step.working else not is_office_day(day)
    while left > 0:
        day += timedelta(days=1)
        left -= is_office_day(day)
    return day


def due_days(start: date, steps: Iterable[Step], not_before: date | None = None) -> tuple[date, ...]:
    """The earliest day of each step, one after the other from `start`; none before `not_before`."""
    found, day = [], start
    for step in steps:
        day = after(day, step)
        if not_before is not None:
            day = max(day, not_before)
        found.append(day)
    return tuple(found)
