"""What commands share: who gives them, and tables on a terminal, where a Chinese character is two columns wide."""

import argparse
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from tenglong.domain.access.policy import Actor
from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg

OPERATOR = Actor("命令行", everywhere=True)
"""Whoever is at the machine: they hold the database anyway."""
LONGEST_NAME = 60


def add_operator(parser: argparse.ArgumentParser) -> None:
    """The option of a command that writes: who is at the machine."""
    parser.add_argument("--as", dest="by", metavar="姓名", default="", help="操作人姓名，记入操作留痕")


def operator(arguments: argparse.Namespace) -> Actor:
    """Who gives a command that writes, as its trail has it.

    Raises:
        BadValue: what was given is no name.
    """
    name = str(arguments.by)
    if not name:
        return OPERATOR
    if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
        problem = "操作人姓名不能是空白、不能有看不见的字符，最多 {most} 个字，请改写 --as 后面的姓名。"
        raise BadValue(msg(problem, most=LONGEST_NAME))
    return replace(OPERATOR, name=f"{OPERATOR.name}（{name.strip()}）")


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """The rows under their header, columns aligned."""
    table = [list(header), *(list(row) for row in rows)]
    widths = [max(_width(row[n]) for row in table) for n in range(len(header))]
    for row in table:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        sys.stdout.write("  ".join(cells).rstrip() + "\n")


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
