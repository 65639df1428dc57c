"""Rows of the pushed roster, the review form and the event list."""

from datetime import date
from decimal import Decimal

from tenglong.domain.campaign.reports.changes import Known, Report, parcel_kinds, report_rules
from tenglong.domain.intake.kinds import table_kind
from tenglong.domain.intake.rows import ParsedRow
from tenglong.domain.kernel.quantities import to_micro
from tenglong.domain.ledger.kinds import vocabulary


def report_pushed_row(row: ParsedRow, *, business_day: date) -> Report:
    """推送名单: pushed on 推送日期, else on the business day."""
    report = Report(row, business_day)
    _pushed(report, always=True)
    return report


def report_review_row(row: ParsedRow, known: Known, *, business_day: date) -> Report:
    """名单核定表: site check, proposal, opinions and the final list, each on its date.

    A step without a date takes that of the next dated step, else the business day.
    """
    report = Report(row, business_day)
    _pushed(report, always=False)
    steps = [*_proposal(report), *_opinions(report)]
    if row.value("final_version") and row.value("decision") != "removed":
        steps.append(("targeted", None, "final_version", f"名单版本：{row.value('final_version')}"))
    following = business_day
    for kind, day, column, reason in reversed(steps):
        following = day or following
        report.say(kind, following, column, reason=reason, dated=day is not None)
    return report


def report_event_row(row: ParsedRow, *, business_day: date, tenant: bool = False) -> Report:
    """事项清单: one event, with an amount (already in the ledger's unit) if the row gives one.

    Tenants add no land (domain.md §4.5-4).
    """
    report = Report(row, business_day)
    event, day = str(row.value("event")), report.day("event_on")
    if day is None:
        return report
    kind = report_rules()["event_kinds"].get(event, event)
    report.say(kind, day, "event")
    quantity, measure = row.value("quantity"), row.value("event_measure")
    if isinstance(quantity, Decimal) and isinstance(measure, str):
        if quantity < 0:
            report.error("quantity", "数量不能为负数，请改正。")
        elif tenant and measure in parcel_kinds():
            report.leave_out_land("quantity", vocabulary().kind(measure).zh)
        else:
            report.amount(measure, day, to_micro(quantity), "quantity")
    elif measure is not None:
        report.error("event_measure", "填写了数量指标，但没有可用的数量，请补填数量。")
    return report


Step = tuple[str, date | None, str, str]


def _pushed(report: Report, *, always: bool) -> None:
    day, row = report.day("pushed_on"), report.row
    why = row.value("push_reason")
    reason = str(why) if why else ""
    if day:
        report.say("pushed", day, "pushed_on", reason=reason)
    elif always and "pushed_on" not in row.cells:
        report.say("pushed", report.business_day, "firm_name", reason=reason, dated=False)


def _proposal(report: Report) -> list[Step]:
    """The site check and 拟办. A firm that is added was never suspected: its check is part of the addition."""
    row, checked, steps = report.row, report.day("checked_on"), list[Step]()
    if checked and row.value("decision") != "added":
        steps.append(("verified", checked, "checked_on", ""))
    decision, reason = row.value("decision"), ""
    if decision == "removed":
        code, note = row.value("removal_reason"), row.value("removal_note")
        reason = "；".join(filter(None, (_removal_label(code), str(note) if note else "")))
        if not code:
            report.error("decision", "拟办为“剔除”时须填写剔除原因代码，请补填。")
        elif code == "9" and not note:
            report.error("removal_reason", "剔除原因为“其他”时须填写剔除原因说明，请补填。")
    elif decision == "added":
        reason = str(row.value("addition_reason") or "")
        if not reason:
            report.error("decision", "拟办为“新增”时须填写新增理由，请补填。")
    if isinstance(decision, str):
        steps.append((decision, checked, "decision", reason))
    return steps


def _opinions(report: Report) -> list[Step]:
    """Agreement moves the case on; disagreement is noted and the case stays where it is."""
    steps: list[Step] = []
    removed = report.row.value("decision") == "removed"
    for rule in report_rules()["opinion"]:
        opinion, day = report.row.value(rule["opinion"]), report.day(rule["date"])
        header = table_kind("roster_review").column(rule["opinion"]).header
        if opinion == "agree" and not removed:
            steps.append((rule["kind"], day, rule["opinion"], ""))
        elif opinion:
            said = "同意剔除" if removed and opinion == "agree" else "不同意"
            steps.append(("note", day, rule["opinion"], f"{header}：{said}"))
    return steps


def _removal_label(code: object) -> str:
    choices = table_kind("roster_review").column("removal_reason").choices
    return next((f"{choice.id} {choice.label}" for choice in choices if choice.id == code), "")
