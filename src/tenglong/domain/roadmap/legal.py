"""From legal periods to days: when the steps of a measure can be done at the earliest."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from tenglong.domain.kernel.calendar import WorkingCalendar
from tenglong.domain.roadmap.measures import Step


def after(day: date, step: Step, calendar: WorkingCalendar) -> date:
    """The first day on which a step may be done, counted from the day after `day`.

    A period in calendar days that ends on a holiday ends on the next day on which offices work (《民法典》 art. 203).
    """
    if step.working:
        return calendar.add_working_days(day, step.days)
    day += timedelta(days=step.days)
    return day if calendar.works(day) else calendar.add_working_days(day, 1)


def due_days(
    start: date, steps: Iterable[Step], calendar: WorkingCalendar, not_before: date | None = None
) -> tuple[date, ...]:
    """The earliest day of each step, one after the other from `start`; none before `not_before`."""
    found, day = [], start
    for step in steps:
        day = after(day, step, calendar)
        if not_before is not None:
            day = max(day, not_before)
        found.append(day)
    return tuple(found)


def due_anew(planned: Sequence[date], before: Sequence[date], now: Sequence[date]) -> tuple[date, ...]:
    """The days of a plan after a notice was entered: `before` and `now` are the earliest ones, as counted then and now.

    A step that was planned for its earliest day follows it; one that waits for something else only makes room.
    """
    found: list[date] = []
    for day, earliest_before, earliest in zip(planned, before, now, strict=True):
        day = earliest if day == earliest_before else max(day, earliest)
        found.append(max(day, found[-1]) if found else day)
    return tuple(found)
