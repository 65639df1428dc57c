"""Keeping files by their content."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import msg
from tenglong.queries.files import path_of


def keep(chunks: Iterable[bytes], *, limit: int | None = None) -> tuple[str, int]:
    """Keep a file given in pieces; returns its SHA-256 and its size in bytes.

    The file appears under its name only when it is whole, so that a crash leaves nothing half.

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
        final = path_of(digest)
        final.parent.mkdir(exist_ok=True)
        Path(name).replace(final)
    finally:
        Path(name).unlink(missing_ok=True)
    return digest, size


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
