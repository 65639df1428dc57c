"""What intake gives back: the user's own workbook with its errors marked, and templates to fill in."""

from tenglong.domain.intake.writers.marks import (
    ERROR_COLUMN,
    SUMMARY_SHEET,
    CellMark,
    Problem,
    RowMark,
    SheetMarks,
    Summary,
)
from tenglong.domain.intake.writers.returned import return_workbook

__all__ = [
    "ERROR_COLUMN",
    "SUMMARY_SHEET",
    "CellMark",
    "Problem",
    "RowMark",
    "SheetMarks",
    "Summary",
    "return_workbook",
]
