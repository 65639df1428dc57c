"""Whether the database is one that this version of the program can read."""

from pathlib import Path
from typing import Any

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from tenglong.domain.kernel.errors import Conflict
from tenglong.domain.kernel.messages import msg
from tenglong.store import migrations


def check_current() -> None:
    """Raises Conflict when the database is empty, or was made by an earlier or a later version of the program."""
    applied, known = _applied(), _known()
    if not applied:
        problem = "数据库还是空的：请核对 TENGLONG_DATA 或 DATABASE_URL，或先运行 tenglong serve 建立。"
        raise Conflict(msg(problem))
    if known - applied:
        problem = "数据库由较早的版本建立，须先升级：请备份后运行 tenglong serve（启动时自动升级）。"
        raise Conflict(msg(problem))
    check_not_later()


def check_not_later() -> None:
    """Raises Conflict when the database was made by a later version of the program, which no migration brings back."""
    if _applied() - _known():
        problem = (
            "数据库已由较新的版本升级，本版本不能读取：请改用新版本的程序；"
            "如要退回本版本，请把升级前的备份恢复到新的数据库和数据目录。"
        )
        raise Conflict(msg(problem))


def last_migration() -> str:
    """The name of the last migration of this version of the program."""
    return max(_known())


def _applied() -> set[str]:
    recorded = MigrationRecorder(connection).applied_migrations() if _exists(connection) else {}
    return {name for app, name in recorded if app == "store"}


def _known() -> set[str]:
    return {path.stem for path in Path(migrations.__path__[0]).glob("0*.py")}


def _exists(connection: Any) -> bool:
    """Whether there is a database to ask: SQLite would make an empty file by asking."""
    file = connection.vendor == "sqlite" and not connection.is_in_memory_db()
    return not file or Path(connection.settings_dict["NAME"]).exists()
