"""Texts, codes, years, choices; and what is written for the trace."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tenglong.domain.intake.kinds import Column, ColumnType, table_kind
from tenglong.domain.intake.raw import BadCell
from tenglong.domain.intake.values import Parser, choice_of, decoders_of, encode, parser_for, written
from tenglong.domain.kernel.messages import msg


def parser(column_id: str, kind_id: str = "case_ledger") -> Parser:
    return parser_for(table_kind(kind_id).column(column_id), Decimal(1), False)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (" 9133 0421 mate5t017p ", "91330421MATE5T017P"),
        ("９１３３０４２１ＭＡＴＥ５Ｔ０１７Ｐ", "91330421MATE5T017P"),
        ('="91330421MATE5T017P"', "91330421MATE5T017P"),
        ("'91330421MATE5T017P", "91330421MATE5T017P"),
        (330421000000123.0, "330421000000123"),
        (4119, "4119"),
        ("\u200b4119\n", "4119"),
    ],
)
def test_codes_are_normalised(raw: Any, code: str) -> None:
    assert parser("code")(raw) == (code, None)


@pytest.mark.parametrize("raw", [9.13304e17, "9.13E+17", "9.1330421E17", 913304210000000001])
def test_a_code_that_lost_digits_is_never_guessed(raw: Any) -> None:
    value, trouble = parser("code")(raw)
    assert value is None and trouble and "已丢失" in str(trouble.message)


@pytest.mark.parametrize(
    ("raw", "year"), [("2020年", 2020), (2020.0, 2020), ("２０２０", 2020), ("2020年度", 2020)]
)
def test_years(raw: Any, year: int) -> None:
    assert parser("year", "observations")(raw) == (year, None)


@pytest.mark.parametrize("raw", ["20", "2020-2021", date(2020, 1, 1), "去年"])
def test_what_is_no_year_is_refused(raw: Any) -> None:
    value, trouble = parser("year", "observations")(raw)
    assert value is None and trouble and "不是年份" in str(trouble.message)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("1", "1"),
        (1.0, "1"),
        ("1.已停产注销", "1"),
        ("1 已停产注销", "1"),
        ("已停产", "1"),
        ("9其他：厂房出售", "9"),
    ],
)
def test_choices_by_number_label_or_synonym(raw: Any, reason: str) -> None:
    assert parser("removal_reason", "roster_review")(raw) == (reason, None)


def test_an_unknown_choice_lists_the_known_ones() -> None:
    value, trouble = parser("batch")("观察一批")
    assert value is None and trouble and "可填写：腾退、执法、提升" in str(trouble.message)
    assert choice_of("执法一批", table_kind("case_ledger").column("batch").choices) == "enforce"


@pytest.mark.parametrize(
    ("raw", "value"), [("是", True), ("√", True), ("有", True), ("否", False), ("×", False), ("无", False)]
)
def test_yes_and_no(raw: str, value: bool) -> None:
    column = Column("c", "是否", (), ColumnType.YES_NO)
    assert parser_for(column, Decimal(1), False)(raw) == (value, None)


def test_text_is_trimmed_and_marks_for_nothing_are_blank() -> None:
    assert parser("firm_name")(" 演示（一）厂 ") == ("演示（一）厂", None)
    assert parser("note")("/") == (None, None)
    assert parser("note")(12.0) == ("12", None)


def test_a_bad_cell_is_a_problem_in_every_column() -> None:
    for column_id in ("firm_name", "land", "signed_on", "parcel_no"):
        value, trouble = parser(column_id)(BadCell("#REF!", msg("公式错误")))
        assert value is None and trouble and str(trouble.message) == "公式错误"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (Decimal("1234567890.000001"), ColumnType.NUMBER),
        (date(2021, 11, 9), ColumnType.DATE),
        (2021, ColumnType.YEAR),
        (False, ColumnType.YES_NO),
        ("甲", ColumnType.TEXT),
    ],
)
def test_values_survive_the_temporary_file(value: Any, kind: ColumnType) -> None:
    found = decoders_of([Column("own", "列", (), kind)])["own"](encode(value))
    assert (found, type(found)) == (value, type(value))


def test_cells_are_traced_as_a_person_sees_them() -> None:
    moment = datetime(2021, 11, 9, 8, 30)  # noqa: DTZ001 - a cell has no time zone
    raws = ["甲", 0.1 + 0.2, 5.0, True, date(2021, 11, 9), moment]
    assert [written(raw) for raw in raws] == ["甲", "0.3", "5", "TRUE", "2021-11-09", "2021-11-09 08:30:00"]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("有限责任公司(自然人投资或控股)", "enterprise"),
        ("有限责任公司（自然人独资）", "enterprise"),
        ("股份有限公司(非上市、自然人投资或控股)", "enterprise"),
        ("其他股份有限公司(上市)", "enterprise"),
        ("個體工商戶", "individual"),
        ("有限责任公司分公司(自然人投资或控股)", "enterprise"),
    ],
)
def test_types_of_firms_are_understood_as_registries_write_them(written: str, found: str) -> None:
    column = table_kind("firms").column("subject_type")
    assert parser_for(column, Decimal(1), False)(written) == (found, None)


@pytest.mark.parametrize("column_id", ["subject_type", "established_on", "note"])
def test_what_only_describes_is_left_out_with_a_remark(column_id: str) -> None:
    column = table_kind("firms").column(column_id)
    value, trouble = parser_for(column, Decimal(1), False)("#REF!")
    assert (value, trouble and trouble.severity) == (None, "warning")
