"""What an error of the machine means for a person: no room, nothing to be written, a library that was left out."""

import errno
from collections.abc import Iterator
from importlib.util import find_spec

from tenglong.domain.kernel.errors import DiskFull, NotInstalled, ReadOnly, UserError
from tenglong.domain.kernel.messages import msg

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}
SQLITE_FULL = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_SHMSIZE")
SQLITE_READ_ONLY = ("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")
POSTGRESQL_FULL, POSTGRESQL_READ_ONLY = ("53100",), ("25006",)

EXTRAS = {
    "evaluation": ("polars", "narwhals", "pyarrow", "duckdb"),
    "roadmap": ("scipy", "numba", "highspy", "pyarrow"),
    "matching": ("splink", "duckdb", "pyarrow"),
    "spark": ("pyspark",),
}
"""What a small county may leave out, as pyproject.toml has it."""


def check_installed(extra: str) -> None:
    """Raises NotInstalled where a library of an extra is not there: asked before long work begins."""
    if not all(map(find_spec, EXTRAS[extra])):
        raise _without(extra)


def explained(error: BaseException | None) -> UserError | None:
    """The sentence for an error of the machine; None for every other one.

    Libraries tell it in their own words: the system by a number, SQLite by a name, PostgreSQL by a state.
    """
    for one in _causes(error):
        if isinstance(one, ModuleNotFoundError) and (extra := _extra_of(one.name or "")):
            return _without(extra)
        number, said = getattr(one, "errno", None), str(getattr(one, "sqlite_errorname", ""))
        state = getattr(one, "sqlstate", None)
        if number in FULL or said.startswith(SQLITE_FULL) or state in POSTGRESQL_FULL:
            problem = (
                "服务器磁盘已满，本次操作没有保存，已有数据不受影响。请联系系统管理员腾出空间后重新操作。"
            )
            return DiskFull(msg(problem))
        if number in READ_ONLY or said.startswith(SQLITE_READ_ONLY) or state in POSTGRESQL_READ_ONLY:
            problem = (
                "数据目录、数据库或目标文件夹不能写入（只读或没有权限），没有保存。"
                "请联系系统管理员恢复后重新操作。"
            )
            return ReadOnly(msg(problem))
    return None


def _extra_of(module: str) -> str | None:
    """The extra that brings a module."""
    top = module.partition(".")[0]
    return next((extra for extra, libraries in EXTRAS.items() if top in libraries), None)


def _without(extra: str) -> NotInstalled:
    problem = (
        "这项功能需要扩展组件“{extra}”，本站点没有安装。"
        "请系统管理员运行 pip install 'tenglong[{extra}]'（源代码安装用 make setup）后重新启动。"
    )
    return NotInstalled(msg(problem, extra=extra))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error, what it came from, and so on."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
