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
"""Shares by day; they add up to 1, or there is none."""


@dataclass(frozen=True)
class Horizon:
    """The periods of a plan, counted from 0, and those after the deadline in which amounts may still arrive."""

    settings: Settings
    calendar: WorkingCalendar

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

    def last_by(self, day: date) -> int | None:
        """The last period that is over by the end of `day`; None where not even the first is."""
        over = [period for period, last in enumerate(self.settings.last_days) if last <= day]
        return over[-1] if over else None


@dataclass(frozen=True)
class Timetable:
    """The days of a measure for each start period: of steps yet to be done, payments, staff.

    `passed` steps are done already. With `signed_on` the contract counts from that day, whatever the start period; what
    it paid before the plan is not in it.
    """

    name: str
    measure: Measure
    horizon: Horizon
    payments: tuple[Payment, ...]
    passed: int = 0
    signed_on: date | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps yet to be done."""
        return self.measure.steps[self.passed :]

    @cached_property
    def days(self) -> tuple[tuple[date, ...], ...]:
        """For each start period the earliest day of each step."""
        start, calendar = self.horizon.settings.start, self.horizon.calendar
        if self.signed_on is not None:
            return (due_days(self.signed_on, self.steps, calendar, start),) * len(self.horizon)
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

    @cached_property
    def paid_share(self) -> Decimal:
        """The share of the money that falls due in the plan or later."""
        return (
            sum((share for _, share in self._due(0)), Decimal(0))
            if self.measure.paid == SIGNED
            else Decimal(1)
        )

    def parts(self, amount: str, start: int) -> Parts:
        """On which days which share of an amount falls due; nothing for an amount that comes whole at the start."""
        days = self.days[start]
        if amount == "money":
            return _shares(self._due(start))
        if amount == "staff_days":
            return _shares([(day, step.staff) for step, day in zip(self.steps, days, strict=True)])
        if amount in CAPACITIES:
            using = [day for step, day in zip(self.steps, days, strict=True) if amount in step.uses]
            return _shares([(day, Decimal(1)) for day in using])
        return ((days[-1], Decimal(1)),)

    def spec(self) -> dict[str, Any]:
        """The timing of the problem file: for each start period how long it lasts, and where amounts fall."""
        periods = range(len(self.horizon))
        amounts = ["staff_days", *AT_THE_END, *(one for one in CAPACITIES if self.uses(one))]
        if self.paid_share:
            amounts.append("money")
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

    def _due(self, start: int) -> list[tuple[date, Decimal]]:
        signed = self.signing_day(start)
        if self.measure.paid != SIGNED or signed is None:
            return [(self.done_on(start), Decimal(1))]
        due = [(signed + timedelta(days=one.days), one.share) for one in self.payments]
        if self.signed_on is None:
            return due
        return [(day, share) for day, share in due if day >= self.horizon.settings.start]

    def _lag(self, day: date, start: int) -> int:
        return max(self.horizon.period_of(day) - start, 0)


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
