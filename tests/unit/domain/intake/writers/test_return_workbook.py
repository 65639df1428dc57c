"""The user's own workbook comes back with its marks, and with everything else as it was."""

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from lxml import etree
from python_calamine import CalamineWorkbook

from tenglong.domain.intake.parsed import Severity
from tenglong.domain.intake.writers import (
    ERROR_COLUMN,
    SUMMARY_SHEET,
    CellMark,
    Problem,
    RowMark,
    SheetMarks,
    Summary,
    return_workbook,
)
from tenglong.domain.intake.writers.returned import workbook as workbook_module
from tenglong.domain.kernel.errors import BadFile
from tests.unit.domain.intake.writers import workbooks
from tests.unit.domain.intake.writers.compared import differences
from tests.unit.domain.intake.writers.workbooks import SHEET, ledger, sheet_xml, with_sheet_xml

RED, YELLOW = "FFFFB9B5", "FFFFEAA6"
SUMMARY = Summary(
    "总台账导入结果",
    (("文件", "总台账.xlsx"), ("读入", "10 行"), ("退回", "3 行")),
    (
        Problem(SHEET, "B5", "名称与登记不符", "请按营业执照填写"),
        Problem("没有单元格", "", "=1+1", "无"),
    ),
)
MARKS = SheetMarks(
    3,
    {
        5: RowMark("退回", (CellMark("B5", "名称不符"), CellMark("D5", "=1+1\x07 不是数字")), "名称不符"),
        7: RowMark("退回", (CellMark("D7", "必填"),), "用地面积必填"),
        8: RowMark("新增", (CellMark("F8", "周末", Severity.WARNING),)),
        16: RowMark("退回", (CellMark("B16", "空"),), "=cmd|x"),
    },
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return ledger(tmp_path / "总台账.xlsx")


def returned(source: Path, marks: SheetMarks = MARKS, sheet: str = SHEET) -> Any:
    target = source.with_name(f"returned-{source.stem}.xlsx")
    return_workbook(source, target, {sheet: marks}, SUMMARY)
    assert not list(source.parent.glob("*.part"))
    return openpyxl.load_workbook(target)


def test_marked_cells_are_red_with_a_comment_and_keep_their_own_look(source: Path) -> None:
    sheet = returned(source)[SHEET]
    assert {ref: sheet[ref].fill.fgColor.rgb for ref in ("B5", "D5", "D7", "F8", "B16")} == {
        "B5": RED,
        "D5": RED,
        "D7": RED,
        "F8": YELLOW,
        "B16": RED,
    }
    assert sheet["D5"].comment.text == "=1+1 不是数字"
    assert sheet["D7"].value is None and sheet["D7"].comment.text == "必填"
    assert sheet["F8"].number_format == "yyyy年m月d日" and sheet["F8"].border.left.style == "thin"


def test_equal_workbooks_come_back_as_equal_bytes(source: Path, tmp_path: Path) -> None:
    plain = tmp_path / "名单.csv"
    plain.write_text("企业名称\n嘉善一厂\n", encoding="utf-8")
    for path, marks, sheet in ((source, MARKS, SHEET), (plain, SheetMarks(1, {}), "csv")):
        returned(path, marks, sheet)
        with zipfile.ZipFile(path.with_name(f"returned-{path.stem}.xlsx")) as archive:
            assert {info.date_time[0] for info in archive.infolist()} == {1980}
            properties = archive.read("docProps/core.xml").decode() if path is plain else ""
    assert re.findall(r">(\d{4})-", properties) == ["1980", "1980"]


def test_comments_that_were_there_stay(source: Path) -> None:
    book = returned(source)
    assert book[SHEET]["B5"].comment.text == "原来的批注\n【导入校验】名称不符"
    assert book[SHEET]["B6"].comment.text == "第二条"
    assert book["别的表"]["A1"].comment.text == "不动"


def test_rows_get_their_text_right_of_the_table_never_as_a_formula(source: Path) -> None:
    sheet = returned(source)[SHEET]
    assert [sheet.cell(row, 7).value for row in (3, 4, 5, 7, 8, 16)] == [
        ERROR_COLUMN,
        None,
        "退回：名称不符",
        "退回：用地面积必填",
        "新增",
        "退回：=cmd|x",
    ]
    assert sheet["G3"].fill.fgColor.rgb == sheet["F3"].fill.fgColor.rgb
    bare = returned(source, SheetMarks(3, {4: RowMark("", (), "=1+1")}))[SHEET]["G4"]
    assert (bare.value, bare.data_type) == ("=1+1", "s") or bare.data_type == "inlineStr"


def test_nothing_else_changes(source: Path) -> None:
    marks = SheetMarks(3, {5: RowMark("退回", (CellMark("B5", "不是数字"),), "不是数字")})
    before = openpyxl.load_workbook(source)
    assert differences(before, returned(source, marks), SHEET, "B5", header_row=3) == []


def test_the_summary_is_the_last_sheet_and_links_to_the_cells(source: Path) -> None:
    book = returned(source)
    sheet = book.worksheets[-1]
    assert (sheet.title, sheet["A1"].value) == (SUMMARY_SHEET, SUMMARY.title)
    assert [cell.value for cell in sheet[6]] == list(SUMMARY.headings)
    assert [cell.value for cell in sheet[7]] == [SHEET, "B5", "名称与登记不符", "请按营业执照填写"]
    assert sheet["B7"].hyperlink.location == f"'{SHEET}'!B5" and sheet["B8"].hyperlink is None
    assert sheet["C8"].value == "=1+1" and sheet["C8"].data_type != "f"


def test_every_part_is_well_formed_and_every_comment_has_its_box(source: Path) -> None:
    returned(source)
    with zipfile.ZipFile(source.with_name(f"returned-{source.stem}.xlsx")) as archive:
        assert archive.namelist()[0] == "[Content_Types].xml" and archive.testzip() is None
        trees = {name: etree.fromstring(archive.read(name)) for name in archive.namelist() if _is_xml(name)}
    drawing = next(tree for name, tree in trees.items() if name.endswith("Drawing1.vml"))
    places = {(row.text, row.getnext().text) for row in drawing.iter("{*}Row")}
    assert places == {("4", "1"), ("5", "1"), ("4", "3"), ("6", "3"), ("7", "5"), ("15", "1")}
    ids = [shape.get("id") for shape in drawing.iter("{*}shape")]
    assert len(ids) == len(set(ids)) == 6


def _is_xml(name: str) -> bool:
    return name.endswith((".xml", ".rels", ".vml"))


def test_the_next_return_takes_the_old_marks_away(source: Path) -> None:
    returned(source)
    again = source.with_name(f"returned-{source.stem}.xlsx")
    marks = SheetMarks(3, {7: RowMark("退回", (CellMark("D7", "还是空"),), "必填")}, error_column=7)
    book = returned(again, marks)
    sheet = book[SHEET]
    assert book.sheetnames == [SHEET, "别的表", SUMMARY_SHEET]
    assert [sheet.cell(row, 7).value for row in (3, 5, 7, 8, 16)] == [
        ERROR_COLUMN,
        None,
        "退回：必填",
        None,
        None,
    ]
    assert sheet.max_column == 7
    assert sheet["B5"].comment.text == "原来的批注" and sheet["D5"].comment is None
    assert sheet["D7"].comment.text == "还是空" and sheet["D7"].fill.fgColor.rgb == RED
    assert {sheet[ref].fill.fill_type for ref in ("B5", "D5", "F8", "B16")} == {None}


@pytest.mark.parametrize("change", [workbooks.prefixed, workbooks.with_comments_inside])
def test_other_ways_of_writing_the_same_sheet(source: Path, tmp_path: Path, change: Any) -> None:
    other = with_sheet_xml(source, tmp_path / "other.xlsx", change)
    marks = SheetMarks(3, {5: RowMark("退回", (CellMark("B5", "不是数字"),), "不是数字")})
    assert (
        differences(openpyxl.load_workbook(source), returned(other, marks), SHEET, "B5", header_row=3) == []
    )


def test_a_sheet_without_references(tmp_path: Path) -> None:
    plain = openpyxl.Workbook()
    for row in (["名称", "面积"], ["演示甲", 1], ["演示乙", "x"]):
        plain.active.append(row)
    plain.save(tmp_path / "plain.xlsx")
    bare = with_sheet_xml(tmp_path / "plain.xlsx", tmp_path / "bare.xlsx", workbooks.without_references)
    assert ' r="' not in sheet_xml(bare).decode().partition("<sheetData>")[2]
    sheet = returned(bare, SheetMarks(1, {3: RowMark("退回", (CellMark("B3", "不是数字"),))}), "Sheet")[
        "Sheet"
    ]
    assert [[cell.value for cell in row] for row in sheet] == [
        ["名称", "面积", ERROR_COLUMN],
        ["演示甲", 1, None],
        ["演示乙", "x", "退回"],
    ]
    assert sheet["B3"].fill.fgColor.rgb == RED


def test_an_empty_sheet_data_and_a_column_range_over_the_whole_sheet(tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "empty.xlsx")
    cols = '<cols><col min="1" max="16384" width="9" hidden="1"/></cols><sheetData/>'
    wide = with_sheet_xml(
        tmp_path / "empty.xlsx",
        tmp_path / "wide.xlsx",
        lambda xml: re.sub(r"<sheetData ?/>|<sheetData></sheetData>", cols, xml),
    )
    returned(wide, SheetMarks(1, {2: RowMark("退回", (CellMark("C2", "空"),))}), "Sheet")
    root = etree.fromstring(sheet_xml(tmp_path / "returned-wide.xlsx"))
    assert [(c.get("min"), c.get("max"), c.get("hidden")) for c in root.iter("{*}col")] == [
        ("1", "3", "1"),
        ("4", "4", None),
        ("5", "16384", "1"),
    ]


def test_the_drawing_goes_before_what_must_follow_it(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["名称"])
    book.save(tmp_path / "plain.xlsx")
    rule = '<conditionalFormatting sqref="A1"><cfRule type="expression" priority="1"><formula>1</formula>'
    nested = f"{rule}<extLst><ext/></extLst></cfRule></conditionalFormatting><pageMargins"
    target = with_sheet_xml(
        tmp_path / "plain.xlsx",
        tmp_path / "ext.xlsx",
        lambda xml: xml.replace("<pageMargins", nested).replace(
            "</worksheet>", "<extLst><ext/></extLst></worksheet>"
        ),
    )
    return_workbook(
        target,
        tmp_path / "out.xlsx",
        {"Sheet": SheetMarks(1, {2: RowMark("", (CellMark("A2", "空"),))})},
        SUMMARY,
    )
    root = etree.fromstring(sheet_xml(tmp_path / "out.xlsx"))
    assert [etree.QName(child).localname for child in root][-4:] == [
        "conditionalFormatting",
        "pageMargins",
        "legacyDrawing",
        "extLst",
    ]


def test_too_many_comments_are_said_not_dropped_in_silence(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_module, "MAX_COMMENTS", 2)
    book = returned(source)
    assert "5 个单元格需要批注，批注只加在前 2 个上" in book[SUMMARY_SHEET]["B5"].value
    assert book[SHEET]["B16"].fill.fgColor.rgb == RED and book[SHEET]["B16"].comment is None


def test_a_csv_comes_back_as_xlsx_and_says_so(tmp_path: Path) -> None:
    source = tmp_path / "名单.csv"
    source.write_bytes("企业名称,代码\r\n演示甲,=1+1\r\n\r\n演示乙,0012\r\n".encode("gb18030"))
    book = returned(source, SheetMarks(1, {4: RowMark("退回", (CellMark("B4", "代码不对"),))}), "csv")
    assert [[cell.value for cell in row] for row in book["csv"]] == [
        ["企业名称", "代码", ERROR_COLUMN],
        ["演示甲", "=1+1", None],
        [None, None, None],
        ["演示乙", "0012", "退回"],
    ]
    assert book["csv"]["B2"].data_type != "f"
    assert "原文件为 .csv 格式" in book[SUMMARY_SHEET]["B5"].value


def test_a_sheet_that_is_not_there_is_said(source: Path) -> None:
    with pytest.raises(BadFile, match="没有名为“无”的工作表"):
        returned(source, MARKS, "无")
    assert not source.with_name(f"returned-{source.stem}.xlsx").exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><worksheet/>", "实体"),
        (b"<worksheet><sheetData><row r='1'>", "不完整"),
    ],
)
def test_a_damaged_sheet_is_refused(source: Path, tmp_path: Path, content: bytes, sentence: str) -> None:
    broken = with_sheet_xml(source, tmp_path / "broken.xlsx", lambda _: content.decode())
    with pytest.raises(BadFile, match=sentence):
        return_workbook(broken, tmp_path / "out.xlsx", {SHEET: MARKS}, SUMMARY)
    assert not (tmp_path / "out.xlsx").exists()


ZOO = Path(__file__).resolve().parents[6] / "shared/data/05_excel/fixture_zoo"
ZOO_FILES = sorted(path.name for path in ZOO.glob("*.xls*")) if ZOO.exists() else []


@pytest.mark.slow
@pytest.mark.skipif(not ZOO_FILES, reason="../shared/data/05_excel is not beside the repository")
def test_the_zoo_is_returned_unchanged_or_refused_with_a_sentence() -> None:
    outcomes = _compared([ZOO / name for name in ZOO_FILES])
    assert sorted(outcomes) == ZOO_FILES
    wrong = {name: outcome for name, outcome in outcomes.items() if outcome.get("differences")}
    assert wrong == {}
    assert sum("differences" in outcome for outcome in outcomes.values()) >= 37


def _compared(paths: list[Path]) -> dict[str, dict[str, Any]]:
    """What compared.py says of each file; a file that takes its process down fails the test."""
    child = Path(__file__).with_name("compared.py")
    command = [sys.executable, str(child), *map(str, paths)]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-4000:]
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line.pop("file"): line for line in lines}


@pytest.mark.skipif(not ZOO_FILES, reason="../shared/data/05_excel is not beside the repository")
def test_an_xls_keeps_its_cells_and_merges(tmp_path: Path) -> None:
    before = CalamineWorkbook.from_path(str(ZOO / "nasty_merged_range.xls"))
    name = before.sheet_names[0]
    return_workbook(
        ZOO / "nasty_merged_range.xls",
        tmp_path / "out.xlsx",
        {name: SheetMarks(1, {2: RowMark("退回")})},
        SUMMARY,
    )
    after = CalamineWorkbook.from_path(str(tmp_path / "out.xlsx"))
    old, new = before.get_sheet_by_name(name), after.get_sheet_by_name(name)
    assert set(old.merged_cell_ranges or ()) == set(new.merged_cell_ranges or ()) != set()
    rows, again = old.to_python(skip_empty_area=False), new.to_python(skip_empty_area=False)
    assert [row[: len(old)] for row, old in zip(again, rows, strict=False)] == rows
