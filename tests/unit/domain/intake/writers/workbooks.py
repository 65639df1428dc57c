"""Workbooks as offices make them, invented, for the tests of what is returned."""

import datetime
import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import openpyxl
from openpyxl.comments import Comment
from openpyxl.drawing.image import Image
from openpyxl.formatting.rule import DataBarRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from PIL import Image as Picture

SHEET = "总台账"
HEADERS = ("序号", "企业名称", "统一社会信用代码", "用地面积(亩)", "能耗(吨标煤)", "签约日期")
SHEET_PART = "xl/worksheets/sheet1.xml"


def ledger(path: Path) -> Path:
    """Title, two-level header, ten rows, and everything that must survive a return."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = SHEET
    sheet["A1"], sheet["A2"], sheet["D2"] = "演示区总台账", "基本情况", "用地用能"
    sheet["A1"].font, sheet["A1"].alignment = Font(size=18, bold=True), Alignment(horizontal="center")
    for merge in ("A1:F1", "A2:C2", "D2:F2"):
        sheet.merge_cells(merge)
    border = Border(*[Side(style="thin")] * 4)
    for column, header in enumerate(HEADERS, 1):
        cell = sheet.cell(3, column, header)
        cell.font, cell.fill, cell.border = Font(bold=True), PatternFill("solid", fgColor="4472C4"), border
    for row in range(4, 14):
        area = None if row == 7 else row * 1.5
        values = (
            row - 3,
            f"演示企业{row}",
            f"9133{row:014d}",
            area,
            f"=D{row}*2",
            datetime.date(2021, 3, row),
        )
        for column, value in enumerate(values, 1):
            if value is not None:
                sheet.cell(row, column, value).border = border
        sheet.cell(row, 6).number_format = "yyyy年m月d日"
    sheet["B5"].comment, sheet["B6"].comment = Comment("原来的批注", "张三"), Comment("第二条", "李四")
    _furnish(book, sheet)
    book.save(path)
    return path


def _furnish(book: openpyxl.Workbook, sheet: openpyxl.worksheet.worksheet.Worksheet) -> None:
    sheet.row_dimensions[9].hidden = True
    sheet.column_dimensions["C"].width, sheet.freeze_panes, sheet.auto_filter.ref = 26, "C4", "A3:F13"
    choices = DataValidation(type="list", formula1='"甲,乙"')
    choices.add("C4:C13")
    sheet.add_data_validation(choices)
    sheet.conditional_formatting.add("D4:D13", DataBarRule("min", 0, "max", 100, color="63BE7B"))
    picture = BytesIO()
    Picture.new("RGB", (40, 30), "blue").save(picture, "PNG")
    sheet.add_image(Image(picture), "B20")
    book.defined_names["area"] = DefinedName("area", attr_text=f"{SHEET}!$D$4:$D$13")
    other = book.create_sheet("别的表")
    other["A1"], other["A1"].comment = "保持原样", Comment("不动", "王五")


def with_sheet_xml(source: Path, target: Path, change: Callable[[str], str]) -> Path:
    """A copy of a workbook whose first sheet is written differently."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content.decode()).encode() if name == SHEET_PART else content)
    return target


def sheet_xml(path: Path) -> bytes:
    """The XML of the first sheet."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(SHEET_PART)


def prefixed(xml: str) -> str:
    """Elements as some programs write them: <x:row>."""
    body = re.sub(r"<(/?)([A-Za-z]\w*)(?=[\s/>])", r"<\1x:\2", xml)
    return re.sub(r"\sxmlns=", " xmlns:x=", body, count=1)


def without_references(xml: str) -> str:
    """Rows and cells that rely on their order: allowed, and done by some programs.

    Only right for sheets without gaps.
    """
    return re.sub(r'<(row|c) r="\w+"', r"<\1", xml)


def with_comments_inside(xml: str) -> str:
    """An XML comment that looks like a row, before the rows."""
    return xml.replace("<sheetData>", '<sheetData><!-- <row r="4"><c r="A4"/></row> -->')
