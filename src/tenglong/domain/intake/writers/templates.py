"""Templates to fill in: header, drop-downs, checks with prompts, and a sheet that explains every column."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from tenglong.domain.intake.kinds import Column, ColumnType, TableKind
from tenglong.domain.intake.ours import CHOICES_SHEET
from tenglong.domain.intake.raw import column_letters
from tenglong.domain.intake.writers.notes import FONT, how_to_fill, write_notes

_HEADER_ROW = 2  # rows and columns count from 0 here, as XlsxWriter does
_LAST_ROW = 5_000  # as far as checks and formats reach
_NAME_COLUMN = "firm_name"
_YES_NO = ("是", "否")
_EARLIEST, _LATEST = date(1949, 10, 1), date(2100, 12, 31)
_YEARS = (1990, 2100)
_PROMPT_LIMIT = 255
_WIDEST_PAGE = 450  # characters that are still readable across one A3 page
_WIDTHS = {
    ColumnType.TEXT: 16,
    ColumnType.CODE: 22,
    ColumnType.NUMBER: 12,
    ColumnType.DATE: 13,
    ColumnType.YEAR: 9,
    ColumnType.CHOICE: 12,
    ColumnType.YES_NO: 9,
}
_WIDE = {"serial": 7, _NAME_COLUMN: 32, "address": 32, "note": 28}
_NUMBER_FORMATS = {
    ColumnType.TEXT: "@",
    ColumnType.CODE: "@",
    ColumnType.DATE: "yyyy-mm-dd",
    ColumnType.YEAR: "0",
}

Choices = Mapping[str, Sequence[str]]


def write_template(kind: TableKind, target: Path, *, choices: Choices | None = None) -> None:
    """Write the empty workbook (.xlsx) of a kind to `target`.

    `choices` gives drop-downs to further columns by id (towns, industries); what they do not list may still
    be typed, after a warning. It has no example row that could be imported by mistake: examples are on the
    sheet 填表说明.
    """
    lists = _lists(kind, choices or {})
    with xlsxwriter.Workbook(
        str(target), {"default_format_properties": {"font_name": FONT, "font_size": 11}}
    ) as book:
        sheet = book.add_worksheet(kind.name_zh)
        write_notes(book, kind, lists)
        ranges = _write_lists(book.add_worksheet(CHOICES_SHEET), lists)
        _write_top(book, sheet, kind)
        _write_header(book, sheet, kind)
        for number, column in enumerate(kind.columns):
            sheet.data_validation(
                _HEADER_ROW + 1, number, _LAST_ROW, number, _check(column, ranges.get(column.id))
            )
        _set_view(sheet, kind)


def _lists(kind: TableKind, choices: Choices) -> dict[str, tuple[str, ...]]:
    """The permitted answers by column id."""
    lists: dict[str, tuple[str, ...]] = {}
    for column in kind.columns:
        if column.type is ColumnType.YES_NO:
            lists[column.id] = _YES_NO
        elif column.choices:
            lists[column.id] = tuple(choice.label for choice in column.choices)
        elif choices.get(column.id):
            lists[column.id] = tuple(choices[column.id])
    return lists


def _write_lists(sheet: Worksheet, lists: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Put each list into a column of the hidden sheet; gives the references to them."""
    sheet.hide()
    ranges = {}
    for number, (column_id, labels) in enumerate(lists.items()):
        sheet.write_column(0, number, labels)
        letters = column_letters(number + 1)
        ranges[column_id] = f"={CHOICES_SHEET}!${letters}$1:${letters}${len(labels)}"
    return ranges


def _write_top(book: xlsxwriter.Workbook, sheet: Worksheet, kind: TableKind) -> None:
    """Title, and the line that says who fills the table in and when."""
    shown = min(len(kind.columns), 12) - 1
    title = book.add_format({"bold": True, "font_size": 18, "align": "center", "valign": "vcenter"})
    sheet.merge_range(0, 0, 0, shown, kind.name_zh, title)
    sheet.set_row(0, 34)
    places = {0: "填报单位：", shown // 2: "填报日期：", shown - 1: "计量单位：见各列表头"}
    for column, text in places.items():
        sheet.write_string(1, column, text)
    sheet.set_row(1, 22)


def _write_header(book: xlsxwriter.Workbook, sheet: Worksheet, kind: TableKind) -> None:
    look = {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
    optional = book.add_format({**look, "bg_color": "#DCE6F1"})
    required = book.add_format({**look, "bg_color": "#FCE4D6", "font_color": "#C00000"})
    formats = {pattern: book.add_format({"num_format": pattern}) for pattern in set(_NUMBER_FORMATS.values())}
    for number, column in enumerate(kind.columns):
        text = "\n".join(_header_lines(column))
        pattern = _NUMBER_FORMATS.get(column.type)
        sheet.set_column(number, number, _width(column), formats[pattern] if pattern else None)
        sheet.write_string(_HEADER_ROW, number, text, required if column.required else optional)
    sheet.set_row(_HEADER_ROW, 48)
    last = column_letters(len(kind.columns))
    filled = {
        "type": "formula",
        "criteria": f"=COUNTA($A4:${last}4)>0",
        "format": book.add_format({"border": 1}),
    }
    sheet.conditional_format(_HEADER_ROW + 1, 0, _LAST_ROW, len(kind.columns) - 1, filled)


def _header_lines(column: Column) -> tuple[str, ...]:
    """The header as printed: its unit on a line of its own (the reader ignores the line break)."""
    name = f"*{column.header}" if column.required else column.header
    unit = column.header_with_unit.removeprefix(column.header)
    return (name, unit) if unit else (name,)


def _width(column: Column) -> int:
    """Wide enough for the cells and for each line of the header."""
    longest = max((len(choice.label) for choice in column.choices), default=0)
    header = max(map(len, _header_lines(column)))
    return max(_WIDE.get(column.id, _WIDTHS[column.type]), 2 * longest + 4, 2 * header + 3)


def _check(column: Column, source: str | None) -> dict[str, Any]:
    """The data validation of a column, with its prompt."""
    prompt = {"input_title": column.header[:32], "input_message": how_to_fill(column)[:_PROMPT_LIMIT]}
    error = {"error_title": "填写有误", "error_message": f"{how_to_fill(column)[:200]}"}
    if source:
        closed = bool(column.choices) or column.type is ColumnType.YES_NO
        offered = {"validate": "list", "source": source, "error_type": "stop" if closed else "warning"}
        hint = "请从下拉列表中选择。" if closed else "不在下拉列表中，请核对后再确认。"
        return {**offered, **prompt, "error_title": "填写有误", "error_message": hint}
    match column.type:
        case ColumnType.DATE:
            return {
                "validate": "date",
                "criteria": "between",
                "minimum": _EARLIEST,
                "maximum": _LATEST,
                **prompt,
                **error,
            }
        case ColumnType.YEAR:
            low, high = _YEARS
            return {
                "validate": "integer",
                "criteria": "between",
                "minimum": low,
                "maximum": high,
                **prompt,
                **error,
            }
        case ColumnType.NUMBER:
            return {
                "validate": "decimal",
                "criteria": "between",
                "minimum": -1e12,
                "maximum": 1e12,
                **prompt,
                **error,
            }
        case _:
            return {"validate": "any", **prompt}


def _set_view(sheet: Worksheet, kind: TableKind) -> None:
    """The header and the columns up to the name stay in sight; every printed page repeats the header."""
    ids = [column.id for column in kind.columns]
    name = ids.index(_NAME_COLUMN) + 1 if _NAME_COLUMN in ids else 1
    sheet.freeze_panes(_HEADER_ROW + 1, name)
    sheet.set_landscape()
    sheet.set_paper(8)  # A3
    sheet.repeat_rows(0, _HEADER_ROW)
    if sum(map(_width, kind.columns)) <= _WIDEST_PAGE:
        sheet.fit_to_pages(1, 0)
    else:
        sheet.repeat_columns(0, name - 1)
