"""Documents as editable Word files in the layout of GB/T 9704-2012; opens in Word, WPS and LibreOffice."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC
from functools import singledispatch

from docx import Document as new_word
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Length, Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph as WordParagraph

from tenglong.domain.kernel.errors import Bug
from tenglong.domain.reporting import documents as d
from tenglong.domain.reporting.writers.docx.fitting import ems, fitted
from tenglong.domain.reporting.writers.docx.styles import LAYOUT, apply_layout, text_width
from tenglong.domain.reporting.writers.packages import repack

# Tables of a Word document: the ruled one in the text, and the imprint at the foot of the last page.

ROUNDING_MM = 0.01
_EDGES = ("top", "left", "bottom", "right", "insideH", "insideV")


def grid(word: WordDocument, rows: int, widths: Sequence[Length]) -> Table:
    """An empty ruled table: fixed columns, rows that stay whole, a first row repeated on each page."""
    spec = LAYOUT["table"]
    rules = dict.fromkeys(_EDGES, spec["rule_pt"])
    table = _table(word, rows, widths)
    table._tbl.replace(table._tbl.tblPr, _properties(widths, rules, Mm(spec["padding_mm"])))
    for row in table.rows:
        row.height = Mm(spec["row_mm"])
    table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    return table


def imprint_grid(word: WordDocument, rows: int) -> Table:
    """An empty one-column table that floats at the foot of the type area of the page of the next paragraph.

    It is placed from the left edge of the page: LibreOffice lets a table as wide as the text float only so.
    """
    spec, left = LAYOUT["imprint"], Mm(LAYOUT["page"]["left_mm"]).twips
    rules = {"top": spec["outer_pt"], "bottom": spec["outer_pt"], "insideH": spec["inner_pt"]}
    place = (
        '<w:tblpPr w:leftFromText="0" w:rightFromText="0" w:topFromText="200" w:bottomFromText="0"'
        f' w:vertAnchor="margin" w:horzAnchor="page" w:tblpX="{left}" w:tblpYSpec="bottom"/>'
    )
    table = _table(word, rows, [text_width()])
    table._tbl.replace(table._tbl.tblPr, _properties([text_width()], rules, Mm(0), place))
    return table


def _table(word: WordDocument, rows: int, widths: Sequence[Length]) -> Table:
    table = word.add_table(rows, len(widths))
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table.rows:
        row._tr.get_or_add_trPr().insert(0, parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width
            cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:vAlign {nsdecls("w")} w:val="center"/>'))
    return table


def _properties(
    widths: Sequence[Length], rules: Mapping[str, float], padding: Length, place: str = ""
) -> BaseOxmlElement:
    width = sum(each.twips for each in widths)
    lines = "".join(
        f'<w:{edge} w:val="single" w:sz="{round(rules[edge] * 8)}" w:space="0" w:color="000000"/>'
        for edge in _EDGES
        if edge in rules
    )
    sides = "".join(f'<w:{side} w:w="{padding.twips}" w:type="dxa"/>' for side in ("left", "right"))
    return parse_xml(
        f'<w:tblPr {nsdecls("w")}>{place}<w:tblW w:w="{width}" w:type="dxa"/><w:tblInd w:w="0" w:type="dxa"/>'
        f"<w:tblBorders>{lines}</w:tblBorders>"
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{sides}</w:tblCellMar></w:tblPr>'
    )


def keep_on_one_page(table: Table) -> None:
    """Every row stays with the next one."""
    for row in table.rows[:-1]:
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True


def write_docx(document: d.Document) -> bytes:
    """The document as a .docx. Equal documents give equal bytes, on any machine and any day.

    Raises:
        Bug: a table is wider than the type area, or a row has more or fewer cells than columns.
    """
    word = new_word()
    apply_layout(word)
    _set_properties(word, document)
    for footer, edge in ((word.sections[0].footer, "right"), (word.sections[0].even_page_footer, "left")):
        _page_number(footer.paragraphs[0], edge)
    for block in document.blocks:
        _set_block(block, word)
    out = io.BytesIO()
    word.save(out)
    return repack(out.getvalue(), zipfile.ZIP_STORED)


def _set_properties(word: WordDocument, document: d.Document) -> None:
    properties = word.core_properties
    created = document.created.astimezone(UTC).replace(tzinfo=None)
    properties.title, properties.author = d.printable(document.title), d.printable(document.author)
    properties.last_modified_by, properties.comments, properties.keywords = properties.author, "", ""
    properties.created = properties.modified = created
    properties.revision, properties.language = 1, "zh-CN"


def _page_number(paragraph: WordParagraph, edge: str) -> None:
    paragraph.style = "页码"
    paragraph._p.get_or_add_pPr().get_or_add_jc().set(qn("w:val"), edge)
    before, after = LAYOUT["page_number"]["template"].split("{page}")
    _run(paragraph, before)
    paragraph._p.append(
        parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>')
    )
    _run(paragraph, after)


def _run(paragraph: WordParagraph, text: str) -> None:
    """A run whose quotation marks and dashes are Chinese ones: Word decides by the hint."""
    run = paragraph.add_run(text)
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:hint"), "eastAsia")


def _add(word: WordDocument | _Cell, style: str, text: str) -> WordParagraph:
    paragraph = word.add_paragraph(style=style)
    _run(paragraph, d.printable(text))
    return paragraph


@singledispatch
def _set_block(block: d.Block, word: WordDocument) -> None:
    raise Bug("no way to print this block", block=type(block).__name__)


@_set_block.register
def _masthead(block: d.Masthead, word: WordDocument) -> None:
    paragraph = _add(word, "红头", block.text)
    head = LAYOUT["masthead"]
    fitting = int(head["width_pt"] / max(ems(block.text), 1))
    size = min(head["largest_pt"], max(head["smallest_pt"], fitting))
    paragraph.runs[0].font.size = Pt(size)


@_set_block.register
def _issue_number(block: d.IssueNumber, word: WordDocument) -> None:
    _add(word, "期号", block.text)


@_set_block.register
def _issue_line(block: d.IssueLine, word: WordDocument) -> None:
    paragraph = _add(word, "发文信息", block.office)
    paragraph.add_run("\t")
    _run(paragraph, d.printable(block.day))


@_set_block.register
def _red_line(block: d.RedLine, word: WordDocument) -> None:
    _add(word, "红线", "")


@_set_block.register
def _title(block: d.Title, word: WordDocument) -> None:
    for line in block.lines:
        _add(word, "Title", line)


@_set_block.register
def _notice(block: d.Notice, word: WordDocument) -> None:
    _add(word, "标注", block.text)


@_set_block.register
def _recipients(block: d.Recipients, word: WordDocument) -> None:
    _add(word, "主送", block.text)


@_set_block.register
def _heading(block: d.Heading, word: WordDocument) -> None:
    _add(word, f"heading {block.level}", block.text)


@_set_block.register
def _paragraph(block: d.Paragraph, word: WordDocument) -> None:
    _add(word, "Normal", block.text)


@_set_block.register
def _attachments(block: d.AttachmentNote, word: WordDocument) -> None:
    """An empty line, 附件： and the names one below the other, numbered where there are several."""
    lead = LAYOUT["attachments"]["lead"]
    for number, name in enumerate(block.names, start=1):
        mark = f"{number}." if len(block.names) > 1 else ""
        line = _add(word, "附件说明", f"{lead if number == 1 else '　' * len(lead)}{mark}{name}")
        if number == 1:
            line.paragraph_format.space_before = Pt(LAYOUT["styles"]["附件说明"]["line_pt"])


@_set_block.register
def _signature(block: d.Signature, word: WordDocument) -> None:
    """An empty line, the office with its right indent, the date starting two characters further right."""
    rule, office, day = LAYOUT["signature"], ems(block.office), ems(block.day)
    indent = max(rule["right"], rule["right"] + rule["shift"] + day - office)
    for before in word.paragraphs[-1:]:  # no page holds a signature alone
        before.paragraph_format.keep_with_next = True
    first = _add(word, "落款", block.office)
    first.paragraph_format.space_before = Pt(LAYOUT["styles"]["落款"]["line_pt"])
    first.paragraph_format.keep_with_next = True
    _indent_right(first, indent)
    _indent_right(_add(word, "落款", block.day), indent + office - rule["shift"] - day)


def _indent_right(paragraph: WordParagraph, characters: float) -> None:
    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    indent.set(qn("w:rightChars"), str(round(characters * 100)))
    indent.set(qn("w:right"), str(round(characters * LAYOUT["styles"]["落款"]["size"] * 20)))


@_set_block.register
def _set_table(block: d.Table, word: WordDocument) -> None:
    if block.caption:
        _add(word, "表题", block.caption)
    if block.unit_line:
        _add(word, "表单位", block.unit_line)
    style = LAYOUT["styles"]["表文"]["size"]
    fitting, size = fitted(block, size_pt=style, padding_mm=LAYOUT["table"]["padding_mm"])
    widths = [Mm(width) for width in fitting]
    if sum(column.width_mm for column in block.columns) > text_width().mm + ROUNDING_MM:
        raise Bug("a table is wider than the type area", caption=block.caption)
    body = [*block.rows, *([block.total] if block.total else [])]
    table = grid(word, len(body) + 1, widths)
    headers = [column.header for column in block.columns]
    _fill(table.rows[0].cells, headers, "表头", [d.Align.CENTER] * len(headers))
    aligns = [column.align for column in block.columns]
    for row, texts in zip(table.rows[1:], body, strict=True):
        _fill(row.cells, texts, "表文", aligns)
        if size < style:
            _set_smaller(row.cells, size)
    if block.whole:
        keep_on_one_page(table)
    for note in block.notes:
        _add(word, "表注", note)


@_set_block.register
def _imprint(block: d.Imprint, word: WordDocument) -> None:
    """A table at the foot of the page, then the empty paragraph that it belongs to."""
    table = imprint_grid(word, len(block.copies) + 1)
    cells = [row.cells[0] for row in table.rows]
    for cell, text in zip(cells, [*block.copies, block.office], strict=True):
        _write_cell(cell, text, "版记")
    last = cells[-1].paragraphs[0]
    last.add_run("\t")
    _run(last, d.printable(block.day) + LAYOUT["imprint"]["printed"])
    word.add_paragraph(style="版记锚点")


def _fill(cells: Sequence[_Cell], texts: Sequence[str], style: str, aligns: Sequence[d.Align]) -> None:
    if len(cells) != len(texts):
        raise Bug("a row has not as many cells as the table has columns", cells=texts)
    for cell, text, align in zip(cells, texts, aligns, strict=True):
        _write_cell(cell, text, style)
        if align is not d.Align.CENTER:
            cell.paragraphs[0]._p.get_or_add_pPr().get_or_add_jc().set(qn("w:val"), align.value)


def _write_cell(cell: _Cell, text: str, style: str) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.style = style
    _run(paragraph, d.printable(text))


def _set_smaller(cells: Sequence[_Cell], size_pt: float) -> None:
    for cell in cells:
        for run in cell.paragraphs[0].runs:
            run.font.size = Pt(size_pt)
