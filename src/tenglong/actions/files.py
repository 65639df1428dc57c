"""Keeping files by their content, and pieces of evidence once they are what their names say."""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings

from tenglong.domain.campaign.evidence import check_file, most_bytes
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import msg
from tenglong.domain.ledger.entries import StatedFile
from tenglong.queries.files import path_of


class UploadedFile(Protocol):
    """What web frameworks hand over: a name, a type and the content in pieces."""

    name: str | None
    content_type: str | None

    def chunks(self) -> Iterable[bytes]:
        """The content in pieces."""


def keep_evidence(file: UploadedFile) -> StatedFile:
    """Keep a piece of evidence.

    Raises:
        BadFile: it is too large, of a type that is not accepted, or not what its name says.
    """
    digest, size = keep(_checked(file), limit=most_bytes())
    name, content_type = (file.name or "")[-200:], (file.content_type or "")[:80]
    return StatedFile(digest, name, size, content_type)


def keep_stated(files: Iterable[UploadedFile]) -> list[dict[str, Any]]:
    """Keep pieces of evidence, as an entry states them; one that is given twice is kept once.

    Raises:
        BadFile: as `keep_evidence`.
    """
    return [vars(file) for file in dict.fromkeys(keep_evidence(file) for file in files)]


def _checked(file: UploadedFile) -> Iterator[bytes]:
    """The pieces of a file, the first only once it shows what its name says."""
    for number, chunk in enumerate(file.chunks()):
        if number == 0:
            check_file(file.name or "", chunk)
        yield chunk


def keep(chunks: Iterable[bytes], *, limit: int | None = None) -> tuple[str, int]:
    """Keep a file given in pieces; returns its SHA-256 and its size in bytes.

    The file appears under its name only when it is whole and on the disk, so that neither a crash nor a power cut
    leaves anything half, or a row that names a file which is not there.

    Raises:
        BadFile: the file is larger than `limit` bytes (settings.UPLOAD_LIMIT_BYTES unless told).
    """
    most = settings.UPLOAD_LIMIT_BYTES if limit is None else limit
    folder = Path(settings.FILE_STORE)
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(handle, "wb") as target:
            digest, size = _copy(chunks, target, most)
            target.flush()
            os.fsync(target.fileno())
        final = path_of(digest)
        if not final.parent.exists():
            final.parent.mkdir(exist_ok=True)
            _sync(folder)
        Path(name).replace(final)
        _sync(final.parent)
    finally:
        Path(name).unlink(missing_ok=True)
    return digest, size


def _sync(folder: Path) -> None:
    """What was put into a folder is found there after a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _copy(chunks: Iterable[bytes], target, most: int) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        size += len(chunk)
        if size > most:
            problem = "文件超过 {most} MB，请拆分后分别上传。"
            raise BadFile(msg(problem, most=most // 1024 // 1024))
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest(), size
