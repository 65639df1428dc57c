"""Rows of the case ledger: which entries their dates and amounts are."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tenglong.domain.campaign.reports.changes import Known, Report
from tenglong.domain.campaign.reports.ledger import report_ledger_row
from tenglong.domain.intake.parsed import Value
from tests.unit.domain.campaign.reports.rows import TODAY, known, row, sentences, told
from tests.unit.domain.ledger.samples import FIRST_DAY

START = FIRST_DAY - timedelta(days=30)


def day(number: int) -> date:
    return FIRST_DAY + timedelta(days=number)


def report(case: Known | None = None, *, tenant: bool = False, **values: Value) -> Report:
    return report_ledger_row(
        row(**values), case or Known(), roster_start=START, business_day=TODAY, tenant=tenant
    )


def test_dates_are_entries_and_amounts_count_from_their_date() -> None:
    said = report(
        listed_on=day(0),
        signed_on=day(3),
        written_off_on=day(9),
        energy=Decimal(50),
        area_vacated=Decimal("1.5"),
    )
    expected = ["listed 0", "targeted 0", "energy_baseline 0 50000000", "signed 3", "written_off 9"]
    assert told(said) == [*expected, "area_vacated 9 1500000"] and not said.problems


def test_without_a_date_of_listing_the_case_is_a_target_from_the_start() -> None:
    said = report(signed_on=day(3))
    assert told(said) == ["targeted -30", "signed 3"]
    assert [item.dated for item in said.sorted()] == [False, True]


def test_a_case_that_is_a_target_already_is_not_made_one_again() -> None:
    assert told(report(known("targeted"), signed_on=day(3))) == ["signed 3"]


def test_a_blank_date_keeps_what_was_known() -> None:
    assert told(report(known("targeted signed"), area_signed=Decimal(2))) == ["area_signed 1 2000000"]


def test_money_counts_from_the_step_that_it_belongs_to() -> None:
    said = report(
        appraised_on=day(1),
        signed_on=day(3),
        paid_on=day(8),
        appraised_value=Decimal(90),
        contract_price=Decimal("95.5"),
        paid_amount=Decimal(30),
    )
    amounts = ["appraised_value 1 90000000", "contract_price 3 95500000", "paid_amount 8 30000000"]
    assert [line for line in told(said) if line in amounts] == amounts and not said.problems


def test_a_payment_without_its_day_is_an_error() -> None:
    assert "请填写以下之一：最近付款日期" in sentences(report(signed_on=day(3), paid_amount=Decimal(30)))


def test_tenants_add_no_land_and_are_told_so() -> None:
    said = report(tenant=True, emptied_on=day(5), area_vacated=Decimal(3), energy_freed=Decimal(7))
    assert told(said) == ["targeted -30", "emptied 5", "energy_freed 5 7000000"]
    assert "warning:承租企业不计腾出用地" in sentences(said) and "“实际腾出用地”没有登记" in sentences(said)
    assert not report(tenant=True, emptied_on=day(5), area_vacated=Decimal(0)).problems


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"area_vacated": Decimal(1)}, "填了“实际腾出用地”，但没有可以起算的日期"),
        ({"energy": Decimal(-1)}, "不能为负数"),
        ({"look_back_result": "relapsed"}, "请补填日期"),
        ({"look_back_on": date(2021, 10, 1)}, "请填写“无反弹”或“反弹”"),
    ],
)
def test_what_cannot_count_is_an_error(values: dict[str, Value], sentence: str) -> None:
    said = report(**values)
    assert sentence in sentences(said) and said.problems[0].severity == "error"


def test_a_relapse_reopens_the_case() -> None:
    said = report(
        known("targeted closed checked written_off"), look_back_on=day(20), look_back_result="relapsed"
    )
    assert told(said) == ["reopened 20"]
