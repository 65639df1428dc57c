"""Error cells and formulas without a result, whatever program wrote the sheet."""

import zipfile
from pathlib import Path

import pytest

from tenglong.domain.intake.formats import HIDES_ZERO, form_of
from tenglong.domain.intake.raw import BadCell
from tenglong.domain.intake.readers.sheetxml import Looks, Mark, Surroundings, looks_of
from tenglong.domain.kernel.errors import BadFile
from tests.intake_files import repack, write_xlsx

SHEET = "xl/worksheets/sheet1.xml"
CELLS = (
    '<c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>1+1</f></c><c r="C1" t="str"><f>""</f><v></v></c>'
    '<c r="D1" t="e"><v>#REF!</v></c><c s="1" r="AA12"><f>SUM(A1:B1)</f><v/></c><c r="E1" t="e"/><c r="F1"><v>3</v></c>'
)


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_bad_cells_are_found_by_their_reference(tmp_path: Path, prefix: str) -> None:
    cells = CELLS.replace("</", "</" + prefix).replace("<c", f"<{prefix}c").replace("<v", f"<{prefix}v")
    cells = cells.replace("<f>", f"<{prefix}f>")
    declared = f'xmlns{prefix and ":x"}="urn:x"'
    data = f"<{prefix}sheetData {declared}><{prefix}row>{cells}</{prefix}row></{prefix}sheetData>"
    path = repack(write_xlsx(tmp_path / "g.xlsx", [["x"]]), tmp_path / "t.xlsx", {SHEET: data.encode()})
    with zipfile.ZipFile(path) as archive:
        found = looks_of(archive, SHEET, Surroundings()).marks
    assert {(row, column): cell.raw for row, line in found.items() for column, cell in line.items()} == {
        (1, 2): "=",
        (1, 4): "#REF!",
        (1, 5): "#ERROR!",
        (12, 27): "=",
    }
    assert "没有保存计算结果" in str(found[12][27].problem)


def looks(tmp_path: Path, sheet: str, around: Surroundings, encoding: str = "utf-8") -> Looks:
    text = f'<?xml version="1.0" encoding="{encoding}"?><worksheet xmlns="urn:x">{sheet}</worksheet>'
    path = repack(
        write_xlsx(tmp_path / "g.xlsx", [["x"]]), tmp_path / "t.xlsx", {SHEET: text.encode(encoding)}
    )
    with zipfile.ZipFile(path) as archive:
        return looks_of(archive, SHEET, around)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_cells_and_rows_that_do_not_say_where_they_stand_are_counted(tmp_path: Path, encoding: str) -> None:
    sheet = (
        '<sheetData><row/><row><c/><c t = "e"><v>#REF!</v></c><c r="E2"/><c><f>1</f></c></row></sheetData>'
    )
    found = looks(tmp_path, sheet, Surroundings(), encoding).marks
    assert {(row, column) for row, line in found.items() for column in line} == {(2, 2), (2, 6)}


def test_a_stored_zero_of_a_program_that_did_not_calculate_is_no_result(tmp_path: Path) -> None:
    cells = '<c><f>A2</f><v>0</v></c><c t="str"><f>A3</f><v></v></c><c><f>1+1</f><v>2</v></c><c><v>0</v></c>'
    block = '<c><f t="array" ref="E1:E2">B1:B2</f><v>0</v></c></row><row><c r="E2"><v>0</v></c><c r="F2"><v>0</v></c>'
    sheet = f"<sheetData><row>{cells}{block}</row></sheetData>"
    found = looks(tmp_path, sheet, Surroundings(uncalculated=True)).marks
    assert {row: list(line) for row, line in found.items()} == {1: [1, 2, 5], 2: [5]}
    assert looks(tmp_path, sheet, Surroundings()).marks == {}


def test_hidden_rows_and_columns_are_told(tmp_path: Path) -> None:
    sheet = (
        '<cols><col min="2" max="3" hidden="1"/><col min="5" max="5" width="0"/></cols>'
        '<sheetData><row/><row hidden = "true"/><row r="7" ht="0"/></sheetData>'
    )
    found = looks(tmp_path, sheet, Surroundings())
    assert (found.hidden_rows, found.hidden_columns) == ({2, 7}, {2, 3, 5})


def test_texts_struck_in_part_are_bad_and_struck_ones_marked(tmp_path: Path) -> None:
    run = "<r><rPr><strike/></rPr><t>300</t></r>"
    cells = f'<c t="inlineStr"><is>{run}<r><t>200</t></r></is></c><c t="inlineStr"><is>{run}</is></c>'
    shared = '<c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="s"><v>2</v></c>'
    around = Surroundings(struck=frozenset({0}), partly=frozenset({1}))
    found = looks(tmp_path, f"<sheetData><row>{cells}{shared}</row></sheetData>", around).marks[1]
    assert {column: isinstance(mark, BadCell) for column, mark in found.items()} == {
        1: True,
        2: False,
        3: False,
        4: True,
    }


def test_marked_styles_and_zeros_out_of_sight(tmp_path: Path) -> None:
    views = '<sheetViews><sheetView showZeros="0"/></sheetViews>'
    cells = '<c s = "4"><v>5</v></c><c><v>0</v></c><c s="4" t="s"><v>0</v></c><c><v>5</v></c>'
    marked = Mark(form_of("0%"))
    found = looks(
        tmp_path, f"{views}<sheetData><row>{cells}</row></sheetData>", Surroundings({4: marked})
    ).marks
    assert found == {1: {1: marked, 2: Mark(HIDES_ZERO)}}


def test_a_sheet_that_cannot_be_searched_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="无法读取"):
        looks(tmp_path, '<sheetData><row hidden="1"><c></row></sheetData>', Surroundings())
