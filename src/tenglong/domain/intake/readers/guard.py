"""What is refused before anything is parsed, each with a sentence, and what the file really is.

An extension is a claim; the first bytes decide. Nothing here trusts a size that a file declares of itself.
"""

import zipfile
import zlib
from pathlib import Path, PurePath
from typing import IO

from tenglong.domain.intake.readers.limits import MIB, Limits
from tenglong.domain.intake.readers.ole import MAGIC, BrokenOle, OleFile, records
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import Message, msg

BROKEN = "文件“{name}”已损坏，无法读取。请在 Excel 或 WPS 中打开并另存为 .xlsx 后重新上传。"
ENCRYPTED = "文件“{name}”设有打开密码，无法读取。请取消密码后重新上传。"
MACRO = "文件“{name}”含有宏，为安全起见不予读取。请另存为不含宏的 .xlsx 后重新上传。"
_NOT_A_TABLE = "文件“{name}”实际上是“{what}”，不是表格。请在 Excel 或 WPS 中另存为 .xlsx 后重新上传。"
_TOO_OLD = "文件“{name}”是 Excel 4.0 及更早的格式，无法读取。请在 Excel 或 WPS 中另存为 .xlsx 后重新上传。"
_ENTITIES = "文件“{name}”含有 XML 实体定义，可能是恶意文件，不予读取。请另存为 .xlsx 后重新上传。"
_EXTENSIONS = (".xlsx", ".xls", ".ods", ".csv", ".txt", ".tsv")
_MARKUP = (b"<!doctype html", b"<html", b"<?xml", b"<table", b"<meta")
_FILEPASS, _BOUNDSHEET = 0x2F, 0x85
_OLD_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00")
_CHUNK = MIB
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"


def file_format(path: Path, filename: str, limits: Limits) -> str:
    """What the file really is, once it has been found harmless: "xlsx", "xls", "ods" or "csv".

    Raises:
        BadFile: empty, too large, not a table, encrypted, with macros, a bomb, or broken.
    """
    size = path.stat().st_size
    if size == 0:
        raise BadFile(msg("文件“{name}”是空的（0 字节），请检查后重新上传。", name=filename))
    if size > limits.file_bytes:
        problem = "文件“{name}”有 {size} MB，超过 {limit} MB 的上限。请拆分成几个文件分别上传。"
        raise BadFile(msg(problem, name=filename, size=size // MIB, limit=limits.file_bytes // MIB))
    with path.open("rb") as file:
        head = file.read(4096)
    extension = PurePath(filename).suffix.lower()
    if extension in (".xlsm", ".xltm", ".xlam"):
        raise BadFile(msg(MACRO, name=filename))
    if head.startswith(b"PK"):
        return _check_zip(path, filename, limits)
    if head.startswith(MAGIC):
        _check_ole(path, filename)
        return "xls"
    _check_text(head, filename, extension)
    return "csv"


def _check_text(head: bytes, filename: str, extension: str) -> None:
    if head.startswith(_OLD_BIFF):
        raise BadFile(msg(_TOO_OLD, name=filename))
    what = _named_by_magic(head)
    if what:
        raise BadFile(msg(_NOT_A_TABLE, name=filename, what=what))
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise BadFile(msg(BROKEN, name=filename))
    if extension in (".xlsx", ".xls", ".ods"):
        raise BadFile(msg(_NOT_A_TABLE, name=filename, what=msg("文本文件")))
    if extension not in _EXTENSIONS:
        problem = "文件“{name}”不是 .xlsx、.xls、.ods 或 .csv，请另存为其中一种后重新上传。"
        raise BadFile(msg(problem, name=filename))


def _named_by_magic(head: bytes) -> Message | None:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:64].lower()
    if start.startswith(_MARKUP):
        return msg("网页或 XML 文件")
    if head.startswith(b"%PDF"):
        return msg("PDF 文件")
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG", b"GIF8")):
        return msg("图片")
    if head.startswith((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        return msg("压缩包")
    return None


def _check_ole(path: Path, filename: str) -> None:
    try:
        ole = OleFile(path.read_bytes())
        if ole.names & {"EncryptedPackage", "EncryptionInfo"}:
            raise BadFile(msg(ENCRYPTED, name=filename))
        if "WordDocument" in ole.names or "PowerPoint Document" in ole.names:
            raise BadFile(msg(_NOT_A_TABLE, name=filename, what=msg("Word 或 PowerPoint 文件")))
        if ole.names & {"_VBA_PROJECT_CUR", "_VBA_PROJECT", "VBA"}:
            raise BadFile(msg(MACRO, name=filename))
        stream = ole.stream("Workbook") or ole.stream("Book")
    except BrokenOle as error:
        raise BadFile(msg(BROKEN, name=filename)) from error
    if stream is None:
        raise BadFile(msg(BROKEN, name=filename))
    _check_records(stream, filename)


def _check_records(stream: bytes, filename: str) -> None:
    """Encryption and Excel 4.0 macro sheets, which are named in the first part of the stream."""
    for _, kind, body in records(stream):
        if kind == _FILEPASS:
            raise BadFile(msg(ENCRYPTED, name=filename))
        if kind == _BOUNDSHEET and len(body) > 5 and body[5] == 1:
            raise BadFile(msg(MACRO, name=filename))
        if kind == 0x0A:
            return


def _check_zip(path: Path, filename: str, limits: Limits) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            found = _check_entries(archive, filename, limits)
            _check_parts(archive, filename, limits)
            return found
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        raise BadFile(msg(BROKEN, name=filename)) from error


def _check_entries(archive: zipfile.ZipFile, filename: str, limits: Limits) -> str:
    infos = sorted(archive.infolist(), key=lambda info: info.header_offset)
    names = {info.filename.lower() for info in infos}
    if any(info.flag_bits & 1 for info in infos):
        raise BadFile(msg(ENCRYPTED, name=filename))
    if any("vbaproject" in name or "/macrosheets/" in name for name in names):
        raise BadFile(msg(MACRO, name=filename))
    if len(names) != len(infos) or len(infos) > limits.zip_entries:
        raise BadFile(msg(BROKEN, name=filename))
    for one, following in zip(infos, infos[1:], strict=False):
        if one.header_offset + 30 + one.compress_size > following.header_offset:
            raise _bomb(filename)
    if sum(info.file_size for info in infos) > limits.unzipped_bytes:
        raise _bomb(filename)
    if _is_spreadsheet(archive, names):
        _check_document(archive, names, filename)
        return "ods"
    if not any(name.endswith("workbook.xml") for name in names):
        binary = any(name.endswith("workbook.bin") for name in names)
        what = msg(".xlsb 二进制工作簿") if binary else _zip_content(names)
        raise BadFile(msg(_NOT_A_TABLE if what else BROKEN, name=filename, what=what))
    return "xlsx"


def _is_spreadsheet(archive: zipfile.ZipFile, names: set[str]) -> bool:
    return {"mimetype", "content.xml"} <= names and archive.read("mimetype").strip() == _ODS


def _check_document(archive: zipfile.ZipFile, names: set[str], filename: str) -> None:
    """Passwords and macros of an OpenDocument file."""
    manifest = archive.read("META-INF/manifest.xml") if "meta-inf/manifest.xml" in names else b""
    if b"encryption-data" in manifest:
        raise BadFile(msg(ENCRYPTED, name=filename))
    if any(name.startswith(("basic/", "scripts/")) for name in names):
        raise BadFile(msg(MACRO, name=filename))


def _zip_content(names: set[str]) -> Message | None:
    if "word/document.xml" in names:
        return msg("Word 文件")
    if "content.xml" in names:
        return msg("OpenDocument 文件")
    return None if "[content_types].xml" in names or not names else msg("压缩包")


def _check_parts(archive: zipfile.ZipFile, filename: str, limits: Limits) -> None:
    """Unpack every part once, counting what really comes out and looking for entity declarations."""
    total = 0
    for info in archive.infolist():
        markup = info.filename.lower().endswith((".xml", ".rels", ".vml"))
        with archive.open(info) as part:
            size = _measure(part, limits.unzipped_bytes - total, markup, filename)
        total += size
        if size > limits.ratio_floor_bytes and size > limits.zip_ratio * max(info.compress_size, 1):
            raise _bomb(filename)


def _measure(part: IO[bytes], room: int, markup: bool, filename: str) -> int:
    size, tail = 0, b""
    while chunk := part.read(_CHUNK):
        size += len(chunk)
        if size > room:
            raise _bomb(filename)
        if markup and _declares(tail + chunk):
            raise BadFile(msg(_ENTITIES, name=filename))
        tail = chunk[-32:]
    return size


def _declares(content: bytes) -> bool:
    if b"<!" not in content and b"<\x00!" not in content:
        return False
    upper = content.replace(b"\x00", b"").upper()
    return b"<!DOCTYPE" in upper or b"<!ENTITY" in upper


def _bomb(filename: str) -> BadFile:
    problem = "文件“{name}”解压后的体积异常，可能是压缩炸弹，不予读取。请在 Excel 或 WPS 中另存后重新上传。"
    return BadFile(msg(problem, name=filename))
