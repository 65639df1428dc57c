"""What tables were read as when people last checked: the files that broke other programs, and offices' own habits."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from tenglong.domain.intake.kinds import table_kind
from tenglong.domain.intake.raw import Shown
from tenglong.domain.intake.readers.child import RESULT, ROWS, open_book, parse
from tenglong.domain.intake.readers.limits import Limits
from tests.intake_files import record, write_xls, write_xlsx
from tests.kept import first_difference

NOON = datetime(2021, 6, 1, 12, 30)  # noqa: DTZ001 - cells know no time zone
LEDGER: list[list[Any]] = [
    ["演示区高耗低效企业整治总台账（2021年）", *[None] * 11],
    ["填报单位：演示整治办", *[None] * 8, "单位：公顷、吨标煤", None, None],
    ["序号", "县（市、区）", "镇（街道）", "企业名称", "统一社会信用代码", "进度情况", None, "用地面积", "腾出情况",
     None, "是否重点", "无名列"],
    [None] * 5 + ["签约日期", "销号日期", None, "实际腾出用地(亩)", "实际腾出用能(万吨标煤)", None, None],
    [1, "嘉善县", "西塘镇", "演示一厂", "91330421MA28A0AAXL", date(2021, 5, 1), "2021.7.20", 1.5, "12.5亩", 0.03,
     "是", "甲"],
    [2, "嘉善县", "西塘镇", "演示二厂", 9.1330421e17, 44320, "2021年7月20日", "3公顷", "１２．５", "约3", "否", None],
    [3, "南湖区", "凤桥镇", "演示三厂", "91330421ma28a0ccx2 ", "五月一日", "2021-13-01", "-1", "1,234.50",
     "#DIV/0!", "√", None],
    ["小计", None, None, None, None, None, None, 4.5, 25, 0.03, None, None],
    [4, "南湖区", "凤桥镇", "演示四厂", "无", NOON, "20210720", "—", "待定", "/", "不详", "乙"],
    [None] * 12,
    ["合计", None, None, None, None, None, None, 99, 25, 0.06, None, None],
    ["备注：以上为演示数据", *[None] * 11],
    ["填表人：张三", None, "审核人：李四", *[None] * 9],
]  # fmt: skip
MERGES = ("A1:L1", "F3:G3", "I3:J3", "B5:B6", "C5:C6", "I5:I6")


def told(path: Path, kind: str, folder: Path) -> list[str]:
    """The rows, sheets and account of a file, or why it is refused, as the child writes them."""
    (folder / ROWS).unlink(missing_ok=True)
    parse(path, path.name, table_kind(kind), Limits(), folder)
    rows = (folder / ROWS).read_text(encoding="utf-8").splitlines() if (folder / ROWS).exists() else []
    result = json.loads((folder / RESULT).read_text(encoding="utf-8"))
    return [f"=== {path.name} {kind}", *rows, *(f"{key}: {value}" for key, value in result.items())]


def raw(path: Path) -> str:
    """The cells of a file, shortened to a digest for each sheet; or the refusal."""
    try:
        book = open_book(path, path.name, Limits())
        sheets = [
            (sheet.name, sheet.hidden, sheet.first_column, sheet.merged, _plain(sheet.rows()))
            for sheet in book.sheets()
        ]
    except (NameError, AttributeError, TypeError):
        raise
    except BaseException as error:  # calamine's own panics are no Exception
        return f"{type(error).__name__}: {error}"
    digests = [
        f"{name}[{len(rows)}] {hashlib.sha256(repr((name, *rest, rows)).encode()).hexdigest()[:12]}"
        for name, *rest, rows in sheets
    ]
    return f"1904={book.date_1904} {'; '.join(digests)}"


def _as_text(cell: Any) -> str:
    if isinstance(cell, Shown):
        return repr((cell.value, cell.form and cell.form.code, cell.struck))
    return repr(cell)


def _plain(rows: Iterable[tuple[int, list[Any]]]) -> list[tuple[int, list[str]]]:
    """Rows as they print in every run alike: of a format its code."""
    return [(row, [_as_text(one) for one in cells]) for row, cells in rows]


@pytest.mark.slow
def test_files_that_broke_other_programs_are_read_as_they_were(shared: Path) -> None:
    files = sorted(
        path for path in (shared / "data/05_excel").rglob("*") if path.suffix and path.suffix != ".md"
    )
    assert first_difference("zoo", [f"{path.name}: {raw(path)}" for path in files]) == ""


def test_the_habits_of_offices_are_read_as_they_were(tmp_path: Path) -> None:
    book = write_xlsx(tmp_path / "台账.xlsx", LEDGER, merges=MERGES)
    shifted = write_xlsx(tmp_path / "移位.xlsx", LEDGER[2:], first=(5, 3))
    text = tmp_path / "台账.csv"
    cells = [",".join("" if cell is None else f"{cell}" for cell in row) for row in LEDGER]
    text.write_bytes("\r\n".join(cells).encode("gb18030"))
    quoted = tmp_path / "引号.csv"
    quoted.write_text(
        '企业名称;用地(亩);签约日期\n"演示;一厂";12,5;2021/5/1\n"演""二""厂";;\n', encoding="utf-8-sig"
    )
    old = {
        (row, column): cell if isinstance(cell, str) else float(cell)
        for row, line in enumerate(LEDGER[2:9])
        for column, cell in enumerate(line)
        if isinstance(cell, str | float | int)
    }
    xls = write_xls(tmp_path / "台账.xls", {**old, (4, 7): 0x17}, extra=record(0x22, b"\x01\x00"))
    lines = [
        line
        for path in (book, shifted, text, quoted, xls)
        for kind in ("case_ledger", "firms")
        for line in told(path, kind, tmp_path)
    ]
    assert first_difference("habits", lines) == ""
