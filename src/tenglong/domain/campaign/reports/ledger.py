"""A row of the case ledger (总台账): date columns are entries, quantities are amounts."""

from datetime import date
from decimal import Decimal
from functools import cache

from tenglong.domain.campaign.reports.changes import Known, Report, parcel_kinds, report_rules
from tenglong.domain.intake.kinds import Column, table_kind
from tenglong.domain.intake.rows import ParsedRow
from tenglong.domain.kernel.quantities import to_micro

BEFORE_PROPOSAL = frozenset({"suspected", "screened", "verified"})


def report_ledger_row(
    row: ParsedRow, known: Known, *, roster_start: date, business_day: date, tenant: bool
) -> Report:
    """What the row says. A case that is no target yet becomes one on 列入日期, else when the roster starts.

    Tenants add no land (domain.md §4.5-4): their areas are told and not taken.
    """
    report, special = Report(row, business_day), _special()
    target_day = _listing(report, known, roster_start)
    days: dict[str, date | None] = {"target": target_day}
    for column in _date_columns():
        if column.id in row.cells:
            day = days[column.id] = report.day(column.id)
            if day and column.entry and column.id not in special:
                report.say(column.entry, day, column.id)
        else:  # a blank cell never erases: what was known goes on counting
            old = known.last.get(column.entry or "")
            days[column.id] = old.effective_on if old else None
    _look_back(report)
    for column in _amount_columns():
        if column.id in row.cells:
            _amount(report, column, days, tenant)
    return report


def _listing(report: Report, known: Known, roster_start: date) -> date:
    """Pushed, listed and made a target; gives the day of the last."""
    pushed, listed = report.day("pushed_on"), report.day("listed_on")
    if pushed:
        report.say("pushed", pushed, "pushed_on")
    target = known.last.get("targeted")
    if target and listed is None:
        return target.effective_on
    day = listed or max(roster_start, pushed or roster_start)
    column, dated = ("listed_on" if listed else ""), listed is not None
    if target is None and (pushed or known.state in BEFORE_PROPOSAL):
        report.say("kept", day, column, dated=dated)
    elif listed and (target is None or "listed" in known.last):
        report.say("listed", day, column)
    report.say("targeted", day, column, dated=dated)
    return day


def _look_back(report: Report) -> None:
    day, result = report.day("look_back_on"), report.row.value("look_back_result")
    if result is not None and "look_back_on" not in report.row.cells:
        report.error("look_back_result", "填了回头看结果但没有回头看日期，请补填日期。")
    elif day and result is None:
        report.error("look_back_on", "填了回头看日期但没有结果，请填写“无反弹”或“反弹”。")
    elif day and result == "relapsed":
        report.say("reopened", day, "look_back_on", reason="回头看发现反弹")
    elif day:
        report.say("look_back_passed", day, "look_back_on")


def _amount(report: Report, column: Column, days: dict[str, date | None], tenant: bool) -> None:
    value, kind = report.row.value(column.id), column.measure
    if not isinstance(value, Decimal) or kind is None:
        return
    wanted = report_rules()["amount_dates"][kind]
    day = next((found for name in wanted if (found := days.get(name))), None)
    if value < 0:
        report.error(column.id, "“{header}”不能为负数，请改正。", header=column.header)
    elif tenant and kind in parcel_kinds():
        if value:
            report.leave_out_land(column.id, column.header)
    elif day is None:
        names = "、".join(table_kind("case_ledger").column(name).header for name in wanted)
        problem = "填了“{header}”，但没有可以起算的日期，请填写以下之一：{names}。"
        report.error(column.id, problem, header=column.header, names=names)
    else:
        report.amount(kind, day, to_micro(value), column.id)


@cache
def _special() -> frozenset[str]:
    return frozenset(report_rules()["special_dates"]["columns"])


@cache
def _date_columns() -> tuple[Column, ...]:
    """Those that become entries, and those that only say from when an amount counts (最近付款日期)."""
    from_when = {name for names in report_rules()["amount_dates"].values() for name in names}
    columns = table_kind("case_ledger").columns
    return tuple(column for column in columns if column.entry or column.id in from_when)


@cache
def _amount_columns() -> tuple[Column, ...]:
    amounts = report_rules()["amount_dates"]
    return tuple(column for column in table_kind("case_ledger").columns if column.measure in amounts)
