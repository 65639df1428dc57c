"""Grids of a Word document: the ruled table and the imprint at the foot of the last page."""

from collections.abc import Sequence

from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Length, Mm
from docx.table import Table

from tenglong.domain.reporting.writers.docx_styles import LAYOUT, text_width

_FLOATING = (
    '<w:tblpPr w:leftFromText="0" w:rightFromText="0" w:topFromText="200" w:bottomFromText="0"'
    ' w:vertAnchor="margin" w:horzAnchor="margin" w:tblpXSpec="left" w:tblpYSpec="bottom"/>'
)
_OUTER, _INNER = 8, 6  # eighths of a point: 0.35 mm and 0.25 mm, GB/T 9704-2012 §7.4.1


def grid(word: WordDocument, rows: int, widths: Sequence[Length]) -> Table:
    """An empty table with fixed columns, thin rules, rows that stay whole, and a first row repeated on each page."""
    spec = LAYOUT["table"]
    size = round(spec["rule_pt"] * 8)
    edges = ("top", "left", "bottom", "right", "insideH", "insideV")
    table = _table(word, rows, widths, {edge: size for edge in edges}, Mm(spec["padding_mm"]))
    for row in table.rows:
        row.height = Mm(spec["row_mm"])
    table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    return table


def imprint_grid(word: WordDocument, rows: int) -> Table:
    """An empty one-column table at the foot of the type area, with rules above, between and below."""
    rules = {"top": _OUTER, "bottom": _OUTER, "insideH": _INNER}
    return _table(word, rows, [text_width()], rules, Mm(0), _FLOATING)


def _table(
    word: WordDocument,
    rows: int,
    widths: Sequence[Length],
    rules: dict[str, int],
    padding: Length,
    floating: str = "",
) -> Table:
    table = word.add_table(rows, len(widths))
    total = sum(width.twips for width in widths)
    lines = "".join(
        f'<w:{edge} w:val="single" w:sz="{size}" w:space="0" w:color="000000"/>'
        for edge, size in rules.items()
    )
    sides = "".join(f'<w:{side} w:w="{padding.twips}" w:type="dxa"/>' for side in ("left", "right"))
    properties = (
        f'<w:tblPr {nsdecls("w")}>{floating}<w:tblW w:w="{total}" w:type="dxa"/><w:tblInd w:w="0" w:type="dxa"/>'
        f'<w:tblBorders>{lines}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>{sides}</w:tblCellMar></w:tblPr>'
    )
    table._tbl.replace(table._tbl.tblPr, parse_xml(properties))
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table.rows:
        row._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width
            cell._tc.get_or_add_tcPr().append(parse_xml(f'<w:vAlign {nsdecls("w")} w:val="center"/>'))
    return table
