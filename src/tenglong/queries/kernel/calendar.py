"""The working calendar as it is known: what ships with the program, and over it the notices that the city entered."""

from dataclasses import dataclass
from datetime import date, datetime

from tenglong.domain.kernel.calendar import (
    Notice,
    WorkingCalendar,
    days_in,
    exceptions,
    library_years,
    shipped_calendar,
)
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import Message, msg
from tenglong.store.models import HolidayNotice

YEARS_BACK, YEARS_AHEAD = 1, 2
"""The years that people look at, around today's."""


@dataclass(frozen=True)
class EnteredNotice:
    """A notice that the city entered, with when and by whom."""

    notice: Notice
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True)
class CalendarYear:
    """What is known of a year: the days off from Monday to Friday, the weekends worked, and from where.

    `entered` is the notice of the city that counts, if there is one. A year that is not `known` counts Monday to
    Friday.
    """

    year: int
    known: bool
    off: tuple[date, ...]
    worked: tuple[date, ...]
    source: Message | str
    entered: EnteredNotice | None

    @property
    def quoted(self) -> bool:
        """Whether the source is the title of a notice, which has no translation."""
        return isinstance(self.source, str)


def working_calendar(known_at: datetime | None = None) -> WorkingCalendar:
    """The calendar as known at a moment; with everything that was ever entered unless told."""
    entered = tuple(one.notice for one in entered_notices(known_at))
    return WorkingCalendar((*shipped_calendar().notices, *entered))


def entered_notices(known_at: datetime | None = None) -> list[EnteredNotice]:
    """The notices that the city entered, the earliest first; a later one for a year takes an earlier one's place."""
    rows = HolidayNotice.objects.order_by("id")
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at)
    return [
        EnteredNotice(
            Notice(row.year, days_in(row.off), days_in(row.worked), row.source),
            row.recorded_at,
            row.recorded_by,
        )
        for row in rows
    ]


def calendar_years(today: date) -> list[CalendarYear]:
    """The years around today and all for which the city entered a notice, in order."""
    entered = {one.notice.year: one for one in entered_notices()}
    wanted = {*range(today.year - YEARS_BACK, today.year + YEARS_AHEAD + 1), *entered}
    calendar = working_calendar()
    return [_year(year, calendar, entered.get(year)) for year in sorted(wanted)]


def calendar_year(year: int) -> CalendarYear:
    """What is known of one year.

    Raises:
        NotFound: nothing is known of it.
    """
    calendar = working_calendar()
    if not calendar.knows_year(year):
        problem = "还没有 {year} 年的放假安排，暂按周一至周五计算。请在国务院办公厅公布后登记。"
        raise NotFound(msg(problem, year=str(year)))
    entered = {one.notice.year: one for one in entered_notices()}
    return _year(year, calendar, entered.get(year))


def _year(year: int, calendar: WorkingCalendar, entered: EnteredNotice | None) -> CalendarYear:
    off, worked = exceptions(calendar, year)
    return CalendarYear(year, calendar.knows_year(year), off, worked, _source(year, calendar), entered)


def _source(year: int, calendar: WorkingCalendar) -> Message | str:
    if year in calendar.by_year:
        return calendar.by_year[year].source
    if year in library_years():
        return msg("随软件提供（chinesecalendar，据国务院办公厅历年通知）")
    return msg("尚未公布，暂按周一至周五计算")
