"""An OOXML package: read parts, change a few, copy the rest untouched."""

import posixpath
import shutil
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from lxml import etree

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import msg

CONTENT_TYPES = "[Content_Types].xml"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAX_TREE = 100 << 20  # bytes of a part that is parsed whole; ordinary ones have a few hundred kB
_MAX_PACKAGE = 4 << 30  # bytes of all parts together
_COPY = 1 << 20
_COMPRESSION = 4  # a third of the time of the usual 6, files a few percent larger
_UNDATED = (1980, 1, 1, 0, 0, 0)  # the first day a zip archive knows
_BROKEN = "工作簿内部的 XML 已损坏，请用 Excel 或 WPS 打开并另存为 .xlsx 后重新上传。"
_DOCTYPE = "工作簿内部含有不允许的文档类型声明，请用 Excel 或 WPS 另存为 .xlsx 后重新上传。"
_TOO_LARGE = "工作簿的部件“{part}”过大，无法处理，请另存为新文件后重新上传。"
_UNREADABLE = "工作簿的部件“{part}”无法读取，文件可能已加密或损坏，请另存后重新上传。"
_MISSING = "工作簿缺少部件“{part}”，文件可能已损坏，请用 Excel 或 WPS 另存后重新上传。"
NOT_A_WORKBOOK = "文件不是有效的 .xlsx 工作簿，请用 Excel 或 WPS 另存为 .xlsx 后重新上传。"

PartWriter = Callable[[IO[bytes]], None]


def parse_xml(raw: bytes) -> Any:
    """The root element of a part that may be hostile: no DTD, no entities, no network.

    Raises:
        BadFile: it is not well-formed XML, or declares a document type.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError as error:
        raise BadFile(msg(_BROKEN)) from error
    if root.getroottree().docinfo.doctype:
        raise BadFile(msg(_DOCTYPE))
    return root


def to_xml(root: Any) -> bytes:
    """The bytes of a part."""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


@dataclass(frozen=True)
class Dialect:
    """The two namespaces in which transitional and strict OOXML differ."""

    main: str
    relationships: str


class Relationships:
    """The relationships of one part: which other parts it uses, under which id."""

    def __init__(self, part: str, raw: bytes | None):
        self._folder = posixpath.dirname(part)
        self._root = parse_xml(raw or f'<Relationships xmlns="{_RELATIONSHIPS}"/>'.encode())

    def target(self, relationship_id: str) -> str | None:
        """The part that an id points to."""
        found = (self._resolved(item) for item in self._root if item.get("Id") == relationship_id)
        return next(found, None)

    def first(self, type_name: str) -> str | None:
        """The first part whose relationship type ends with `/type_name`."""
        ending = f"/{type_name}"
        found = (self._resolved(item) for item in self._root if (item.get("Type") or "").endswith(ending))
        return next(found, None)

    def add(self, kind: str, target: str) -> str:
        """Point to `target` (an absolute part name); gives the new id."""
        used = {item.get("Id") for item in self._root}
        new_id = next(name for n in range(1, len(used) + 2) if (name := f"rIdTl{n}") not in used)
        values = {"Id": new_id, "Type": kind, "Target": f"/{target}"}
        etree.SubElement(self._root, f"{{{_RELATIONSHIPS}}}Relationship", values)
        return new_id

    def to_bytes(self) -> bytes:
        """The part that holds these relationships."""
        return to_xml(self._root)

    def _resolved(self, item: Any) -> str:
        target = (item.get("Target") or "").replace("\\", "/")
        path = target if target.startswith("/") else f"/{self._folder}/{target}"
        return posixpath.normpath(path).lstrip("/")


class Package:
    """A package opened for editing. Nothing is written before `save`; the source is never changed."""

    def __init__(self, source: Path):
        try:
            self._archive = zipfile.ZipFile(source)
        except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
            raise BadFile(msg(NOT_A_WORKBOOK)) from error
        infos = [info for info in self._archive.infolist() if not info.is_dir()]
        if sum(info.file_size for info in infos) > _MAX_PACKAGE:
            raise BadFile(msg("工作簿解压后超过 4 GB，请拆分成较小的文件后重新上传。"))
        self._infos = {info.filename.replace("\\", "/").lstrip("/"): info for info in infos}
        self._by_lower = {name.lower(): name for name in self._infos}
        self.changed: dict[str, bytes] = {}

    def __enter__(self) -> "Package":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._archive.close()

    def has(self, part: str) -> bool:
        """Whether there is such a part (part names ignore case)."""
        return part in self.changed or part.lower() in self._by_lower

    def name(self, part: str) -> str:
        """The part's name as the package spells it."""
        return self._by_lower.get(part.lower(), part)

    def read(self, part: str) -> bytes:
        """A whole part, as changed so far.

        Raises:
            BadFile: it is missing, damaged, or too large to be held in memory.
        """
        if part in self.changed:
            return self.changed[part]
        with self.open(part) as stream:
            if self._info(part).file_size > _MAX_TREE:
                raise BadFile(msg(_TOO_LARGE, part=part))
            return _read(stream)

    def open(self, part: str) -> IO[bytes]:
        """A part of the source as a stream."""
        try:
            return self._archive.open(self._info(part))
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
            raise BadFile(msg(_UNREADABLE, part=part)) from error

    def relationships(self, part: str) -> Relationships:
        """The relationships of a part; empty ones where it has none."""
        where = relationships_part(part)
        return Relationships(part, self.read(where) if self.has(where) else None)

    def parts_ending(self, ending: str) -> list[str]:
        """The names of all parts that end so, new ones included."""
        return [name for name in {**self._infos, **self.changed} if name.lower().endswith(ending)]

    def new_name(self, pattern: str) -> str:
        """A free part name; `pattern` has one {n}."""
        return next(name for n in range(1, 100_000) if not self.has(name := pattern.format(n=n)))

    def replace(self, part: str, content: bytes) -> None:
        """Give an existing part, or one of relationships, new content."""
        self.changed[self.name(part)] = content

    def add(self, part: str, content_type: str, content: str | bytes) -> None:
        """Add a part of a stated type."""
        root = parse_xml(self.read(CONTENT_TYPES))
        values = {"PartName": f"/{part}", "ContentType": content_type}
        etree.SubElement(root, f"{{{_TYPES}}}Override", values)
        self.replace(CONTENT_TYPES, to_xml(root))
        self.changed[part] = content.encode() if isinstance(content, str) else content

    def save(
        self, target: Path, streamed: Mapping[str, PartWriter], last: Mapping[str, Callable[[], bytes]]
    ) -> None:
        """Write the package: `streamed` parts by their writers, then `last` ones, the rest as they are.

        Parts have no date: equal content gives equal bytes.
        """
        with zipfile.ZipFile(target, "w") as archive:
            names = [CONTENT_TYPES, *(n for n in self._infos if n != CONTENT_TYPES)]
            names += [name for name in self.changed if name not in self._infos]
            for name in names:
                if name not in last:
                    self._write(archive, name, streamed.get(name))
            for name, content in last.items():
                archive.writestr(_undated(name), content())

    def _write(self, archive: zipfile.ZipFile, name: str, writer: PartWriter | None) -> None:
        if name in self.changed:
            archive.writestr(_undated(name), self.changed[name])
            return
        with archive.open(_undated(name), "w", force_zip64=True) as out:
            if writer:
                writer(out)
                return
            with self.open(name) as stream:
                shutil.copyfileobj(stream, out, _COPY)

    def _info(self, part: str) -> zipfile.ZipInfo:
        info = self._infos.get(self.name(part))
        if info is None:
            raise BadFile(msg(_MISSING, part=part))
        return info


def relationships_part(part: str) -> str:
    """Where a part keeps its relationships."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _undated(part: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(part, _UNDATED)
    info.compress_type = zipfile.ZIP_DEFLATED
    info._compresslevel = _COMPRESSION  # type: ignore[attr-defined]  # only `writestr` has a public word for it
    return info


def _read(stream: IO[bytes]) -> bytes:
    try:
        return stream.read()
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise BadFile(msg("工作簿压缩包已损坏，请用 Excel 或 WPS 打开并另存后重新上传。")) from error
