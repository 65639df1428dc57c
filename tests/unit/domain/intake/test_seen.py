"""A value and what its cell shows of it, by the kind of the column."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from tenglong.domain.intake.formats import form_of
from tenglong.domain.intake.kinds import Column, table_kinds
from tenglong.domain.intake.raw import Shown
from tenglong.domain.intake.seen import IN_ALL, in_all
from tenglong.domain.intake.values import parser_for

FIRST = datetime(2021, 11, 1)  # noqa: DTZ001 - a cell has no time zone
WAN_YUAN, YUAN = Decimal(1), Decimal("0.0001")


def column(column_id: str) -> Column:
    return next(kind.by_id[column_id] for kind in table_kinds().values() if column_id in kind.by_id)


def read(column_id: str, value: Any, code: str, factor: Decimal = WAN_YUAN, *, struck: bool = False) -> Any:
    value, trouble = parser_for(column(column_id), factor, False)(Shown(value, form_of(code), struck))
    return value, trouble.severity.value if trouble else None


@pytest.mark.parametrize(
    ("code", "factor", "found"),
    [
        ("0!.0,", WAN_YUAN, (None, "error")),
        ("0!.0000", WAN_YUAN, (None, "error")),
        ("#,##0,", WAN_YUAN, (None, "error")),
        ('0"元"', WAN_YUAN, (None, "error")),
        ('0!.0,"万"', WAN_YUAN, (None, "error")),
        ('0"家"', WAN_YUAN, (None, "error")),
        ("0%", WAN_YUAN, (None, "error")),
        (";;;", WAN_YUAN, (None, "error")),
        ('0!.0,"万"', YUAN, (Decimal(50), "warning")),
        ('0.00"万元"', WAN_YUAN, (Decimal(500_000), None)),
        ('0.00"元"', YUAN, (Decimal(50), None)),
    ],
)
def test_a_figure_is_refused_where_another_one_is_seen(code: str, factor: Decimal, found: Any) -> None:
    assert read("tax", 500_000.0, code, factor) == found


@pytest.mark.parametrize("code", [";;;", "0;-0;;@", "#,###"])
def test_a_zero_that_is_not_seen_is_remarked_on(code: str) -> None:
    assert read("tax", 0.0, code) == (Decimal(0), "warning")


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('yyyy"年"m"月"', (None, "error")),
        ("h:mm", (None, "error")),
        ("yyyy", (None, "error")),
        ("aaaa", (None, "error")),
        (";;;", (None, "error")),
        ('m"月"d"日"', (FIRST.date(), "warning")),
        ("yyyy/m/d", (FIRST.date(), None)),
    ],
)
def test_a_day_is_refused_where_no_day_is_seen(code: str, found: Any) -> None:
    assert read("signed_on", FIRST, code) == found


def test_a_year_is_the_one_that_is_seen() -> None:
    assert read("year", datetime(2020, 12, 31), 'yyyy"年"') == (2020, "warning")  # noqa: DTZ001
    assert read("year", datetime(2020, 12, 31), "yyyy/m/d") == (None, "error")  # noqa: DTZ001
    assert read("year", 2020.0, '0"年"') == (2020, None)


def test_zeros_that_only_the_format_prints_belong_to_a_code() -> None:
    assert read("parcel_no", 123.0, "000000") == ("000123", None)
    assert read("parcel_no", 123.0, '"宗"0') == (None, "error")


def test_struck_and_hidden_texts_are_remarked_on() -> None:
    assert read("firm_name", "演示一厂", "General", struck=True) == ("演示一厂", "warning")
    assert read("firm_name", "演示一厂", ";;;") == ("演示一厂", "warning")
    assert read("tax", "坏", "General", struck=True) == (None, "error")


def test_every_remark_has_words_that_count_it() -> None:
    assert all("5 行" in str(in_all("台账", template, 5)) for template in IN_ALL)
