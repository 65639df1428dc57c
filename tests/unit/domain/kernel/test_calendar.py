"""Working days: notices over the library, and what is not known yet."""

from datetime import date, timedelta
from typing import Any

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.kernel.calendar import (
    Notice,
    WorkingCalendar,
    check_whole,
    days_from,
    days_in,
    days_text,
    exceptions,
    library_years,
    parse_holidays,
    rules,
    shipped_calendar,
)
from tenglong.domain.kernel.errors import BadRules, BadValue
from tenglong.domain.kernel.rulefiles import RuleFile, load_rules

SHIPPED = shipped_calendar()
LIBRARY = WorkingCalendar(())
UNKNOWN = max(library_years()) + 1
"""The first year whose notice has not come: the dates below hold for 2027."""

OFF = (
    "2026-12-31/2027-01-03 2027-02-05/2027-02-11 2027-04-05 2027-05-01/2027-05-05 2027-06-09 2027-09-15 "
    "2027-10-01/2027-10-07"
)
WORKED = "2027-01-09 2027-02-14"


def notice_2027(**said: Any) -> Notice:
    """An invented notice, which moves the last day of the year before and works a Saturday for it."""
    given = {"year": 2027, "off": days_in(OFF), "worked": days_in(WORKED), "source": "演示通知〔2026〕1号"}
    return Notice(**(given | said))


ENTERED = WorkingCalendar((*SHIPPED.notices, notice_2027()))


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2021, 10, 1), False),  # 国庆节
        (date(2021, 10, 8), True),
        (date(2021, 9, 26), True),  # a Sunday worked for 国庆节 (国办发明电〔2020〕27号)
        (date(2021, 11, 6), False),  # an ordinary Saturday
        (date(2018, 12, 31), False),  # a Monday off by the notice for the year after
        (date(2018, 12, 29), True),  # the Saturday worked for it
    ],
)
def test_holidays_and_days_worked_instead(day: date, working: bool) -> None:
    assert SHIPPED.works(day) is working


def test_the_first_day_is_not_counted() -> None:
    assert SHIPPED.add_working_days(date(2021, 9, 30), 1) == date(2021, 10, 8)
    assert SHIPPED.add_working_days(date(2021, 9, 24), 1) == date(2021, 9, 26)
    assert SHIPPED.add_working_days(date(2021, 11, 9), 0) == date(2021, 11, 9)


def test_working_days_are_counted_with_both_ends() -> None:
    assert SHIPPED.working_days(date(2021, 4, 27), date(2021, 5, 3)) == 4
    assert SHIPPED.working_days(date(2021, 10, 1), date(2021, 10, 7)) == 0


@given(st.dates(date(library_years().start, 1, 1), date(max(library_years()), 12, 31)))
def test_known_years_are_those_of_the_library(day: date) -> None:
    assert SHIPPED.works(day) == LIBRARY.works(day) == chinese_calendar.is_workday(day)


def test_the_notices_that_ship_say_the_same_as_the_library() -> None:
    for notice in SHIPPED.notices:
        assert notice.year in library_years()
        assert exceptions(SHIPPED, notice.year) == exceptions(LIBRARY, notice.year)


def test_no_notice_moved_a_day_of_the_year_before_earlier_than_the_rule_says() -> None:
    december = [
        day
        for year in library_years()
        for part in exceptions(LIBRARY, year)
        for day in part
        if day.month == 12 and (day.month, day.day) < rules().moved_from
    ]
    assert december == []


@given(st.dates(date(2030, 1, 1), date(2199, 12, 31)))
def test_an_unknown_year_counts_monday_to_friday(day: date) -> None:
    assert SHIPPED.works(day) is (day.weekday() < 5)
    assert not SHIPPED.knows(day)


@given(st.dates(date(2004, 1, 1), date(2028, 12, 31)), st.integers(0, 400))
def test_what_is_provisional_depends_on_a_day_that_is_not_known(start: date, days: int) -> None:
    end = start + timedelta(days=days)
    for calendar in (SHIPPED, ENTERED):
        unknown = [day for day in days_from(start + timedelta(days=1), end) if not calendar.knows(day)]
        assert calendar.is_provisional(start, end) is bool(unknown)


def test_the_first_day_is_not_counted_for_what_is_provisional_and_the_last_is() -> None:
    assert not SHIPPED.is_provisional(date(2003, 12, 31), date(2004, 1, 5))
    assert SHIPPED.is_provisional(date(2026, 12, 31), date(2027, 1, 1))
    assert not SHIPPED.is_provisional(date(2027, 1, 1), date(2027, 1, 1))


@pytest.mark.parametrize(
    ("start", "days", "before", "provisional", "after"),
    [
        (date(2026, 12, 21), 5, date(2026, 12, 28), False, date(2026, 12, 28)),
        (date(2026, 12, 22), 5, date(2026, 12, 29), True, date(2026, 12, 29)),
        (date(2026, 12, 28), 3, date(2026, 12, 31), True, date(2027, 1, 4)),
        (date(2026, 12, 28), 5, date(2027, 1, 4), True, date(2027, 1, 6)),
        (date(2026, 12, 31), 5, date(2027, 1, 7), True, date(2027, 1, 8)),
        (date(2027, 1, 4), 5, date(2027, 1, 11), True, date(2027, 1, 9)),  # the Saturday is worked
    ],
)
def test_days_across_new_year_before_and_after_the_notice(
    start: date, days: int, before: date, provisional: bool, after: date
) -> None:
    assert SHIPPED.add_working_days(start, days) == before
    assert SHIPPED.is_provisional(start, before) is provisional
    assert ENTERED.add_working_days(start, days) == after
    assert not ENTERED.is_provisional(start, after)


def test_a_notice_settles_its_year_and_the_end_of_the_one_before() -> None:
    assert not SHIPPED.knows(date(2026, 12, 29)) and SHIPPED.knows(date(2026, 12, 28))
    assert ENTERED.knows(date(2026, 12, 31)) and ENTERED.knows(date(2027, 12, 28))
    assert not ENTERED.knows(date(2027, 12, 29))


def test_a_later_notice_for_the_year_takes_the_place_of_an_earlier_one() -> None:
    longer = notice_2027(off=days_in(OFF) | {date(2027, 1, 4)})
    assert ENTERED.works(date(2027, 1, 4))
    assert not WorkingCalendar((*ENTERED.notices, longer)).works(date(2027, 1, 4))


def test_a_notice_takes_the_place_of_the_library() -> None:
    own = Notice(2021, days_in("2021-01-01 2021-05-01/2021-05-02 2021-10-01/2021-10-03"), frozenset(), "更正")
    assert WorkingCalendar((own,)).works(date(2021, 10, 4)) and not LIBRARY.works(date(2021, 10, 4))


def test_a_provisional_day_is_said_as_one() -> None:
    assert str(SHIPPED.said(date(2027, 1, 4), date(2026, 12, 28))) == "2027-01-04（暂定）"
    assert SHIPPED.said(date(2026, 3, 2), date(2026, 2, 27)) == date(2026, 3, 2)
    assert SHIPPED.said(date(2027, 1, 4), None) == date(2027, 1, 4)


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"source": ""}, "请写明放假安排的依据"),
        ({"year": 27}, "年份 27 不对"),
        ({"off": days_in(OFF) | {date(2026, 12, 28)}}, "“2026-12-28”不在其中"),
        ({"off": days_in(OFF) | {date(2028, 1, 1)}}, "“2028-01-01”不在其中"),
        ({"worked": days_in("2027-02-06")}, "2027-02-06 既写了放假又写了上班"),
        ({"worked": days_in("2027-02-15")}, "2027-02-15 不是周六、周日"),
        ({"off": days_in(OFF) - {date(2027, 5, 2)}}, "2027-05-02 是法定节假日"),
    ],
)
def test_a_notice_that_is_not_whole_is_refused(said: dict[str, Any], problem: str) -> None:
    with pytest.raises(BadValue, match=problem):
        check_whole(notice_2027(**said), rules())


@pytest.mark.parametrize(
    "text",
    [
        "2027-01-01/2027-01-03",
        "2027-01-01 至 2027-01-03",
        "2027-01-01，2027-01-02、2027-01-03",
        "2027-01-01..2027-01-03\n",
    ],
)
def test_days_and_spans_are_read_as_people_write_them(text: str) -> None:
    assert days_in(text) == {date(2027, 1, 1), date(2027, 1, 2), date(2027, 1, 3)}


@pytest.mark.parametrize(
    "text", ["元旦", "2027-02-30", "2027-01-03/2027-01-01", "2027-01-01/2027-12-31", "2027-1-1/2/3"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match="不是日期或起止日期"):
        days_in(text)


def test_a_span_is_a_month_at_most() -> None:
    assert len(days_in("2027-01-01/2027-01-31")) == 31
    with pytest.raises(BadValue):
        days_in("2027-01-01/2027-02-01")


@given(st.sets(st.dates(date(2027, 1, 1), date(2027, 1, 31))))
def test_days_are_written_as_they_are_read(days: set[date]) -> None:
    assert days_in(days_text(days)) == days


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content.pop("moved_from"),
        lambda content: content["notice"][0].pop("source"),
        lambda content: content["notice"][0].update(off=["2026-01-01"]),
        lambda content: content["notice"][0].update(worked=["someday"]),
    ],
)
def test_a_wrong_file_is_refused(spoil: Any) -> None:
    content = load_rules("tenglong.domain.kernel", "holidays.toml").content
    spoil(content)
    with pytest.raises(BadRules, match=r"规则文件 holidays\.toml 有误"):
        parse_holidays(RuleFile("holidays.toml", content, ""))
