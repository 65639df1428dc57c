"""styles.xml of the user's workbook, with a few formats added; nothing that is there is changed."""

from copy import deepcopy
from typing import Any

from lxml import etree

from tenglong.domain.intake.parsed import Severity
from tenglong.domain.intake.writers.returned.package import parse_xml, to_xml

_ORDER = ("numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs")

# Not Excel's own "bad" colours: by these two a later return recognises the cells that an earlier one marked.
_FILLS = {Severity.ERROR: "FFFFB9B5", Severity.WARNING: "FFFFEAA6"}
_HEADING_FILL = "FFDCE6F1"
_ERROR_TEXT = "FFC00000"


class Styles:
    """Gives style indexes for what is added; remembers them, so that each is added once."""

    def __init__(self, raw: bytes | None, namespace: str):
        self._root = parse_xml(raw or f'<styleSheet xmlns="{namespace}"/>'.encode())
        self._ns = namespace
        self._made: dict[tuple[object, ...], int] = {}
        self._formats = self._section("cellXfs")
        if not len(self._formats):
            self._formats.append(self._plain_format())
        self.stale = self._marked_before()

    def flagged(self, style: int, severity: Severity) -> int:
        """`style` with the fill of `severity`; font, border and number format stay."""
        return self._clone(style, fillId=self._fill(_FILLS[severity]), applyFill=1)

    def unmarked(self, style: int) -> int:
        """`style` without the fill that an earlier return gave it; any other style as it is."""
        return self._clone(style, fillId=0, applyFill=0) if style in self.stale else style

    def note(self) -> int:
        """The error column: dark red text."""
        return self._new(self._font(10, color=_ERROR_TEXT))

    def title(self) -> int:
        """The summary's title."""
        return self._new(self._font(16, bold=True))

    def label(self) -> int:
        """The name of a summary line."""
        return self._new(self._font(11, bold=True))

    def heading(self) -> int:
        """The header of the summary's table."""
        fill = self._fill(_HEADING_FILL)
        return self._new(
            self._font(11, bold=True), fillId=fill, applyFill=1, borderId=self._border(), applyBorder=1
        )

    def body(self, *, framed: bool = False) -> int:
        """Wrapped text, in the table with a thin frame."""
        frame = {"borderId": self._border(), "applyBorder": 1} if framed else {}
        return self._new(self._font(11), wrap=True, **frame)

    def to_bytes(self) -> bytes:
        """The part with everything added."""
        for name in ("fonts", "fills", "borders", "cellXfs"):
            section = self._root.find(self._tag(name))
            if section is not None:
                section.set("count", str(len(section)))
        return to_xml(self._root)

    def _tag(self, name: str) -> str:
        return f"{{{self._ns}}}{name}"

    def _section(self, name: str) -> Any:
        """The part of the sheet that holds fonts, fills …, made in its place where it is missing."""
        section = self._root.find(self._tag(name))
        if section is None:
            section = etree.Element(self._tag(name))
            before = [self._tag(n) for n in _ORDER[: _ORDER.index(name)]]
            self._root.insert(sum(child.tag in before for child in self._root), section)
        return section

    def _plain_format(self) -> Any:
        return etree.Element(self._tag("xf"), numFmtId="0", fontId="0", fillId="0", borderId="0")

    def _marked_before(self) -> frozenset[int]:
        """The styles that carry one of our fills: an earlier return gave them."""
        fills = self._root.find(self._tag("fills"))
        colours = [] if fills is None else [fill.find(f".//{self._tag('fgColor')}") for fill in fills]
        ours = {str(i) for i, c in enumerate(colours) if c is not None and c.get("rgb") in _FILLS.values()}
        return frozenset(i for i, xf in enumerate(self._formats) if xf.get("fillId") in ours)

    def _clone(self, style: int, **changes: int) -> int:
        style = style if style < len(self._formats) else 0
        key = ("clone", style, *changes.items())
        if key not in self._made:
            xf = deepcopy(self._formats[style])
            for name, value in changes.items():
                xf.set(name, str(value))
            self._formats.append(xf)
            self._made[key] = len(self._formats) - 1
        return self._made[key]

    def _new(self, font: int, wrap: bool = False, **values: int) -> int:
        key = ("new", font, wrap, *values.items())
        if key not in self._made:
            xf = self._plain_format()
            for name, value in {"fontId": font, "applyFont": 1, "applyAlignment": 1, **values}.items():
                xf.set(name, str(value))
            alignment = {"vertical": "center"} | ({"wrapText": "1"} if wrap else {})
            etree.SubElement(xf, self._tag("alignment"), alignment)
            self._formats.append(xf)
            self._made[key] = len(self._formats) - 1
        return self._made[key]

    def _add(self, section: str, xml: str, minimum: tuple[str, ...]) -> int:
        """Add an element once; a section that is still empty first gets the defaults the format reserves."""
        key = (section, xml)
        if key not in self._made:
            parent = self._section(section)
            for content in (*(() if len(parent) else minimum), xml):
                parent.append(etree.fromstring(f'<r xmlns="{self._ns}">{content}</r>')[0])
            self._made[key] = len(parent) - 1
        return self._made[key]

    def _fill(self, rgb: str) -> int:
        solid = (
            f'<patternFill patternType="solid"><fgColor rgb="{rgb}"/><bgColor indexed="64"/></patternFill>'
        )
        reserved = tuple(f'<fill><patternFill patternType="{name}"/></fill>' for name in ("none", "gray125"))
        return self._add("fills", f"<fill>{solid}</fill>", reserved)

    def _font(self, size: int, *, bold: bool = False, color: str = "FF000000") -> int:
        weight = "<b/>" if bold else ""
        font = f'<font>{weight}<sz val="{size}"/><color rgb="{color}"/><name val="宋体"/><charset val="134"/></font>'
        return self._add(
            "fonts", font, ('<font><sz val="11"/><name val="宋体"/><charset val="134"/></font>',)
        )

    def _border(self) -> int:
        sides = "".join(
            f'<{s} style="thin"><color rgb="FFA6A6A6"/></{s}>' for s in ("left", "right", "top", "bottom")
        )
        return self._add("borders", f"<border>{sides}<diagonal/></border>", ("<border/>",))
