"""What the wall chart and the workbook of a roadmap say, as plain values, and how its cases add up.

Nothing is planned or judged here. Sentences and names come from the caller in the language of the document, amounts
exact; `roadmap_chart.py` draws them and `roadmap_sheets.py` tabulates them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from tenglong.domain.campaign.calibres import Calibre
from tenglong.domain.kernel.ordering import natural

LAND, ENERGY, MONEY = "land", "energy", "money"


@dataclass(frozen=True)
class AmountName:
    """An amount that the roadmap counts, and its unit."""

    id: str
    name: str
    unit: str


@dataclass(frozen=True)
class Step:
    """A milestone of a case: what should stand in the ledger by when; a `provisional` day may move with a notice."""

    name: str
    due_on: date
    provisional: bool = False


@dataclass(frozen=True)
class CaseLine:
    """One case; `measure` is an id of `RoadmapContent.measures`, "" for a case that waits: it has no days then.

    `outcome` is that of the three-ables in words, `note` what else is to be known (signed, changed by hand).
    `settled` lines are no case: they say what contracts of finished cases still pay in a zone and team.
    """

    number: int
    name: str
    zone: str
    town: str
    team: str
    batch: str = ""
    measure: str = ""
    start_on: date | None = None
    done_on: date | None = None
    steps: tuple[Step, ...] = ()
    amounts: Mapping[str, Decimal] | None = None
    outcome: str = ""
    note: str = ""
    settled: bool = False

    def amount(self, id: str) -> Decimal:
        """How much of an amount the case brings or takes; 0 where nothing is said."""
        return (self.amounts or {}).get(id, Decimal(0))


@dataclass(frozen=True)
class TargetLine:
    """A target or a clearance, in words; `by` is its day."""

    text: str
    by: date


@dataclass(frozen=True)
class MonthLine:
    """Money of a month in 10,000 yuan: paid by the day of the facts, due from it on, both by its end, what comes in,
    and what there is in all by its end.

    None where nobody stated it; what a month leaves goes on to the next.
    """

    month: date
    paid: Decimal
    due: Decimal
    cumulative: Decimal
    fund: Decimal | None
    available: Decimal | None

    @property
    def left(self) -> Decimal | None:
        """What is left at its end, negative where money is short."""
        return None if self.available is None else self.available - self.cumulative


@dataclass(frozen=True)
class MoneyLine:
    """One of the numbers of the account of money, in 10,000 yuan; None where no fund is stated."""

    name: str
    amount: Decimal | None


@dataclass(frozen=True)
class PromiseLine:
    """What was announced to a case and what is planned now, in words; days are None for a case that waits."""

    number: int
    name: str
    zone: str
    team: str
    fate: str
    start_before: date | None
    done_before: date | None
    start_now: date | None
    done_now: date | None
    why: str


@dataclass(frozen=True)
class LoadLine:
    """Staff days that a team needs in a week, and those it has (None: not stated)."""

    team: str
    week: date
    needed: Decimal
    capacity: Decimal | None


@dataclass(frozen=True)
class CheckLine:
    """One of the three-ables, of the plan ("" as `firm`) or of one firm; all words are in the document's language."""

    able: str
    outcome: str
    text: str
    passed: bool
    firm: str = ""
    value: Decimal | None = None
    limit: Decimal | None = None
    unit: str = ""


@dataclass(frozen=True)
class PriceLine:
    """What moving a limit by `step` would bring: in points of the aim, and in words."""

    limit: str
    step: Decimal
    unit: str
    points: Decimal
    text: str


@dataclass(frozen=True)
class RoadmapContent:
    """Everything that the documents of a roadmap print. Equal contents give equal documents.

    `periods` are the first days of the periods and `end` the day after the last. `measures` are names by id in their
    usual order. `standing` says whether it is adopted, `certificate` how good it is proven to be. `notice` marks the
    whole document, for example 演示数据. `settled` is what contracts of finished cases still pay, `money` and `account`
    the account of money in numbers and in sentences, `promises` what became of those of the roadmap before.
    """

    title: str
    territory: str
    calibre: Calibre
    standing: str
    certificate: str
    planned_by: str
    facts_on: date
    known_at: datetime
    computed_at: datetime
    periods: tuple[date, ...]
    end: date
    measures: Mapping[str, str]
    amounts: tuple[AmountName, ...]
    cases: tuple[CaseLine, ...]
    targets: tuple[TargetLine, ...] = ()
    months: tuple[MonthLine, ...] = ()
    loads: tuple[LoadLine, ...] = ()
    checks: tuple[CheckLine, ...] = ()
    prices: tuple[PriceLine, ...] = ()
    settled: tuple[CaseLine, ...] = ()
    money: tuple[MoneyLine, ...] = ()
    account: tuple[str, ...] = ()
    promises: tuple[PromiseLine, ...] = ()
    notice: str = ""

    @property
    def lines(self) -> tuple[CaseLine, ...]:
        """The cases, and what finished ones are still paid: what sums of money are about."""
        return (*self.cases, *self.settled)

    def unit(self, amount: str) -> str:
        """The unit of an amount; "" for one that the roadmap does not count."""
        return next((one.unit for one in self.amounts if one.id == amount), "")


@dataclass(frozen=True)
class Sums:
    """How the cases of a group add up."""

    cases: int
    started: int
    amounts: Mapping[str, Decimal]

    @property
    def waiting(self) -> int:
        """How many wait."""
        return self.cases - self.started


def sums(cases: Iterable[CaseLine]) -> Sums:
    """The cases, those that start, and the exact sums of their amounts."""
    count = started = 0
    amounts: dict[str, Decimal] = {}
    for case in cases:
        count += not case.settled
        started += bool(case.measure)
        for id, amount in (case.amounts or {}).items():
            amounts[id] = amounts.get(id, Decimal(0)) + amount
    return Sums(count, started, amounts)


def by_zone(cases: Iterable[CaseLine]) -> dict[str, list[CaseLine]]:
    """The cases by zone, by town where a roster knows no zones, in the order of their names."""
    return _grouped((case.zone or case.town, case) for case in cases)


def by_team(cases: Iterable[CaseLine]) -> dict[str, list[CaseLine]]:
    """The cases by team; those without one come last under ""."""
    return _grouped((case.team, case) for case in cases)


def _grouped(pairs: Iterable[tuple[str, CaseLine]]) -> dict[str, list[CaseLine]]:
    groups: dict[str, list[CaseLine]] = {}
    for key, case in pairs:
        groups.setdefault(key, []).append(case)
    return {key: groups[key] for key in sorted(groups, key=natural)}
