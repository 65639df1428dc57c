"""Where a kept file lies: under its SHA-256, so that the same content is kept once and a change of it shows."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.cache import cache

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import msg

PIECE = 1 << 20


def path_of(digest: str) -> Path:
    """The path of the file whose content has this digest."""
    return Path(settings.FILE_STORE) / digest[:2] / digest


def digest_of(stored_under: str) -> str:
    """The SHA-256 of a kept file as it is now; "" where it is gone."""
    path, found = path_of(stored_under), hashlib.sha256()
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            found.update(piece)
    return found.hexdigest()


def whole(digest: str, name: str) -> Path:
    """The path of a kept file, to read or hand out.

    Raises:
        BadFile: it is gone, or its content is no longer what it was.
    """
    if not is_whole(digest):
        raise BadFile(
            msg("文件“{name}”缺失或内容被改动，不能提供，请联系系统管理员从备份中恢复。", name=name)
        )
    return path_of(digest)


def is_whole(digest: str) -> bool:
    """Whether a kept file is there with the content that it was kept with.

    It is read whole, but once for each state of the file: the file system's own instant of change, which nobody sets,
    says when it is another.
    """
    try:
        found = path_of(digest).stat()
    except OSError:
        return False
    state = f"whole:{digest}:{found.st_ino}:{found.st_size}:{found.st_ctime_ns}"
    if (known := cache.get(state)) is None:
        known = digest_of(digest) == digest
        cache.set(state, known, 3600)
    return bool(known)


def spoilt_files() -> Iterator[str]:
    """The digests of kept files whose content is not what their name says, of all that lie in the store."""
    for path in sorted(Path(settings.FILE_STORE).glob("??/*")):
        if digest_of(path.name) != path.name:
            yield path.name
