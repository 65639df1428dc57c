"""The key with which a site signs its checkpoints: made at its first use, handed on to the next one, replaced where it
was lost. A checkpoint says so: the last one of the old key names the next (`next_key`), or the first one of a new key
says that the old one signed nothing of it, and why (`broke`).

Files change only while the first checkpoint is locked, so that handing on is one after the other on every database.
"""

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.domain.ledger.checkpoints import key_after
from tenglong.domain.ledger.signing import public_key
from tenglong.queries.checkpoints import key_file, next_key_file


def site_seed() -> bytes:
    """The secret key of the site, made at its first use and kept beside the data, readable to nobody else."""
    path = key_file()
    if not path.exists():
        _write_pair(path, secrets.token_bytes(32))
    return _read(path)


def next_seed() -> bytes:
    """The secret key that shall sign from now on: kept beside the site's own until a checkpoint has named it."""
    for path in (next_key_file(), next_key_file().with_suffix(".pub")):
        path.unlink(missing_ok=True)
    _write_pair(next_key_file(), secrets.token_bytes(32))
    return _read(next_key_file())


def seed_after(before: Mapping[str, Any], key: str) -> bytes:
    """The secret key that signs what follows the checkpoint of the head `before`, which `key` signed; one that was
    named for it takes its place here.

    Raises:
        Conflict: the key of this site is lost, or another one lies in its place.
    """
    wanted = key_after(before, key)
    if next_key_file().exists() and public_key(_read(next_key_file())) == wanted:
        for old in (
            key_file().with_suffix(".pub"),
            key_file(),
        ):  # the secret one last: until then all is done again
            with suppress(FileNotFoundError):
                os.replace(next_key_file().with_suffix(old.suffix), old)
    if not key_file().exists() or public_key(_read(key_file())) != wanted:
        problem = (
            "keys/site.key 缺失，或与此前校验点的密钥不同，不能签署校验点：请从备份恢复该文件；"
            "确已遗失或外泄的，请运行 tenglong ledger rekey --lost --reason 理由。"
        )
        raise Conflict(msg(problem))
    return _read(key_file())


def _read(path: Path) -> bytes:
    return bytes.fromhex(path.read_text(encoding="ascii"))


def _write_pair(path: Path, seed: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _write_once(path, seed.hex(), 0o600)
    _write_once(path.with_suffix(".pub"), public_key(_read(path)), 0o644)


def _write_once(path: Path, text: str, mode: int) -> None:
    """Whole or not at all, and never over one that another process made meanwhile."""
    own = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    handle = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(own, path)
    except FileExistsError:
        pass
    finally:
        own.unlink()
