"""Excel 97 workbooks, whose error cells calamine reads as empty."""

import struct
from datetime import date
from pathlib import Path

import pytest

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


def formula(result: bytes, flags: int = 0) -> bytes:
    return result + struct.pack("<HIH", flags, 0, 0)


@pytest.mark.parametrize(
    ("result", "flags", "engine", "refused"),
    [
        (bytes(8), 0, None, True),
        (b"\x03\0\0\0\0\0\xff\xff", 0, None, True),
        (bytes(8), 0, 191029, False),
        (bytes(8), 2, 191029, True),
        (bytes(8), 0, 0, True),
        (struct.pack("<d", 2.0), 0, None, False),
    ],
)
def test_a_stored_zero_counts_only_where_something_calculated(
    tmp_path: Path, result: bytes, flags: int, engine: int | None, refused: bool
) -> None:
    extra = b"" if engine is None else record(0x01C1, struct.pack("<II", 0x01C1, engine))
    cells = {**HEADER, (3, 1): "演示一厂", (3, 2): formula(result, flags)}
    rows, _ = parse(write_xls(tmp_path / "a.xls", cells, extra=extra))
    assert [p.ref for p in rows[0].errors] == (["C4"] if refused else [])


def test_what_is_not_seen_is_told_as_in_xlsx(tmp_path: Path) -> None:
    """A month for a day, a struck name, a hidden row and a hidden column."""
    fonts = b"".join(
        record(0x31, struct.pack("<HHHHHBBBBBB", 200, flags, 0, 400, 0, 0, 0, 0, 0, 0, 0)) for flags in (0, 8)
    )
    code = 'yyyy"年"m"月"'
    number_format = record(0x041E, struct.pack("<HHB", 164, len(code), 1) + code.encode("utf-16-le"))
    styles = b"".join(
        record(0xE0, struct.pack("<HH", *one) + bytes(16)) for one in ((0, 0), (0, 164), (1, 0))
    )
    row = record(0x0208, struct.pack("<HHHHHHHH", 4, 1, 4, 0, 0, 0, 0x20, 0))
    column = record(0x7D, struct.pack("<HHHHHH", 2, 2, 0, 0, 1, 0))
    cells = {**HEADER, (3, 1): "演示一厂", (3, 3): 44501.0, (4, 1): "演示二厂", (4, 2): 5.0}
    path = write_xls(
        tmp_path / "a.xls",
        cells,
        extra=fonts + number_format + styles,
        in_sheet=column + row,
        styles={(3, 3): 1, (3, 1): 2},
    )
    rows, summary = parse(path)
    assert [(p.ref, p.severity) for row in rows for p in row.problems] == [
        ("B4", "warning"),
        ("D4", "error"),
        ("B5", "warning"),
        ("C5", "warning"),
    ]
    assert len(summary.warnings) == 4
