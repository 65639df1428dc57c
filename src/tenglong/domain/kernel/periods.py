"""Days and windows. The campaign counts calendar days inclusively (domain.md §2.1 F21)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg

CHINA = ZoneInfo("Asia/Shanghai")
EPOCH = date(1970, 1, 1)
EPOCH_NUMBER = EPOCH.toordinal()
FIRST_YEAR, LAST_YEAR = 1900, 2200

Clock = Callable[[], datetime]
"""Gives the instant at which it is asked: for work that must know when it ends."""


@lru_cache(maxsize=10_000)
def day_number(day: date) -> int:
    """Days since 1970-01-01: how the ledger stores `effective_on`, so that a fold compares integers."""
    return day.toordinal() - EPOCH_NUMBER


def day_of(number: int) -> date:
    """The date that `day_number` stored."""
    return EPOCH + timedelta(days=number)


def day_in(text: str) -> date | None:
    """The day that a text names in any form of ISO 8601; None when it names none, or one beyond any campaign."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def moment_in(text: str) -> datetime | None:
    """The moment that a text names, in China's time unless it says otherwise; None as with `day_in`.

    Far years are none because a moment in them may lie beyond the calendar in another zone.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)


def china_date(instant: datetime) -> date:
    """The date on the wall in China at `instant`."""
    return instant.astimezone(CHINA).date()


@dataclass(frozen=True)
class Window:
    """From the first day to the deadline, both included."""

    start: date
    deadline: date

    def __post_init__(self) -> None:
        if self.deadline < self.start:
            problem = "截止日期 {deadline} 早于开始日期 {start}，请检查起止日期。"
            raise BadValue(msg(problem, start=self.start, deadline=self.deadline))

    @property
    def days(self) -> int:
        """Length in days, both ends included."""
        return (self.deadline - self.start).days + 1

    def pace(self, as_of: date) -> Fraction:
        """序时进度: elapsed ÷ total days of this window, both inclusive, kept within 0 and 1."""
        elapsed = (as_of - self.start).days + 1
        return Fraction(min(max(elapsed, 0), self.days), self.days)
