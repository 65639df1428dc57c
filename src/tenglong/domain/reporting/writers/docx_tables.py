"""Tables of a Word document: the ruled one in the text, and the imprint at the foot of the last page."""

from collections.abc import Mapping, Sequence

from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Length, Mm
from docx.table import Table

from tenglong.domain.reporting.writers.docx_styles import LAYOUT, text_width

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
