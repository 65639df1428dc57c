"""Workbooks with the two date systems, errors and formulas."""

from datetime import date
from pathlib import Path

import pytest

from tests.intake_files import parse, part, repack, write_xlsx

HEADER = ["企业名称", "用地(亩)", "签约日期"]


@pytest.mark.parametrize("serial_1904", [False, True])
def test_both_date_systems_give_the_same_day(tmp_path: Path, serial_1904: bool) -> None:
    serial = 44509 - (1462 if serial_1904 else 0)
    path = write_xlsx(tmp_path / "d.xlsx", [HEADER, ["演示一厂", 1, serial], ["演示二厂", 1, f"{serial}"]])
    if serial_1904:
        book = part(path, "xl/workbook.xml").replace(b"<workbookPr/>", b'<workbookPr date1904="1"/>')
        path = repack(path, tmp_path / "1904.xlsx", {"xl/workbook.xml": book})
    rows, _ = parse(path)
    assert [row.value("signed_on") for row in rows] == [date(2021, 11, 9)] * 2


def test_a_formula_without_result_is_noticed_and_not_read_as_empty(tmp_path: Path) -> None:
    rows, _ = parse(
        write_xlsx(tmp_path / "f.xlsx", [HEADER, ["演示一厂", "=1+1", None], ["=A2", None, None]])
    )
    assert [(p.ref, p.column_id) for row in rows for p in row.errors] == [("B2", "land"), ("A3", "firm_name")]


def test_a_bad_cell_beyond_what_calamine_sees_is_still_a_row(tmp_path: Path) -> None:
    rows, summary = parse(write_xlsx(tmp_path / "f.xlsx", [[None, *HEADER], [], [], ["=1", "=A1", "=1+1"]]))
    assert (rows[-1].row, summary.read, summary.empty) == (4, 1, 2)


def test_an_error_value_is_a_problem(tmp_path: Path) -> None:
    rows, _ = parse(write_xlsx(tmp_path / "e.xlsx", [HEADER, ["演示一厂", "#DIV/0!", None]]))
    assert rows[0].problems[0].ref == "B2"
