"""Every workbook that goes out for filling in, or comes back marked, as it was last looked at."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tenglong.domain.intake.kinds import table_kind
from tenglong.domain.intake.parsed import Severity
from tenglong.domain.intake.writers import CellMark, RowMark, SheetMarks, return_workbook, write_template
from tenglong.domain.intake.writers.ledgers import write_ledger
from tests.intake_files import write_xls
from tests.kept import first_difference, package_lines
from tests.unit.domain.intake.writers.test_ledgers import CREATED, LEDGER
from tests.unit.domain.intake.writers.test_return_workbook import MARKS, SUMMARY
from tests.unit.domain.intake.writers.workbooks import SHEET, ledger, prefixed, with_sheet_xml

MANY = SheetMarks(
    1,
    {
        row: RowMark("退回", (CellMark(f"A{row}", f"第{row}行", severity),), f"第{row}行不对")
        for row, severity in zip(range(2, 140), [Severity.ERROR, Severity.WARNING] * 69, strict=True)
    },
)


def returned(source: Path, sheet: str = SHEET, marks: SheetMarks = MARKS) -> list[str]:
    """A workbook that came back."""
    target = source.with_name("returned.xlsx")
    return_workbook(source, target, {sheet: marks}, SUMMARY)
    return package_lines(target.read_bytes())


def plain(folder: Path) -> Path:
    """A file of text, converted for the return."""
    path = folder / "名单.csv"
    rows = [f"演示{n}厂,{n}.50,2021-01-{n % 28 + 1:02d},=1+{n}" for n in range(140)]
    path.write_text("企业名称,用地,日期,备注\n" + "\n".join(rows), encoding="utf-8")
    return path


def typed(folder: Path) -> Path:
    """A workbook of the old form with text, numbers, an error and a formula's text."""
    cells: dict[tuple[int, int], Any] = {
        (0, column): name for column, name in enumerate(("企业名称", "用地", "备注"))
    }
    cells |= {(1, 0): "演示一厂", (1, 1): 12.5, (1, 2): 0x07, (2, 0): "=1+1", (2, 1): 44509.0}
    return write_xls(folder / "旧表.xls", cells)


RETURNED: dict[str, Callable[[Path], list[str]]] = {
    "returned": lambda folder: returned(ledger(folder / "a.xlsx"), marks=MARKS),
    "returned-prefixed": lambda folder: returned(
        with_sheet_xml(ledger(folder / "a.xlsx"), folder / "b.xlsx", prefixed), marks=MARKS
    ),
    "returned-old": lambda folder: returned(
        typed(folder), "表", SheetMarks(1, {2: RowMark("退回", (), "不对")})
    ),
    "returned-many": lambda folder: returned(plain(folder), "csv", MANY),
}


@pytest.mark.parametrize("name", RETURNED)
def test_a_workbook_comes_back_as_it_was_kept(name: str, tmp_path: Path) -> None:
    assert first_difference(name, RETURNED[name](tmp_path)) == ""


def test_a_ledger_is_drawn_as_it_was_kept() -> None:
    assert first_difference("ledger", package_lines(write_ledger([LEDGER], created=CREATED))) == ""


@pytest.mark.parametrize("id", ["case_ledger", "pushed_roster"])
def test_a_template_is_as_it_was_kept(id: str, tmp_path: Path) -> None:
    target = tmp_path / "template.xlsx"
    write_template(table_kind(id), target, choices={"town": [f"演示街道{number}" for number in range(3)]})
    assert first_difference(f"template-{id}", package_lines(target.read_bytes())) == ""
