"""The parts around the sheets of an xlsx."""

import zipfile
from pathlib import Path

import pytest

from tenglong.domain.intake.readers.parts import WorkbookParts, workbook_parts
from tests.intake_files import part, repack, write_xlsx

SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"


def parts_of(path: Path) -> WorkbookParts:
    with zipfile.ZipFile(path) as archive:
        return workbook_parts(archive)


def test_sheets_are_found_by_name_and_the_date_system_is_read(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "g.xlsx", [["x"]], sheet="台账")
    book = part(path, BOOK).replace(b"<workbookPr/>", b'<workbookPr date1904="1"/>')
    parts = parts_of(repack(path, tmp_path / "t.xlsx", {BOOK: book}))
    assert (parts.paths, parts.date_1904) == ({"台账": SHEET}, True)


def test_backslashes_in_names_are_slashes(tmp_path: Path) -> None:
    path, target = write_xlsx(tmp_path / "g.xlsx", [["x"]]), tmp_path / "t.xlsx"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name.replace("/", "\\"), old.read(name))
    assert parts_of(target).paths == {"台账": SHEET.replace("/", "\\")}


def test_only_styles_that_change_what_is_seen_are_marked(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "g.xlsx", [[1, 2, 3]], formats={"A1": "0.00", "B1": "0!.0,"})
    assert [mark.form.code for mark in parts_of(path).around.marks.values() if mark.form] == ["0!.0,"]


@pytest.mark.parametrize(
    ("calc", "uncalculated"),
    [
        (b'<calcPr calcId="191029"/>', False),
        (b'<calcPr calcId="191029" fullCalcOnLoad="1"/>', True),
        (b'<calcPr calcId="191029" calcCompleted = "0"/>', True),
        (b"", True),
    ],
)
def test_a_program_that_left_calculating_to_excel_is_known(
    tmp_path: Path, calc: bytes, uncalculated: bool
) -> None:
    path = write_xlsx(tmp_path / "g.xlsx", [["x"]])
    book = part(path, BOOK).replace(b'<calcPr calcId="124519" fullCalcOnLoad="1"/>', calc)
    changed = repack(path, tmp_path / "t.xlsx", {BOOK: book})
    assert parts_of(changed).around.uncalculated is uncalculated
