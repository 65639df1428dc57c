"""Working days with statutory holidays and 调休, from the chinesecalendar library (2004–2026)."""

from datetime import date, timedelta

import chinese_calendar

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg


def is_working_day(day: date) -> bool:
    """Whether offices work on `day`.

    Raises:
        BadValue: the State Council's calendar for that year is not known to the library.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError as error:
        problem = "没有 {year} 年的放假安排，请升级 chinesecalendar 后再计算工作日期限。"
        raise BadValue(msg(problem, year=day.year)) from error


def add_working_days(day: date, count: int) -> date:
    """The `count`-th working day after `day`; `day` itself is not counted."""
    while count > 0:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day
