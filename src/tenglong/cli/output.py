"""Tables on a terminal, where a Chinese character is two columns wide."""

import sys
import unicodedata
from collections.abc import Sequence

from tenglong.domain.access.policy import Actor

OPERATOR = Actor("命令行", everywhere=True)


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """The rows under their header, columns aligned."""
    table = [list(header), *(list(row) for row in rows)]
    widths = [max(_width(row[n]) for row in table) for n in range(len(header))]
    for row in table:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        sys.stdout.write("  ".join(cells).rstrip() + "\n")


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
