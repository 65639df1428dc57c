"""A template holds nothing that could be imported by mistake, and is read back as what was typed into it."""

from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tenglong.domain.intake.kinds import ColumnType, TableKind, table_kind, table_kinds
from tenglong.domain.intake.raw import column_letters
from tenglong.domain.intake.readers.sandbox import read_table
from tenglong.domain.intake.writers import (
    CHOICES_SHEET,
    ERROR_COLUMN,
    NOTES_SHEET,
    SUMMARY_SHEET,
    CellMark,
    RowMark,
    SheetMarks,
    Summary,
    return_workbook,
    write_template,
)

TOWNS = [f"演示街道{number}" for number in range(300)]
KINDS = list(table_kinds().values())
HEADER_ROW, FIRST_ROW = 3, 4


@pytest.fixture(params=KINDS, ids=lambda kind: kind.id)
def kind(request: pytest.FixtureRequest) -> TableKind:
    found: TableKind = request.param
    return found


def written(kind: TableKind, folder: Path) -> Path:
    target = folder / f"{kind.id}.xlsx"
    write_template(kind, target, choices={"town": TOWNS})
    return target


def test_the_header_is_the_kinds_and_required_columns_are_starred(kind: TableKind, tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(written(kind, tmp_path)).worksheets[0]
    headers = [cell.value.replace("\n", "") for cell in sheet[HEADER_ROW]]
    assert headers == [f"*{c.header_with_unit}" if c.required else c.header_with_unit for c in kind.columns]
    assert sheet.freeze_panes == f"{column_letters(headers.index('*企业名称') + 2)}{FIRST_ROW}"
    assert sheet.max_row == HEADER_ROW


def test_every_choice_column_has_its_list_on_the_hidden_sheet(kind: TableKind, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(written(kind, tmp_path))
    assert book.sheetnames == [kind.name_zh, NOTES_SHEET, CHOICES_SHEET]
    assert book[CHOICES_SHEET].sheet_state == "hidden"
    offered = {column.id: labels for column, labels in _drop_downs(book, kind)}
    expected = {c.id: [choice.label for choice in c.choices] for c in kind.columns if c.choices}
    yes_no = {c.id: ["是", "否"] for c in kind.columns if c.type is ColumnType.YES_NO}
    assert offered == expected | yes_no | {"town": TOWNS}


def _drop_downs(book: Any, kind: TableKind) -> Any:
    for check in book.worksheets[0].data_validations.dataValidation:
        assert len(check.prompt) <= 255 and len(check.promptTitle) <= 32
        if check.type == "list":
            (area,) = check.sqref.ranges
            cells = book[CHOICES_SHEET][check.formula1.split("!")[1].replace("$", "")]
            yield (
                kind.columns[area.min_col - 1],
                [cell.value for (cell,) in (cells if type(cells) is tuple else ((cells,),))],
            )


def test_the_notes_explain_every_column(kind: TableKind, tmp_path: Path) -> None:
    rows = list(openpyxl.load_workbook(written(kind, tmp_path))[NOTES_SHEET].iter_rows(values_only=True))
    explained = [row for row in rows if row[2] in ("必填", "选填")]
    assert [row[1] for row in explained] == [column.header for column in kind.columns]
    assert [row[2] == "必填" for row in explained] == [column.required for column in kind.columns]
    assert all(row[4] for row in explained)


@pytest.mark.slow
def test_an_untouched_template_has_no_row_to_import(kind: TableKind, tmp_path: Path) -> None:
    with closing(read_table(written(kind, tmp_path), "表.xlsx", kind.id)) as table:
        assert list(table.rows()) == []
        assert {unused.sheet for unused in table.summary.unused_sheets} == {NOTES_SHEET, CHOICES_SHEET}


def _example(kind: TableKind) -> dict[str, tuple[Any, Any]]:
    """What is typed into each column, and the value it is read as."""
    typed: dict[ColumnType, tuple[Any, Any]] = {
        ColumnType.TEXT: ("演示", "演示"),
        ColumnType.CODE: ("91330421MA28A00Y5X", "91330421MA28A00Y5X"),
        ColumnType.NUMBER: (12.5, Decimal("12.5")),
        ColumnType.DATE: (date(2021, 11, 9), date(2021, 11, 9)),
        ColumnType.YEAR: (2020, 2020),
        ColumnType.YES_NO: ("是", True),
    }
    special = {"quantity_unit": ("亩", "亩")} if kind.id == "events" else {}
    return {
        c.id: (c.choices[0].label, c.choices[0].id) if c.choices else typed[c.type] for c in kind.columns
    } | special


def _filled(kind: TableKind, path: Path) -> Path:
    book = openpyxl.load_workbook(path)
    for number, (value, _) in enumerate(_example(kind).values(), 1):
        book.worksheets[0].cell(FIRST_ROW, number, value)
    book.save(path)
    return path


@pytest.mark.slow
def test_a_filled_template_is_read_back(kind: TableKind, tmp_path: Path) -> None:
    with closing(read_table(_filled(kind, written(kind, tmp_path)), "表.xlsx", kind.id)) as table:
        (row,) = table.rows()
    checked = [c for c in kind.columns if c.type is not ColumnType.TEXT or c.id in ("firm_name", "town")]
    assert {c.id: row.value(c.id) for c in checked} == {c.id: _example(kind)[c.id][1] for c in checked}
    assert table.summary.unknown_columns == ()


def test_a_returned_workbook_can_be_uploaded_again(tmp_path: Path) -> None:
    kind = table_kind("firms")
    path, back = _filled(kind, written(kind, tmp_path)), tmp_path / "back.xlsx"
    marks = SheetMarks(HEADER_ROW, {FIRST_ROW: RowMark("退回", (CellMark("E4", "不在册"),), "不在册")})
    return_workbook(
        path, back, {kind.name_zh: marks}, Summary("导入结果", (("企业名称", "统一社会信用代码"),))
    )
    with (
        closing(read_table(path, "表.xlsx", kind.id)) as before,
        closing(read_table(back, "表.xlsx", kind.id)) as after,
    ):
        assert [row.cells for row in before.rows()] == [row.cells for row in after.rows()]
    assert [(column.ref, column.header) for column in after.summary.unknown_columns] == [
        ("AE3", ERROR_COLUMN)
    ]
    assert SUMMARY_SHEET in {unused.sheet for unused in after.summary.unused_sheets}
