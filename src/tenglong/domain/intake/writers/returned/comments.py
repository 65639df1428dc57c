"""Comments of a sheet; `boxes` draws them.

Comments that the user's file has are kept; ours on the same cell is added below theirs. What an earlier
return wrote is recognised by its author or its mark and taken away first.
"""

from collections.abc import Mapping
from typing import Any

from lxml import etree

from tenglong.domain.intake.writers.returned.boxes import (
    EMPTY_VML,
    VML_TYPE,
    next_block,
    with_boxes,
    without_boxes,
)
from tenglong.domain.intake.writers.returned.cells import legal_text
from tenglong.domain.intake.writers.returned.package import (
    Dialect,
    Package,
    parse_xml,
    relationships_part,
    to_xml,
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
