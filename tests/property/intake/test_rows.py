"""Whatever a sheet holds, no row is lost; whatever was written in a usual style is read back exactly."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.intake.dates import read_date
from tenglong.domain.intake.kinds import table_kind
from tenglong.domain.intake.numbers import read_number
from tenglong.domain.intake.raw import RawBook, RawRow, RawSheet
from tenglong.domain.intake.tables import BookReader

HEADER = ["企业名称", "信用代码", "实际用地(亩)", "签约日期"]
CELLS = st.one_of(
    st.just(""),
    st.sampled_from(
        [*HEADER, "合计", "小计", "注:", "填表人:", "单位:亩", "演示一厂", "-", " ", "11月9日", "3公顷"]
    ),
    st.text(max_size=8),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.integers(-(10**18), 10**18),
)
ROWS = st.lists(st.lists(CELLS, max_size=6), max_size=12)
DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))


@pytest.mark.slow
@given(above=ROWS, below=ROWS)
def test_physical_rows_are_data_or_explained(above: list[list[Any]], below: list[list[Any]]) -> None:
    rows: list[RawRow] = list(enumerate([*above, list(HEADER), *below], start=1))
    sheet = RawSheet("台账", False, 1, (), lambda: iter(rows))
    reader = BookReader(RawBook(lambda: iter([sheet])), table_kind("case_ledger"), "a.xlsx")
    data = list(reader.rows())
    summary = reader.summary()
    assert len(data) == summary.read
    assert summary.read + summary.empty + len(summary.other_rows) == len(rows)
    numbers = [row[1] for row in data] + [row.row for row in summary.other_rows]
    assert len(set(numbers)) == len(numbers)


@given(
    day=DAYS,
    style=st.sampled_from(
        ["{0}-{1:02}-{2:02}", "{0}.{1}.{2}", "{0}/{1}/{2:02}", "{0}{1:02}{2:02}", "{0}年{1}月{2}日"]
    ),
)
def test_a_day_written_in_any_style_is_read_back(day: date, style: str) -> None:
    assert read_date(style.format(day.year, day.month, day.day), False) == (day, None)


@given(day=DAYS, date_1904=st.booleans())
def test_a_day_number_is_read_back(day: date, date_1904: bool) -> None:
    epoch = date(1904, 1, 1) if date_1904 else date(1899, 12, 30)
    serial = (day - epoch).days
    value, _ = read_date(str(serial), date_1904)
    assert value == (day if 18_000 <= serial < 74_000 else None)
    assert epoch + timedelta(days=serial) == day


@given(number=st.decimals(0, 10**9, places=6), style=st.sampled_from(["{0}", "{0:,}", " {0} ", "{0}亩"]))
def test_a_number_written_in_any_style_is_read_back(number: Decimal, style: str) -> None:
    unit = table_kind("case_ledger").column("land").unit
    assert read_number(style.format(number), unit, Decimal(1)) == (number, None)


@given(number=st.decimals(-(10**6), 10**6, places=2))
def test_a_number_cell_keeps_what_excel_shows(number: Decimal) -> None:
    assert read_number(float(number), None, Decimal(1)) == (number, None)
