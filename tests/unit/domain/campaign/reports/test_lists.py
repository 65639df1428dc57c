"""Rows of the pushed roster, the review form and the event list."""

from datetime import date
from decimal import Decimal

import pytest

from tenglong.domain.campaign.reports.changes import Known
from tenglong.domain.campaign.reports.lists import report_event_row, report_pushed_row, report_review_row
from tenglong.domain.intake.parsed import Value
from tests.unit.domain.campaign.reports.rows import TODAY, row, sentences, told

SECOND, FIFTH = date(2021, 9, 3), date(2021, 9, 6)


def test_a_pushed_firm_was_pushed_on_its_day_or_today() -> None:
    assert told(report_pushed_row(row(pushed_on=SECOND), business_day=TODAY)) == ["pushed 2"]
    assert told(report_pushed_row(row(firm_name="演示厂"), business_day=TODAY)) == ["pushed 69"]


def test_a_step_without_a_day_takes_that_of_the_next() -> None:
    given = row(
        checked_on=SECOND,
        decision="kept",
        department_opinion="agree",
        county_opinion="agree",
        county_on=FIFTH,
    )
    report = report_review_row(given, Known(), business_day=TODAY)
    assert told(report) == ["verified 2", "kept 2", "dept_reviewed 5", "county_confirmed 5"]


def test_disagreement_is_noted_and_moves_nothing() -> None:
    given = row(decision="kept", county_opinion="disagree", county_on=FIFTH)
    (note,) = (
        item for item in report_review_row(given, Known(), business_day=TODAY).sorted() if item.kind == "note"
    )
    assert note.reason.endswith("：不同意") and note.day == FIFTH


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"decision": "removed"}, "须填写剔除原因代码"),
        ({"decision": "removed", "removal_reason": "9"}, "须填写剔除原因说明"),
        ({"decision": "added"}, "须填写新增理由"),
    ],
)
def test_a_decision_needs_its_reason(values: dict[str, Value], sentence: str) -> None:
    assert sentence in sentences(report_review_row(row(**values), Known(), business_day=TODAY))


def test_an_event_brings_its_amount() -> None:
    given = row(event="emptied", event_on=SECOND, quantity=Decimal(2), event_measure="area_vacated")
    assert told(report_event_row(given, business_day=TODAY)) == ["emptied 2", "area_vacated 2 2000000"]
    tenants = report_event_row(given, business_day=TODAY, tenant=True)
    assert told(tenants) == ["emptied 2"] and "承租企业不计腾出用地" in sentences(tenants)


def test_an_event_with_a_measure_needs_an_amount_that_is_not_negative() -> None:
    given = {"event": "emptied", "event_on": SECOND, "event_measure": "area_vacated"}
    assert "请补填数量" in sentences(report_event_row(row(**given), business_day=TODAY))
    below = row(**given, quantity=Decimal(-1))
    assert "数量不能为负数" in sentences(report_event_row(below, business_day=TODAY))
