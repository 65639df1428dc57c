"""When the steps of a measure fall due for each start period, and what arrives with them (roadmap.md 10)."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from tenglong.domain.kernel.calendar import WorkingCalendar
from tenglong.domain.kernel.quantities import half_up
from tenglong.domain.roadmap.legal import due_days
from tenglong.domain.roadmap.measures import CAPACITIES, SIGNED, Measure, Step
from tenglong.domain.roadmap.settings import Payment, Settings, next_period

SHARE_PLACES = 6
"""Shares of a profile are rounded so that they still add up to 1."""
AT_THE_END = ("jobs", "tax")
"""What is lost is lost when the measure is done."""

Parts = tuple[tuple[date, Decimal], ...]
"""Shares by day; they add up to 1, or there is none. Of money also amounts by day."""


@dataclass(frozen=True)
class Horizon:
    """The periods of a plan, counted from 0, and those after the deadline in which amounts may still arrive.

    `facts_on` is the day up to which the cases are known; the first day of the plan unless told.
    """

    settings: Settings
    calendar: WorkingCalendar
    facts_on: date | None = None

    @property
    def today(self) -> date:
        """The day of the facts: what was due before it and did not happen happens then at the earliest."""
        return self.facts_on or self.settings.start

    @cached_property
    def starts(self) -> tuple[date, ...]:
        """The first days of the periods in which a measure may start."""
        return self.settings.periods

    @cached_property
    def _bounds(self) -> list[date]:
        """First days of all periods; the first after the plan begins on the day after the deadline."""
        found = [*self.starts, self.settings.deadline + timedelta(days=1)]
        while (
            found[-1] < self.settings.deadline + timedelta(days=10_000)
            and len(found) < 2 * len(self.starts) + 400
        ):
            found.append(next_period(found[-1], self.settings.period))
        return found

    def __len__(self) -> int:
        return len(self.starts)

    def period_of(self, day: date) -> int:
        """The period in which a day lies; days before the plan lie in the first."""
        return max(bisect_right(self._bounds, day) - 1, 0)


@dataclass(frozen=True)
class Timetable:
    """The days of a measure for each start period: of steps yet to be done, payments, staff.

    `passed` steps are done already. With `signed_on` the contract counts from that day, whatever the start period, and
    `left` is what it still pays, by day.
    """

    name: str
    measure: Measure
    horizon: Horizon
    payments: tuple[Payment, ...]
    passed: int = 0
    signed_on: date | None = None
    left: Parts = ()

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps yet to be done."""
        return self.measure.steps[self.passed :]

    @cached_property
    def days(self) -> tuple[tuple[date, ...], ...]:
        """For each start period the earliest day of each step."""
        calendar = self.horizon.calendar
        if self.signed_on is not None:
            return (due_days(self.signed_on, self.steps, calendar, self.horizon.today),) * len(self.horizon)
        return tuple(due_days(day, self.steps, calendar) for day in self.horizon.starts)

    def done_on(self, start: int) -> date:
        """The day of the last step."""
        return self.days[start][-1]

    def last_start(self, day: date) -> int:
        """The last period from which the measure is done by `day`; -1 where there is none."""
        return max((start for start, days in enumerate(self.days) if days[-1] <= day), default=-1)

    def signing_day(self, start: int) -> date | None:
        """The day on which the contract is signed; None for measures without one."""
        if self.signed_on is not None:
            return self.signed_on
        for step, day in zip(self.steps, self.days[start], strict=True):
            if step.kind == SIGNED:
                return day
        return None

    @cached_property
    def staff_left(self) -> Decimal:
        """The share of the staff days that the steps yet to be done take."""
        return sum((step.staff for step in self.steps), Decimal(0))

    def uses(self, capacity: str) -> bool:
        """Whether a step yet to be done takes one of a capacity."""
        return any(capacity in step.uses for step in self.steps)

    def parts(self, amount: str, start: int) -> Parts:
        """On which days which share of an amount falls due; nothing for an amount that comes whole at the start."""
        days = self.days[start]
        if amount == "money":
            return _shares(self.left if self.signed_on is not None else self.due(start))
        if amount == "staff_days":
            return _shares(self._work(start))
        if amount in CAPACITIES:
            using = [day for step, day in zip(self.steps, days, strict=True) if amount in step.uses]
            return _shares([(day, Decimal(1)) for day in using])
        return ((days[-1], Decimal(1)),)

    def spec(self) -> dict[str, Any]:
        """The timing of the problem file: for each start period how long it lasts, and where amounts fall."""
        periods = range(len(self.horizon))
        amounts = ["staff_days", *AT_THE_END, *(one for one in CAPACITIES if self.uses(one)), "money"]
        return {
            "duration": [self.lasts(start) for start in periods],
            "profiles": {amount: [self.profile(amount, start) for start in periods] for amount in amounts},
        }

    def lasts(self, start: int) -> int:
        """So many periods, the first and that of the last step included."""
        return self._lag(self.done_on(start), start) + 1

    def profile(self, amount: str, start: int) -> list[float]:
        """The shares of an amount that fall into the start period, the next, …; empty where nothing is left of it."""
        by_lag: dict[int, Decimal] = {}
        for day, share in self.parts(amount, start):
            lag = self._lag(day, start)
            by_lag[lag] = by_lag.get(lag, Decimal(0)) + share
        return [float(by_lag.get(lag, Decimal(0))) for lag in range(max(by_lag, default=-1) + 1)]

    def due(self, start: int) -> Parts:
        """On which days which share of the whole price is due, whatever was paid of it."""
        signed = self.signing_day(start)
        if self.measure.paid != SIGNED or signed is None:
            return ((self.done_on(start), Decimal(1)),)
        return tuple((signed + timedelta(days=one.days), one.share) for one in self.payments)

    def _work(self, start: int) -> list[tuple[date, Decimal]]:
        """The staff days of each step, evenly over the working days from the step before to its own; what falls into
        the same week and period together on the last day of it."""
        horizon, found = self.horizon, dict[tuple[date, int], tuple[date, Decimal]]()
        before = max(self.signed_on, horizon.today) if self.signed_on else horizon.starts[start]
        for step, due in zip(self.steps, self.days[start], strict=True):
            between = (before + timedelta(days=number) for number in range(1, (due - before).days))
            days = [day for day in between if horizon.calendar.works(day)] + [due]
            for day in days if step.staff else ():
                week = day - timedelta(days=day.weekday()), horizon.period_of(day)
                so_far = found[week][1] if week in found else Decimal(0)
                found[week] = day, so_far + step.staff / len(days)
            before = due
        return list(found.values())

    def _lag(self, day: date, start: int) -> int:
        return max(self.horizon.period_of(day) - start, 0)


def still_due(whole: Decimal, paid: Decimal, due: Parts, today: date) -> Parts:
    """What a price still pays, by day: the first of what is due is what was paid, the rest of that is due today."""
    found: dict[date, Decimal] = {}
    share, settled = Decimal(0), paid
    for day, one in sorted(due):
        share += one
        missing = whole * share - settled
        if missing > 0:
            day = max(day, today)
            found[day] = found.get(day, Decimal(0)) + missing
            settled += missing
    return tuple(sorted(found.items()))


def spread(total: Decimal, parts: Parts, places: int) -> Parts:
    """An amount by day, rounded cumulatively so that the parts add up to the total; days without anything left out."""
    found, share, before = [], Decimal(0), Decimal(0)
    for day, one in parts:
        share += one
        up_to = half_up(total * share, places)
        if up_to != before:
            found.append((day, up_to - before))
        before = up_to
    return tuple(found)


def named(measure: Measure, passed: int, signed_on: date | None) -> str:
    """The name of a timetable in the problem file."""
    if signed_on is not None:
        return f"{measure.id}@{signed_on.isoformat()}"
    return f"{measure.id}+{passed}" if passed else measure.id


def _shares(due: Sequence[tuple[date, Decimal]]) -> Parts:
    """Shares that add up to 1, of parts that may add up to less."""
    whole = sum((share for _, share in due), Decimal(0))
    if not whole:
        return ()
    found, share, before = [], Decimal(0), Decimal(0)
    for day, one in sorted(due):
        share += one
        up_to = half_up(share / whole, SHARE_PLACES)
        found.append((day, up_to - before))
        before = up_to
    return tuple(found)
