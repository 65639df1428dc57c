"""Headers as real sheets write them."""

from decimal import Decimal

import pytest

from tenglong.domain.intake.headers import HeaderReader, factor_from_line, header_key, unit_line
from tenglong.domain.intake.kinds import table_kind

LEDGER = HeaderReader(table_kind("case_ledger"))


@pytest.mark.parametrize(
    ("parts", "column", "factor"),
    [
        (["企业名称"], "firm_name", None),
        (["* 单 位 名 称 ："], "firm_name", None),
        (["县（市、区）"], "county", None),
        (["开工(改造)日期"], "constructing_on", None),
        (["实际用地（公顷）"], "land", 15),
        (["用地面积/㎡"], "land", Decimal("0.0015")),
        (["用地面积【单位：万亩】"], "land", 10000),
        (["税收万元"], "tax", 1),
        (["2020年税收(元)"], "tax", Decimal("0.0001")),
        (["腾出用地(亩)", "预计"], "land_expected", 1),
        (["腾出用地", "实际(公顷)"], "area_vacated", 15),
        (["签约", "面积(亩)"], "area_signed", 1),
        (["企业基本情况", "信用代码"], "code", None),
        (["厂房面积", "平方米"], "floor_area", 1),
        (["用地情况", "其中:自有用地", "亩"], "land_owned", 1),
    ],
)
def test_the_column_and_its_unit_are_found(parts: list[str], column: str, factor: int | None) -> None:
    header = LEDGER.read(parts)
    assert header and (header.column.id, header.factor) == (column, factor)


def test_basis_and_year_are_read_from_the_brackets() -> None:
    header = LEDGER.read(["2020年综合能耗（吨标准煤，等价值）"])
    assert header and (header.qualifier, header.year, header.unknown) == ("equivalent", 2020, ())


def test_a_word_that_is_no_unit_is_kept_as_unknown() -> None:
    header = LEDGER.read(["用地面积(顷)"])
    assert header and (header.factor, header.unknown) == (None, ("顷",))


@pytest.mark.parametrize("parts", [["神秘列"], ["(亩)"], ["2020年"], [""]])
def test_what_names_no_column_is_none(parts: list[str]) -> None:
    assert LEDGER.read(parts) is None


def test_the_official_wording_is_told_from_a_synonym() -> None:
    official, synonym = LEDGER.read(["统一社会信用代码"]), LEDGER.read(["税号"])
    assert official and official.official and synonym and not synonym.official


def test_spellings_compare_alike() -> None:
    assert header_key("*县（市、区）：") == header_key(" 县(市、区) ")


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("单位：亩、吨标煤、万元", ["亩", "吨标煤", "万元"]),
        ("填报单位:演示县   填报日期:2021-11-09   单位:公顷", ["公顷"]),
        ("(计量单位:万元)", ["万元"]),
        ("填报单位:演示县经信局", []),
        ("实际用地", []),
    ],
)
def test_a_unit_line_is_told_from_the_reporting_unit(text: str, units: list[str]) -> None:
    assert unit_line(text) == units


def test_a_unit_line_serves_only_its_own_dimension() -> None:
    kind = table_kind("case_ledger")
    area, money = kind.column("land").unit, kind.column("tax").unit
    assert area and factor_from_line(area, ["公顷", "元"]) == ("公顷", 15)
    assert money and factor_from_line(money, ["公顷", "元"]) == ("元", Decimal("0.0001"))
    assert factor_from_line(area, ["万元"]) is None
    assert factor_from_line(area, ["公顷", "㎡"]) is None
