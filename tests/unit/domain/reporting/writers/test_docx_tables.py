from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm

from tenglong.domain.reporting.writers.docx import grid, imprint_grid, keep_on_one_page
from tenglong.domain.reporting.writers.docx.styles import apply_layout


def word() -> Document:
    document = Document()
    apply_layout(document)
    return document


def test_the_header_row_repeats_and_no_row_splits() -> None:
    table = grid(word(), 3, [Mm(20), Mm(136)])
    rows = [row._tr.trPr for row in table.rows]
    assert [row.find(qn("w:tblHeader")) is not None for row in rows] == [True, False, False]
    assert all(row.find(qn("w:cantSplit")) is not None for row in rows)


def test_columns_are_fixed_and_as_wide_as_asked() -> None:
    properties = grid(word(), 2, [Mm(20), Mm(136)])._tbl.tblPr
    assert properties.find(qn("w:tblLayout")).get(qn("w:type")) == "fixed"
    assert int(properties.find(qn("w:tblW")).get(qn("w:w"))) == Mm(20).twips + Mm(136).twips


def test_the_imprint_floats_at_the_foot_of_the_type_area() -> None:
    place = imprint_grid(word(), 2)._tbl.tblPr.find(qn("w:tblpPr"))
    assert (place.get(qn("w:vertAnchor")), place.get(qn("w:tblpYSpec"))) == ("margin", "bottom")


def test_rows_kept_together_leave_the_last_one_free() -> None:
    table = grid(word(), 3, [Mm(50)])
    keep_on_one_page(table)
    kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in table.rows]
    assert kept == [True, True, None]
