"""What intake gives back: the user's own workbook with its errors marked, and templates to fill in."""

from tenglong.domain.intake.ours import CHOICES_SHEET, ERROR_COLUMN, NOTES_SHEET, SUMMARY_SHEET
from tenglong.domain.intake.writers.marks import CellMark, Problem, RowMark, SheetMarks, Summary
from tenglong.domain.intake.writers.returned import return_workbook
from tenglong.domain.intake.writers.templates import write_template

__all__ = [
    "CHOICES_SHEET",
    "ERROR_COLUMN",
    "NOTES_SHEET",
    "SUMMARY_SHEET",
    "CellMark",
    "Problem",
    "RowMark",
    "SheetMarks",
    "Summary",
    "return_workbook",
    "write_template",
]
