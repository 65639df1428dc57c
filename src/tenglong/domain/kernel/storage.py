"""What an error of the disk or the database means for the person who wanted to write."""

import errno
from collections.abc import Iterator

from tenglong.domain.kernel.errors import DiskFull, ReadOnly, UserError
from tenglong.domain.kernel.messages import msg

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}
SQLITE_FULL = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_SHMSIZE")
SQLITE_READ_ONLY = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")
POSTGRESQL_FULL, POSTGRESQL_READ_ONLY = ("53100",), ("25006",)


def unwritable(error: BaseException | None) -> UserError | None:
    """The sentence where it failed because nothing can be written; None for every other error.

    Libraries tell it in their own words: the system by a number, SQLite by a name, PostgreSQL by a state.
    """
    for one in _causes(error):
        number, said = getattr(one, "errno", None), str(getattr(one, "sqlite_errorname", ""))
        state = getattr(one, "sqlstate", None)
        if number in FULL or said.startswith(SQLITE_FULL) or state in POSTGRESQL_FULL:
            problem = (
                "服务器磁盘已满，本次操作没有保存，已有数据不受影响。请联系系统管理员腾出空间后重新操作。"
            )
            return DiskFull(msg(problem))
        if number in READ_ONLY or said.startswith(SQLITE_READ_ONLY) or state in POSTGRESQL_READ_ONLY:
            problem = "数据目录或数据库不能写入（只读或没有权限），本次操作没有保存。请联系系统管理员恢复后重新操作。"
            return ReadOnly(msg(problem))
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error, what it came from, and so on."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
