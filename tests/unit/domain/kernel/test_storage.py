"""A disk that is full or may only be read is called by its name, however deep the error lies."""

import errno
import sqlite3
from pathlib import Path

import pytest

from tenglong.domain.kernel.errors import DiskFull, ReadOnly
from tenglong.domain.kernel.storage import unwritable


class Told(Exception):
    """As a library tells it."""

    def __init__(self, **said: object) -> None:
        super().__init__("…")
        self.__dict__.update(said)


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "…"),
        OSError(errno.EDQUOT, "…"),
        Told(sqlite_errorname="SQLITE_FULL"),
        Told(sqlstate="53100"),
    ],
)
def test_a_full_disk(error: Exception) -> None:
    assert isinstance(unwritable(error), DiskFull)


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.EROFS, "…"),
        PermissionError(errno.EACCES, "…"),
        Told(sqlite_errorname="SQLITE_READONLY_DBMOVED"),
        Told(sqlstate="25006"),
    ],
)
def test_a_disk_that_may_only_be_read(error: Exception) -> None:
    assert isinstance(unwritable(error), ReadOnly)


def test_what_lies_behind_counts(tmp_path: Path) -> None:
    there = sqlite3.connect(tmp_path / "one.sqlite3")
    there.execute("CREATE TABLE one (a)")
    there.execute("PRAGMA query_only = ON")
    with pytest.raises(RuntimeError) as found:
        try:
            there.execute("INSERT INTO one VALUES (1)")
        except sqlite3.Error as error:
            raise RuntimeError("no") from error
    assert isinstance(unwritable(found.value), ReadOnly)


@pytest.mark.parametrize(
    "error", [None, ValueError("…"), FileNotFoundError(errno.ENOENT, "…"), Told(sqlstate="23505")]
)
def test_other_errors_stay_what_they_are(error: Exception | None) -> None:
    assert unwritable(error) is None
