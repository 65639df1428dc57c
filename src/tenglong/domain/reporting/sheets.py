"""The value of an exported sheet: typed columns and rows, in the order and with the filter of the screen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

Cell = str | int | Decimal | date | None


class Kind(StrEnum):
    """What the cells of a column are; codes are text so that no digit is lost."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"


@dataclass(frozen=True)
class SheetColumn:
    """One column. `width` counts half-width characters; `places` are the decimals a DECIMAL column shows.

    `fills`: the colour behind a cell that holds one of these texts, as "#RRGGBB".
    """

    header: str
    kind: Kind = Kind.TEXT
    width: int = 12
    places: int = 2
    fills: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sheet:
    """A sheet to export. `rows` may be a generator, read once; `total` is the 合计 row, never computed here."""

    name: str
    columns: tuple[SheetColumn, ...]
    rows: Iterable[Sequence[Cell]]
    total: Sequence[Cell] | None = None
    frozen_columns: int = 1


@dataclass(frozen=True)
class Page:
    """A sheet as it stands in a workbook: with a title above, and notes below."""

    sheet: Sheet
    title: str
    unit_line: str = ""
    notes: Sequence[str] = ()
