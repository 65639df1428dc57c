"""Working days: statutory holidays and 调休 from notices (holidays.toml, the city's own) over chinesecalendar."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from typing import Any

import chinese_calendar

from tenglong.domain.kernel.errors import BadRules, BadValue, UserError
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.periods import FIRST_YEAR, LAST_YEAR, day_in
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules

SATURDAY = 5
LONGEST_SPAN = 31
ONE_DAY = timedelta(days=1)
_BETWEEN = re.compile(r"[\s,;，；、]+")
_SPAN = re.compile(r"\s*(?:至|/|\.\.|~|～|—)\s*")


@dataclass(frozen=True)
class Notice:
    """What the notice for a year says, whole: weekdays (or weekends) off, weekends that are worked, and which it is.

    `off` and `worked` may reach into the last days of the year before.
    """

    year: int
    off: frozenset[date]
    worked: frozenset[date]
    source: str


@dataclass(frozen=True)
class Rules:
    """What holidays.toml says beside its notices; days as (month, day)."""

    fixed: tuple[tuple[int, int], ...]
    moved_from: tuple[int, int]
    notices: tuple[Notice, ...]


@dataclass(frozen=True)
class WorkingCalendar:
    """Which days offices work. A later one of the `notices` for a year takes the place of an earlier one.

    A day of a year that is not known counts from Monday to Friday; what is computed with it is provisional.
    """

    notices: tuple[Notice, ...]

    @cached_property
    def by_year(self) -> dict[int, Notice]:
        """The notice that counts for each year that has one."""
        return {notice.year: notice for notice in self.notices}

    def knows_year(self, year: int) -> bool:
        """Whether the holidays of a year are known, from a notice or from the library."""
        return year in self.by_year or year in library_years()

    def knows(self, day: date) -> bool:
        """Whether it is settled that offices work on `day` or not: the next year's notice may move the last days."""
        open_end = (day.month, day.day) >= rules().moved_from
        return self.knows_year(day.year) and (not open_end or self.knows_year(day.year + 1))

    @cached_property
    def _asked(self) -> dict[date, bool]:
        """What was asked before: plans ask for each day a thousand times, and the library takes 60 µs for an answer."""
        return {}

    def works(self, day: date) -> bool:
        """Whether offices work on `day`."""
        if (works := self._asked.get(day)) is None:
            works = self._asked[day] = self._looked_up(day)
        return works

    def _looked_up(self, day: date) -> bool:
        for year in (day.year + 1, day.year):
            if (notice := self.by_year.get(year)) is not None:
                if day in notice.off or day in notice.worked:
                    return day in notice.worked
        if day.year in library_years() and day.year not in self.by_year:
            return bool(chinese_calendar.is_workday(day))
        return day.weekday() < SATURDAY

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`; `day` itself is not counted."""
        while count > 0:
            day += ONE_DAY
            count -= self.works(day)
        return day

    def working_days(self, first: date, last: date) -> int:
        """How many days offices work from `first` to `last`, both included."""
        return sum(map(self.works, days_from(first, last)))

    def is_provisional(self, start: date, end: date) -> bool:
        """Whether a day that was counted from the day after `start` to `end` may move with a notice to come."""
        first = start + ONE_DAY
        if end < first:
            return False
        last_of_years = (min(end, date(year, 12, 31)) for year in range(first.year, end.year + 1))
        return not all(
            map(self.knows, last_of_years)
        )  # in a year that is known to a day, so are those before it

    def said(self, day: date, start: date | None) -> date | Message:
        """A day that was counted from `start`, as a value of a sentence: marked where it is provisional."""
        if start is not None and self.is_provisional(start, day):
            return msg("{day}（暂定）", day=day)
        return day


@cache
def shipped_calendar() -> WorkingCalendar:
    """What the program knows by itself."""
    return WorkingCalendar(rules().notices)


@cache
def rules() -> Rules:
    """The rules that ship with the program."""
    return parse_holidays(load_rules("tenglong.domain.kernel", "holidays.toml"))


@cache
def library_years() -> range:
    """The years whose holidays the library knows, without a gap."""
    return range(min(chinese_calendar.holidays).year, max(chinese_calendar.holidays).year + 1)


def parse_holidays(file: RuleFile) -> Rules:
    """The rules that a file states.

    Raises:
        BadRules: a key is missing, or a notice is not whole.
    """
    content = file.content
    try:
        rules = Rules(
            fixed=tuple(_month_day(text) for text in content["fixed"]),
            moved_from=_month_day(content["moved_from"]),
            notices=tuple(_notice_of(row) for row in content.get("notice", ())),
        )
        for notice in rules.notices:
            check_whole(notice, rules)
    except (KeyError, TypeError, ValueError, UserError) as error:
        problem = "规则文件 {name} 有误：{why}，请核对放假和上班的日期。"
        raise BadRules(msg(problem, name=file.name, why=error)) from error
    return rules


def check_whole(notice: Notice, rules: Rules) -> None:
    """Raises BadValue where a notice is not whole, names a day of another year, or does not say which it is."""
    year = notice.year
    if not FIRST_YEAR < year <= LAST_YEAR:
        raise BadValue(msg("年份 {year} 不对，请填写四位数的年份。", year=str(year)))
    if not notice.source:
        raise BadValue(msg("请写明放假安排的依据，例如通知的名称和文号。"))
    first, last = date(year - 1, *rules.moved_from), date(year, 12, 31)
    for day in sorted(notice.off | notice.worked):
        if not first <= day <= last:
            problem = "{year} 年的放假安排只能写 {first} 至 {last} 的日期，“{day}”不在其中，请改正。"
            raise BadValue(msg(problem, year=str(year), first=first, last=last, day=day))
    for day in sorted(notice.worked):
        if day in notice.off:
            raise BadValue(msg("{day} 既写了放假又写了上班，请只保留一处。", day=day))
        if day.weekday() < SATURDAY:
            problem = "{day} 不是周六、周日，本来就上班；调休上班日只写周末，请改正。"
            raise BadValue(msg(problem, day=day))
    for day in (date(year, *one) for one in rules.fixed):
        if day not in notice.off:
            problem = "{day} 是法定节假日，没有写在放假日期里。请把 {year} 年的放假安排写完整。"
            raise BadValue(msg(problem, day=day, year=str(year)))


def exceptions(calendar: WorkingCalendar, year: int) -> tuple[tuple[date, ...], tuple[date, ...]]:
    """The days from Monday to Friday of a year on which offices do not work, and the weekends on which they do."""
    days = [*days_from(date(year, 1, 1), date(year, 12, 31))]
    off = tuple(day for day in days if day.weekday() < SATURDAY and not calendar.works(day))
    return off, tuple(day for day in days if day.weekday() >= SATURDAY and calendar.works(day))


def days_in(text: str) -> frozenset[date]:
    """The days that a text names: days or spans as 2027-10-01/2027-10-07, between spaces, commas or on lines.

    Raises:
        BadValue: a part is no day or span, or a span is longer than a month.
    """
    parts = _BETWEEN.split(_SPAN.sub("/", text.strip()))
    return frozenset(day for part in parts if part for day in _span(part))


def days_text(days: Iterable[date]) -> str:
    """The days as `days_in` reads them, days in a row as spans."""
    spans: list[list[date]] = []
    for day in sorted(days):
        if spans and day - spans[-1][-1] == ONE_DAY:
            spans[-1][1:] = [day]
        else:
            spans.append([day])
    return " ".join("/".join(day.isoformat() for day in span) for span in spans)


def days_from(first: date, last: date) -> Iterator[date]:
    """Every day from `first` to `last`, both included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _span(part: str) -> Iterator[date]:
    days = [day_in(one) for one in part.split("/")]
    first, last = days[0], days[-1]
    if first is None or last is None or len(days) > 2 or not 0 <= (last - first).days < LONGEST_SPAN:
        problem = "“{part}”不是日期或起止日期，请写成 2027-01-01 或 2027-10-01/2027-10-07。"
        raise BadValue(msg(problem, part=part))
    return days_from(first, last)


def _month_day(text: str) -> tuple[int, int]:
    day = date.fromisoformat(f"2000-{text}")
    return day.month, day.day


def _notice_of(row: dict[str, Any]) -> Notice:
    off, worked = (days_in(" ".join(row[name])) for name in ("off", "worked"))
    return Notice(row["year"], off, worked, row["source"])
