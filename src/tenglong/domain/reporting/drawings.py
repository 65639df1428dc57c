"""The value of a drawn page: boxes, lines and letters by their places, with no drawing program in sight.

Places and lengths are millimetres from the upper left corner, sizes of letters points. Equal values give equal files.
"""

from dataclasses import dataclass
from enum import StrEnum

from tenglong.domain.reporting.documents import Align

MM_PER_PT = 25.4 / 72
BLACK, WHITE = "#000000", "#FFFFFF"


class Hatch(StrEnum):
    """How a box is filled so that it differs from others without colour."""

    NONE = "none"
    SOLID = "solid"
    RISING = "rising"
    FALLING = "falling"
    CROSSED = "crossed"
    LEVEL = "level"
    UPRIGHT = "upright"
    GRID = "grid"
    DOTTED = "dotted"


@dataclass(frozen=True)
class Text:
    """One line of letters; `y` is its foot. Wider than `width` (0: any) it is squeezed, then cut."""

    x: float
    y: float
    text: str
    size: float
    bold: bool = False
    align: Align = Align.LEFT
    width: float = 0
    color: str = BLACK


@dataclass(frozen=True)
class Line:
    """A straight line; `dash` is the length of its strokes, 0 for one stroke."""

    x: float
    y: float
    to_x: float
    to_y: float
    width: float = 0.2
    dash: float = 0
    color: str = BLACK


@dataclass(frozen=True)
class Box:
    """A rectangle: `fill` behind, `hatch` in `color` over it, a rule of `border` mm around it (0: none)."""

    x: float
    y: float
    width: float
    height: float
    fill: str = ""
    hatch: Hatch = Hatch.NONE
    border: float = 0
    color: str = BLACK


Item = Text | Line | Box


@dataclass(frozen=True)
class Drawing:
    """One page; later items lie over earlier ones."""

    width: float
    height: float
    items: tuple[Item, ...]
