"""Columns wide enough for their numbers: a number never breaks inside its cell."""

import re
import unicodedata
from collections.abc import Sequence

from tenglong.domain.reporting.documents import Table

MM_PER_PT = 25.4 / 72
NARROW_EMS = 0.64
"""Width of a figure or sign in the widest face that takes the place of the one asked for where it is missing."""
LEAST_EMS = 2.2
"""Below this no column goes: its header stands in it two characters to a line."""
SMALLEST_PT, STEP_PT = 7.0, 0.5
_UNBROKEN = re.compile(r"[!-~±↑↓—–]+")


def fitted(table: Table, *, size_pt: float, padding_mm: float) -> tuple[list[float], float]:
    """Widths of the columns in mm, adding up to what they did, and the size of type at which every number stands whole.

    As long as the widths that were asked for do, they stay. Else columns give what they can spare; where all of that is
    not enough, the type is smaller.
    """
    asked, size = [column.width_mm for column in table.columns], size_pt
    while size > SMALLEST_PT:
        needed = _needed(table, size, padding_mm)
        lacking = sum(max(need - width, 0) for need, width in zip(needed, asked, strict=True))
        spare = [
            max(width - max(need, _ems_mm(LEAST_EMS, size) + 2 * padding_mm), 0)
            for need, width in zip(needed, asked, strict=True)
        ]
        if lacking <= sum(spare):
            share = lacking / sum(spare) if lacking else 0
            return [
                max(w - s * share, n) if n > w else w - s * share
                for w, s, n in zip(asked, spare, needed, strict=True)
            ], size
        size -= STEP_PT
    return asked, size


def ems(text: str) -> float:
    """Width in characters: full-width ones count one, the others a half."""
    return sum(1.0 if unicodedata.east_asian_width(sign) in "WFA" else 0.5 for sign in text)


def _needed(table: Table, size: float, padding_mm: float) -> Sequence[float]:
    """What each column needs for the longest text in it that must not break."""
    rows = [*table.rows, *([table.total] if table.total else [])]
    longest = (
        max((len(part) * NARROW_EMS for row in rows for part in _UNBROKEN.findall(row[at])), default=0)
        for at in range(len(table.columns))
    )
    return [_ems_mm(wide, size) + 2 * padding_mm for wide in longest]


def _ems_mm(wide: float, size: float) -> float:
    return wide * size * MM_PER_PT
