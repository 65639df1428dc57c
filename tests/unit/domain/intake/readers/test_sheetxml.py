"""Error cells and formulas without a result, whatever program wrote the sheet."""

import zipfile
from pathlib import Path

import pytest

from tenglong.domain.intake.readers.sheetxml import bad_cells, workbook_parts
from tests.intake_files import part, repack, write_xlsx

SHEET = "xl/worksheets/sheet1.xml"
CELLS = (
    '<c r="A1"><f>1+1</f><v>2</v></c><c r="B1"><f>1+1</f></c><c r="C1" t="str"><f>""</f><v></v></c>'
    '<c r="D1" t="e"><v>#REF!</v></c><c s="1" r="AA12"><f>SUM(A1:B1)</f><v/></c><c r="E1" t="e"/><c r="F1"><v>3</v></c>'
)


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_bad_cells_are_found_by_their_reference(tmp_path: Path, prefix: str) -> None:
    cells = CELLS.replace("</", "</" + prefix).replace("<c", f"<{prefix}c").replace("<v", f"<{prefix}v")
    cells = cells.replace("<f>", f"<{prefix}f>")
    data = f"<{prefix}sheetData><{prefix}row>{cells}</{prefix}row></{prefix}sheetData>"
    path = repack(write_xlsx(tmp_path / "g.xlsx", [["x"]]), tmp_path / "t.xlsx", {SHEET: data.encode()})
    with zipfile.ZipFile(path) as archive:
        found = bad_cells(archive, SHEET)
    assert {(row, column): cell.raw for row, line in found.items() for column, cell in line.items()} == {
        (1, 2): "=",
        (1, 4): "#REF!",
        (12, 27): "=",
    }
    assert "没有保存计算结果" in str(found[12][27].problem)


def test_sheets_are_found_by_name_and_the_date_system_is_read(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "g.xlsx", [["x"]], sheet="台账")
    book = part(path, "xl/workbook.xml").replace(b"<workbookPr/>", b'<workbookPr date1904="1"/>')
    with zipfile.ZipFile(repack(path, tmp_path / "t.xlsx", {"xl/workbook.xml": book})) as archive:
        parts = workbook_parts(archive)
    assert (parts.paths, parts.date_1904) == ({"台账": SHEET}, True)
