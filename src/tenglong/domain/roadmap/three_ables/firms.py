"""What is judged of each firm: offer, consultations, objections, other deals, legal periods (domain.md §11.4, §9.4).

A figure that is not known makes a check conditional; the sentence says which figure to report.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from statistics import median

from tenglong.domain.kernel.calendar import WorkingCalendar
from tenglong.domain.kernel.messages import Message, label, msg
from tenglong.domain.kernel.quantities import half_up
from tenglong.domain.ledger.kinds import vocabulary
from tenglong.domain.roadmap.facts import FirmFacts
from tenglong.domain.roadmap.generation.parts import LinePlan
from tenglong.domain.roadmap.legal import after
from tenglong.domain.roadmap.measures import SIGNED, measures
from tenglong.domain.roadmap.settings import Settings
from tenglong.domain.roadmap.three_ables.checks import Check, Threshold
from tenglong.domain.roadmap.three_ables.outcomes import Able, Outcome
from tenglong.domain.roadmap.wording import said

_PLACES = 4
"""Decimal places of ratios that are kept."""
_UNITS = {"land": "万元/亩", "floor_area": "万元/m²"}


@dataclass(frozen=True)
class Deals:
    """Unit prices of signed contracts by zone and basis, in 10,000 yuan for a mu of land or a m² of floor area."""

    prices: Mapping[tuple[str, str], tuple[tuple[str, Fraction], ...]]

    def others(self, one: FirmFacts, basis: str) -> list[Fraction]:
        """What others in the zone were paid for a unit."""
        return [price for id, price in self.prices.get((one.zone, basis), ()) if id != one.id]


def deals_of(facts: Mapping[str, FirmFacts]) -> Deals:
    """The contracts that are signed and whose price and size are known."""
    found: dict[tuple[str, str], list[tuple[str, Fraction]]] = {}
    for one in facts.values():
        basis, size = _basis(one)
        if one.signed_on and one.price and size:
            found.setdefault((one.zone, basis), []).append((one.id, Fraction(one.price) / Fraction(size)))
    return Deals({key: tuple(prices) for key, prices in found.items()})


def firm_checks(
    one: FirmFacts,
    line: LinePlan,
    deals: Deals,
    settings: Settings,
    limits: Mapping[str, Threshold],
    *,
    calendar: WorkingCalendar,
) -> tuple[Check, ...]:
    """The checks of a firm that does not wait."""
    found: list[Check] = []
    if measures().measures[line.measure].paid == SIGNED:
        found += [
            _offer(one, line, limits, calendar),
            _consultations(one, line, limits, calendar),
            _appraiser(one, line, calendar),
            _deviation(one, line, deals, limits),
        ]
    found += [_objections(one, limits), *_periods(line, settings, calendar)]
    return tuple(found)


def price_of(one: FirmFacts, line: LinePlan) -> tuple[Decimal | None, bool]:
    """What the firm is paid, and whether that is only planned: contract, else offer, else what the plan reckons with.

    Of a contract whose price is not known the plan holds only what is still due: that is no price.
    """
    for known in (one.price, one.offered):
        if known is not None:
            return known, False
    return (None, False) if line.fixed and one.signed_on else (line.amounts.get("money"), True)


def _offer(
    one: FirmFacts, line: LinePlan, limits: Mapping[str, Threshold], calendar: WorkingCalendar
) -> Check:
    least, most = (limits[id] for id in ("offer_least", "offer_most"))
    low, high = (limit.value or Decimal(0) for limit in (least, most))
    paid, planned = price_of(one, line)

    def check(outcome: Outcome, ratio: Decimal | None, limit: Decimal, sentence: Message) -> Check:
        return Check("offer", Able.ACCEPTABLE, outcome, ratio, limit, most.unit, sentence)

    if not one.appraised:
        return check(Outcome.CONDITIONAL, None, high, _not_appraised(line, calendar))
    if paid is None:
        return check(Outcome.CONDITIONAL, None, high, msg("没有报价和合同价，无法与评估价核对，请填报。"))
    appraised = Fraction(one.appraised)
    short, over = appraised * Fraction(low) - Fraction(paid), Fraction(paid) - appraised * Fraction(high)
    fields: dict[str, object] = {"what": msg("计划支出") if planned else msg("报价")}
    fields |= {
        "paid": said(paid),
        "appraised": said(one.appraised),
        "ratio": said(Fraction(paid) / appraised),
    }
    fields |= {"least": said(low), "most": said(high)}
    ratio = half_up(Fraction(paid) / appraised, _PLACES)
    if short > 0:
        return check(_beyond(least, planned), ratio, low, _below(fields | {"by": said(short)}))
    if over > 0:
        return check(_beyond(most, planned), ratio, high, _above(fields | {"by": said(over)}))
    if planned:
        return check(Outcome.CONDITIONAL, ratio, high, _not_offered(fields))
    within = msg(
        "报价 {paid} 万元，为评估价 {appraised} 万元的 {ratio} 倍，在 {least} 至 {most} 倍之间。", **fields
    )
    return check(Outcome.PASS, ratio, high, within)


def _appraiser(one: FirmFacts, line: LinePlan, calendar: WorkingCalendar) -> Check:
    """Whether the ledger says that both sides chose the appraiser."""
    outcome, due = Outcome.CONDITIONAL, _milestone(line, "appraised", calendar)
    if one.appraiser_on:
        outcome, sentence = Outcome.PASS, msg("评估机构于 {day} 由双方共同选定。", day=one.appraiser_on)
    elif due and not one.appraised:
        sentence = msg(
            "路线图定于 {due} 前完成评估，请在此之前与企业共同选定或抽签选定评估机构并登记。", due=due
        )
    else:
        sentence = msg("评估机构如何选定没有登记，请核对是否共同选定或抽签选定，并登记“共同选定评估机构”。")
    return Check("appraiser", Able.ACCEPTABLE, outcome, None, None, "", sentence)


def _beyond(limit: Threshold, planned: bool) -> Outcome:
    """What is only planned may still be changed."""
    return Outcome.CONDITIONAL if planned else limit.beyond


def _not_appraised(line: LinePlan, calendar: WorkingCalendar) -> Message:
    due = _milestone(line, "appraised", calendar)
    if due:
        return msg("没有评估价，路线图定于 {due} 前完成评估，届时请填报评估价和报价。", due=due)
    return msg("没有评估价，无法核对报价，请填报评估价。")


def _below(fields: dict[str, object]) -> Message:
    return msg(
        "{what} {paid} 万元，只有评估价 {appraised} 万元的 {ratio} 倍，低于 {least} 倍，差 {by} 万元，"
        "请提高补偿或复核评估。",
        **fields,
    )


def _above(fields: dict[str, object]) -> Message:
    return msg(
        "{what} {paid} 万元，为评估价 {appraised} 万元的 {ratio} 倍，高于 {most} 倍，超出 {by} 万元，"
        "请核减或复核评估。",
        **fields,
    )


def _not_offered(fields: dict[str, object]) -> Message:
    return msg(
        "尚未报价；计划支出 {paid} 万元，为评估价 {appraised} 万元的 {ratio} 倍，在 {least} 至 {most} 倍之间，"
        "报价后请填报。",
        **fields,
    )


def _consultations(
    one: FirmFacts, line: LinePlan, limits: Mapping[str, Threshold], calendar: WorkingCalendar
) -> Check:
    limit = limits["consultations"]
    least = limit.value or Decimal(0)
    missing = least - one.consultations
    fields = {"count": one.consultations, "least": said(least), "missing": said(missing)}
    if missing <= 0:
        outcome, sentence = Outcome.PASS, msg("已协商 {count} 轮，不少于 {least} 轮。", **fields)
    elif one.signed_on:
        outcome = limit.beyond
        sentence = msg("已签约，但只记录了 {count} 轮协商，少 {missing} 轮，请补录协商记录。", **fields)
    else:
        due = _milestone(line, SIGNED, calendar)
        outcome = Outcome.CONDITIONAL
        sentence = (
            msg("已协商 {count} 轮，{due} 签约前还应协商 {missing} 轮。", due=due, **fields)
            if due
            else msg("已协商 {count} 轮，签约前还应协商 {missing} 轮。", **fields)
        )
    value = Decimal(one.consultations)
    return Check("consultations", Able.ACCEPTABLE, outcome, value, least, limit.unit, sentence)


def _milestone(line: LinePlan, kind: str, calendar: WorkingCalendar) -> date | Message | None:
    day = dict(line.milestones).get(kind)
    return None if day is None else calendar.said(day, line.start_on)


def _objections(one: FirmFacts, limits: Mapping[str, Threshold]) -> Check:
    limit = limits["objections"]
    most = limit.value or Decimal(0)
    fields = {"count": one.objections, "most": said(most)}
    if one.objections > most:
        outcome, sentence = (
            limit.beyond,
            msg("有 {count} 件异议没有办结，最多允许 {most} 件，请先办结。", **fields),
        )
    else:
        outcome, sentence = Outcome.PASS, msg("未办结的异议 {count} 件，不超过 {most} 件。", **fields)
    return Check("objections", Able.ACCEPTABLE, outcome, Decimal(one.objections), most, limit.unit, sentence)


def _basis(one: FirmFacts) -> tuple[str, Decimal | None]:
    return ("land", one.land) if one.holds_land else ("floor_area", one.floor_area)


def _deviation(one: FirmFacts, line: LinePlan, deals: Deals, limits: Mapping[str, Threshold]) -> Check:
    limit, least = limits["deviation"], limits["comparable_deals"]
    most, (basis, size), (paid, _) = limit.value or Decimal(0), _basis(one), price_of(one, line)
    others = deals.others(one, basis)

    def check(outcome: Outcome, value: Decimal | None, sentence: Message) -> Check:
        return Check("deviation", Able.ACCEPTABLE, outcome, value, most, limit.unit, sentence)

    if not size:
        return check(Outcome.CONDITIONAL, None, _no_size(basis))
    if paid is None:
        return check(Outcome.CONDITIONAL, None, msg("没有报价和合同价，无法核对单价，请填报。"))
    if len(others) < (least.value or 0) or not others:
        return check(least.beyond, None, _too_few(one, len(others), least))
    own, usual = Fraction(paid) / Fraction(size), Fraction(median(others))
    share = abs(own / usual - 1) * 100
    fields: dict[str, object] = {
        "own": said(own),
        "usual": said(usual),
        "share": said(share),
        "most": said(most),
    }
    fields |= {"count": len(others), "unit": _UNITS[basis]}
    return check(
        Outcome.PASS if share <= most else limit.beyond,
        half_up(share, 2),
        _compared(own, usual, share <= most, fields),
    )


def _compared(own: Fraction, usual: Fraction, near: bool, fields: dict[str, object]) -> Message:
    if near:
        return msg(
            "单价 {own} {unit}，与同区 {count} 宗成交的中位数 {usual} {unit} 相差 {share}%，不超过 {most}%。",
            **fields,
        )
    if own > usual:
        return msg(
            "单价 {own} {unit}，比同区 {count} 宗成交的中位数 {usual} {unit} 高 {share}%，超过 {most}%，请书面说明。",
            **fields,
        )
    return msg(
        "单价 {own} {unit}，比同区 {count} 宗成交的中位数 {usual} {unit} 低 {share}%，超过 {most}%，请书面说明。",
        **fields,
    )


def _no_size(basis: str) -> Message:
    if basis == "land":
        return msg("没有土地面积，无法核对单价，请填报土地面积（亩）。")
    return msg("没有厂房面积，无法核对单价，请填报厂房面积（m²）。")


def _too_few(one: FirmFacts, count: int, least: Threshold) -> Message:
    fields = {"zone": one.zone, "count": count, "least": said(least.value or 0)}
    if not one.zone:
        return msg("没有划定区块，无法与同区成交比较，请填报区块。")
    return msg("区块“{zone}”已知价格的成交只有 {count} 宗，不足 {least} 宗，待有成交后再核对单价。", **fields)


def _periods(line: LinePlan, settings: Settings, calendar: WorkingCalendar) -> Iterator[Check]:
    """Whether each step leaves the least days of law to the one before, and the last meets the deadline."""

    def check(outcome: Outcome, value: int, sentence: Message) -> Check:
        return Check("periods", Able.FEASIBLE, outcome, Decimal(value), Decimal(0), "天", sentence)

    found = [check(Outcome.FAIL, short, sentence) for short, sentence in _hurried(line, calendar)]
    late = (line.done_on - settings.deadline).days if line.done_on else 0
    done = calendar.said(line.done_on, line.start_on) if line.done_on else None
    fields = {"done": done, "deadline": settings.deadline, "days": late}
    if late > 0:
        said_ = msg("按最短期限到 {done} 才能完成，晚于节点 {deadline} {days} 天。", **fields)
        found.append(check(Outcome.CONDITIONAL if settings.late else Outcome.FAIL, late, said_))
    if not found:
        found.append(
            check(
                Outcome.PASS, 0, msg("各步骤都不少于最短期限，{done} 完成，不晚于节点 {deadline}。", **fields)
            )
        )
    yield from found


def _hurried(line: LinePlan, calendar: WorkingCalendar) -> Iterator[tuple[int, Message]]:
    """Steps that come too early after the one before: by how many days, and the sentence."""
    steps = {step.kind: step for step in measures().measures[line.measure].steps}
    before: date | None = None if line.fixed else line.start_on
    for kind, day in line.milestones:
        earliest = after(before, steps[kind], calendar) if before is not None and kind in steps else day
        if day < earliest:
            yield (
                (earliest - day).days,
                msg(
                    "“{kind}”定于 {day}，按最短期限不应早于 {earliest}，少 {days} 天。",
                    kind=label(vocabulary().kind(kind).zh),
                    day=calendar.said(day, line.start_on),
                    earliest=calendar.said(earliest, line.start_on),
                    days=(earliest - day).days,
                ),
            )
        before = day
