"""The Gantt and the load of teams as tables: one cell for each period or week, as pages and documents print them."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tenglong.domain.kernel.quantities import half_up, share
from tenglong.queries.roadmap.views import Bar, Gantt, TeamLoad

LOADS = (0, 50, 80, 95, 100)
"""Per cents above which a week looks fuller; above the last it is more than the team can do."""


@dataclass(frozen=True)
class GanttCell:
    """How many firms start in a period, and how many are under way in it."""

    first: date
    starts: int
    under_way: int


@dataclass(frozen=True)
class GanttRow:
    """One measure in a zone, period by period."""

    measure: str
    batch: str
    count: int
    cells: tuple[GanttCell, ...]


@dataclass(frozen=True)
class GanttZone:
    """One zone with the measures taken there, in the order of their first start."""

    zone: str
    count: int
    rows: tuple[GanttRow, ...]


@dataclass(frozen=True)
class GanttTable:
    """The first days of the periods, and the zones."""

    periods: tuple[date, ...]
    zones: tuple[GanttZone, ...]


@dataclass(frozen=True)
class LoadCell:
    """Staff days of a team in a week, what share of its capacity they are, and how full that looks (0 … 5)."""

    days: Decimal
    percent: Decimal | None
    step: int


@dataclass(frozen=True)
class LoadRow:
    """One team, week by week."""

    team: str
    capacity: Decimal | None
    cells: tuple[LoadCell, ...]


@dataclass(frozen=True)
class LoadTable:
    """The Mondays, and the teams."""

    weeks: tuple[date, ...]
    rows: tuple[LoadRow, ...]


def gantt_table(found: Gantt) -> GanttTable:
    """Zones × periods."""
    zones = tuple(
        GanttZone(zone.zone, sum(bar.count for bar in zone.bars), _rows(found.periods, zone.bars))
        for zone in found.zones
    )
    return GanttTable(found.periods, zones)


def load_table(loads: Sequence[TeamLoad]) -> LoadTable:
    """Teams × weeks."""
    weeks = tuple(sorted({week for load in loads for week, _days in load.weeks}))
    rows = []
    for load in loads:
        days = dict(load.weeks)
        cells = tuple(_load(days.get(week, Decimal(0)), load.capacity) for week in weeks)
        rows.append(LoadRow(load.team, load.capacity, cells))
    return LoadTable(weeks, tuple(rows))


def _rows(periods: Sequence[date], bars: Iterable[Bar]) -> tuple[GanttRow, ...]:
    by_measure: dict[tuple[str, str], list[Bar]] = {}
    for bar in sorted(bars, key=lambda one: (one.start_on, one.measure)):
        by_measure.setdefault((bar.measure, bar.batch), []).append(bar)
    return tuple(
        GanttRow(measure, batch, sum(bar.count for bar in mine), _cells(periods, mine))
        for (measure, batch), mine in by_measure.items()
    )


def _cells(periods: Sequence[date], bars: Sequence[Bar]) -> tuple[GanttCell, ...]:
    starts, under_way = [0] * len(periods), [0] * len(periods)
    for bar in bars:
        first, last = _period(periods, bar.start_on), _period(periods, bar.done_on)
        starts[first] += bar.count
        for number in range(first, last + 1):
            under_way[number] += bar.count
    return tuple(GanttCell(*cell) for cell in zip(periods, starts, under_way, strict=True))


def _period(periods: Sequence[date], day: date) -> int:
    """The period of a day; what lies before the first or after the last counts there."""
    return max(bisect_right(periods, day) - 1, 0)


def _load(days: Decimal, capacity: Decimal | None) -> LoadCell:
    part = share(days, capacity) if capacity else None
    if part is None:
        return LoadCell(days, None, 0)
    percent = part * 100
    return LoadCell(days, half_up(percent, 1), _step(percent))


def _step(percent: Fraction) -> int:
    return sum(percent > bound for bound in LOADS)
