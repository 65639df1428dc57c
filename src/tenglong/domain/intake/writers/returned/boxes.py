"""The boxes of comments: shapes in a legacy drawing (VML), without which Excel shows no comment.

Other programs' drawings are edited as text: they are often not well-formed XML and use their own prefixes.
"""

import re
from collections.abc import Mapping, Set

from tenglong.domain.intake.writers.returned.cells import split_ref
from tenglong.domain.intake.writers.returned.package import Package

VML_TYPE = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_NAMESPACES = (
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
    'xmlns:x="urn:schemas-microsoft-com:office:excel"'
)
EMPTY_VML = (
    f'<xml {_NAMESPACES}><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data=""/></o:shapelayout>'
    '<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype></xml>'
)
_SHAPE = re.compile(r"<(\w+:)shape\b.*?</\1shape>", re.DOTALL)
_PLACE = re.compile(r"<(\w+:)Row>\s*(\d+)\s*</\1Row>\s*<\1Column>\s*(\d+)\s*</\1Column>")
_SHAPE_ID = re.compile(r"_x0000_s(\d+)")
_ID_MAP = re.compile(r"""(<(?:\w+:)?idmap\b[^>]*?\bdata=["'])([\d,\s]*)(["'])""")
_BLOCK = 1024  # shape ids per block of the id map
_LINE = 16  # characters that fit on one line of a box


def without_boxes(vml: str, refs: Set[str]) -> str:
    """The drawing without the boxes of the comments on `refs`."""
    places = {(row - 1, column - 1) for row, column in map(split_ref, refs)}

    def kept(shape: re.Match[str]) -> str:
        place = _PLACE.search(shape[0])
        return "" if place and (int(place[2]), int(place[3])) in places else shape[0]

    return _SHAPE.sub(kept, vml) if places else vml


def next_block(package: Package) -> int:
    """The first block of shape ids that no drawing of the workbook uses."""
    used = [0]
    for part in package.parts_ending(".vml"):
        vml = package.read(part).decode("utf-8", "replace")
        used += [int(number) for match in _ID_MAP.findall(vml) for number in re.findall(r"\d+", match[1])]
        used += [int(number) // _BLOCK for number in _SHAPE_ID.findall(vml)]
    return max(used) + 1


def with_boxes(vml: str, texts: Mapping[str, str], block: int) -> str:
    """Put a box for each text before the end, in new blocks of ids named in the id map."""
    if not texts:
        return vml
    blocks = ",".join(str(block + n) for n in range((len(texts) - 1) // (_BLOCK - 1) + 1))

    def mapped(found: re.Match[str]) -> str:
        joined = f"{found[2].strip()},{blocks}" if found[2].strip() else blocks
        return f"{found[1]}{joined}{found[3]}"

    vml = _ID_MAP.sub(mapped, vml, count=1)
    shapes = "".join(
        _shape((block + n // (_BLOCK - 1)) * _BLOCK + n % (_BLOCK - 1) + 1, ref, text)
        for n, (ref, text) in enumerate(texts.items())
    )
    end = vml.rindex("</xml>")
    return vml[:end] + shapes + vml[end:]


def _shape(number: int, ref: str, text: str) -> str:
    row, column = (n - 1 for n in split_ref(ref))
    lines = sum(len(line) // _LINE + 1 for line in text.split("\n"))
    anchor = f"{column + 1}, 15, {max(row - 1, 0)}, 4, {column + 4}, 15, {max(row - 1, 0) + lines + 1}, 4"
    return (
        f'<v:shape {_NAMESPACES} id="_x0000_s{number}" type="#_x0000_t202" '
        'style="position:absolute;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
        '<v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"/><x:ClientData ObjectType="Note">'
        f"<x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>"
        f"<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    )
