"""The foot of the overview: legend, three-ables, targets and the money of each month."""

from collections.abc import Callable, Iterator

from tenglong.domain.reporting.documents import Align, day_text
from tenglong.domain.reporting.drawings import BLACK, Box, Item, Line, Text
from tenglong.domain.reporting.roadmap.chart.overview import numbered_targets, printed
from tenglong.domain.reporting.roadmap.chart.parts import (
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
from tenglong.domain.reporting.roadmap.content import RoadmapContent

HEIGHT: float = LOOK["panels"]["height"]
LINES: int = LOOK["panels"]["lines"]
PAD = 4.0
MONTH_COLUMNS = (0.31, 0.23, 0.23, 0.23)


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
    """A table: paid or due in the month and by its end, and what there is by its end; red where that is too little.
    Below it how what is free comes about."""
    if not content.months:
        yield from texts([WORDS["no_months"]], area, SIZE["panel"])
        return
    yield from _row(list(WORDS["month_heads"].values()), area, area.y, short=False, bold=True)
    said = [line for text in content.account for line in wrapped(text, area.width, SIZE["number"])]
    shown = content.months[: LINES - 1 - len(said)]
    foot = area.y + ROW["panel"] * (len(shown) + 1.3)
    yield from texts(said, Area(area.x, foot, area.width, 0), SIZE["number"])
    for number, line in enumerate(shown, start=1):
        available = "—" if line.available is None else printed(line.available)
        cells = [
            f"{line.month.year}年{line.month.month}月",
            printed(line.paid + line.due),
            printed(line.cumulative),
            available,
        ]
        short = line.left is not None and line.left < 0
        yield from _row(cells, area, area.y + ROW["panel"] * number, short=short, bold=short)


def _row(cells: list[str], area: Area, y: float, *, short: bool, bold: bool) -> Iterator[Item]:
    yield Line(area.x, y + ROW["panel"], area.right, y + ROW["panel"], THIN)
    at, right = baseline(y, ROW["panel"], SIZE["number"]), area.x
    for column, (cell, share) in enumerate(zip(cells, MONTH_COLUMNS, strict=True)):
        width = area.width * share
        align, x = (Align.RIGHT, right + width - 1) if column else (Align.LEFT, right)
        yield Text(x, at, cell, SIZE["number"], bold, align, width - 1, RED if short else BLACK)
        right += width
