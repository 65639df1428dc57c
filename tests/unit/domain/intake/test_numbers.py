"""Quantities in the styles that arrive."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tenglong.domain.intake.kinds import table_kind
from tenglong.domain.intake.numbers import read_number
from tenglong.domain.intake.parsed import Severity

AREA = table_kind("case_ledger").column("land").unit
ONE = Decimal(1)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (12.5, "12.5"),
        (0.1 + 0.2, "0.3"),
        (3, "3"),
        ("１，２３４.５", "1234.5"),
        ("1,234.5", "1234.5"),
        ("12.5亩", "12.5"),
        ("2公顷", "30"),
        ("１００㎡", "0.15"),
        ("1.2e3", "1200"),
        (".5", "0.5"),
        ("0", "0"),
    ],
)
def test_every_style_gives_the_exact_number(raw: Any, value: str) -> None:
    assert read_number(raw, AREA, ONE) == (Decimal(value), None)


@pytest.mark.parametrize("raw", ["-3", -3, "−3亩"])
def test_only_signed_units_go_below_zero(raw: Any) -> None:
    value, trouble = read_number(raw, AREA, ONE)
    assert value is None
    assert trouble is not None
    assert trouble.severity is Severity.ERROR
    money = table_kind("observations").column("tax").unit
    assert read_number(-3, money, ONE) == (Decimal(-3), None)


@pytest.mark.parametrize("raw", ["-", "—", "/", "无", " "])
def test_marks_for_nothing_are_blank_not_zero(raw: str) -> None:
    assert read_number(raw, AREA, ONE) == (None, None)


def test_the_header_factor_applies_unless_the_cell_names_its_unit() -> None:
    assert read_number("2", AREA, Decimal(15))[0] == 30
    assert read_number("2亩", AREA, Decimal(15))[0] == 2


@pytest.mark.parametrize("raw", ["约3", "3左右", "近3亩", "超过3", "3余"])
def test_an_approximate_number_is_taken_with_a_warning(raw: str) -> None:
    value, trouble = read_number(raw, AREA, ONE)
    assert value == 3 and trouble and trouble.severity is Severity.WARNING


@pytest.mark.parametrize("raw", ["NaN", "nan", " -NaN ", "ＮａＮ"])
def test_what_programs_write_for_no_number_is_blank(raw: str) -> None:
    assert read_number(raw, AREA, ONE) == (None, None)


def test_more_than_six_places_are_rounded_half_up_and_said() -> None:
    value, trouble = read_number("0.12345675", AREA, ONE)
    assert value == Decimal("0.123457") and trouble and "四舍五入为 0.123457" in str(trouble.message)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("3-5", "不是数字"),
        ("1,23", "不是数字"),
        ("十二", "不是数字"),
        ("12顷", "“顷”不是这一列可用的单位"),
        ("12%", "百分数"),
        ("1e300", "过大"),
        (float("inf"), "过大"),
        (True, "不是数字"),
        (date(2021, 1, 1), "自动转换成了日期"),
    ],
)
def test_what_is_no_quantity_is_refused_with_the_reason(raw: Any, why: str) -> None:
    value, trouble = read_number(raw, AREA, ONE)
    assert value is None and trouble and why in str(trouble.message)


def test_a_percentage_is_a_number_where_no_unit_is_kept() -> None:
    assert read_number("12.5%", None, ONE) == (Decimal("0.125"), None)


@pytest.mark.parametrize("raw", ["约100", "100左右", "近100", "100多"])
def test_what_is_computed_with_is_never_an_estimate(raw: str) -> None:
    value, trouble = read_number(raw, None, Decimal(1), as_written=True)
    assert value is None
    assert trouble is not None
    assert "约数" in str(trouble.message)
