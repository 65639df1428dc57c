"""The page, faces and paragraph styles of an official document, from the data of layout.toml.

Together with `docx.py` and `docx_tables.py` this is the only door to python-docx.
"""

from typing import Any

from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm

from tenglong.domain.kernel.rulefiles import load_rules

LAYOUT = load_rules("tenglong.domain.reporting", "layout.toml").content
LATIN = "Times New Roman"
BUILT_IN = {"Normal", "Title", "heading 1", "heading 2", "heading 3"}
_KEPT = {"Default Paragraph Font", "No List", "Normal Table"}
_LEFT_OUT = ("customXml", "thumbnail", "stylesWithEffects", "numbering", "webSettings")


def apply_layout(word: WordDocument) -> None:
    """Give `word` the page and the styles, and drop what the template carries for other purposes."""
    _drop_parts(word)
    _set_page(word)
    _set_styles(word)
    _set_fonts(word)
    _set_settings(word)


def _style_id(name: str) -> str:
    """The id of a paragraph style; built-in names lose their space as Word has it."""
    return name.replace("heading ", "Heading")


def text_width() -> Mm:
    """Width of the type area, 版心."""
    page = LAYOUT["page"]
    return Mm(page["width_mm"] - page["left_mm"] - page["right_mm"])


def _drop_parts(word: WordDocument) -> None:
    for package in (word.part, word.part.package):
        for key, relation in list(package.rels.items()):
            if any(name in relation.reltype for name in _LEFT_OUT):
                del package.rels[key]


def _set_page(word: WordDocument) -> None:
    page = LAYOUT["page"]
    section = word.sections[0]
    section.page_width, section.page_height = Mm(page["width_mm"]), Mm(page["height_mm"])
    section.top_margin, section.bottom_margin = Mm(page["top_mm"]), Mm(page["bottom_mm"])
    section.left_margin, section.right_margin = Mm(page["left_mm"]), Mm(page["right_mm"])
    section.footer_distance, section.gutter = Mm(page["footer_mm"]), Mm(0)
    for grid in section._sectPr.findall(qn("w:docGrid")):  # exact line spacing makes the 22 lines, not a grid
        section._sectPr.remove(grid)


def _set_styles(word: WordDocument) -> None:
    styles = word.styles.element
    for old in list(styles):
        if old.tag == qn("w:latentStyles"):
            styles.remove(old)
        elif old.tag == qn("w:docDefaults"):
            styles.replace(old, parse_xml(_defaults_xml()))
        elif old.tag == qn("w:style") and old.find(qn("w:name")).get(qn("w:val")) not in _KEPT:
            styles.remove(old)
    for name, spec in LAYOUT["styles"].items():
        styles.append(parse_xml(_style_xml(name, spec)))


def _defaults_xml() -> str:
    fonts = _fonts_xml(LAYOUT["styles"]["Normal"]["font"])
    return (
        f"<w:docDefaults {nsdecls('w')}><w:rPrDefault><w:rPr>{fonts}"
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        '<w:pPrDefault><w:pPr><w:overflowPunct w:val="1"/></w:pPr></w:pPrDefault></w:docDefaults>'
    )


def _fonts_xml(east_asian: str) -> str:
    return f'<w:rFonts w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{east_asian}" w:cs="{LATIN}"/>'


def _style_xml(name: str, spec: dict[str, Any]) -> str:
    """One paragraph style; children stand in the order that the schema of WordprocessingML prescribes."""
    marks = 'w:default="1"' if name == "Normal" else "" if name in BUILT_IN else 'w:customStyle="1"'
    following = "" if name == "Normal" else '<w:basedOn w:val="Normal"/><w:next w:val="Normal"/>'
    return (
        f'<w:style {nsdecls("w")} w:type="paragraph" {marks} w:styleId="{_style_id(name)}">'
        f'<w:name w:val="{name}"/>{following}<w:qFormat/>'
        f"<w:pPr>{_paragraph_xml(spec)}</w:pPr><w:rPr>{_run_xml(spec)}</w:rPr></w:style>"
    )


def _paragraph_xml(spec: dict[str, Any]) -> str:
    parts = [
        "<w:keepNext/>" if spec.get("keep_next") else '<w:keepNext w:val="0"/>',
        '<w:widowControl w:val="0"/>',
    ]
    if rule := spec.get("rule_below_pt"):
        line = f'w:val="single" w:sz="{round(rule * 8)}" w:space="1" w:color="{spec["color"]}"'
        parts.append(f"<w:pBdr><w:bottom {line}/></w:pBdr>")
    if "right_tab" in spec:
        position = text_width().twips - _twips(spec["right_tab"] * spec["size"])
        parts.append(f'<w:tabs><w:tab w:val="right" w:pos="{position}"/></w:tabs>')
    parts.append('<w:overflowPunct w:val="1"/><w:snapToGrid w:val="0"/>')
    spacing = f'w:before="{_twips(spec.get("before_pt", 0))}" w:after="{_twips(spec.get("after_pt", 0))}"'
    line = (
        f'w:line="{_twips(spec["line_pt"])}" w:lineRule="exact"'
        if "line_pt" in spec
        else 'w:line="240" w:lineRule="auto"'
    )
    parts.append(f"<w:spacing {spacing} {line}/>")
    parts.append(_indent_xml(spec))
    parts.append(f'<w:jc w:val="{spec["align"]}"/>')
    if "outline" in spec:
        parts.append(f'<w:outlineLvl w:val="{spec["outline"]}"/>')
    return "".join(parts)


def _indent_xml(spec: dict[str, Any]) -> str:
    """Indents in characters, with the same length in points for programs that do not count characters."""
    em = spec["size"] + spec.get("spacing_pt", 0)
    edges = {"left": spec.get("left", 0), "right": spec.get("right", 0)}
    first = {"hanging": spec["hanging"]} if "hanging" in spec else {"firstLine": spec.get("first", 0)}
    values = {**edges, **first}
    words = [
        f'w:{edge}Chars="{count * 100}" w:{edge}="{_twips(count * em)}"' for edge, count in values.items()
    ]
    return f"<w:ind {' '.join(words)}/>"


def _run_xml(spec: dict[str, Any]) -> str:
    half_points = round(spec["size"] * 2)
    plain = '<w:b w:val="0"/><w:i w:val="0"/>'
    color = f'<w:color w:val="{spec.get("color", "000000")}"/>'
    spacing = f'<w:spacing w:val="{_twips(spec.get("spacing_pt", 0))}"/>'
    size = f'<w:kern w:val="0"/><w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'
    return _fonts_xml(spec["font"]) + plain + color + spacing + size


def _set_fonts(word: WordDocument) -> None:
    """A font table with alternatives: Word and WPS turn to them; LibreOffice falls back to what it has."""
    entries = "".join(
        f'<w:font w:name="{font["name"]}"><w:altName w:val="{font["alternative"]}"/><w:charset w:val="86"/>'
        f'<w:family w:val="{font["family"]}"/><w:pitch w:val="default"/></w:font>'
        for font in LAYOUT["fonts"]
    )
    part = _related(word, RELATIONSHIP_TYPE.FONT_TABLE)
    part._blob = f'<?xml version="1.0" encoding="UTF-8"?><w:fonts {nsdecls("w")}>{entries}</w:fonts>'.encode()


def _set_settings(word: WordDocument) -> None:
    settings = word.settings.element
    for tag in ("w:rsids", "w:savePreviewPicture", "w:themeFontLang", "w:shapeDefaults"):
        for old in settings.findall(qn(tag)):
            settings.remove(old)
    for mode in settings.iter(qn("w:compatSetting")):
        if mode.get(qn("w:name")) == "compatibilityMode":
            mode.set(qn("w:val"), "15")  # Word 2013 and later: tables start at the margin
    word.settings.odd_and_even_pages_header_footer = True


def _related(word: WordDocument, kind: str) -> Part:
    part: Part = word.part.part_related_by(kind)
    return part


def _twips(points: float) -> int:
    return round(points * 20)
