"""Rows about firms themselves: the register, yearly observations and upgrade certificates."""

from datetime import date
from decimal import Decimal

from tenglong.actions.intake.context import Context
from tenglong.actions.intake.identity import firm_facts
from tenglong.actions.intake.land import plan_parcel
from tenglong.actions.intake.rows import RowPlan
from tenglong.domain.intake.kinds import Column, ColumnType, table_kind
from tenglong.domain.intake.plans import Change, Granted, Observed
from tenglong.domain.intake.rows import ParsedRow
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import label, msg
from tenglong.domain.kernel.quantities import from_micro, to_micro
from tenglong.domain.registry.industry import read_industry
from tenglong.domain.registry.names import former_names
from tenglong.domain.registry.processes import joined
from tenglong.domain.registry.territory import Place
from tenglong.domain.uplift.certificates import Certificate, certificate_kind, check_days


def plan_firm(context: Context, plan: RowPlan, place: Place) -> None:
    """企业名录: facts, names and land; what it says differently from the register is taken over."""
    if plan.firm_id is not None and not _in_territory(context, plan):
        return
    industry = plan.row.value("industry_code")
    if industry and (warning := read_industry(str(industry)).warning):
        plan.warn("industry_code", warning.template, **warning.params)
    said = firm_facts(plan.row)
    if plan.plan.firm:
        plan.intend(firm=plan.plan.firm._replace(facts={**plan.plan.firm.facts, **said}))
    else:
        have = context.chunk.firms.get(plan.firm_id or 0, {})
        differing = {
            name: Change(have.get(name, ""), value) for name, value in said.items() if have.get(name) != value
        }
        if differing:
            plan.intend(facts=differing)
            plan.changed = True
    _names(context, plan)
    _processes(context, plan)
    if plan.row.value("parcel_no") or plan.row.value("land_owned"):
        plan_parcel(context, plan, area=plan.row.value("land_owned"))
    elif plan.row.value("relation") == "tenant" and plan.row.value("landlord_name"):
        plan.warn("landlord_name", "没有宗地编号，租赁关系没有登记到宗地；如需登记请补填宗地编号。")


def plan_observation(context: Context, plan: RowPlan, place: Place) -> None:
    """年度数据表: one observation per filled indicator; an equal latest value is nothing to do."""
    if plan.firm_id is not None and not _in_territory(context, plan):
        return
    found, year, news = [], int(str(plan.row.value("year") or 0)), False
    for column in _indicators():
        value = plan.row.value(column.id)
        if not isinstance(value, Decimal) or column.unit is None:
            continue
        basis = str(plan.row.value(column.qualifier) or "") if column.qualifier else ""
        micro = to_micro(value)
        latest = context.chunk.observations.get((plan.firm_id or 0, column.id, year, basis))
        if latest == micro:
            continue
        news = news or latest is None
        if latest is not None:
            problem = "“{header}”原为 {old}，现改为 {new}。"
            plan.warn(column.id, problem, header=column.header, old=from_micro(latest), new=value)
        where = plan.row.cells[column.id].ref
        found.append(Observed(year, column.id, micro, column.unit.canonical, basis, where, latest))
    if found:
        plan.intend(observations=tuple(found))
        plan.fresh, plan.changed = plan.fresh or news, True


def plan_certificate(context: Context, plan: RowPlan, place: Place) -> None:
    """提升证书清单: one interval of one certificate; what is known of it already is nothing to do."""
    if plan.firm_id is not None and not _in_territory(context, plan):
        return
    said, before = _certificate(plan.row), ("", "")
    if said.granted > context.day:
        problem = "取得日期 {day} 晚于本表的业务日期 {today}，请核对。"
        plan.error("granted_on", problem, day=said.granted, today=context.day)
        return
    try:
        check_days(said)
    except BadValue as error:
        plan.error("granted_on", error.message.template, **error.message.params)
        return
    bearer = plan.firm_id or plan.plan.firm_key
    other = context.certificates.borne_by_another(said, bearer)
    if other is not None:
        problem = (
            "编号为“{number}”的{kind}已登记在“{other}”名下，一份证书同一时间只属于一家企业，请核对编号。"
        )
        name, who = label(certificate_kind(said.kind).zh), context.called(other) or msg("另一家企业")
        plan.error("certificate_no", problem, number=said.number, kind=name, other=who)
        return
    known = context.certificates.known(said, bearer)
    if known is not None:
        before = (_iso(known.until), _iso(known.ended))
        plan.changed = plan.changed or before != (_iso(said.until), _iso(said.ended))
    if known is None or plan.changed:
        days = (said.granted.isoformat(), _iso(said.until), _iso(said.ended))
        where = plan.row.cells["certificate"].ref
        plan.intend(certificate=Granted(said.kind, said.number, *days, where, known is not None, before))
        plan.fresh = plan.fresh or known is None
        context.certificates.add(said, bearer)


def _certificate(row: ParsedRow) -> Certificate:
    """What a row says; without an end it holds as long as its kind does."""
    kind, granted = certificate_kind(str(row.value("certificate"))), row.value("granted_on")
    assert isinstance(granted, date)  # the column is required
    until, ended = row.value("valid_until"), row.value("ended_on")
    return Certificate(
        kind.id,
        0,
        str(row.value("certificate_no") or ""),
        granted,
        until if isinstance(until, date) else kind.until(granted),
        ended if isinstance(ended, date) else None,
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _indicators() -> list[Column]:
    return [c for c in table_kind("observations").columns if c.type is ColumnType.NUMBER]


def _names(context: Context, plan: RowPlan) -> None:
    """Former names that the register does not have yet."""
    former = former_names(str(plan.row.value("former_names") or ""))
    firm = context.firms.firms.get(plan.firm_id or 0)
    known = set(firm.names) if firm else {str(plan.row.value("firm_name"))}
    fresh = [name for name in former if name not in known]
    names = tuple(dict.fromkeys([*plan.plan.names, *fresh]))
    if names:
        plan.intend(names=names)
        plan.changed = True


def _processes(context: Context, plan: RowPlan) -> None:
    """What the firm does, for the cases it has; a blank cell never erases."""
    said = joined(str(plan.row.value("processes") or ""))
    known = context.chunk.processes.get(plan.firm_id or 0, set())
    if said and known - {said}:
        plan.intend(processes=said, processes_before="、".join(sorted(known - {said, ""})))
        plan.changed = True


def _in_territory(context: Context, plan: RowPlan) -> bool:
    """Row by row the same right as the form: no firm of another territory is changed."""
    firm = context.firms.firms[plan.firm_id or 0]
    if firm.place_id in context.places.members:
        return True
    plan.error(
        "firm_name", "“{name}”登记在本次导入的辖区之外，不能由您更新，请由当地上报。", name=firm.names[0]
    )
    return False
