"""What calamine does not tell about an xlsx sheet: error cells and formulas saved without a result.

Both would read as empty, and an empty cell is a statement. The sheet is searched, not parsed: the guard has
already refused entity declarations.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import join, normpath
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree

from tenglong.domain.intake.raw import BadCell, column_number
from tenglong.domain.kernel.messages import msg

ERROR = "单元格里是公式错误 {raw}，请改正公式或直接填写数值。"
NO_RESULT = (
    "单元格里的公式没有保存计算结果，请用 Excel 或 WPS 打开文件，重新计算并保存后再上传，或直接填写数值。"
)

_CHUNK = 4 * 1024 * 1024
_SHEET_DATA = re.compile(rb"<(\w+:)?sheetData")
_MARK = re.compile(rb"<(?:\w+:)?f[ />]|\bt=[\"']e[\"']")
_REFERENCE = re.compile(rb"\br=[\"']([A-Z]{1,3})(\d+)[\"']")
_IS_ERROR = re.compile(rb"\bt=[\"']e[\"']")
_IS_TEXT = re.compile(rb"\bt=[\"']str[\"']")
_VALUE = re.compile(rb"<(?:\w+:)?v[^>/]*>([^<]+)<")
_MARK_HINTS = (b"<f", b":f", b'"e"', b"'e'")

BadCells = dict[int, dict[int, BadCell]]


@dataclass(frozen=True)
class WorkbookParts:
    """Where each sheet is stored, and how its day numbers are counted."""

    paths: dict[str, str]
    date_1904: bool


def workbook_parts(archive: zipfile.ZipFile) -> WorkbookParts:
    """Sheet names to parts; a sheet whose part cannot be found is left out."""
    actual = {name.lower(): name for name in archive.namelist()}
    main = _target(archive, actual, "_rels/.rels", "/officeDocument") or "xl/workbook.xml"
    folder, _, file = main.rpartition("/")
    book = _xml(archive, actual, main)
    links = _links(archive, actual, f"{folder}/_rels/{file}.rels")
    paths = {}
    for sheet in _named(book, "sheet"):
        link = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
        part = actual.get(_absolute(folder, links.get(link, ("", ""))[1]).lower())
        if part:
            paths[sheet.get("name", "")] = part
    flags = {item.get("date1904") for item in _named(book, "workbookPr")}
    return WorkbookParts(paths, bool(flags & {"1", "true"}))


def bad_cells(archive: zipfile.ZipFile, part: str) -> BadCells:
    """Error cells and formulas without a result, by row and column from 1."""
    found: BadCells = {}
    for prefix, block in _blocks(archive, part):
        if not any(hint in block for hint in _MARK_HINTS):
            continue
        opening, closing = b"<" + prefix + b"c ", b"</" + prefix + b"c>"
        for mark in _MARK.finditer(block):
            start = block.rfind(opening, 0, mark.start())
            end = block.find(closing, start)
            if start >= 0 and end > mark.start():
                _note_cell(block[start:end], found)
    return found


def _note_cell(cell: bytes, found: BadCells) -> None:
    tag, _, content = cell.partition(b">")
    reference, value = _REFERENCE.search(tag), _VALUE.search(content)
    if not reference or tag.endswith(b"/"):
        return
    if _IS_ERROR.search(tag):
        raw = value.group(1).decode("utf-8", "replace") if value else "#ERROR!"
        bad = BadCell(raw, msg(ERROR, raw=raw))
    elif value or _IS_TEXT.search(tag):
        return
    else:
        bad = BadCell("=", msg(NO_RESULT))
    row, column = int(reference.group(2)), column_number(reference.group(1).decode())
    found.setdefault(row, {})[column] = bad


def _blocks(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[bytes, bytes]]:
    """The name space prefix of the sheet's tags, and the sheet in pieces that end between cells."""
    with archive.open(part) as stream:
        rest = stream.read(_CHUNK)
        named = _SHEET_DATA.search(rest)
        prefix = (named.group(1) or b"") if named else b""
        while chunk := stream.read(_CHUNK):
            block = rest + chunk
            cut = max(block.rfind(b"<" + prefix + b"c "), 0)
            yield prefix, block[:cut]
            rest = block[cut:]
    yield prefix, rest


def _xml(archive: zipfile.ZipFile, actual: dict[str, str], path: str) -> Element | None:
    name = actual.get(path.lower())
    if name is None:
        return None
    try:
        root: Element = ElementTree.fromstring(archive.read(name))
    except ParseError:
        return None
    return root


def _named(root: Element | None, local: str) -> Iterator[Element]:
    if root is not None:
        yield from (item for item in root.iter() if item.tag.rpartition("}")[2] == local)


def _links(archive: zipfile.ZipFile, actual: dict[str, str], path: str) -> dict[str, tuple[str, str]]:
    items = _named(_xml(archive, actual, path), "Relationship")
    return {item.get("Id", ""): (item.get("Type", ""), item.get("Target", "")) for item in items}


def _target(archive: zipfile.ZipFile, actual: dict[str, str], path: str, kind: str) -> str | None:
    links = _links(archive, actual, path).values()
    return next((target.lstrip("/") for link, target in links if link.endswith(kind)), None)


def _absolute(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else normpath(join(folder, target))
