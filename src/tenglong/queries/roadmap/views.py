"""A roadmap in time, from its summed flows: bars by zone, work by week, money by month, what is freed by day."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate

from django.db.models import Count, Max, QuerySet, Sum

from tenglong.domain.access.policy import Scope
from tenglong.domain.kernel.ordering import natural
from tenglong.domain.kernel.quantities import from_micro
from tenglong.queries.roadmap.lines import visible_lines
from tenglong.queries.roadmap.settings import available_by, funds_by_month, periods_of, staff_capacity
from tenglong.store.models import Roadmap, RoadmapFlow

Curve = tuple[tuple[date, Decimal], ...]
"""(day, what there is in all by then), one pair for each day on which something comes."""
FREED = ("land", "energy", "cod")
PAID, COMMITTED, MONEY = "paid", "committed", "money"
"""Flows of money: paid before the day of the facts, what contracts still take on that day, and all that is paid from it
on, by contracts and by the plan."""


@dataclass(frozen=True)
class Bar:
    """The cases of a zone that start a measure in the same period: from the first start to the last day done."""

    measure: str
    batch: str
    start_on: date
    done_on: date
    count: int
    land: Decimal


@dataclass(frozen=True)
class GanttZone:
    """The bars of one zone, by start and measure."""

    zone: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class Gantt:
    """Bars by zone over the periods; `end` is the day after the last period, or the last day of a bar."""

    periods: tuple[date, ...]
    end: date
    zones: tuple[GanttZone, ...]


@dataclass(frozen=True)
class TeamLoad:
    """Staff days of a team by week (its Monday), and how many it has in a week; None where nobody said."""

    team: str
    capacity: Decimal | None
    weeks: tuple[tuple[date, Decimal], ...]


@dataclass(frozen=True)
class MonthCash:
    """What was paid in a month (its first day) by the day of the facts, what is due in it, what both come to by its
    end, what the fund has for it, and what there is in all by its end; None where nobody said, or to who may see a part
    of the roadmap only."""

    month: date
    paid: Decimal
    due: Decimal
    cumulative: Decimal
    fund: Decimal | None
    available: Decimal | None


def visible_flows(roadmap: Roadmap, scope: Scope) -> QuerySet[RoadmapFlow]:
    """The flows of a roadmap that may be seen."""
    found = RoadmapFlow.objects.filter(roadmap=roadmap)
    return found if scope.everywhere else found.filter(place_id__in=scope.places)


def gantt(roadmap: Roadmap, scope: Scope) -> Gantt:
    """When which measures start in which zone."""
    keys = ("zone", "measure", "batch", "start_on")
    lines = visible_lines(roadmap, scope).exclude(measure="").values(*keys)
    land = {
        (row["zone"], row["measure"], row["start_on"]): row["micro"]
        for row in visible_flows(roadmap, scope)
        .filter(amount="land")
        .values("zone", "measure", "start_on")
        .annotate(micro=Sum("quantity"))
    }
    zones: dict[str, list[Bar]] = defaultdict(list)
    rows = lines.annotate(count=Count("pk"), done_on=Max("done_on")).order_by(
        "zone", "start_on", "measure", "batch"
    )
    for row in rows:
        freed = from_micro(land.pop((row["zone"], row["measure"], row["start_on"]), 0))
        zones[row["zone"]].append(
            Bar(row["measure"], row["batch"], row["start_on"], row["done_on"], row["count"], freed)
        )
    periods, end = periods_of(roadmap)
    last = max((bar.done_on for bars in zones.values() for bar in bars), default=end)
    ordered = tuple(GanttZone(zone, tuple(zones[zone])) for zone in sorted(zones, key=natural))
    return Gantt(periods, max(end, last), ordered)


def load_of_teams(roadmap: Roadmap, scope: Scope) -> tuple[TeamLoad, ...]:
    """The work that the roadmap gives each team, week by week, without gaps from the first to the last week of all."""
    work: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    rows = visible_flows(roadmap, scope).filter(amount="staff_days").values("team", "day")
    for row in rows.annotate(micro=Sum("quantity")).order_by("team", "day"):
        work[row["team"]][row["day"] - timedelta(days=row["day"].weekday())] += row["micro"]
    mondays = [monday for weeks in work.values() for monday in weeks]
    if not mondays:
        return ()
    count = (max(mondays) - min(mondays)).days // 7 + 1
    every = [min(mondays) + timedelta(weeks=week) for week in range(count)]
    return tuple(
        TeamLoad(
            team,
            staff_capacity(roadmap, team),
            tuple((monday, from_micro(weeks.get(monday, 0))) for monday in every),
        )
        for team, weeks in sorted(work.items(), key=lambda one: natural(one[0]))
    )


def cash_by_month(roadmap: Roadmap, scope: Scope) -> tuple[MonthCash, ...]:
    """What was paid and what is due, month by month without gaps, beside the fund."""
    funds = funds_by_month(roadmap, scope)
    flows: dict[str, dict[date, int]] = {PAID: defaultdict(int), MONEY: defaultdict(int)}
    rows = visible_flows(roadmap, scope).filter(amount__in=list(flows)).values("amount", "day")
    for row in rows.annotate(micro=Sum("quantity")).order_by("day"):
        flows[row["amount"]][row["day"].replace(day=1)] += row["micro"]
    paid, due = flows[PAID], flows[MONEY]
    months = _months([*paid, *due, *funds])
    sums = accumulate(paid[month] + due[month] for month in months)
    there_is = available_by(roadmap, scope, months)
    return tuple(
        MonthCash(
            month,
            from_micro(paid[month]),
            from_micro(due[month]),
            from_micro(total),
            funds.get(month),
            there_is.get(month),
        )
        for month, total in zip(months, sums, strict=True)
    )


def spent(roadmap: Roadmap, scope: Scope) -> Curve:
    """What was paid and what is due, in all by each day."""
    rows = visible_flows(roadmap, scope).filter(amount__in=(PAID, MONEY)).values("day")
    steps = rows.annotate(micro=Sum("quantity")).order_by("day").values_list("day", "micro")
    return added_up(list(steps))


def cumulative(roadmap: Roadmap, scope: Scope, amounts: Sequence[str] = FREED) -> dict[str, Curve]:
    """What has come by each day, by amount."""
    found: dict[str, list[tuple[date, int]]] = {amount: [] for amount in amounts}
    rows = visible_flows(roadmap, scope).filter(amount__in=list(amounts)).values("amount", "day")
    for row in rows.annotate(micro=Sum("quantity")).order_by("amount", "day"):
        found[row["amount"]].append((row["day"], row["micro"]))
    return {amount: added_up(steps) for amount, steps in found.items()}


def added_up(steps: Sequence[tuple[date, int]]) -> Curve:
    """Increments in millionths, in the order of their days, as what there is in all by then."""
    sums = accumulate(micro for _, micro in steps)
    return tuple((day, from_micro(total)) for (day, _), total in zip(steps, sums, strict=True))


def _months(days: Sequence[date]) -> list[date]:
    """The first days of all months from the earliest to the latest."""
    if not days:
        return []
    found, last = [min(days).replace(day=1)], max(days).replace(day=1)
    while found[-1] < last:
        found.append((found[-1] + timedelta(days=32)).replace(day=1))
    return found
