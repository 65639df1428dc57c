"""The board of contracts: who has signed, by team and zone, day by day, and what is due and paid month by month."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache

from tenglong.domain.kernel.rulefiles import load_rules
from tenglong.domain.roadmap.accounts import still_owed

NOTHING = Decimal(0)
LANDLORD, TENANT = "landlord", "tenant"


@cache
def days_to_sign() -> int:
    """Within how many days of its beginning the contracts of a roster are to be signed (signing.toml)."""
    return int(load_rules("tenglong.domain.roadmap", "signing.toml").content["days"])


@dataclass(frozen=True)
class Deal:
    """One case. `signed_on` is the day of the contract in force, `price` what it costs in 10,000 yuan, `paid` what was
    paid so far; `instalments` are its due days with their amounts, where somebody stated them."""

    target: bool
    party: str
    team: str
    zone: str
    signed_on: date | None
    price: Decimal | None
    paid: Decimal
    instalments: tuple[tuple[date, Decimal], ...] = ()

    @property
    def counts(self) -> bool:
        """Whether it is a target with a contract in force."""
        return self.target and self.signed_on is not None

    @property
    def owed(self) -> Decimal:
        """What the contract still takes, as the account of a roadmap has it."""
        return still_owed(self.signed_on, self.price, self.paid)


@dataclass(frozen=True)
class Line:
    """A team, a zone or all of them: targets, those signed and of them landlords and tenants; money in 10,000 yuan."""

    name: str
    targets: int
    signed: int
    landlords: int
    tenants: int
    price: Decimal
    paid: Decimal
    owed: Decimal

    @property
    def left(self) -> int:
        """Targets that have not signed."""
        return self.targets - self.signed


@dataclass(frozen=True)
class SigningDay:
    """A day on which contracts were signed, the `number`-th of the roster, the first being 1; `left` have not signed
    by its end, where an even pace would leave `even`."""

    day: date
    number: int
    landlords: int
    tenants: int
    signed: int
    total: int
    left: int
    even: Fraction


@dataclass(frozen=True)
class Month:
    """What contracts in force say is due in a month, and what was paid in it."""

    month: str
    due: Decimal
    paid: Decimal


@dataclass(frozen=True)
class Board:
    """The whole board; `within` of the contracts were signed by `last_day`, the last of the days to sign."""

    whole: Line
    teams: tuple[Line, ...]
    zones: tuple[Line, ...]
    days: tuple[SigningDay, ...]
    months: tuple[Month, ...]
    last_day: date
    within: int


def board_of(deals: Sequence[Deal], payments: Iterable[tuple[date, Decimal]], start: date) -> Board:
    """The board of a roster that begins on `start`; `payments` are the days and amounts of what was paid.

    As in the account of a roadmap, a case that was taken off the list counts for money only, and only if it was paid.
    """
    deals = [deal for deal in deals if deal.target or deal.paid]
    last_day, days = start + timedelta(days=days_to_sign() - 1), _days(deals, start)
    return Board(
        whole=_line("", deals),
        teams=_lines(deals, lambda deal: deal.team),
        zones=_lines(deals, lambda deal: deal.zone),
        days=days,
        months=_months(deals, payments),
        last_day=last_day,
        within=sum(one.signed for one in days if one.day <= last_day),
    )


def _line(name: str, deals: Sequence[Deal]) -> Line:
    signed = [deal for deal in deals if deal.counts]
    return Line(
        name=name,
        targets=sum(deal.target for deal in deals),
        signed=len(signed),
        landlords=sum(deal.party == LANDLORD for deal in signed),
        tenants=sum(deal.party == TENANT for deal in signed),
        price=sum((deal.price or NOTHING for deal in deals if deal.signed_on), NOTHING),
        paid=sum((deal.paid for deal in deals), NOTHING),
        owed=sum((deal.owed for deal in deals), NOTHING),
    )


def _lines(deals: Sequence[Deal], name_of: Callable[[Deal], str]) -> tuple[Line, ...]:
    """One line for each name, the most signed first; deals without a name stand last."""
    found: dict[str, list[Deal]] = defaultdict(list)
    for deal in deals:
        found[name_of(deal)].append(deal)
    lines = (_line(name, members) for name, members in found.items())
    return tuple(sorted(lines, key=lambda line: (not line.name, -line.signed, line.name)))


def _days(deals: Sequence[Deal], start: date) -> tuple[SigningDay, ...]:
    by_day: dict[date, list[Deal]] = defaultdict(list)
    for deal in deals:
        if deal.counts and deal.signed_on:
            by_day[deal.signed_on].append(deal)
    targets, total, found = sum(deal.target for deal in deals), 0, []
    for day, signed in sorted(by_day.items()):
        total += len(signed)
        number = (day - start).days + 1
        share = Fraction(min(max(number, 0), days_to_sign()), days_to_sign())
        landlords = sum(deal.party == LANDLORD for deal in signed)
        tenants = sum(deal.party == TENANT for deal in signed)
        left = targets - total
        found.append(
            SigningDay(day, number, landlords, tenants, len(signed), total, left, targets * (1 - share))
        )
    return tuple(found)


def _months(deals: Sequence[Deal], payments: Iterable[tuple[date, Decimal]]) -> tuple[Month, ...]:
    due: dict[str, Decimal] = defaultdict(Decimal)
    paid: dict[str, Decimal] = defaultdict(Decimal)
    for deal in deals:
        for day, amount in deal.instalments if deal.signed_on else ():
            due[f"{day:%Y-%m}"] += amount
    for day, amount in payments:
        paid[f"{day:%Y-%m}"] += amount
    return tuple(Month(month, due[month], paid[month]) for month in sorted({*due, *paid}))
