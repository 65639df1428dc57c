"""What the child leaves behind."""

import json
from pathlib import Path

from tenglong.domain.intake.kinds import table_kind
from tenglong.domain.intake.readers.child import RESULT, ROWS, open_book, parse
from tenglong.domain.intake.readers.limits import Limits
from tests.intake_files import write_xlsx


def test_rows_and_result_are_left_in_the_folder(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [["企业名称", "信用代码"], ["演示一厂", "91330421MATE5T017P"]])
    parse(path, "a.xlsx", table_kind("firms"), Limits(), tmp_path)
    sheet, row = map(json.loads, (tmp_path / ROWS).read_text(encoding="utf-8").splitlines())
    assert sheet["header_rows"] == [1] and row[:2] == [0, 2]
    assert json.loads((tmp_path / RESULT).read_text(encoding="utf-8"))["summary"]["read"] == 1


def test_a_refusal_is_a_result_too(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"")
    parse(tmp_path / "a.xlsx", "a.xlsx", table_kind("firms"), Limits(), tmp_path)
    assert "是空的" in json.loads((tmp_path / RESULT).read_text(encoding="utf-8"))["bad_file"]["template"]


def test_a_workbook_under_a_wrong_name_is_read_for_what_it_is(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [["企业名称"]], sheet="名单")
    assert [sheet.name for sheet in open_book(path, "a.xls", Limits()).sheets()] == ["名单"]
