"""What a row of the pushed roster, the review form, the event list and the ledger says happened (domain.md 4).

Each line: kind, day, cell, column, reason, whether the day is assumed, millionths; then what is wrong with the row.
"""

from datetime import date
from decimal import Decimal

import pytest

from tenglong.domain.campaign.reports.changes import Known, Report
from tenglong.domain.campaign.reports.ledger import report_ledger_row
from tenglong.domain.campaign.reports.lists import report_event_row, report_pushed_row, report_review_row
from tenglong.domain.intake.parsed import Value
from tests.unit.domain.campaign.reports.rows import TODAY, known, row


def day(month: int, number: int) -> date:
    return date(2021, month, number)


def said(report: Report) -> list[str]:
    lines = []
    for item in report.reported:
        assumed = "" if item.dated else " 推定"
        amount = "" if item.quantity is None else f" {item.quantity}"
        where = f"{item.cell or '-'} {item.column or '-'}"
        lines.append(f"{item.kind} {item.day:%m-%d} {where} {item.reason or '-'}{assumed}{amount}")
    return [*lines, *(f"{one.severity} {one.ref or '-'} {one.message}" for one in report.problems)]


PUSHED: list[tuple[dict[str, Value], list[str]]] = [
    (
        dict(pushed_on=day(9, 2), push_reason="亩均低"),
        [
            "pushed 09-02 A3 pushed_on 亩均低",
        ],
    ),
    (
        dict(firm_name="厂", push_reason="亩均低"),
        [
            "pushed 11-09 A3 firm_name 亩均低 推定",
        ],
    ),
    (dict(pushed_on="?", firm_name="厂"), []),
    (
        dict(pushed_on=day(11, 10)),
        [
            "error A3 日期 2021-11-10 晚于填报日期 2021-11-09，台账只登记已经发生的事项，请改正。",
        ],
    ),
]
REVIEWED: list[tuple[dict[str, Value], list[str]]] = [
    (dict(), []),
    (
        dict(firm_name="厂", pushed_on=day(9, 2)),
        [
            "pushed 09-02 B3 pushed_on -",
        ],
    ),
    (
        dict(checked_on=day(9, 3), decision="removed", removal_reason="1"),
        [
            "removed 09-03 B3 decision 1 已停产注销",
            "verified 09-03 A3 checked_on -",
        ],
    ),
    (
        dict(
            checked_on=day(9, 3),
            decision="removed",
            removal_reason="9",
            removal_note="已搬迁",
            county_opinion="agree",
            county_on=day(9, 5),
            final_version="终稿",
        ),
        [
            "note 09-05 E3 county_opinion 县级意见：同意剔除",
            "removed 09-03 B3 decision 9 其他；已搬迁",
            "verified 09-03 A3 checked_on -",
        ],
    ),
    (
        dict(
            decision="removed",
            removal_reason="2",
            removal_note="说明",
            city_opinion="disagree",
            city_on=day(9, 7),
        ),
        [
            "note 09-07 D3 city_opinion 市级意见：不同意",
            "removed 09-07 A3 decision 2 数据匹配错误；说明 推定",
        ],
    ),
    (
        dict(checked_on=day(9, 3), decision="added", addition_reason="新发现"),
        [
            "added 09-03 B3 decision 新发现",
        ],
    ),
    (
        dict(
            checked_on=day(9, 3),
            decision="kept",
            department_opinion="agree",
            county_opinion="agree",
            county_on=day(9, 5),
            city_opinion="agree",
            city_on=day(9, 8),
            final_version="终稿",
        ),
        [
            "targeted 11-09 H3 final_version 名单版本：终稿 推定",
            "city_confirmed 09-08 F3 city_opinion -",
            "county_confirmed 09-05 D3 county_opinion -",
            "dept_reviewed 09-05 C3 department_opinion - 推定",
            "kept 09-03 B3 decision -",
            "verified 09-03 A3 checked_on -",
        ],
    ),
    (
        dict(decision="kept", final_version="终稿"),
        [
            "targeted 11-09 B3 final_version 名单版本：终稿 推定",
            "kept 11-09 A3 decision - 推定",
        ],
    ),
]
EVENTS: list[tuple[dict[str, Value], list[str]]] = [
    (
        dict(event="signed", event_on=day(11, 10)),
        [
            "error B3 日期 2021-11-10 晚于填报日期 2021-11-09，台账只登记已经发生的事项，请改正。",
        ],
    ),
    (
        dict(event="signed", event_on=day(9, 2)),
        [
            "signed 09-02 A3 event -",
        ],
    ),
    (
        dict(event="emptied", event_on=day(9, 2), quantity=Decimal("0"), event_measure="energy_freed"),
        [
            "emptied 09-02 A3 event -",
            "energy_freed 09-02 C3 quantity - 0",
        ],
    ),
    (
        dict(event="signed", event_on=day(9, 2), quantity=Decimal("5")),
        [
            "signed 09-02 A3 event -",
        ],
    ),
]
LEDGER: list[tuple[str, dict[str, Value], list[str]]] = [
    (
        "",
        dict(),
        [
            "targeted 08-01 - - - 推定",
        ],
    ),
    (
        "",
        dict(pushed_on=day(9, 2)),
        [
            "pushed 09-02 A3 pushed_on -",
            "kept 09-02 - - - 推定",
            "targeted 09-02 - - - 推定",
        ],
    ),
    (
        "",
        dict(pushed_on=day(9, 2), listed_on=day(9, 3)),
        [
            "pushed 09-02 A3 pushed_on -",
            "kept 09-03 B3 listed_on -",
            "targeted 09-03 B3 listed_on -",
        ],
    ),
    (
        "",
        dict(listed_on=day(9, 3)),
        [
            "listed 09-03 A3 listed_on -",
            "targeted 09-03 A3 listed_on -",
        ],
    ),
    (
        "pushed",
        dict(signed_on=day(9, 9)),
        [
            "kept 08-01 - - - 推定",
            "targeted 08-01 - - - 推定",
            "signed 09-09 A3 signed_on -",
        ],
    ),
    (
        "pushed kept targeted",
        dict(listed_on=day(9, 4)),
        [
            "targeted 09-04 A3 listed_on -",
        ],
    ),
    (
        "listed targeted",
        dict(listed_on=day(9, 4)),
        [
            "listed 09-04 A3 listed_on -",
            "targeted 09-04 A3 listed_on -",
        ],
    ),
    (
        "pushed kept targeted",
        dict(listed_on=day(9, 4), pushed_on=day(9, 2)),
        [
            "pushed 09-02 B3 pushed_on -",
            "targeted 09-04 A3 listed_on -",
        ],
    ),
    (
        "targeted",
        dict(look_back_result="relapsed"),
        [
            "error A3 填了回头看结果但没有回头看日期，请补填日期。",
        ],
    ),
    (
        "targeted",
        dict(look_back_on=day(9, 9)),
        [
            "error A3 填了回头看日期但没有结果，请填写“无反弹”或“反弹”。",
        ],
    ),
    (
        "targeted",
        dict(look_back_on=day(9, 9), look_back_result="clean"),
        [
            "look_back_passed 09-09 A3 look_back_on -",
        ],
    ),
    ("targeted", dict(look_back_on="?", look_back_result="clean"), []),
]


@pytest.mark.parametrize(("values", "lines"), PUSHED)
def test_a_pushed_row_says(values: dict[str, Value], lines: list[str]) -> None:
    assert said(report_pushed_row(row(**values), business_day=TODAY)) == lines


@pytest.mark.parametrize(("values", "lines"), REVIEWED)
def test_a_reviewed_row_says(values: dict[str, Value], lines: list[str]) -> None:
    assert said(report_review_row(row(**values), Known(), business_day=TODAY)) == lines


@pytest.mark.parametrize(("values", "lines"), EVENTS)
def test_an_event_says(values: dict[str, Value], lines: list[str]) -> None:
    assert said(report_event_row(row(**values), business_day=TODAY)) == lines


@pytest.mark.parametrize(("case", "values", "lines"), LEDGER)
def test_a_row_of_the_ledger_says(case: str, values: dict[str, Value], lines: list[str]) -> None:
    report = report_ledger_row(
        row(**values),
        known(case) if case else Known(),
        roster_start=day(8, 1),
        business_day=TODAY,
        tenant=False,
    )
    assert said(report) == lines
