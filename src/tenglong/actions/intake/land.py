"""The parcel that a row speaks of: its area, and as what its firm is on it; what differs from the register is said."""

from typing import Any

from tenglong.actions.intake.context import Context, Hold, is_own_parcel, own_parcel
from tenglong.actions.intake.identity import firm_key
from tenglong.actions.intake.rows import RowPlan
from tenglong.domain.intake.plans import Change, HoldToBegin, Landlord, ParcelPlan
from tenglong.domain.kernel.quantities import to_micro
from tenglong.domain.registry.book import OWNER, TENANT


def plan_parcel(context: Context, plan: RowPlan, *, area: Any) -> None:
    """Name the row's parcel, and put into the plan what the row says differently of it and of the firm's hold on it.

    `area` in mu is the parcel's, or the firm's own part of a parcel that another owner holds too.
    """
    number = plan.row.value("parcel_no") or (own_parcel(plan.firm_id) if plan.firm_id is not None else None)
    if plan.row.value("relation") == TENANT and not plan.row.value("parcel_no"):
        return
    known = context.chunk.parcels.get(str(number)) if number else None
    parcel = ParcelPlan(id=known[0]) if known else ParcelPlan(number=str(number) if number else None)
    holds = context.chunk.holdings.get(plan.firm_id or 0, [])
    if not _may_name(context, plan, parcel, holds):
        return
    here = [hold for hold in holds if known and hold.parcel_id == known[0] and hold.holds_on(context.day)]
    relation = _relation(plan, here)
    mine = next((hold for hold in here if hold.relation == relation), None)
    said = None if area is None or relation == TENANT else to_micro(area)
    parcel, part = _area(context, plan, parcel, mine, said)
    if relation == TENANT and _is_elsewhere(context, code := _landlord(plan).code):
        problem = "房东的信用代码“{code}”登记在其他辖区，请与其整治办核对；双方都认定后才合并为一家企业。"
        plan.warn("landlord_code", problem, code=code)
    if mine is None:
        parcel = _begin(context, plan, parcel, relation, part)
    else:
        parcel = _compare(context, plan, parcel, mine, part)
    plan.changed = plan.changed or parcel.changes
    plan.intend(parcel=parcel)


def _may_name(context: Context, plan: RowPlan, parcel: ParcelPlan, holds: list[Hold]) -> bool:
    """A row names no land of another territory, unless its firm holds it already, and no number that the register
    would give to the land of another firm."""
    if parcel.id in context.chunk.abroad and all(hold.parcel_id != parcel.id for hold in holds):
        problem = "宗地“{number}”登记在本次导入的辖区之外，不能登记在这家企业名下，请核对编号或由当地上报。"
        plan.error("parcel_no", problem, number=plan.row.value("parcel_no"))
        return False
    if parcel.number and is_own_parcel(parcel.number) and parcel.number != own_parcel(plan.firm_id or 0):
        problem = "“{number}”这样的编号由系统起给没有编号的宗地，请填写不动产单元号等正式编号，或留空。"
        plan.error("parcel_no", problem, number=parcel.number)
        return False
    return True


def _relation(plan: RowPlan, here: list[Hold]) -> str:
    """As what the firm is on the parcel: what the row says, else what is known of it."""
    said = plan.row.value("relation")
    if said is None and here:
        return here[0].relation
    return TENANT if said == TENANT else OWNER


def _area(
    context: Context, plan: RowPlan, parcel: ParcelPlan, mine: Hold | None, said: int | None
) -> tuple[ParcelPlan, int | None]:
    """Put the area that an owner's row says into the plan where it is the parcel's; gives it beside where it is the
    owner's own part: of a parcel that another one holds and of which that one says another area."""
    if said is None:
        return parcel, None
    if parcel.id is None:
        if parcel.number:
            first, area = context.new_parcels.setdefault(parcel.number, (firm_key(plan), said))
            if first != firm_key(plan) and area != said:
                return parcel, said
        return parcel._replace(area=said), None
    was = next(area for id, area in context.chunk.parcels.values() if id == parcel.id)
    if mine is not None and mine.part is not None:
        return parcel, said
    if was is None:
        return parcel._replace(area=said), None
    if was == said:
        return parcel, None
    if mine is None and parcel.id in context.chunk.owned:
        return parcel, said
    return parcel._replace(area=said, moved=True, area_before=was), None


def _begin(
    context: Context, plan: RowPlan, parcel: ParcelPlan, relation: str, part: int | None
) -> ParcelPlan:
    """The firm is new on the parcel: a tenant has left the parcels where it was before."""
    place = str(parcel.id or parcel.number)
    if context.batch.kind == "events":  # several rows may speak of one firm
        if (firm_key(plan), place, relation) in context.new_holds:
            return parcel
        context.new_holds.add((firm_key(plan), place, relation))
    holds = context.chunk.holdings.get(plan.firm_id or 0, [])
    left = [hold for hold in holds if hold.holds_on(context.day) and _ends(hold, parcel.id, relation)]
    floor = plan.row.decimal("floor_area")
    again = next(
        (h.id for h in holds if (h.parcel_id, h.relation, h.since) == (parcel.id, relation, context.day)),
        None,
    )
    holding = HoldToBegin(
        relation=relation,
        floor=None if floor is None else to_micro(floor),
        landlord=_landlord(plan),
        part=part,
        since=context.day.isoformat() if left or again else "",
        id=again,
    )
    return parcel._replace(holding=holding, left=tuple(hold.id for hold in left))


def _ends(hold: Hold, parcel_id: int | None, relation: str) -> bool:
    """Whether a hold ends because its firm is now on a parcel as what `relation` says."""
    if hold.parcel_id == parcel_id:
        return hold.relation != relation
    return hold.relation == relation == TENANT


def _compare(context: Context, plan: RowPlan, parcel: ParcelPlan, mine: Hold, part: int | None) -> ParcelPlan:
    """What the row says of the hold and the register does not; a blank cell never erases."""
    floor, differing = plan.row.decimal("floor_area"), {}
    if floor is not None and to_micro(floor) != mine.floor:
        differing["floor_area"] = Change(mine.floor, to_micro(floor))
    if part is not None and part != mine.part:
        differing["part"] = Change(mine.part, part)
    named = _another_landlord(context, plan, mine) if mine.relation == TENANT else None
    if not differing and not named:
        return parcel
    landlord = Change(mine.landlord_id, named) if named else None
    return parcel._replace(held=mine.id, differing=differing or None, landlord=landlord)


def _landlord(plan: RowPlan) -> Landlord:
    return Landlord(str(plan.row.value("landlord_code") or ""), str(plan.row.value("landlord_name") or ""))


def _another_landlord(context: Context, plan: RowPlan, mine: Hold) -> int | Landlord | None:
    """The landlord that the row names and the lease does not: a firm of the register, or of this very file."""
    code, name = _landlord(plan)
    named = context.firms.called(code, name)
    if named is not None and not _is_elsewhere(context, code):
        return None if named == mine.landlord_id else named
    return Landlord(code, name) if name in context.named or _is_elsewhere(context, code) else None


def _is_elsewhere(context: Context, code: str) -> bool:
    """Whether a firm elsewhere, and none that this office meets, bears the code."""
    return bool(context.elsewhere.bearers(code)) and not context.firms.bearers(code)
