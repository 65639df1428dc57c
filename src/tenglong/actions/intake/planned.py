"""A staged row as accepting reads it."""

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class PlannedRow:
    """A row that changes something, and what it plans."""

    id: int
    sheet: str
    row: int
    firm_id: int | None
    case_id: int | None
    plan: dict[str, Any]
