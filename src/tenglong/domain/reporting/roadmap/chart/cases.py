"""The sheets of a wall chart that list the cases of a zone, each with its measure, days and bar."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from tenglong.domain.kernel.ordering import natural
from tenglong.domain.reporting.drawings import Item, Line, Text
from tenglong.domain.reporting.roadmap.chart.parts import (
    LOOK,
    MARGIN,
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
    head,
    head_height,
    short,
)
from tenglong.domain.reporting.roadmap.content import CaseLine, RoadmapContent, Step, by_zone

CASES = LOOK["cases"]
BEFORE, AFTER = ("number", "name", "team", "measure", "start"), ("steps", "done", "outcome")
GAP = 8.0


def case_sheets(content: RoadmapContent, width: float, height: float) -> list[list[Item]]:
    """The sheets of all zones, without foot."""
    columns = max(1, int((width - 2 * MARGIN + GAP) // CASES["width"]))
    top = head_height(subtitle=True)
    rows = int((height - MARGIN - ROW["total"] - top - 2 * ROW["axis"]) // ROW["case"])
    wide = (width - 2 * MARGIN - GAP * (columns - 1)) / columns
    found = []
    for zone, cases in by_zone(content.cases).items():
        title = WORDS["zone_sheet"].format(title=content.title, zone=zone or WORDS["no_zone"])
        ordered = sorted(cases, key=_order)
        for first in range(0, len(ordered), rows * columns):
            items = head(content, width, title, subtitle=True)
            for column in range(columns):
                start = first + rows * column
                if chosen := ordered[start : start + rows]:
                    left = MARGIN + (wide + GAP) * column
                    items += _column(content, chosen, Area(left, top, wide, 0))
            found.append(items)
    return found


def _order(case: CaseLine) -> tuple[object, ...]:
    return (case.start_on is None, natural(case.team), str(case.start_on), case.number)


def _column(content: RoadmapContent, cases: Sequence[CaseLine], area: Area) -> Iterator[Item]:
    """A table of cases: what comes before the axis, the axis, and what comes after."""
    left, right = (sum(CASES[name] for name in names) for names in (BEFORE, AFTER))
    axis = Axis(area.x + left, area.width - left - right, content.periods, content.end)
    cells = [*_cells(BEFORE, area.x), *_cells(AFTER, axis.x + axis.width)]
    high = 2 * ROW["axis"]
    for name, span in cells:
        yield centred(WORDS["case_heads"][name], span, area.y, high, SIZE["head"], bold=True)
    yield from axis_head(axis, area.y)
    yield from grid(axis, area.y + high, ROW["case"] * len(cases))
    for number, case in enumerate(cases):
        yield from _case(case, content, area.y + high + ROW["case"] * number, (dict(cells), axis))
    foot = area.y + high + ROW["case"] * len(cases)
    for y in (area.y, area.y + high, foot):
        yield Line(area.x, y, area.right, y, THICK)
    for x in (*(span[0] for _, span in cells), axis.x, area.right):
        yield Line(x, area.y, x, foot, THIN)


def _cells(names: Sequence[str], x: float) -> Iterator[tuple[str, tuple[float, float]]]:
    for name in names:
        yield name, (x, CASES[name])
        x += CASES[name]


def _case(
    case: CaseLine, content: RoadmapContent, y: float, where: tuple[dict[str, tuple[float, float]], Axis]
) -> Iterator[Item]:
    cells, axis = where
    high, size = ROW["case"], SIZE["case"]
    said = {
        "number": str(case.number),
        "name": case.name,
        "team": case.team or WORDS["no_team"],
        "start": short(case.start_on),
        "steps": "　".join(_step(step) for step in case.steps) or WORDS["waiting_row"],
        "done": short(case.done_on),
        "outcome": case.outcome,
    }
    for name, text in said.items():
        x, width = cells[name]
        if name in ("name", "team", "steps"):
            yield Text(x + 1, baseline(y, high, size), text, size, width=width - 2)
        else:
            yield centred(text, (x, width), y, high, size)
    yield from _chosen(case, content, y, cells["measure"])
    if case.start_on and case.done_on:
        start, end = axis.at(case.start_on), axis.at(case.done_on + timedelta(days=1))
        yield from bar(case.measure, start, y + 1.4, end - start, high - 2.8)
    yield Line(cells["number"][0], y + high, cells["outcome"][0] + cells["outcome"][1], y + high, 0.1)


def _step(step: Step) -> str:
    day = short(step.due_on)
    return step.name + (WORDS["provisional"].format(day=day) if step.provisional else day)


def _chosen(case: CaseLine, content: RoadmapContent, y: float, span: tuple[float, float]) -> Iterator[Item]:
    """The measure of a case: its sign and name."""
    x, width = span
    if not case.measure:
        yield centred(WORDS["no_measure"], span, y, ROW["case"], SIZE["case"])
        return
    side = ROW["case"] - 1.4
    yield from badge(case.measure, x + 1, y + 0.7, side)
    at = baseline(y, ROW["case"], SIZE["case"])
    yield Text(x + side + 2, at, content.measures[case.measure], SIZE["case"], width=width - side - 3)
