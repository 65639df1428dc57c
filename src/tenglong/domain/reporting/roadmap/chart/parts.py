"""What every sheet of a wall chart is made of: its size, its head, the axis of time, the bar of a measure."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil

from tenglong.domain.kernel.periods import CHINA
from tenglong.domain.kernel.rulefiles import load_rules
from tenglong.domain.reporting.documents import Align, day_text
from tenglong.domain.reporting.drawings import MM_PER_PT, WHITE, Box, Hatch, Item, Line, Text
from tenglong.domain.reporting.roadmap.content import RoadmapContent

LOOK = load_rules("tenglong.domain.reporting.roadmap.chart", "chart.toml").content
WORDS, SIZE, ROW, COLUMNS = LOOK["words"], LOOK["size"], LOOK["row"], LOOK["columns"]
MARGIN: float = LOOK["margin_mm"]
RED, GREY, PALE = "#B00020", "#777777", "#EDEDED"
THIN, THICK = 0.18, 0.5
NARROWEST = 9  # mm that a day needs on the axis
LATIN = 0.58  # width of a Latin letter or digit against a Chinese one


@dataclass(frozen=True)
class Area:
    """A rectangle of a sheet, in mm from its upper left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right side."""
        return self.x + self.width

    @property
    def foot(self) -> float:
        """Its lower side."""
        return self.y + self.height


@dataclass(frozen=True)
class Axis:
    """Days from left to right: the periods of the roadmap, between two places."""

    x: float
    width: float
    periods: tuple[date, ...]
    end: date

    def at(self, day: date) -> float:
        """Where a day begins; days outside stand at the ends."""
        whole = (self.end - self.periods[0]).days
        return self.x + self.width * min(max((day - self.periods[0]).days, 0), whole) / whole

    def span(self, number: int) -> tuple[float, float]:
        """Left side and width of a period."""
        ends = (*self.periods[1:], self.end)
        left = self.at(self.periods[number])
        return left, self.at(ends[number]) - left

    def period(self, day: date) -> int:
        """The number of the period that a day lies in; days outside count to the first and the last."""
        return max(0, sum(first <= day for first in self.periods) - 1)


def head(content: RoadmapContent, width: float, title: str, *, subtitle: bool = False) -> list[Item]:
    """Title, calibre, certificate and the mark of the whole document, across a sheet."""
    middle, room = width / 2, width - 2 * MARGIN
    size = SIZE["subtitle" if subtitle else "title"]
    foot = MARGIN + size * MM_PER_PT
    items: list[Item] = [
        Text(middle, foot, title, size, bold=True, align=Align.CENTER, width=room - 2 * notice_width(content))
    ]
    if content.notice:
        items += _notice(content, width)
    lines = [_calibre(content)] if subtitle else [_calibre(content), _definition(content)]
    for number, (line, bold) in enumerate([*((one, False) for one in lines), (content.certificate, True)]):
        below = foot + ROW["panel"] * (number + 1) + 4
        items.append(Text(middle, below, line, SIZE["line"], bold=bold, align=Align.CENTER, width=room))
    return items


def head_height(*, subtitle: bool = False) -> float:
    """How far down from the edge the head of a sheet reaches."""
    lines = 2 if subtitle else 3
    return float(MARGIN + SIZE["subtitle" if subtitle else "title"] * MM_PER_PT + ROW["panel"] * lines + 7.5)


def notice_width(content: RoadmapContent) -> float:
    """The width of the mark of the whole document."""
    return len(content.notice) * SIZE["notice"] * MM_PER_PT + 6 if content.notice else 0


def _notice(content: RoadmapContent, width: float) -> Iterator[Item]:
    size = SIZE["notice"] * MM_PER_PT
    wide, left = notice_width(content), width - MARGIN - notice_width(content)
    yield Box(left, MARGIN, wide, size + 5, border=0.8, color=RED)
    at = MARGIN + size + 1.2
    yield Text(left + wide / 2, at, content.notice, SIZE["notice"], bold=True, align=Align.CENTER, color=RED)


def _calibre(content: RoadmapContent) -> str:
    calibre = content.calibre
    return str(WORDS["calibre"]).format(
        title=calibre.title,
        issuer=calibre.issuer,
        facts_on=day_text(content.facts_on),
        known_at=clock(content.known_at),
        standing=content.standing,
    )


def _definition(content: RoadmapContent) -> str:
    return str(WORDS["definition"]).format(definition=content.calibre.definition)


def foot(content: RoadmapContent, area: Area, sheet: int, sheets: int) -> Iterator[Item]:
    """Who made it and when, room for signatures, and which sheet this is."""
    said = WORDS["sign"].format(by=content.planned_by, at=clock(content.computed_at))
    yield Text(area.x, area.foot, said, SIZE["line"], width=area.width * 0.8)
    number = WORDS["sheet"].format(sheet=sheet, sheets=sheets)
    yield Text(area.right, area.foot, number, SIZE["line"], align=Align.RIGHT)


def axis_head(axis: Axis, y: float) -> Iterator[Item]:
    """Two rows above the grid: the months, and the first day of each period."""
    row: float = ROW["axis"]
    months = sorted({(day.year, day.month) for day in axis.periods})
    for year, month in months:
        first = max(date(year, month, 1), axis.periods[0])
        after = date(year + month // 12, month % 12 + 1, 1)
        left, right = axis.at(first), axis.at(after)
        said = f"{year}年{month}月" if right - left > 30 else f"{month}月"
        yield Box(left, y, right - left, row, fill=PALE, border=THIN)
        if right - left < NARROWEST:
            continue
        yield centred(said, (left, right - left), y, row, SIZE["head"], bold=True)
    each = ceil(NARROWEST / max(1, axis.width / len(axis.periods)))
    for day, after in zip(axis.periods[::each], [*axis.periods[each::each], axis.end], strict=True):
        left, right = axis.at(day), axis.at(after)
        yield Box(left, y + row, right - left, row, border=THIN)
        if right - left >= NARROWEST / 2:
            yield centred(short(day), (left, right - left), y + row, row, SIZE["number"])


def grid(axis: Axis, y: float, height: float) -> Iterator[Item]:
    """Thin lines between the periods."""
    for number in range(len(axis.periods)):
        left, _ = axis.span(number)
        yield Line(left, y, left, y + height, width=0.1, color="#BBBBBB")


def bar(measure: str, x: float, y: float, width: float, height: float) -> Iterator[Item]:
    """A bar in the measure's hatch, with its sign at the left where there is room."""
    look = sign(measure)
    yield Box(x, y, width, height, WHITE, Hatch(look["hatch"]), 0.25, look["color"])


def badge(measure: str, x: float, y: float, side: float) -> Iterator[Item]:
    """The sign of a measure: its character in a box of its colour."""
    look = sign(measure)
    yield Box(x, y, side, side, WHITE, border=0.45, color=look["color"])
    size = side * 0.8 / MM_PER_PT
    yield centred(look["mark"], (x, side), y, side, size, bold=True, color=look["color"])


def sign(measure: str) -> dict[str, str]:
    """Hatch, colour and character of a measure; one that the look does not know has its own first letter."""
    found: dict[str, str] = LOOK["measures"].get(measure)
    return found or {"mark": measure[:1], "hatch": "none", "color": "#000000"}


def centred(
    said: str,
    span: tuple[float, float],
    y: float,
    height: float,
    size: float,
    *,
    bold: bool = False,
    color: str = "#000000",
) -> Text:
    """A line in the middle of a cell."""
    x, width = span
    return Text(x + width / 2, baseline(y, height, size), said, size, bold, Align.CENTER, width - 0.8, color)


def baseline(y: float, height: float, size: float) -> float:
    """Where letters of a size stand so that they are in the middle of a row."""
    return y + height / 2 + size * MM_PER_PT * 0.36


def wrapped(text: str, width: float, size: float) -> list[str]:
    """The text in lines that are not wider than `width` mm."""
    lines, used = [""], 0.0
    for char in text:
        wide = size * MM_PER_PT * (1 if unicodedata.east_asian_width(char) in "WFA" else LATIN)
        if used + wide > width and char not in "，。；、）》”％%":
            lines, used = [*lines, ""], 0.0
        lines[-1] += char
        used += wide
    return lines


def clock(moment: datetime) -> str:
    """A moment in China's time, to the minute."""
    here = moment.astimezone(CHINA)
    return f"{day_text(here.date())}{here.hour}时{here.minute:02d}分"


def short(day: date | None) -> str:
    """A day of the year as charts write it: 8/31."""
    return f"{day.month}/{day.day}" if day else ""


def texts(lines: Sequence[str], area: Area, size: float) -> Iterator[Item]:
    """Lines one below the other from the top of an area."""
    for number, line in enumerate(lines):
        yield Text(area.x, area.y + ROW["panel"] * (number + 0.75), line, size, width=area.width)
