"""The foot of the overview: legend, three-ables, targets and the money of each month."""

from collections.abc import Callable, Iterator

from tenglong.domain.reporting.documents import Align, day_text
from tenglong.domain.reporting.drawings import Box, Item, Line, Text
from tenglong.domain.reporting.roadmap_chart_overview import numbered_targets, printed
from tenglong.domain.reporting.roadmap_chart_parts import (
    LOOK,
    PALE,
    RED,
    ROW,
    SIZE,
    THICK,
    THIN,
    WORDS,
    Area,
    badge,
    bar,
    baseline,
    texts,
    wrapped,
)
from tenglong.domain.reporting.roadmap_content import RoadmapContent

HEIGHT: float = LOOK["panels"]["height"]
LINES: int = LOOK["panels"]["lines"]
PAD = 4.0


def panels(content: RoadmapContent, area: Area) -> Iterator[Item]:
    """All four, side by side."""
    drawn: list[tuple[str, Callable[[RoadmapContent, Area], Iterator[Item]]]] = [
        ("legend", _legend),
        ("ables", _ables),
        ("targets", _targets),
        ("months", _months),
    ]
    x, row = area.x, ROW["total"]
    for (name, draw), share in zip(drawn, LOOK["panels"]["widths"], strict=True):
        wide = area.width * share
        yield Box(x, area.y, wide, row, fill=PALE)
        yield Text(x + PAD, baseline(area.y, row, SIZE["row"]), WORDS[name], SIZE["row"], bold=True)
        yield Box(x, area.y, wide, area.height, border=THICK)
        yield from draw(content, Area(x + PAD, area.y + row + 2, wide - 2 * PAD, area.height - row - 2))
        x += wide


def _legend(content: RoadmapContent, area: Area) -> Iterator[Item]:
    row, used = ROW["panel"] + 1.8, {case.measure for case in content.cases}
    shown = [(id, name) for id, name in content.measures.items() if id in used]
    for number, (id, name) in enumerate(shown):
        y = area.y + row * number
        yield from badge(id, area.x, y, row - 1.8)
        yield from bar(id, area.x + row, y, 32, row - 1.8)
        at = baseline(y, row - 1.8, SIZE["panel"])
        yield Text(area.x + row + 36, at, name, SIZE["panel"], width=area.width - row - 36)
    y = area.y + row * len(shown) + 1
    said = [WORDS["legend_bar"], WORDS["legend_team"], *([WORDS["legend_target"]] if content.targets else [])]
    lines = [line for text in said for line in wrapped(text, area.width, SIZE["number"])]
    yield from texts(lines, Area(area.x, y, area.width, 0), SIZE["number"])


def _ables(content: RoadmapContent, area: Area) -> Iterator[Item]:
    """Each check of the plan with its outcome; what has not passed comes first."""
    lines: list[tuple[str, bool]] = []
    plan = [check for check in content.checks if not check.firm]
    for check in sorted(plan, key=lambda check: check.passed):
        said = wrapped(f"【{check.able}　{check.outcome}】{check.text}", area.width, SIZE["panel"])
        lines += [(line, not check.passed) for line in said]
    shown = _fitting([line for line, _ in lines])
    for number, line in enumerate(shown):
        bold = number < len(lines) and lines[number][1]
        at = area.y + ROW["panel"] * (number + 0.75)
        yield Text(area.x, at, line, SIZE["panel"], bold=bold, width=area.width)


def _targets(content: RoadmapContent, area: Area) -> Iterator[Item]:
    days = sorted({target.by for target in content.targets})
    lines = []
    for day, (_, sentences) in zip(days, numbered_targets(content), strict=True):
        lines.append(f"{day_text(day)}前")
        for sentence in sentences:
            lines += ["　" + line for line in wrapped(sentence, area.width - 6, SIZE["panel"])]
    yield from texts(_fitting(lines) or [WORDS["no_targets"]], area, SIZE["panel"])


def _fitting(lines: list[str]) -> list[str]:
    """The lines that a panel has room for; the last one says how many more there are."""
    if len(lines) <= LINES:
        return lines
    return [*lines[: LINES - 1], WORDS["more"].format(rest=len(lines) - LINES + 1)]


def _months(content: RoadmapContent, area: Area) -> Iterator[Item]:
    """A table: paid in the month, since the start, and what may be spent; red where it is too little."""
    heads = list(WORDS["month_heads"].values())
    if not content.months:
        yield from texts([WORDS["no_months"]], area, SIZE["panel"])
        return
    rows = [heads]
    for line in content.months[: LINES - 1]:
        fund = "—" if line.fund is None else printed(line.fund)
        rows.append(
            [f"{line.month.year}年{line.month.month}月", printed(line.paid), printed(line.cumulative), fund]
        )
    over = [line.fund is not None and line.paid > line.fund for line in content.months]
    widths = [area.width * share for share in (0.34, 0.22, 0.22, 0.22)]
    for number, cells in enumerate(rows):
        y, color = area.y + ROW["panel"] * number, RED if number and over[number - 1] else "#000000"
        yield Line(area.x, y + ROW["panel"], area.x + area.width, y + ROW["panel"], THIN)
        for column, cell in enumerate(cells):
            right = area.x + sum(widths[: column + 1]) - 1
            at = baseline(y, ROW["panel"], SIZE["number"])
            align, x = (Align.RIGHT, right) if column else (Align.LEFT, area.x)
            bold = not number or color == RED
            yield Text(x, at, cell, SIZE["number"], bold, align, widths[column] - 1, color)
