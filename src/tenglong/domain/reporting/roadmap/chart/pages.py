"""The wall chart of a roadmap (挂图作战): an overview of zones, measures and teams, then the cases of each zone."""

from collections.abc import Sequence

from tenglong.domain.reporting.drawings import Drawing, Item
from tenglong.domain.reporting.roadmap.chart.cases import case_sheets
from tenglong.domain.reporting.roadmap.chart.lower import HEIGHT, panels
from tenglong.domain.reporting.roadmap.chart.overview import rows_of, rows_top
from tenglong.domain.reporting.roadmap.chart.parts import LOOK, MARGIN, ROW, Area, foot, head
from tenglong.domain.reporting.roadmap.chart.rows import Band, bands, bands_height
from tenglong.domain.reporting.roadmap.content import RoadmapContent

GAP = 5.0


def chart_pages(content: RoadmapContent) -> tuple[Drawing, ...]:
    """All sheets, of one size. A pure function of the content: the same content gives equal sheets."""
    blocks = bands(content)
    least = LOOK["pressed"] * bands_height([row for block in blocks for row in block], last=True)
    sizes = LOOK["sheets"]
    size = next((one for one in sizes if least <= _room(one["height_mm"])), sizes[-1])
    width, height = float(size["width_mm"]), float(size["height_mm"])
    sheets = [*_overview(content, blocks, width, height), *case_sheets(content, width, height)]
    area = Area(MARGIN, 0, width - 2 * MARGIN, height - MARGIN)
    return tuple(
        Drawing(width, height, (*items, *foot(content, area, number, len(sheets))))
        for number, items in enumerate(sheets, start=1)
    )


def _room(height: float, *, last: bool = True) -> float:
    """How high the rows of an overview may be: the panels on the last sheet and the signatures are below them."""
    below = GAP + ROW["total"] + MARGIN + (GAP + HEIGHT if last else 0)
    return float(height - rows_top() - below)


def _overview(
    content: RoadmapContent, blocks: Sequence[Sequence[Band]], width: float, height: float
) -> list[list[Item]]:
    """Zones are kept whole; the totals and the panels stand on the last sheet."""
    sheets = _shared_out(blocks, height)
    found = []
    for number, rows in enumerate(sheets, start=1):
        last = number == len(sheets)
        scale = min(LOOK["stretched"], _room(height, last=last) / bands_height(rows, last=last))
        items = [*head(content, width, content.title), *rows_of(content, width, rows, scale=scale, last=last)]
        if last:
            top = rows_top() + bands_height(rows, last=True) * scale + GAP
            items += panels(content, Area(MARGIN, top, width - 2 * MARGIN, HEIGHT))
        found.append(items)
    return found


def _shared_out(blocks: Sequence[Sequence[Band]], height: float) -> list[list[Band]]:
    """The rows of each sheet: as many whole zones as fit when they are pressed."""
    sheets: list[list[Band]] = [[]]
    for block in blocks:
        pressed = LOOK["pressed"] * bands_height([*sheets[-1], *block], last=False)
        if sheets[-1] and pressed > _room(height, last=False):
            sheets.append([])
        sheets[-1] += block
    if LOOK["pressed"] * bands_height(sheets[-1], last=True) > _room(height):
        sheets.append([])
    return sheets
