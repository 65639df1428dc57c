"""What the charts of roadmaps draw, as plain values for static/tenglong.js, each with the rows of its table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from tenglong.domain.kernel.messages import Message
from tenglong.queries.roadmap.results import FrontRow, SearchPoint
from tenglong.queries.roadmap.views import Curve, MonthCash
from tenglong.web.roadmap.tags import amount, amount_label, gap_percent

Values = list[Decimal | None]


@dataclass(frozen=True)
class CurveChart:
    """One amount over time: what is drawn, and the table of the days on which something changes.

    `label` is what the curve is called where the amount alone does not say it.
    """

    id: str
    element: str
    names: tuple[str, ...]
    rows: tuple[tuple[date, tuple[Decimal | None, ...]], ...]
    chart: dict[str, Any]
    label: Message | None = None


def curve_chart(
    id: str, curves: Mapping[str, Curve], *, until: Mapping[str, date] | None = None,
    dashed: Sequence[str] = (), label: Message | None = None,
) -> CurveChart:  # fmt: skip
    """Curves by their names on one axis of days; a curve ends on its day in `until`, the others go to the end."""
    known = sorted({day for curve in curves.values() for day, _value in curve} | set((until or {}).values()))
    every = _every_day(known)
    lines = [
        {
            "name": name,
            "values": _numbers(_held(curve, every, (until or {}).get(name))),
            "dashed": name in dashed,
            "area": len(curves) == 1,
        }
        for name, curve in curves.items()
    ]
    held = [_held(curve, known, (until or {}).get(name)) for name, curve in curves.items()]
    rows = tuple(zip(known, zip(*held, strict=True), strict=True))
    chart = {"days": [day.isoformat() for day in every], "fine": True, "lines": lines}
    return CurveChart(id, f"curve-{id}", tuple(curves), rows, chart, label)


def freed_charts(curves: Mapping[str, Curve]) -> list[CurveChart]:
    """A chart for each amount."""
    return [curve_chart(id, {amount_label(id): curve}) for id, curve in curves.items() if curve]


def cash_chart(months: Sequence[MonthCash]) -> dict[str, Any]:
    """Payments by month, and in all beside the money there is."""
    lines: list[dict[str, Any]] = [
        {"name": gettext("当月已付"), "values": _numbers([month.paid for month in months]), "bar": True},
        {"name": gettext("当月待付"), "values": _numbers([month.due for month in months]), "bar": True},
        {"name": gettext("累计付款"), "values": _numbers([month.cumulative for month in months])},
    ]
    if any(month.available is not None for month in months):
        there_is = _numbers([month.available for month in months])
        lines.append({"name": gettext("累计可用资金"), "values": there_is, "dashed": True})
    return {
        "days": [f"{month.month:%Y-%m}" for month in months],
        "fine": True,
        "lines": lines,
    }


def search_chart(points: Sequence[SearchPoint]) -> dict[str, Any]:
    """The gap over time, in per cent."""
    known = [point for point in points if point.gap is not None]
    gaps = _numbers([point.gap * 100 for point in known if point.gap is not None])
    line = {"name": gettext("与最优的差距（%）"), "values": gaps, "area": True}
    return {"days": [f"{point.seconds:.1f}s" for point in known], "fine": True, "lines": [line]}


def front_chart(rows: Sequence[FrontRow]) -> dict[str, Any]:
    """Value and proven bound against the limit on money."""
    said = gettext("资金 {money} 万元：{value} 分，差距不超过 {gap}")
    values = [
        {
            "x": float(row.limit),
            "y": float(row.value),
            "text": said.format(money=amount(row.limit), value=amount(row.value), gap=gap_percent(row.gap)),
        }
        for row in rows
    ]
    bounds = [
        {"x": float(row.limit), "y": float(row.bound), "text": amount(row.bound)}
        for row in rows
        if row.bound is not None
    ]
    return {
        "across": gettext("资金上限（万元）"),
        "up": gettext("方案值（分）"),
        "lines": [
            {"name": gettext("方案"), "points": values},
            {"name": gettext("已证明的上界"), "points": bounds, "dashed": True},
        ],
    }


def _every_day(known: Sequence[date]) -> list[date]:
    """All days from the first to the last."""
    if not known:
        return []
    return [known[0] + timedelta(days=step) for step in range((known[-1] - known[0]).days + 1)]


def _held(curve: Curve, days: Sequence[date], until: date | None) -> Values:
    """The curve on these days: what it last was; nothing after `until`."""
    found: Values = []
    steps, number, now = list(curve), 0, Decimal(0)
    for day in days:
        while number < len(steps) and steps[number][0] <= day:
            now, number = steps[number][1], number + 1
        found.append(None if until is not None and day > until else now)
    return found


def _numbers(values: Sequence[Decimal | None]) -> list[float | None]:
    """What the browser draws: pixels need no exact numbers."""
    return [None if value is None else float(round(value, 4)) for value in values]
