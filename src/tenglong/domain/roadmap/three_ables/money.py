"""Whether government can afford a plan: payments by month, in all, by mu of land in each zone (domain.md §11.4, §9.4).

Money is in 10,000 yuan. Income expected from land is no cash.
"""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.quantities import half_up
from tenglong.domain.roadmap.facts import FirmFacts
from tenglong.domain.roadmap.generation.parts import LinePlan
from tenglong.domain.roadmap.generation.timing import Parts
from tenglong.domain.roadmap.settings import Settings
from tenglong.domain.roadmap.three_ables.checks import Check, Threshold
from tenglong.domain.roadmap.three_ables.outcomes import Able, Outcome
from tenglong.domain.roadmap.wording import said

NOTHING = Decimal(0)
_YUAN = "万元"


def money_checks(
    facts: Mapping[str, FirmFacts],
    lines: Sequence[LinePlan],
    settings: Settings,
    limits: Mapping[str, Threshold],
    owed: Parts,
) -> Iterator[Check]:
    """The checks of a plan; `owed` is what contracts of firms that take no part any more still pay, by day."""
    payments = sorted([*owed, *(part for line in lines for part in line.cash)])
    yield from _by_month(payments, settings)
    yield _in_all(payments, settings)
    yield from _by_zone(facts, lines, limits["unit_cost"])


def _check(
    id: str, outcome: Outcome, figures: tuple[Decimal | None, Decimal | None], sentence: Message
) -> Check:
    return Check(id, Able.AFFORDABLE, outcome, *figures, _YUAN, sentence)


def _by_month(payments: Sequence[tuple[date, Decimal]], settings: Settings) -> Iterator[Check]:
    """Each month in which payments so far exceed cash so far; else the tightest. What a month leaves goes on."""
    cash = settings.fund.cash
    if not cash:
        said_ = msg("没有填报各月可用资金，无法核对每月支付，请填报。")
        yield _check("cash", Outcome.CONDITIONAL, (None, None), said_)
        return
    rows = [(month, *_so_far(month, payments, cash)) for month in _months(payments, max(cash))]
    short = [row for row in rows if row[1] > row[2]]
    for row in short:
        said_ = msg(
            "{month}累计应付 {due} 万元，累计可用 {there} 万元，缺 {by} 万元，请追加资金或推迟签约。",
            by=said(row[1] - row[2]),
            **_fields(row),
        )
        yield _check("cash", Outcome.FAIL, (row[1], row[2]), said_)
    if not short:
        row = min(rows, key=lambda one: one[2] - one[1])
        said_ = msg(
            "各月累计应付都不超过累计可用；最紧的是{month}，应付 {due} 万元，可用 {there} 万元。",
            **_fields(row),
        )
        yield _check("cash", Outcome.PASS, (row[1], row[2]), said_)
    yield from _after_the_last(payments, max(cash))


def _after_the_last(payments: Sequence[tuple[date, Decimal]], month: str) -> Iterator[Check]:
    later = sum((value for day, value in payments if f"{day:%Y-%m}" > month), NOTHING)
    if later:
        said_ = msg(
            "{month}之后没有填报可用资金，届时还应付 {due} 万元，请填报。",
            month=_month_words(month),
            due=said(later),
        )
        yield _check("cash", Outcome.CONDITIONAL, (later, None), said_)


def _so_far(
    month: str, payments: Sequence[tuple[date, Decimal]], cash: Mapping[str, Decimal]
) -> tuple[Decimal, Decimal]:
    end = month_end(month)
    due = sum((value for day, value in payments if day <= end), NOTHING)
    return due, sum((value for one, value in cash.items() if one <= month), NOTHING)


def _months(payments: Sequence[tuple[date, Decimal]], last: str) -> list[str]:
    """Every month with a payment until the last for which cash is stated, and that one."""
    return sorted({last, *(f"{day:%Y-%m}" for day, _ in payments if f"{day:%Y-%m}" <= last)})


def month_end(month: str) -> date:
    """The last day of a month such as 2021-05."""
    year, number = (int(part) for part in month.split("-"))
    return date(year, number, monthrange(year, number)[1])


def _month_words(month: str) -> Message:
    year, number = (int(part) for part in month.split("-"))
    return msg("{year} 年 {month} 月", year=year, month=number)


def _fields(row: tuple[str, Decimal, Decimal]) -> dict[str, object]:
    return {"month": _month_words(row[0]), "due": said(row[1]), "there": said(row[2])}


def _in_all(payments: Sequence[tuple[date, Decimal]], settings: Settings) -> Check:
    due = sum((value for _, value in payments), NOTHING)
    if settings.fund.total is None:
        said_ = msg("没有填报资金总额；方案共需 {due} 万元，请填报资金总额和已批准的融资。", due=said(due))
        return _check("fund", Outcome.CONDITIONAL, (due, None), said_)
    there = settings.fund.total + settings.fund.financing
    fields = {
        "due": said(due),
        "total": said(settings.fund.total),
        "financing": said(settings.fund.financing),
        "by": said(abs(there - due)),
    }
    if due > there:
        said_ = msg("共需 {due} 万元，超过资金 {total} 万元加融资 {financing} 万元，缺 {by} 万元。", **fields)
        return _check("fund", Outcome.FAIL, (due, there), said_)
    said_ = msg("共需 {due} 万元，不超过资金 {total} 万元加融资 {financing} 万元，余 {by} 万元。", **fields)
    return _check("fund", Outcome.PASS, (due, there), said_)


def _by_zone(facts: Mapping[str, FirmFacts], lines: Sequence[LinePlan], limit: Threshold) -> Iterator[Check]:
    """What a mu of land costs in each zone that frees land: all money of the zone, also that of tenants."""
    money: dict[str, Decimal] = {}
    land: dict[str, Decimal] = {}
    for line in lines:
        zone = facts[line.id].zone
        money[zone] = money.get(zone, NOTHING) + line.amounts.get("money", NOTHING)
        land[zone] = land.get(zone, NOTHING) + line.amounts.get("land", NOTHING)
    for zone in sorted(zone for zone, freed in land.items() if freed):
        cost = Fraction(money[zone]) / Fraction(land[zone])
        yield _zone_check(zone, cost, (money[zone], land[zone]), limit)


def _zone_check(zone: str, cost: Fraction, of: tuple[Decimal, Decimal], limit: Threshold) -> Check:
    fields = {
        "zone": msg("区块“{zone}”", zone=zone) if zone else msg("未划区块的企业"),
        "cost": said(cost),
        "money": said(of[0]),
        "land": said(of[1]),
    }
    value = half_up(cost, 4)
    if limit.value is None:
        said_ = msg(
            "{zone}每亩支出 {cost} 万元（{money} 万元，{land} 亩）；没有设定上限，请设定单位成本上限。",
            **fields,
        )
        return Check("unit_cost", Able.AFFORDABLE, Outcome.CONDITIONAL, value, None, limit.unit, said_)
    most = said(limit.value)
    if cost > limit.value:
        said_ = msg(
            "{zone}每亩支出 {cost} 万元（{money} 万元，{land} 亩），超过上限 {most} 万元，超出 {by} 万元。",
            most=most,
            by=said(cost - Fraction(limit.value)),
            **fields,
        )
        return Check("unit_cost", Able.AFFORDABLE, limit.beyond, value, limit.value, limit.unit, said_)
    said_ = msg(
        "{zone}每亩支出 {cost} 万元（{money} 万元，{land} 亩），不超过上限 {most} 万元。", most=most, **fields
    )
    return Check("unit_cost", Able.AFFORDABLE, Outcome.PASS, value, limit.value, limit.unit, said_)
