"""Comments of a sheet; `boxes` draws them.

Comments that the user's file has are kept; ours on the same cell is added below theirs. What an earlier
return wrote is recognised by its author or its mark and taken away first.
"""

import re
from collections.abc import Mapping, Set
from typing import Any

from lxml import etree

from tenglong.domain.intake.writers.returned.cells import legal_text, split_ref
from tenglong.domain.intake.writers.returned.package import (
    Dialect,
    Package,
    parse_xml,
    relationships_part,
    to_xml,
)

# The boxes of comments: shapes in a legacy drawing (VML), without which Excel shows no comment.
#
# Other programs' drawings are edited as text: they are often not well-formed XML and use their own
# prefixes.

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


AUTHOR = "腾笼导入校验"
_MARK = "【导入校验】"
_COMMENTS_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_EMPTY = '<comments xmlns="{namespace}"><authors/><commentList/></comments>'


def add_comments(
    package: Package, dialect: Dialect, sheet: str, drawing_id: str | None, texts: Mapping[str, str]
) -> str | None:
    """Give cells of `sheet` comments, `texts` by reference.

    `drawing_id` is the relationship of the sheet's <legacyDrawing>, if it has one; the answer is the
    relationship that must be written there, None where the sheet needs no change.
    """
    relationships = package.relationships(sheet)
    comments_part = relationships.first("comments")
    if comments_part is None and not texts:
        return None
    if comments_part is None:
        comments_part = package.new_name("xl/tenglongComments{n}.xml")
        relationships.add(f"{dialect.relationships}/comments", comments_part)
        package.add(comments_part, _COMMENTS_TYPE, _EMPTY.format(namespace=dialect.main))
    drawing_part, new_id = relationships.target(drawing_id or ""), None
    if drawing_part is None:
        drawing_part = package.new_name("xl/drawings/tenglongDrawing{n}.vml")
        new_id = relationships.add(f"{dialect.relationships}/vmlDrawing", drawing_part)
        package.add(drawing_part, VML_TYPE, EMPTY_VML)
    package.replace(relationships_part(sheet), relationships.to_bytes())
    comments = parse_xml(package.read(comments_part))
    removed = _remove_ours(comments)
    added = _add_texts(comments, texts)
    package.replace(comments_part, to_xml(comments))
    vml = without_boxes(package.read(drawing_part).decode("utf-8", "replace"), removed)
    package.replace(drawing_part, with_boxes(vml, added, next_block(package)).encode())
    return new_id


def _child(parent: Any, name: str) -> Any:
    """The child with this local name, made where it is missing."""
    tag = f"{{{etree.QName(parent).namespace}}}{name}"
    child = parent.find(tag)
    return etree.SubElement(parent, tag) if child is None else child


def _remove_ours(comments: Any) -> set[str]:
    """Take away what an earlier return wrote; gives the cells that have no comment any more."""
    authors = [author.text for author in _child(comments, "authors")]
    ours = str(authors.index(AUTHOR)) if AUTHOR in authors else None
    removed = set()
    for comment in list(_child(comments, "commentList")):
        if comment.get("authorId") == ours:
            removed.add(comment.get("ref", ""))
            comment.getparent().remove(comment)
            continue
        text = _child(comment, "text")
        for run in [r for r in text if "".join(r.itertext()).lstrip().startswith(_MARK)]:
            text.remove(run)
    return removed


def _add_texts(comments: Any, texts: Mapping[str, str]) -> dict[str, str]:
    """Add comments; gives those on cells that had none, which need a box."""
    existing = {comment.get("ref"): comment for comment in _child(comments, "commentList")}
    added = {ref: text for ref, text in texts.items() if ref not in existing}
    for ref in texts.keys() & existing.keys():
        _add_run(_child(existing[ref], "text"), f"\n{_MARK}{texts[ref]}")
    authors, items = _child(comments, "authors"), _child(comments, "commentList")
    names = [author.text for author in authors]
    if added and AUTHOR not in names:
        etree.SubElement(authors, f"{{{etree.QName(comments).namespace}}}author").text = AUTHOR
        names.append(AUTHOR)
    for ref, text in added.items():
        values = {"ref": ref, "authorId": str(names.index(AUTHOR))}
        comment = etree.SubElement(items, f"{{{etree.QName(comments).namespace}}}comment", values)
        _add_run(_child(comment, "text"), text)
    return added


def _add_run(parent: Any, text: str) -> None:
    namespace = etree.QName(parent).namespace
    run = etree.SubElement(parent, f"{{{namespace}}}r")
    look = etree.SubElement(run, f"{{{namespace}}}rPr")
    for name, value in (("sz", "9"), ("rFont", "宋体"), ("charset", "134")):
        etree.SubElement(look, f"{{{namespace}}}{name}", val=value)
    content = etree.SubElement(run, f"{{{namespace}}}t")
    content.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    content.text = legal_text(text)
