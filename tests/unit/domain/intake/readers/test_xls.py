"""Excel 97 workbooks, whose error cells calamine reads as empty."""

from datetime import date
from pathlib import Path

from tests.intake_files import parse, record, write_xls

HEADER = {(2, 1): "企业名称", (2, 2): "用地(亩)", (2, 3): "签约日期"}


def test_cells_have_their_true_place(tmp_path: Path) -> None:
    rows, _ = parse(
        write_xls(tmp_path / "a.xls", {**HEADER, (4, 1): "演示一厂", (4, 2): 12.5, (4, 3): 44509.0})
    )
    assert [row.row for row in rows] == [5]
    assert rows[0].cells["land"].ref == "C5"
    assert rows[0].value("signed_on") == date(2021, 11, 9)


def test_a_small_workbook_as_libreoffice_saves_it(tmp_path: Path) -> None:
    cells = {**HEADER, (3, 1): "演示一厂", (3, 3): 44509.0}
    rows, _ = parse(write_xls(tmp_path / "a.xls", cells, at_least=0))
    assert rows[0].value("signed_on") == date(2021, 11, 9)


def test_the_content_tells_the_format(tmp_path: Path) -> None:
    rows, _ = parse(write_xls(tmp_path / "a.xlsx", {**HEADER, (3, 1): "演示一厂"}))
    assert rows[0].value("firm_name") == "演示一厂"


def test_the_1904_date_system(tmp_path: Path) -> None:
    cells = {**HEADER, (3, 1): "演示一厂", (3, 3): 43047.0}
    rows, _ = parse(write_xls(tmp_path / "a.xls", cells, extra=record(0x22, b"\x01\x00")))
    assert rows[0].value("signed_on") == date(2021, 11, 9)


def test_error_cells_are_problems(tmp_path: Path) -> None:
    rows, _ = parse(write_xls(tmp_path / "a.xls", {**HEADER, (3, 1): "演示一厂", (3, 2): 0x07}))
    assert [(p.ref, str(p.message)) for p in rows[0].problems] == [
        ("C4", "单元格里是公式错误 #DIV/0!，请改正公式或直接填写数值。")
    ]
