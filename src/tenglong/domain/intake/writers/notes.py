"""The sheet 填表说明 of a template: what each column wants, in words made from the kind itself."""

from collections.abc import Mapping, Sequence

import xlsxwriter

from tenglong.domain.intake.kinds import Column, ColumnType, TableKind
from tenglong.domain.intake.ours import NOTES_SHEET

FONT = "宋体"
_SHOWN_CHOICES = 12
_LINE_HEIGHT = 16
_HEADINGS = ("序号", "列名", "是否必填", "计量单位", "填写要求", "示例")
_WIDTHS = (6, 24, 10, 12, 84, 18)
_GENERAL = (
    "1. 请只在第一张表的表头下方逐行填写，一行一家（一事），不要改动表头文字，可以删除用不到的选填列。",
    "2. 带“*”且为红字的列必填；其他列没有内容的留空，不要填“0”代替“不清楚”。",
    "3. 带下拉箭头的列请从列表中选择；从别处粘贴时请用“选择性粘贴—数值”，以免覆盖下拉列表。",
    "4. 上传后系统会退回原表：有问题的单元格标红并加批注，右侧“错误说明”列写明原因；",
    "   改正后上传同一文件即可，不会重复入库。",
    "5. 本页示例只供参考，不会被导入。",
)
_EXAMPLES = {
    ColumnType.NUMBER: "12.5",
    ColumnType.DATE: "2021-11-09",
    ColumnType.YEAR: "2020",
    ColumnType.YES_NO: "是",
}


def how_to_fill(column: Column) -> str:
    """One sentence on what the cells of a column should hold."""
    match column.type:
        case ColumnType.DATE:
            return "请填完整日期，如 2021-11-09；也可写 2021/11/9、2021年11月9日、20211109。"
        case ColumnType.YEAR:
            return "请填四位年份，如 2020。"
        case ColumnType.NUMBER:
            return _number(column)
        case ColumnType.YES_NO:
            return "请从下拉列表中选择“是”或“否”。"
        case ColumnType.CHOICE:
            return f"请从下拉列表中选择：{_joined([choice.label for choice in column.choices])}。"
        case ColumnType.CODE:
            return "请按文本填写（单元格已设为文本格式），不要让长数字变成科学计数法。"
        case _:
            return "请填写文字。"


def write_notes(book: xlsxwriter.Workbook, kind: TableKind, lists: Mapping[str, Sequence[str]]) -> None:
    """Add the sheet to `book`. `lists` are the drop-downs by column id."""
    sheet = book.add_worksheet(NOTES_SHEET)
    frame = {"border": 1, "valign": "vcenter", "text_wrap": True}
    heading = book.add_format({**frame, "bold": True, "align": "center", "bg_color": "#DCE6F1"})
    body, centred = book.add_format(frame), book.add_format({**frame, "align": "center"})
    required = book.add_format({**frame, "align": "center", "bold": True, "font_color": "#C00000"})
    for number, width in enumerate(_WIDTHS):
        sheet.set_column(number, number, width)
    title = book.add_format({"bold": True, "font_size": 16, "valign": "vcenter"})
    sheet.write_string(0, 0, f"{kind.name_zh}{NOTES_SHEET}", title)
    sheet.set_row(0, 30)
    for row, text in enumerate(_GENERAL, 1):
        sheet.write_string(row, 0, text)
    first = len(_GENERAL) + 2
    sheet.write_row(first, 0, _HEADINGS, heading)
    looks = (centred, body, centred, centred, body, body)
    for number, column in enumerate(kind.columns, 1):
        texts = (str(number), *_described(column, lists.get(column.id, ())))
        sheet.set_row(first + number, _LINE_HEIGHT * max(map(_lines, texts, _WIDTHS)))
        for place, (text, look) in enumerate(zip(texts, looks, strict=True)):
            sheet.write_string(first + number, place, text, required if text == "必填" else look)
    sheet.freeze_panes(first + 1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(first)


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column; a Chinese character is two characters wide."""
    return -(-2 * len(text) // (width - 2)) or 1


def _described(column: Column, offered: Sequence[str]) -> tuple[str, ...]:
    """Name, required, unit, how to fill, example."""
    unit = column.unit.label if column.unit else ""
    how, example = how_to_fill(column), _EXAMPLES.get(column.type, "")
    if offered:
        how = f"请从下拉列表中选择：{_joined(offered)}。"
        example = offered[0]
    return (column.header, "必填" if column.required else "选填", unit, how, example)


def _number(column: Column) -> str:
    if column.unit is None:
        return "请只填数字。"
    others = [unit for unit in column.unit.accepted if unit != column.unit.label]
    also = f"；用{_joined(others)}填报的，请把表头括号里的单位改成该单位" if others else ""
    return f"请只填数字，单位为{column.unit.label}{also}。"


def _joined(labels: Sequence[str]) -> str:
    """The labels, the first dozen if there are many."""
    text = "、".join(labels[:_SHOWN_CHOICES])
    return f"{text}等 {len(labels)} 项" if len(labels) > _SHOWN_CHOICES else text
