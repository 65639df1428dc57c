"""Where the parts of an xlsx are, and what they say of every sheet: days, styles, struck texts, calculation."""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import join, normpath
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree

from tenglong.domain.intake.formats import BUILT_IN, form_of
from tenglong.domain.intake.readers.sheetxml import Mark, Surroundings, is_true, parse_part
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import msg


@dataclass(frozen=True)
class WorkbookParts:
    """Where each sheet is stored, how its day numbers are counted, and what surrounds its cells."""

    paths: dict[str, str]
    date_1904: bool
    around: Surroundings


def workbook_parts(archive: zipfile.ZipFile) -> WorkbookParts:
    """Sheet names to parts; a sheet whose part cannot be found is left out.

    Raises:
        BadFile: a part cannot be read: what cannot be searched is not taken for blank.
    """
    return _Parts(archive).read()


class _Parts:
    def __init__(self, archive: zipfile.ZipFile):
        self._archive = archive
        self._actual = {name.replace("\\", "/").lower(): name for name in archive.namelist()}

    def read(self) -> WorkbookParts:
        links = self._links("_rels/.rels").values()
        named = (target.lstrip("/") for kind, target in links if kind.endswith("/officeDocument"))
        main = next(named, None) or "xl/workbook.xml"
        folder, _, file = main.rpartition("/")
        book, links_of_book = self._xml(main), self._links(f"{folder}/_rels/{file}.rels")
        paths = {}
        for sheet in _named(book, "sheet"):
            link = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
            part = self._part(folder, links_of_book.get(link, ("", ""))[1])
            if part:
                paths[sheet.get("name", "")] = part
        beside = {
            kind.rpartition("/")[2]: self._part(folder, target) for kind, target in links_of_book.values()
        }
        struck, partly = self._struck(beside.get("sharedStrings"))
        around = Surroundings(self._marks(beside.get("styles")), struck, partly, _uncalculated(book))
        flags = {item.get("date1904") for item in _named(book, "workbookPr")}
        return WorkbookParts(paths, any(map(is_true, flags)), around)

    def _part(self, folder: str, target: str) -> str | None:
        target = target.replace("\\", "/")
        path = target.lstrip("/") if target.startswith("/") else normpath(join(folder, target))
        return self._actual.get(path.lower())

    def _links(self, path: str) -> dict[str, tuple[str, str]]:
        items = _named(self._xml(path), "Relationship")
        return {item.get("Id", ""): (item.get("Type", ""), item.get("Target", "")) for item in items}

    def _xml(self, path: str | None) -> Element | None:
        name = self._actual.get(path.lower()) if path else None
        if name is None:
            return None
        try:
            root: Element = ElementTree.fromstring(self._archive.read(name))
        except ParseError as error:
            problem = "工作簿内部的 XML 无法读取，请用 Excel 或 WPS 打开并另存为 .xlsx 后重新上传。"
            raise BadFile(msg(problem)) from error
        return root

    def _marks(self, path: str | None) -> dict[int, Mark]:
        """By number of a cell's style what it changes for the eye; other styles are left out."""
        root = self._xml(path)
        codes = {int(one.get("numFmtId", -1)): one.get("formatCode", "") for one in _named(root, "numFmt")}
        fonts = [_is_struck(font) for group in _named(root, "fonts") for font in group]
        marks = {}
        styles = (style for group in _named(root, "cellXfs") for style in group)
        for number, style in enumerate(styles):
            format_id, font = int(style.get("numFmtId", 0)), int(style.get("fontId", 0))
            form = form_of(codes.get(format_id) or BUILT_IN.get(format_id, "General"))
            mark = Mark(None if form.is_plain else form, font < len(fonts) and fonts[font])
            if mark != Mark(None):
                marks[number] = mark
        return marks

    def _struck(self, path: str | None) -> tuple[frozenset[int], frozenset[int]]:
        """The numbers of shared texts that are struck through, from end to end and in parts."""
        if path is None or not self._mentions(path, b"strike"):
            return frozenset(), frozenset()
        reader = _Texts()
        with self._archive.open(self._actual[path.replace("\\", "/").lower()]) as stream:
            parse_part(stream, reader.start, reader.end, lambda text: None)
        whole = {number for number, runs in reader.struck.items() if all(runs)}
        return frozenset(whole), frozenset(reader.struck) - whole

    def _mentions(self, path: str, word: bytes) -> bool:
        text = self._archive.read(self._actual[path.replace("\\", "/").lower()])
        return word in text.replace(b"\x00", b"")


class _Texts:
    """Walks the shared texts and keeps for those with a struck run which runs are struck."""

    def __init__(self) -> None:
        self.struck: dict[int, list[bool]] = {}
        self._number = -1
        self._runs: list[bool] = []

    def start(self, name: str, values: dict[str, str]) -> None:
        if name == "si":
            self._number += 1
            self._runs = []
        elif name == "r":
            self._runs.append(False)
        elif name == "strike" and self._runs:
            self._runs[-1] = is_true(values.get("val", "1"))

    def end(self, name: str) -> None:
        if name == "si" and any(self._runs):
            self.struck[self._number] = self._runs


def _is_struck(font: Element) -> bool:
    return any(is_true(item.get("val", "1")) for item in _named(font, "strike"))


def _uncalculated(book: Element | None) -> bool:
    """Whether the program that wrote the workbook left it to Excel to calculate: a stored 0 is then no result."""
    said = list(_named(book, "calcPr"))
    return not said or any(
        is_true(item.get("fullCalcOnLoad")) or item.get("calcCompleted") in ("0", "false") for item in said
    )


def _named(root: Element | None, local: str) -> Iterator[Element]:
    if root is not None:
        yield from (item for item in root.iter() if item.tag.rpartition("}")[2] == local)
