import io
import zipfile

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm

from tenglong.domain.reporting.writers.docx.styles import LAYOUT, apply_layout, text_width


def laid_out() -> Document:
    word = Document()
    apply_layout(word)
    return word


def test_the_page_is_that_of_the_standard() -> None:
    section = laid_out().sections[0]
    measures = [section.page_width, section.page_height, section.top_margin, section.bottom_margin]
    measures += [section.left_margin, section.right_margin]
    assert [round(each.mm) for each in measures] == [210, 297, 37, 35, 28, 26]
    assert text_width() == Mm(156)


def test_twenty_two_lines_of_twenty_eight_characters_fit_the_type_area() -> None:
    body = LAYOUT["styles"]["Normal"]
    height, width = Mm(297 - 37 - 35).pt, text_width().pt
    assert int(height / body["line_pt"]) == 22
    assert int(width / (body["size"] + body["spacing_pt"])) == 28


def test_every_style_names_a_chinese_face_and_a_latin_one() -> None:
    styles = laid_out().styles
    for name, spec in LAYOUT["styles"].items():
        fonts = styles[name].element.rPr.find(qn("w:rFonts"))
        assert fonts.get(qn("w:eastAsia")) == spec["font"]
        assert fonts.get(qn("w:ascii")) == "Times New Roman"


def test_every_face_has_an_alternative_in_the_font_table() -> None:
    out = io.BytesIO()
    laid_out().save(out)
    with zipfile.ZipFile(out) as package:
        table = package.read("word/fontTable.xml").decode()
    faces = {spec["font"] for spec in LAYOUT["styles"].values()}
    assert all(f'w:name="{face}"><w:altName' in table for face in faces)


def test_headings_are_headings_for_the_navigation_pane() -> None:
    heading = laid_out().styles["Heading 1"]
    assert heading.element.pPr.find(qn("w:outlineLvl")).get(qn("w:val")) == "0"
    assert heading.element.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"
