"""The first sheets of a wall chart: for each zone its measures as bars over time, and its teams as strips of counts."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from tenglong.domain.kernel.quantities import half_up
from tenglong.domain.reporting.documents import Align
from tenglong.domain.reporting.drawings import WHITE, Box, Item, Line, Text
from tenglong.domain.reporting.roadmap.chart.parts import (
    COLUMNS,
    LOOK,
    MARGIN,
    PALE,
    RED,
    ROW,
    SIZE,
    THICK,
    THIN,
    WORDS,
    Area,
    Axis,
    axis_head,
    badge,
    bar,
    baseline,
    centred,
    grid,
    head_height,
)
from tenglong.domain.reporting.roadmap.chart.rows import TOTALS, Band, bands_height
from tenglong.domain.reporting.roadmap.content import (
    ENERGY,
    LAND,
    MONEY,
    CaseLine,
    RoadmapContent,
    by_team,
    sums,
)

SUMMED = (LAND, ENERGY, MONEY)
NARROW = 26  # a period narrower than so many mm has room for two numbers only


def frame(content: RoadmapContent, width: float) -> tuple[Area, Axis]:
    """Where the rows stand on a sheet of this width, and the axis in it."""
    top = head_height() + ROW["axis"]  # a row for the flags of targets
    label = COLUMNS["label"]
    numbers = COLUMNS["count"] + COLUMNS["amount"] * len(SUMMED)
    area = Area(MARGIN, top, width - 2 * MARGIN, 0)
    return area, Axis(area.x + label, area.width - label - numbers, content.periods, content.end)


def rows_of(
    content: RoadmapContent, width: float, rows: Sequence[Band], *, scale: float, last: bool
) -> list[Item]:
    """The axis, the rows below it and, on the last sheet of the overview, the totals of all.

    Rows are `scale` times as high as they are by themselves.
    """
    area, axis = frame(content, width)
    items = list(_column_heads(content, area, axis))
    items += axis_head(axis, area.y)
    at = area.y + 2 * ROW["axis"]
    items += grid(axis, at, bands_height(rows, last=last) * scale)
    for row in rows:
        high = row.height * scale
        items += _DRAWN[row.kind](row, content, Area(area.x, at, area.width, high), axis)
        items.append(Line(area.x, at, area.right, at, THICK if row.kind in ("zone", "across") else THIN))
        at += high
    if last:
        items += _totals(content, Area(area.x, at, area.width, ROW["total"] * scale), axis)
        at += ROW["total"] * TOTALS * scale
    items += _edges(Area(area.x, area.y, area.width, at - area.y), axis)
    items += _flags(content, axis, area.y, at)
    return items


def rows_top() -> float:
    """Where the rows begin below the head of the sheet, the flags and the axis."""
    return float(head_height() + 3 * ROW["axis"])


def numbered_targets(content: RoadmapContent) -> list[tuple[str, list[str]]]:
    """The targets of each day in the order of time: their numbers as the flag says them, and their sentences."""
    ordered = sorted(content.targets, key=lambda target: target.by)
    numbered = enumerate(ordered, start=1)
    return [
        ("、".join(str(number) for number, _ in one), [f"{number}. {target.text}" for number, target in one])
        for one in (list(group) for _, group in groupby(numbered, key=lambda pair: pair[1].by))
    ]


def _column_heads(content: RoadmapContent, area: Area, axis: Axis) -> Iterator[Item]:
    high, heads = 2 * ROW["axis"], WORDS["heads"]
    yield Box(area.x, area.y, area.width, high, fill=PALE)
    yield Text(area.x + 3, baseline(area.y, high, SIZE["head"]), heads["label"], SIZE["head"], bold=True)
    names = [(heads["cases"], ""), *((heads[id], f"（{content.unit(id)}）") for id in SUMMED)]
    for (name, unit), span in zip(names, _number_spans(axis), strict=True):
        yield centred(name, span, area.y, high / 2 if unit else high, SIZE["head"], bold=True)
        yield centred(unit, span, area.y + high / 2 - 1, high / 2, SIZE["number"])


def _number_spans(axis: Axis) -> list[tuple[float, float]]:
    left = axis.x + axis.width
    widths = [COLUMNS["count"], *[COLUMNS["amount"]] * len(SUMMED)]
    return [(left + sum(widths[:number]), width) for number, width in enumerate(widths)]


def _numbers(cases: Sequence[CaseLine], y: float, height: float, axis: Axis) -> Iterator[Item]:
    found = sums(cases)
    said = [str(found.cases), *(printed(found.amounts.get(id, Decimal(0))) for id in SUMMED)]
    for number, (x, width) in zip(said, _number_spans(axis), strict=True):
        at = baseline(y, height, SIZE["row"])
        yield Text(x + width - 2, at, number, SIZE["row"], align=Align.RIGHT, width=width - 3)


def _zone(row: Band, content: RoadmapContent, area: Area, axis: Axis) -> Iterator[Item]:
    found = sums(row.cases)
    yield Box(area.x, area.y, area.width, area.height, fill=PALE)
    at = baseline(area.y, area.height, SIZE["zone"])
    yield Text(area.x + 3, at, row.label, SIZE["zone"], bold=True, width=COLUMNS["label"] - 5)
    said = WORDS["zone_line" if found.waiting else "zone_line_all"].format(
        cases=found.cases, started=found.started, waiting=found.waiting
    )
    yield Text(axis.x + 3, at, said, SIZE["row"], width=axis.width - 6)
    yield from _numbers(row.cases, area.y, area.height, axis)


def _across_head(row: Band, content: RoadmapContent, area: Area, axis: Axis) -> Iterator[Item]:
    yield Box(area.x, area.y, area.width, area.height, fill=PALE)
    at = baseline(area.y, area.height, SIZE["zone"])
    yield Text(area.x + 3, at, row.label, SIZE["zone"], bold=True, width=COLUMNS["label"] - 5)
    said = WORDS["across_line"].format(teams=len(by_team(row.cases)))
    yield Text(axis.x + 3, at, said, SIZE["row"], width=axis.width - 6)
    yield from _numbers(row.cases, area.y, area.height, axis)


def _measure(row: Band, content: RoadmapContent, area: Area, axis: Axis) -> Iterator[Item]:
    side = area.height - 3
    yield from badge(row.measure, area.x + 8, area.y + 1.5, side)
    at = baseline(area.y, area.height, SIZE["row"])
    yield Text(area.x + 10 + side, at, row.label, SIZE["row"], width=COLUMNS["label"] - side - 12)
    starts = [case.start_on for case in row.cases if case.start_on]
    ends = [case.done_on for case in row.cases if case.done_on]
    if starts and ends:
        left, right = axis.at(min(starts)), axis.at(max(ends) + timedelta(days=1))
        yield from bar(row.measure, left, area.y + 1.5, right - left, side)
    yield from _starts_and_ends(axis, starts, ends, area)
    yield from _numbers(row.cases, area.y, area.height, axis)


def _starts_and_ends(axis: Axis, starts: Sequence[date], ends: Sequence[date], area: Area) -> Iterator[Item]:
    """In each period the numbers of cases that start and that are done, on white over the bar."""
    started, done = _by_period(axis, starts), _by_period(axis, ends)
    for number in range(len(axis.periods)):
        left, width = axis.span(number)
        parts = []
        if started[number]:
            parts.append(("started", started[number]))
        if done[number]:
            parts.append(("done", done[number]))
        if not parts:
            continue
        said = "　".join(WORDS[word].format(**{word: count}) for word, count in parts)
        if width < NARROW:
            said = "/".join(str(count[number] or "·") for count in (started, done))
        wide = min(width - 1, 3.2 * len(said) + 4 * len(parts))
        high = area.height - 5
        yield Box(left + (width - wide) / 2, area.y + 2.5, wide, high, WHITE)
        yield centred(said, (left, width), area.y, area.height, SIZE["number"], bold=True)


def _by_period(axis: Axis, days: Sequence[date]) -> list[int]:
    counts = [0] * len(axis.periods)
    for day in days:
        counts[axis.period(day)] += 1
    return counts


def _team(row: Band, content: RoadmapContent, area: Area, axis: Axis) -> Iterator[Item]:
    at = baseline(area.y, area.height, SIZE["number"])
    yield Text(area.x + 8, at, row.label, SIZE["number"], width=COLUMNS["label"] - 10)
    spans = [
        (axis.period(case.start_on), axis.period(case.done_on))
        for case in row.cases
        if case.start_on and case.done_on
    ]
    for number in range(len(axis.periods)):
        active = sum(first <= number <= last for first, last in spans)
        if active:
            left, width = axis.span(number)
            yield Box(left + 0.3, area.y + 0.8, width - 0.6, area.height - 1.6, fill=_shade(active))
            yield centred(str(active), (left, width), area.y, area.height, SIZE["number"])
    yield from _numbers(row.cases, area.y, area.height, axis)


def _shade(active: int) -> str:
    return str([one["fill"] for one in LOOK["shades"] if active >= one["from"]][-1])


def _totals(content: RoadmapContent, area: Area, axis: Axis) -> Iterator[Item]:
    """All cases: the sums, and what has started, is done and is freed by the end of each period."""
    high = area.height
    yield Box(area.x, area.y, area.width, high, fill=PALE)
    yield Line(area.x, area.y, area.right, area.y, THICK)
    at = baseline(area.y, high, SIZE["zone"])
    yield Text(area.x + 3, at, WORDS["whole"], SIZE["zone"], bold=True, width=COLUMNS["label"] - 5)
    yield from _numbers(content.lines, area.y, high, axis)
    for number, (name, series) in enumerate(_curves(content, axis), start=1):
        y = area.y + high * number
        yield Line(area.x, y, area.right, y, THIN)
        yield Text(area.x + 3, baseline(y, high, SIZE["row"]), name, SIZE["row"], width=COLUMNS["label"] - 5)
        for period, value in enumerate(series):
            yield centred(value, axis.span(period), y, high, SIZE["number"])


def _curves(content: RoadmapContent, axis: Axis) -> Iterator[tuple[str, list[str]]]:
    going = [case for case in content.cases if case.start_on and case.done_on]
    starts = _by_period(axis, [case.start_on for case in going if case.start_on])
    ends = _by_period(axis, [case.done_on for case in going if case.done_on])
    yield WORDS["total_started"], [str(sum(starts[: n + 1])) for n in range(len(starts))]
    yield WORDS["total_done"], [str(sum(ends[: n + 1])) for n in range(len(ends))]
    for id in (LAND, ENERGY):
        freed = [Decimal(0)] * len(axis.periods)
        for case in going:
            if case.done_on:
                freed[axis.period(case.done_on)] += case.amount(id)
        name = WORDS[f"total_{id}"].format(unit=content.unit(id))
        yield name, [printed(sum(freed[: n + 1], Decimal(0))) for n in range(len(freed))]


def _edges(area: Area, axis: Axis) -> Iterator[Item]:
    yield Box(area.x, area.y, area.width, area.height, border=THICK)
    for x in (axis.x, *(left for left, _ in _number_spans(axis))):
        yield Line(x, area.y, x, area.foot, THIN)


def _flags(content: RoadmapContent, axis: Axis, top: float, below: float) -> Iterator[Item]:
    """A dashed line at the end of each day that a target names, with the numbers of the targets above it."""
    days = sorted({target.by for target in content.targets})
    for day, (numbers, _) in zip(days, numbered_targets(content), strict=True):
        x, high = axis.at(day + timedelta(days=1)), ROW["axis"] - 1.5
        yield Line(x, top - 1, x, below, 0.55, dash=2.2, color=RED)
        wide = max(high, 4.0 + 4.2 * len(numbers))
        yield Box(x - wide / 2, top - high - 1, wide, high, WHITE, border=0.5, color=RED)
        yield centred(
            numbers, (x - wide / 2, wide), top - high - 1, high, SIZE["number"], bold=True, color=RED
        )


def printed(value: Decimal) -> str:
    """An amount as a chart prints it: one decimal place below a thousand, none above and for nothing."""
    return f"{half_up(value, 1 if 0 < abs(value) < 1000 else 0):f}"


_DRAWN = {"zone": _zone, "across": _across_head, "measure": _measure, "team": _team}
