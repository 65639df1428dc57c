"""Whether government can afford a plan: payments by month, in all, by mu of land in each zone (domain.md §11.4, §9.4).

Money is in 10,000 yuan. Income expected from land is no cash.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.kernel.quantities import exact_text, half_up
from tenglong.domain.roadmap.accounts import Account, committed_of, paid_of
from tenglong.domain.roadmap.facts import FirmFacts
from tenglong.domain.roadmap.generation.parts import LinePlan
from tenglong.domain.roadmap.generation.timing import Parts
from tenglong.domain.roadmap.measures import measures
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
    owed: Mapping[str, Parts],
) -> Iterator[Check]:
    """The checks of a plan; `owed` is what contracts of firms that take no part any more still pay, by firm and day."""
    account = account_of(facts.values(), lines, settings, owed)
    payments = payments_of(lines, owed)
    yield from _by_month(payments, settings, account.paid)
    yield _in_all(account)
    yield from _by_zone(facts, lines, limits["unit_cost"], owed)


def _check(
    id: str, outcome: Outcome, figures: tuple[Decimal | None, Decimal | None], sentence: Message
) -> Check:
    return Check(id, Able.AFFORDABLE, outcome, *figures, _YUAN, sentence)


def account_of(
    facts: Iterable[FirmFacts], lines: Sequence[LinePlan], settings: Settings, owed: Mapping[str, Parts]
) -> Account:
    """The money of the campaign with this plan."""
    firms = list(facts)
    return Account(
        total=settings.fund.total,
        financing=settings.fund.financing,
        paid=paid_of(firms),
        committed=sum(map(committed_of, firms), NOTHING),
        to_pay=sum((value for _, value in payments_of(lines, owed)), NOTHING),
    )


def payments_of(lines: Sequence[LinePlan], owed: Mapping[str, Parts]) -> Parts:
    """What is still paid, to those that take part and to those that are done, by day."""
    parts = [part for theirs in owed.values() for part in theirs]
    return tuple(sorted([*parts, *(part for line in lines for part in line.cash)]))


def _by_month(payments: Parts, settings: Settings, paid: Decimal) -> Iterator[Check]:
    """Each month in which payments so far exceed cash so far; else the tightest. What a month leaves goes on.

    What was `paid` before the plan is among the payments of every month.
    """
    cash = settings.fund.cash
    if not cash:
        said_ = msg("没有填报各月可用资金，无法核对每月支付，请填报。")
        yield _check("cash", Outcome.CONDITIONAL, (None, None), said_)
        return
    months = _months(payments, max(cash))
    rows = [(month, *_so_far(month, payments, cash, paid)) for month in months]
    short = [row for row in rows if row[1] > row[2]]
    for row in short:
        said_ = msg(
            "{month}累计支付将达 {due} 万元（含已付），累计可用 {there} 万元，缺 {by} 万元，请追加资金或推迟签约。",
            by=said(row[1] - row[2]),
            **_fields(row),
        )
        yield _check("cash", Outcome.FAIL, (row[1], row[2]), said_)
    if not short:
        row = min(rows, key=lambda one: one[2] - one[1])
        said_ = msg(
            "各月累计支付（含已付）都不超过累计可用；最紧的是{month}，支付 {due} 万元，可用 {there} 万元。",
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
    month: str, payments: Parts, cash: Mapping[str, Decimal], paid: Decimal
) -> tuple[Decimal, Decimal]:
    end = month_end(month)
    due = paid + sum((value for day, value in payments if day <= end), NOTHING)
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


def _in_all(account: Account) -> Check:
    """The reconciliation: fund and financing, less what was paid and what contracts take, against what is planned."""
    free, left = account.free, account.left
    first, *rest = account.sentences
    if free is None or left is None:
        asked = msg("{account}请填报资金总额和已批准的融资。", account=first)
        return _check("fund", Outcome.CONDITIONAL, (account.planned, None), asked)
    if free < 0:
        said_ = msg(
            "{account}已付和合同待付超出资金 {by} 万元，请追加资金。", account=first, by=exact_text(-free)
        )
        return _check("fund", Outcome.FAIL, (account.planned, free), said_)
    if left < 0:
        fields = {"account": first, "planned": exact_text(account.planned), "by": exact_text(-left)}
        said_ = msg("{account}本方案在合同之外另需 {planned} 万元，缺 {by} 万元。", **fields)
        return _check("fund", Outcome.FAIL, (account.planned, free), said_)
    said_ = msg("{account}{rest}", account=first, rest=rest[0])
    return _check("fund", Outcome.PASS, (account.planned, free), said_)


def _by_zone(
    facts: Mapping[str, FirmFacts],
    lines: Sequence[LinePlan],
    limit: Threshold,
    owed: Mapping[str, Parts],
) -> Iterator[Check]:
    """What a mu of land costs in each zone over the whole campaign: all money of its firms, also that of tenants, what
    was paid, what contracts and the plan still pay; by all land, also that of firms which are done."""
    money: dict[str, Decimal] = {}
    land: dict[str, Decimal] = {}

    def add(id: str, cost: Decimal, freed: Decimal) -> None:
        zone = facts[id].zone
        money[zone] = money.get(zone, NOTHING) + cost
        land[zone] = land.get(zone, NOTHING) + freed

    for line in lines:
        add(line.id, line.amounts.get("money", NOTHING), line.amounts.get("land", NOTHING))
    for firm in facts.values():
        add(firm.id, firm.paid or NOTHING, NOTHING)
    for id, parts in owed.items():
        add(id, sum((value for _, value in parts), NOTHING), land_of_done(facts[id]))
    for zone in sorted(zone for zone, spent in money.items() if spent or land[zone]):
        yield _zone_check(zone, money[zone], land[zone], limit)


def land_of_done(firm: FirmFacts) -> Decimal:
    """The land that a firm which is done has freed, as its measure frees it; nothing for one that is off the list."""
    known = measures()
    if firm.state in known.out_states or not firm.holds_land:
        return NOTHING
    measure = known.measures.get(firm.measure, known.measures[known.of_contract])
    return measure.frees.get("land", NOTHING) * (firm.land or NOTHING)


def _zone_check(zone: str, money: Decimal, land: Decimal, limit: Threshold) -> Check:
    fields: dict[str, object] = {
        "zone": msg("区块“{zone}”", zone=zone) if zone else msg("未划区块的企业"),
        "money": said(money),
        "land": said(land),
    }
    if not land:
        outcome = Outcome.PASS if limit.value is None else Outcome.CONDITIONAL
        said_ = msg("{zone}支出 {money} 万元，没有腾出土地，不能按亩核算。", **fields)
        return Check("unit_cost", Able.AFFORDABLE, outcome, None, limit.value, limit.unit, said_)
    cost = Fraction(money) / Fraction(land)
    fields["cost"] = said(cost)
    value = half_up(cost, 4)
    if limit.value is None:
        said_ = msg(
            "{zone}全程每亩支出 {cost} 万元（{money} 万元，{land} 亩）；没有设定上限，请设定单位成本上限。",
            **fields,
        )
        return Check("unit_cost", Able.AFFORDABLE, Outcome.CONDITIONAL, value, None, limit.unit, said_)
    fields["most"] = said(limit.value)
    if cost > limit.value:
        said_ = msg(
            "{zone}全程每亩支出 {cost} 万元（{money} 万元，{land} 亩），超过上限 {most} 万元，超出 {by} 万元。",
            by=said(cost - Fraction(limit.value)),
            **fields,
        )
        return Check("unit_cost", Able.AFFORDABLE, limit.beyond, value, limit.value, limit.unit, said_)
    said_ = msg(
        "{zone}全程每亩支出 {cost} 万元（{money} 万元，{land} 亩），不超过上限 {most} 万元。", **fields
    )
    return Check("unit_cost", Able.AFFORDABLE, Outcome.PASS, value, limit.value, limit.unit, said_)
