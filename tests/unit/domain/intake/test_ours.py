"""Our own sheets are never read as somebody's data."""

import io

import openpyxl

from tenglong.domain.intake.ours import NOTES_SHEET, OUR_SHEETS, SUMMARY_SHEET
from tests.intake_files import parse


def test_a_sheet_of_ours_is_named_as_unused_and_its_rows_are_not_read(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "总台账"
    for name in ("总台账", *sorted(OUR_SHEETS)):
        sheet = book["总台账"] if name == "总台账" else book.create_sheet(name)
        sheet.append(["县(市、区)", "镇(街道)", "企业名称", "签约日期"])
        sheet.append(["嘉善县", "西塘镇", f"演示{name}厂", "2021-11-09"])
    path = tmp_path / "台账.xlsx"
    stream = io.BytesIO()
    book.save(stream)
    path.write_bytes(stream.getvalue())
    rows, summary = parse(path, "case_ledger")
    assert [row.value("firm_name") for row in rows] == ["演示总台账厂"]
    unused = str(summary.unused_sheets)
    assert NOTES_SHEET in unused
    assert SUMMARY_SHEET in unused
