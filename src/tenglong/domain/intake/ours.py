"""Names of the sheets and the column that we add to workbooks ourselves, which are never read as data."""

ERROR_COLUMN = "错误说明"
"""Header of the column that a returned workbook has right of its table."""

SUMMARY_SHEET = "导入结果"
"""The sheet at the end of a returned workbook; a second return replaces it."""

NOTES_SHEET = "填表说明"
"""The sheet of a template that explains its columns."""

CHOICES_SHEET = "选项"
"""The hidden sheet of a template that its drop-downs take their lists from."""

OUR_SHEETS = frozenset({SUMMARY_SHEET, NOTES_SHEET, CHOICES_SHEET})
