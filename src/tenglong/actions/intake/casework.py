"""Rows that are cases of a roster: what they change in the case, its land and its ledger."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache

from tenglong.actions.intake.context import CASE_FIELDS, NOT_RECORDED, NOTHING, Context, KnownCase
from tenglong.actions.intake.identity import firm_facts
from tenglong.actions.intake.land import plan_parcel
from tenglong.actions.intake.rows import RowPlan, plain
from tenglong.domain.campaign.evidence import approved_by, approves, check_past
from tenglong.domain.campaign.reports.changes import (
    Changes,
    Known,
    Report,
    changes,
    culprit,
    parcel_kinds,
    settle,
)
from tenglong.domain.campaign.reports.ledger import report_ledger_row
from tenglong.domain.campaign.reports.limits import check_land
from tenglong.domain.campaign.reports.lists import report_event_row, report_pushed_row, report_review_row
from tenglong.domain.intake.kinds import table_kind
from tenglong.domain.intake.plans import CaseToOpen, Change, Recorded
from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.process import Person
from tenglong.domain.kernel.quantities import to_micro
from tenglong.domain.ledger.entries import Entry, causes_of
from tenglong.domain.registry.processes import joined
from tenglong.domain.registry.territory import Place
from tenglong.queries.campaign.submissions import handed_in
from tenglong.queries.intake.imports import import_of

ATTRIBUTES = {
    "party": "relation",
    "zone": "zone",
    "team": "team",
    "batch": "batch",
    "measure": "measure",
    "department": "department",
    "responsible": "owner_person",
    "processes": "processes",
    "origin": "list_source",
    "due_on": "planned_finish_on",
}


def plan_case(context: Context, plan: RowPlan, place: Place) -> None:
    """Compare the row with its case, or begin one; adds entries to the plan."""
    case = context.cases.get(plan.firm_id) if plan.firm_id is not None else None
    known = context.chunk.known.get(case.id, NOTHING) if case else NOTHING
    if case is None and context.batch.kind == "events":
        plan.error("firm_name", "本名单中没有这家企业的案件，请核对名称和信用代码，或先导入名单。")
        return
    if case and not _in_territory(context, plan, case, place):
        return
    _attributes(plan, case, known, place)
    _facts(context, plan)
    _land(context, plan)
    report = _report(context, plan, known, case)
    check_land(report, _held(context, plan))
    plan.problems += report.problems
    if not plan.refused:
        found = _entries(plan, report, known, correct=context.batch.kind != "events")
        if context.batch.kind == "events" and plan.case_id and found:
            context.remember(plan.case_id, found.added)


def _in_territory(context: Context, plan: RowPlan, case: KnownCase, place: Place) -> bool:
    plan.case_id = case.id
    if case.place_id not in context.places.members:
        plan.error("firm_name", "这家企业的案件不在本次导入的辖区内，不能由您更新，请由案件所在地上报。")
        return False
    if case.place_id not in context.places.under(place):
        problem = "案件登记的属地与表中的“{place}”不同，属地没有改动；如确需调整请联系上级整治办。"
        plan.warn("town" if "town" in plan.row.cells else "county", problem, place=place.name)
    return True


def _report(context: Context, plan: RowPlan, known: Known, case: KnownCase | None) -> Report:
    row, kind, day = plan.row, context.batch.kind, context.day
    if kind == "pushed_roster":
        return report_pushed_row(row, business_day=day)
    if kind == "roster_review":
        return report_review_row(row, known, business_day=day)
    relation = row.value("relation") or (case.attributes["party"] if case else "")
    if kind == "events":
        return report_event_row(row, business_day=day, tenant=relation == "tenant")
    start = context.roster.start if context.roster else day
    return report_ledger_row(row, known, roster_start=start, business_day=day, tenant=relation == "tenant")


def _entries(plan: RowPlan, report: Report, known: Known, *, correct: bool) -> Changes | None:
    """Put the row's changes of the ledger into its plan."""
    parcel_id = plan.plan.parcel.id if plan.plan.parcel else None
    found = changes(report.sorted(), known, parcel_id=parcel_id, correct=correct)
    try:
        found = settle(found, known)
    except Conflict:
        _refuse(plan, found, known)
        return None
    keep_out_steps(plan, found, known.facts)
    if plan.refused:
        return None
    if found:
        plan.changed = True
        plan.fresh = plan.fresh or not correct
        of_land = parcel_kinds()
        entries = tuple(
            Recorded(kind, day, quantity, cell, reason, kind in of_land)
            for kind, day, quantity, cell, _, reason, _ in found.added
        )
        plan.intend(voids=tuple(void.id for void in found.voids), entries=entries)
    return found


def _refuse(plan: RowPlan, found: Changes, known: Known) -> None:
    item, message = culprit(found, known)
    if message:
        plan.error(item.column if item else "firm_name", message.template, **message.params)


def _attributes(plan: RowPlan, case: KnownCase | None, known: Known, place: Place) -> None:
    """A blank cell never erases."""
    said = {name: value for name in CASE_FIELDS if (value := plan.row.value(ATTRIBUTES[name])) is not None}
    if "processes" in said:
        said["processes"] = joined(str(said["processes"]))
    if case is None:
        plan.intend(case=CaseToOpen(place.id, {name: plain(value) for name, value in said.items()}))
        plan.fresh = True
        return
    differing = {
        name: Change(plain(case.attributes[name]), plain(value))
        for name, value in said.items()
        if case.attributes[name] != value
    }
    if differing:
        plan.intend(attributes=differing, again=not known.facts)
        plan.changed = True


def _facts(context: Context, plan: RowPlan) -> None:
    """What the table says of the firm fills gaps of the register; the firms table corrects it."""
    said = firm_facts(plan.row)
    if plan.plan.firm:
        plan.intend(firm=plan.plan.firm._replace(facts={**plan.plan.firm.facts, **said}))
        return
    have = context.chunk.firms.get(plan.firm_id or 0, {})
    gaps = {name: Change(have.get(name, ""), value) for name, value in said.items() if not have.get(name)}
    if gaps:
        plan.intend(facts=gaps)
        plan.changed = True


def _land(context: Context, plan: RowPlan) -> None:
    """The parcel that the row's amounts of land belong to: by number, else the firm's own."""
    row = plan.row
    if row.cells.keys().isdisjoint(_land_columns(context.batch.kind)):
        return
    if row.value("event_measure") is None and context.batch.kind == "events":
        return
    plan_parcel(context, plan, area=row.value("land"))


def _held(context: Context, plan: RowPlan) -> int | None:
    """The land that the row may free, in millionths of a mu: its own, or all of the parcel where that is more."""
    parcel, land = plan.plan.parcel, plan.row.value("land")
    known = (area for id, area in context.chunk.parcels.values() if parcel and id == parcel.id)
    areas = [area for area in (next(known, None), parcel.area if parcel else None) if area is not None]
    return max([*areas, *([to_micro(land)] if isinstance(land, Decimal) else [])], default=None)


@cache
def _land_columns(kind: str) -> frozenset[str]:
    names = (column.id for column in table_kind(kind).columns)
    return frozenset(name for name in names if name == "parcel_no" or name.startswith("area_"))


# The past comes in by tables (历史补录): no table takes a step of a case that is being worked on in the system, and
# whoever handed in what a table approves is not the one who accepts it.

Hand = tuple[str, Person]
"""A kind of entry that approves, and somebody who handed in what it approves."""


def keep_out_steps(plan: RowPlan, found: Changes, known: Sequence[Entry]) -> None:
    """Refuse a row that would go on with a case which is being worked on in the system; `known` counts of the case."""
    by_hand = {fact.kind for fact in _recorded(known) if not import_of(fact) and not causes_of(fact)}
    for item in found.added if by_hand else ():
        try:
            check_past(item.kind, by_hand)
        except Conflict as error:
            plan.error(item.column or "firm_name", error.message.template, **error.message.params)


def hands(context: Context, plans: Iterable[RowPlan]) -> set[Hand]:
    """Who handed in what these rows approve."""
    approving = {
        plan.case_id: (context.chunk.known.get(plan.case_id, NOTHING).facts, kinds)
        for plan in plans
        if plan.case_id and not plan.refused and (kinds := _approving(plan))
    }
    earlier = handed_in({case: _recorded(facts) for case, (facts, _) in approving.items()})
    return {
        (kind, person)
        for case, (_, kinds) in approving.items()
        for kind in kinds
        for handled in approved_by(kind, earlier[case])
        for person in handled.people
    }


def _approving(plan: RowPlan) -> list[str]:
    return [entry.kind for entry in plan.plan.entries if approves(entry.kind)]


def _recorded(facts: Iterable[Entry]) -> list[Entry]:
    """What stands in the ledger: what earlier rows of the file say does not yet."""
    return [fact for fact in facts if fact.id < NOT_RECORDED]
