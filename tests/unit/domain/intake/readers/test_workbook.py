"""calamine trims what it returns: coordinates must be the true ones all the same."""

from pathlib import Path

import openpyxl
import pytest

from tenglong.domain.intake.raw import MergedRange, RawSheet
from tenglong.domain.intake.readers.limits import Limits
from tenglong.domain.intake.readers.sheetxml import Looks
from tenglong.domain.intake.readers.workbook import open_workbook, worksheets
from tenglong.domain.kernel.errors import BadFile
from tests.intake_files import write_xlsx


def sheets(path: Path, limits: Limits | None = None) -> list[RawSheet]:
    with path.open("rb") as file:
        book = open_workbook(file, path.name)
    return list(worksheets(book, path.name, limits or Limits(), lambda name: Looks()))


def test_leading_blank_rows_and_columns_are_counted(tmp_path: Path) -> None:
    (sheet,) = sheets(write_xlsx(tmp_path / "a.xlsx", [["甲", None, "乙"], [None, "丙"]], first=(4, 3)))
    filled = {
        (number, sheet.first_column + at): value
        for number, cells in sheet.rows()
        for at, value in enumerate(cells)
        if value != ""
    }
    assert filled == {(4, 3): "甲", (4, 5): "乙", (5, 4): "丙"}


def test_merges_and_hidden_sheets_are_told(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [["甲"]], merges=["B2:C4"])
    book = openpyxl.load_workbook(path)
    book.create_sheet("隐藏").sheet_state = "veryHidden"
    book.save(path)
    first, second = sheets(path)
    assert first.merged == (MergedRange(2, 2, 4, 3),)
    assert (first.hidden, second.hidden, list(second.rows())) == (False, True, [])


def test_too_many_rows_or_columns_are_refused_and_never_cut_off(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [["甲", "乙"], ["丙", "丁"]])
    for limits in (Limits(rows=1), Limits(columns=1)):
        with pytest.raises(BadFile, match="上限，没有读取"):
            sheets(path, limits)


def test_a_sheet_that_reaches_its_limits_exactly_is_read(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [["甲", "乙"], ["丙", "丁"]])
    (sheet,) = sheets(path, Limits(rows=2, columns=2))
    assert [cells for _, cells in sheet.rows()] == [["甲", "乙"], ["丙", "丁"]]
