"""Backup and restore: database, files, keys and a checkpoint in one folder, the same for both kinds of database.

Tables are written row by row as JSON lines, so that what was kept on SQLite can be restored on PostgreSQL and the other
way round. Sign-ins are not kept: people sign in again.
"""

import base64
import gzip
import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model, QuerySet

import tenglong
from tenglong.actions.checkpoints import take_checkpoint
from tenglong.actions.steps import leave
from tenglong.domain.kernel.errors import BadFile, Conflict
from tenglong.domain.kernel.jsontext import compact, read
from tenglong.domain.kernel.messages import msg
from tenglong.domain.ledger.checkpoints import Stated
from tenglong.queries.checkpoints import key_file, stated
from tenglong.queries.files import PIECE
from tenglong.queries.kernel.database import last_migration
from tenglong.store.guards import put_up, take_down
from tenglong.store.models import Session

FORMAT = "tenglong backup 1"
AT_ONCE = 500


@dataclass(frozen=True)
class Kept:
    """What a backup holds."""

    checkpoint: Stated
    rows: int
    files: int


def back_up(folder: Path, *, by: str, at: datetime) -> Kept:
    """Keep the whole site in `folder`, which must be empty or new, while it goes on working; the trail says who did,
    since whoever holds it holds everything.

    Raises:
        Conflict: there is something in the folder already; BadFile: a kept file was changed: it is named, and no
            backup pretends to be whole.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Conflict(msg("文件夹“{folder}”不是空的，请给出一个新的文件夹。", folder=str(folder)))
    (folder / "database").mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    leave(by=by, at=at, deed="back_up", about="site", folder=str(folder))
    checkpoint = stated(take_checkpoint(at=at))
    with _at_one_moment():
        tables = {model._meta.db_table: _write_table(model, folder) for model in _models()}
    files = _copy_files(Path(settings.FILE_STORE), folder / "files")
    _copy_keys(Path(settings.DATA), folder)
    (folder / "checkpoint.json").write_text(_pretty(checkpoint.to_json()), encoding="utf-8")
    said = {
        "format": FORMAT,
        "taken_at": at.isoformat(),
        "software": tenglong.__version__,
        "migration": last_migration(),
        "tables": tables,
        "files": files,
        "checkpoint": checkpoint.digest,
    }
    (folder / "backup.json").write_text(_pretty(said), encoding="utf-8")
    return Kept(checkpoint, sum(table["rows"] for table in tables.values()), files)


def restore(folder: Path, *, by: str, at: datetime) -> Kept:
    """Fill the database, which must be new, the file store and the keys from a backup; guards are up again at the end.

    Raises:
        BadFile: the folder is no backup, or something in it was changed or is missing.
        Conflict: the database or the file store is not empty, or the backup was made by another version.
    """
    said = _read_said(folder)
    checkpoint = Stated.from_json(read((folder / "checkpoint.json").read_bytes()))
    if checkpoint.problem or checkpoint.digest != said["checkpoint"]:
        raise BadFile(checkpoint.problem or _spoilt("checkpoint.json"))
    _check_empty()
    with transaction.atomic():
        take_down()
        rows = sum(_read_table(model, folder, said["tables"][model._meta.db_table]) for model in _models())
        _count_on()
        put_up()
    files = _copy_files(folder / "files", Path(settings.FILE_STORE))
    _copy_keys(folder, Path(settings.DATA))
    if files != said["files"]:
        raise BadFile(
            msg(
                "备份应有 {count} 个文件，现有 {found} 个，请换用另一份备份。",
                count=said["files"],
                found=files,
            )
        )
    leave(by=by, at=at, deed="restore", about="site", checkpoint=checkpoint.digest)
    return Kept(checkpoint, rows, files)


def _models() -> list[type[Model]]:
    """Every table but that of sessions: people sign in again."""
    return [model for model in apps.get_app_config("store").get_models() if model is not Session]


@contextmanager
def _at_one_moment() -> Iterator[None]:
    """Within it everything that is read is of one moment; nobody who writes waits."""
    here: Any = connection
    usual = here.settings_dict["OPTIONS"].get("transaction_mode")
    try:
        if here.vendor == "sqlite":
            here.transaction_mode = "DEFERRED"  # a reader: SQLite lets others write beside it
        with transaction.atomic():
            if here.vendor == "postgresql":
                with here.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield
    finally:
        if here.vendor == "sqlite":
            here.transaction_mode = usual


# Tables.


def _write_table(model: type[Model], folder: Path) -> dict[str, Any]:
    """One line for each row; gives how many there are and the digest of the file."""
    names, path, count = _columns(model), _table_file(folder, model), 0
    with gzip.open(path, "wb", compresslevel=3) as file:
        for row in model._base_manager.order_by("pk").values_list(*names).iterator(chunk_size=5000):
            file.write(compact([_plain(value) for value in row]).encode() + b"\n")
            count += 1
    return {"rows": count, "columns": list(names), "digest": _digest(path)}


def _read_table(model: type[Model], folder: Path, said: dict[str, Any]) -> int:
    path = _table_file(folder, model)
    if not path.exists() or _digest(path) != said["digest"]:
        raise BadFile(_spoilt(path.name))
    known: dict[str, Any] = {field.attname: field for field in model._meta.concrete_fields}
    fields = [known[name] for name in said["columns"]]
    rows: QuerySet[Any] = QuerySet(model)  # past what seals and holds new rows: these are old ones
    part, count = [], 0
    with gzip.open(path, "rb") as file:
        for line in file:
            values = zip(fields, read(line), strict=True)
            part.append(model(**{field.attname: field.to_python(value) for field, value in values}))
            count += 1
            if len(part) == AT_ONCE:
                rows.bulk_create(part)
                part = []
    rows.bulk_create(part)
    return count


def _columns(model: type[Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields)


def _table_file(folder: Path, model: type[Model]) -> Path:
    return folder / "database" / f"{model._meta.db_table}.jsonl.gz"


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return value


def _count_on() -> None:
    """PostgreSQL's counters go on from the highest numbers."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), _models()):
            cursor.execute(statement)
        cursor.execute(
            "SELECT setval('entry_numbers_given', GREATEST((SELECT MAX(id) FROM store_entry), 1), "
            "EXISTS (SELECT 1 FROM store_entry))"
        )


def _check_empty() -> None:
    for model in _models():
        if model._base_manager.exists():
            problem = "数据库不是空的（表 {table}），恢复只能在新建的数据库上进行。"
            raise Conflict(msg(problem, table=model._meta.db_table))
    if any(Path(settings.FILE_STORE).glob("??/*")) or key_file().exists():
        raise Conflict(msg("TENGLONG_DATA 中已有文件或密钥，恢复只能在新的数据目录上进行。"))


# Files.


def _copy_files(source: Path, target: Path) -> int:
    """Copy every kept file, each held against its name while it is read."""
    count = 0
    for path in sorted(source.glob("??/*")):
        final = target / path.parent.name / path.name
        final.parent.mkdir(parents=True, exist_ok=True)
        with path.open("rb") as read_, final.open("wb") as write:
            found = hashlib.sha256()
            while piece := read_.read(PIECE):
                found.update(piece)
                write.write(piece)
        if found.hexdigest() != path.name:
            final.unlink()
            raise BadFile(_spoilt(path.name))
        count += 1
    return count


def _copy_keys(source: Path, target: Path) -> None:
    for name in ("keys/site.key", "keys/site.pub", "secret_key"):
        if (source / name).exists():
            (target / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copy2(source / name, target / name)


def _read_said(folder: Path) -> dict[str, Any]:
    try:
        said: dict[str, Any] = json.loads((folder / "backup.json").read_text(encoding="utf-8"))
        known = said["format"] == FORMAT
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadFile(_no_backup(folder)) from error
    if not known:
        raise BadFile(_no_backup(folder))
    if said["migration"] != last_migration():
        problem = "备份由 {software} 版（{migration}）作出，与本程序不同：请用同一版本恢复，再升级。"
        raise Conflict(msg(problem, software=said["software"], migration=said["migration"]))
    return said


def _no_backup(folder: Path) -> Any:
    return msg("“{folder}”不是完整的备份文件夹，请核对。", folder=str(folder))


def _spoilt(name: str) -> Any:
    return msg("文件 {name} 缺失或被改动，不能继续；请从另一份备份中取回它。", name=name)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pretty(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
