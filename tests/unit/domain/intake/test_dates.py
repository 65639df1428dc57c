"""Days in the styles that arrive."""

from datetime import date, datetime, time
from typing import Any

import pytest

from tenglong.domain.intake.dates import read_date

DAY = date(2021, 11, 9)


@pytest.mark.parametrize(
    "raw",
    [
        DAY,
        datetime(2021, 11, 9),  # noqa: DTZ001 - a cell has no time zone
        "2021-11-09",
        "2021.11.9",
        "2021/11/09",
        "20211109",
        20211109.0,
        "2021年11月9日",
        "2021年11月9号",
        "２０２１年１１月９日",
        " 2021 - 11 - 9 ",
        "2021-11-09 00:00:00",
        "2021-11-09T00:00:00",
        "44509",
        44509,
        44509.0,
    ],
)
def test_every_style_gives_the_day(raw: Any) -> None:
    assert read_date(raw, date_1904=False) == (DAY, None)


def test_a_day_number_counts_from_the_workbooks_own_beginning() -> None:
    assert read_date("43047", date_1904=True) == (DAY, None)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("11月9日", "没有写年份"),
        ("11.9", "没有写年份"),
        ("2021年11月", "没有写到日"),
        (2021.0, "没有写到日"),
        ("21.11.9", "不是四位"),
        ("2021-02-30", "日历上不存在"),
        ("2201-11-09", "1900 年到 2100 年"),
        ("年底前", "不是日期"),
        (True, "不是日期"),
        (time(8, 30), "不是日期"),
        ("99999", "不是日期"),
    ],
)
def test_what_is_no_full_day_is_refused_with_the_reason(raw: Any, why: str) -> None:
    value, trouble = read_date(raw, date_1904=False)
    assert value is None and trouble and why in str(trouble.message)


@pytest.mark.parametrize("raw", ["2021-11-09 08:30", datetime(2021, 11, 9, 8, 30), 44509.354167])  # noqa: DTZ001
def test_a_time_of_day_is_remarked_on(raw: Any) -> None:
    day, trouble = read_date(raw, date_1904=False)
    assert day == DAY
    assert trouble is not None
    assert (trouble.severity, "带有时刻" in str(trouble.message)) == ("warning", True)


@pytest.mark.parametrize(
    "raw",
    [
        datetime(2021, 11, 8, 16),  # noqa: DTZ001
        datetime(2021, 11, 8, 23, 59, 17),  # noqa: DTZ001
        datetime(2021, 11, 8, 15, 59, 17),  # noqa: DTZ001
        "2021-11-08T16:00:00",
        44508.99950231481,
    ],
)
def test_a_moment_that_another_time_zone_may_have_made_is_refused_with_both_days(raw: Any) -> None:
    day, trouble = read_date(raw, date_1904=False)
    assert day is None
    assert trouble is not None
    assert "2021-11-08 还是 2021-11-09" in str(trouble.message)
