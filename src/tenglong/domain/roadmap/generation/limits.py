"""The limits of a problem from the settings: one linear row each (roadmap.md 2, 10)."""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg
from tenglong.domain.kernel.quantities import exact_text
from tenglong.domain.roadmap.accounts import paid_of
from tenglong.domain.roadmap.facts import FirmFacts
from tenglong.domain.roadmap.generation.estimates import Estimates
from tenglong.domain.roadmap.generation.options import Options
from tenglong.domain.roadmap.generation.parts import DONE, SIGNED_BEFORE
from tenglong.domain.roadmap.generation.timing import Horizon, spread
from tenglong.domain.roadmap.parks import groups_of
from tenglong.domain.roadmap.settings import JobsCap, Target

NOTHING = Decimal(0)
WORKING_WEEK = 5
EVERYWHERE = "all"


@dataclass
class Limits:
    """Makes the limits; `raised` are capacities that signed contracts exceed, with what they take.

    `gone` is what the bound of a limit on money lacks: what was paid, and what finished cases are owed.
    """

    options: Options
    facts: Mapping[str, FirmFacts]
    tags: Mapping[str, Mapping[str, str]]
    raised: dict[str, Decimal] = field(default_factory=dict)
    gone: dict[str, Decimal] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._settings, self._horizon = self.options.settings, self.options.horizon
        windows = zip(self._horizon.starts, self._settings.last_days, strict=True)
        self._office_days = [self._horizon.calendar.working_days(*days) for days in windows]
        self._bound = self._taken_by_contracts()

    def all(self) -> list[dict[str, Any]]:
        """All limits, as the problem file has them.

        Raises:
            BadValue: a target or a cap is about a place that no case is in, or nobody is left to bring what it lacks.
        """
        return [
            *self._money(),
            *self._staff(),
            *self._by_period("appraisals", self._settings.capacity.appraisals_per_day, 1),
            *self._by_period("legal", self._settings.capacity.legal_per_week, WORKING_WEEK),
            *self._space(),
            *self._targets(),
            *self._caps(),
        ]

    def _money(self) -> Iterator[dict[str, Any]]:
        """The fund in all, and what months have in cash, less what was paid and what is owed to firms that are done.

        A month is held against the periods that begin in it or before: what a period pays after the month ends is
        counted too early rather than too late.
        """
        fund, owed = self._settings.fund, [part for one in self.options.left_out for part in one.owed]
        paid = paid_of(self.facts.values())
        if fund.total is not None:
            gone = paid + sum((part for _, part in owed), NOTHING)
            yield self._less(gone, fund.total + fund.financing, {"id": "money", "amount": "money"})
        cash = NOTHING
        for month in sorted(fund.cash):
            cash += fund.cash[month]
            end = _month_end(month)
            until = sum(start <= end for start in self._horizon.starts)
            if until:
                gone = paid + sum((part for day, part in owed if day <= end), NOTHING)
                yield self._less(gone, cash, {"id": f"money:{month}", "amount": "money", "until": until})

    def _less(self, gone: Decimal, whole: Decimal, row: dict[str, Any]) -> dict[str, Any]:
        """A limit on money, of which some is gone before the plan begins."""
        self.gone[row["id"]] = gone
        return row | {"at_most": float(whole - gone)}

    def _staff(self) -> Iterator[dict[str, Any]]:
        capacity = self._settings.capacity
        for team in sorted({tags["team"] for tags in self.tags.values() if "team" in tags}):
            each = capacity.teams.get(team, capacity.staff_days_per_week)
            yield from self._by_period("staff_days", each, WORKING_WEEK, team)

    def _by_period(
        self, amount: str, each: Decimal | None, days: int, team: str = ""
    ) -> Iterator[dict[str, Any]]:
        """A capacity of `each` in so many working days, for every period; signed contracts may take more of it."""
        if each is None:
            return
        for period, working in enumerate(self._office_days):
            id = f"staff:{team}:{period + 1}" if team else f"{amount}:{period + 1}"
            there_is = each * working / days
            taken = self._bound.get((amount, team, period), NOTHING)
            if taken > there_is:
                self.raised[id] = there_is = taken
            where = {"where": {"team": team}} if team else {}
            row = {"id": id, "amount": amount, **where, "from": period + 1, "until": period + 1}
            yield row | {"at_most": float(there_is)}

    def _taken_by_contracts(self) -> dict[tuple[str, str, int], Decimal]:
        """What firms with a signed contract take: (amount, team or nothing, period)."""
        found: dict[tuple[str, str, int], Decimal] = {}
        places = self.options.known.amounts
        for id, why in self.options.fixed.items():
            for offer in self.options.offers[id].values() if why == SIGNED_BEFORE else ():
                for amount in ("staff_days", "appraisals", "legal"):
                    team = self.tags[id].get("team", "") if amount == "staff_days" else ""
                    total, parts = (
                        offer.amounts.get(amount, NOTHING),
                        offer.timetable.parts(amount, offer.first),
                    )
                    for day, value in spread(total, parts, places[amount].places):
                        key = amount, team, self._horizon.period_of(day)
                        found[key] = found.get(key, NOTHING) + value
        return found

    def _space(self) -> Iterator[dict[str, Any]]:
        """What parks can take together of the firms that may move only there: so a plan chooses among them."""
        vacant = {park.name: park.vacant for park in self._settings.parks}
        sets = set(self.options.parks.values())
        for group in groups_of(sets):
            inside = sorted(named(one) for one in sets if one <= group)
            where = {"park": inside[0] if len(inside) == 1 else inside}
            row = {"id": f"space:{named(group)}", "amount": "space", "where": where}
            yield row | {"at_most": float(sum(vacant[name] for name in group))}

    def _targets(self) -> Iterator[dict[str, Any]]:
        """What is still to be brought; a target that firms which are done have met asks nothing of the others."""
        for target in self._settings.targets:
            place, where = self._place(target)
            least = target.at_least - self._done_by(target)
            if least <= 0:
                continue
            if not self._anybody_left(where):
                problem = "“{place}”已没有要整治的企业，目标“{amount}”还差 {least}，请降低或删去这项目标。"
                raise BadValue(msg(problem, place=place, amount=target.amount, least=exact_text(least)))
            row = {"id": f"target:{target.amount}:{place}:{target.by.isoformat()}", "amount": target.amount}
            yield (
                row
                | _filter(where)
                | {"until": self._horizon.period_of(target.by) + 1, "at_least": float(least)}
            )

    def _done_by(self, target: Target) -> Decimal:
        """What firms that are done brought by a day, as their measure frees it."""
        known, estimates, brought = self.options.known, self.options.estimates, NOTHING
        for one in self.options.left_out:
            firm = self.facts[one.id]
            day = firm.done_on or firm.emptied_on
            if one.why == DONE and (day is None or day <= target.by) and _inside(firm, target):
                measure = known.measures.get(firm.measure, known.measures[known.of_contract])
                brought += _brought(target.amount, estimates, firm, measure.frees)
        return brought

    def _caps(self) -> Iterator[dict[str, Any]]:
        for cap in self._settings.caps.jobs:
            place, where = self._place(cap)
            if self._anybody_left(where):
                row = {"id": f"jobs:{place}", "amount": "jobs"}
                yield row | _filter(where) | {"at_most": float(cap.at_most)}
        if self._settings.caps.tax is not None:
            yield {"id": "tax", "amount": "tax", "at_most": float(self._settings.caps.tax)}

    def _place(self, row: Target | JobsCap) -> tuple[str, dict[str, str]]:
        """The name of a place in the id of a limit, and the tag that firms there have."""
        if not row.zone and not row.town:
            return EVERYWHERE, {}
        if not any(_inside(firm, row) for firm in self.facts.values()):
            problem = "“{place}”没有要整治的企业，请核对目标和上限里的镇（街道）代码、区块名称。"
            raise BadValue(msg(problem, place=row.zone or row.town))
        return (row.zone, {"zone": row.zone}) if row.zone else (row.town, {"town": row.town})

    def _anybody_left(self, where: Mapping[str, str]) -> bool:
        """Whether a firm with these tags is still to be planned for: a problem names no others."""
        return any(where.items() <= tags.items() for tags in self.tags.values())


def _filter(where: dict[str, str]) -> dict[str, Any]:
    return {"where": where} if where else {}


def _inside(firm: FirmFacts, row: Target | JobsCap) -> bool:
    return (not row.zone or firm.zone == row.zone) and (not row.town or firm.place == row.town)


def _brought(amount: str, estimates: Estimates, firm: FirmFacts, frees: Mapping[str, Decimal]) -> Decimal:
    if amount == "write_off":
        return Decimal(1)
    return frees.get(amount, NOTHING) * estimates.figures(firm).freed(amount)


def _month_end(month: str) -> date:
    year, number = (int(part) for part in month.split("-"))
    return date(year, number, monthrange(year, number)[1])


def clearances(options: Options, facts: Sequence[FirmFacts]) -> list[dict[str, Any]]:
    """Wishes to clear a zone: all its firms must have started in time to be done by the day (2.3).

    A duty has cut the windows of its firms before and is no clearance of the problem. Nor is a zone all of whose firms
    are done or off the list: nothing is left to clear.

    Raises:
        BadValue: no case is in the zone, or somebody cannot keep a duty or a wish: the sentence says how many.
    """
    found = []
    for one in options.settings.clearances:
        inside = [firm.id for firm in facts if firm.zone == one.zone]
        if not inside:
            raise BadValue(msg("整区清零的区块“{zone}”没有要整治的企业，请核对名称。", zone=one.zone))
        firms = [id for id in inside if id in options.offers]
        late = sum(1 for id in firms if not _may_clear(options, id, one.by))
        if late:
            problem = (
                "区块“{zone}”到 {by} 不能清零：{count} 家企业没有来得及完成的措施，请推迟日期或调整措施。"
            )
            raise BadValue(msg(problem, zone=one.zone, by=one.by, count=late))
        if firms and one.bonus is not None:
            free = [id for id in firms if options.fixed.get(id) != SIGNED_BEFORE]
            by = min((_last_start(options, id, one.by) for id in free), default=len(options.horizon) - 1)
            row = {"id": one.zone, "where": {"zone": one.zone}, "by": by + 1, "bonus": float(one.bonus)}
            found.append(row)
    return found


def _last_start(options: Options, id: str, by: date) -> int:
    """The last period from which a firm is done by a day; -1 where there is none."""
    return max(offer.timetable.last_start(by) for offer in options.offers[id].values())


def _may_clear(options: Options, id: str, by: date) -> bool:
    return any(offer.timetable.last_start(by) >= offer.first for offer in options.offers[id].values())


def gap_in_periods(horizon: Horizon, days: int) -> int:
    """So many periods that from the first day of any to that of the later at least `days` pass."""
    starts = horizon.starts
    gap = 0
    while any((later - start).days < days for start, later in zip(starts, starts[gap:], strict=False)):
        gap += 1
    return gap


def named(parks: Iterable[str]) -> str:
    """Some parks as one tag of a firm and one name of a limit."""
    return "、".join(sorted(parks))
