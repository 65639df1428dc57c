import io
import os
import subprocess
import sys
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tenglong.domain.kernel.errors import BadValue, Bug
from tenglong.domain.reporting.sheets import Cell, Kind, Sheet, SheetColumn
from tenglong.domain.reporting.writers import xlsx
from tenglong.domain.reporting.writers.xlsx import write_table

ROOT = Path(__file__).resolve().parents[5]
CREATED = datetime(2021, 11, 9, 9, tzinfo=UTC)
COLUMNS = (
    SheetColumn("序号", Kind.INTEGER, 6),
    SheetColumn("统一社会信用代码", width=22),
    SheetColumn("腾出用地（亩）", Kind.DECIMAL),
    SheetColumn("销号日期", Kind.DATE),
)
ROWS: list[tuple[Cell, ...]] = [
    (1, "913304210000000018", Decimal("12.5"), date(2021, 11, 9)),
    (2, "=1+1", None, None),
]
WRITE = """
import hashlib
from tests.unit.domain.reporting.writers.test_xlsx import written
print(hashlib.sha256(written()).hexdigest())
"""


def written(rows: list[tuple[Cell, ...]] = ROWS, name: str = "台账") -> bytes:
    sheet = Sheet(name, COLUMNS, iter(rows), ("合计", "", Decimal("12.5"), None), frozen_columns=2)
    return write_table(sheet, title="整治台账", unit_line="单位：亩", notes=["注：演示数据"], created=CREATED)


def opened(data: bytes) -> Worksheet:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert isinstance(sheet, Worksheet)
    return sheet


def test_a_sheet_looks_like_a_ledger() -> None:
    sheet = opened(written())
    assert [row[0].value for row in sheet.iter_rows()] == [
        "整治台账",
        "单位：亩",
        "序号",
        1,
        2,
        "合计",
        "注：演示数据",
    ]
    assert sheet.freeze_panes == "C4"
    assert sheet.auto_filter.ref == "A3:D5"
    assert sheet.column_dimensions["B"].width == pytest.approx(22, abs=1)


def test_numbers_are_numbers_codes_are_text_and_nothing_is_a_formula() -> None:
    sheet = opened(written())
    number, code, land, day = (cell for cell in sheet[4])
    assert (number.value, number.data_type) == (1, "n")
    assert (code.value, code.data_type, code.number_format) == ("913304210000000018", "s", "@")
    assert (land.value, land.number_format) == (12.5, "0.00")
    assert (day.value, day.number_format) == (datetime.combine(date(2021, 11, 9), time()), "yyyy-mm-dd")
    assert (sheet["B5"].value, sheet["B5"].data_type) == ("=1+1", "s")


@pytest.mark.slow
def test_equal_sheets_give_equal_bytes_whatever_the_clock_and_the_process() -> None:
    digests = set()
    for zone in ("Asia/Shanghai", "America/Lima"):
        environment = {**os.environ, "TZ": zone}
        command = [sys.executable, "-c", WRITE]
        run = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, timeout=60)
        digests.add(run.stdout)
    assert len(digests) == 1


def test_characters_no_xml_may_hold_are_kept_out() -> None:
    assert opened(written([(1, "甲\x0b厂\x00<&>", None, None)]))["B4"].value == "甲 厂 <&>"


def test_a_tab_name_excel_would_refuse_is_made_one_it_takes() -> None:
    assert opened(written(name="台账[2021/11]" + "长" * 40)).title == ("台账［2021／11］" + "长" * 40)[:31]


def test_a_text_that_does_not_fit_a_cell_is_refused_not_cut() -> None:
    with pytest.raises(BadValue, match="32767"):
        written([(1, "长" * 32_768, None, None)])


def test_a_number_a_cell_would_change_is_refused() -> None:
    with pytest.raises(BadValue, match="有效数字"):
        written([(1, "", Decimal("1234567890.123456"), None)])


def test_more_rows_than_a_sheet_are_refused_not_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "LAST_ROW", 4)
    with pytest.raises(BadValue, match="上限"):
        written()


@pytest.mark.parametrize("row", [(1, "甲"), (1, 2, None, None), (date(2021, 1, 1), "", None, None)])
def test_a_row_that_is_not_of_its_columns_is_a_bug(row: tuple[Cell, ...]) -> None:
    with pytest.raises(Bug):
        written([row])


def test_a_row_is_as_high_as_its_longest_text_needs() -> None:
    column = SheetColumn("说明", width=20)
    texts = ["短", "一二三四五六七八九十", "一二三四五六七八九十甲", "a" * 37, "长" * 1000]
    sheet = Sheet("说明", (column,), [(text,) for text in texts])
    book = openpyxl.load_workbook(io.BytesIO(write_table(sheet, title="说明", created=CREATED)))
    heights = [book.active.row_dimensions[row].height for row in range(4, 9)]
    assert heights == [None, None, 30, 45, 405]
