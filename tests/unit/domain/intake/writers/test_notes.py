"""The sheet that explains a template says what every column wants."""

import io

import openpyxl
import pytest
import xlsxwriter

from tenglong.domain.intake.kinds import table_kind, table_kinds
from tenglong.domain.intake.ours import NOTES_SHEET
from tenglong.domain.intake.writers.notes import how_to_fill, write_notes


def notes(kind_id: str, **lists: list[str]) -> list[tuple]:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.add_worksheet("表")
        write_notes(book, table_kind(kind_id), lists)
    return list(openpyxl.load_workbook(stream)[NOTES_SHEET].iter_rows(values_only=True))


@pytest.mark.parametrize("kind_id", list(table_kinds()))
def test_every_column_has_its_line_and_required_ones_say_so(kind_id):
    said = {row[1]: row[2] for row in notes(kind_id) if row[2] in ("必填", "选填")}
    columns = table_kind(kind_id).columns
    assert said == {column.header: "必填" if column.required else "选填" for column in columns}


def test_long_lists_are_shortened_and_counted():
    towns = [f"演示{n}镇" for n in range(40)]
    (line,) = (row[4] for row in notes("case_ledger", town=towns) if row[1] == "镇(街道)")
    assert line.endswith("演示11镇等 40 项。")


def test_a_number_names_its_unit_and_how_to_use_another():
    land = table_kind("case_ledger").column("land")
    assert how_to_fill(land).startswith("请只填数字，单位为亩；用公顷、")
