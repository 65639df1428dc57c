"""An error of the machine is called by its name, however deep it lies."""

import errno
import sqlite3
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tenglong.domain.kernel.errors import DiskFull, NotInstalled, ReadOnly
from tenglong.domain.kernel.machine import EXTRAS, check_installed, explained


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
    assert isinstance(explained(error), DiskFull)


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
    assert isinstance(explained(error), ReadOnly)


def test_what_lies_behind_counts(tmp_path: Path) -> None:
    there = sqlite3.connect(tmp_path / "one.sqlite3")
    there.execute("CREATE TABLE one (a)")
    there.execute("PRAGMA query_only = ON")
    with pytest.raises(RuntimeError) as found:
        try:
            there.execute("INSERT INTO one VALUES (1)")
        except sqlite3.Error as error:
            raise RuntimeError("no") from error
    assert isinstance(explained(found.value), ReadOnly)


@pytest.mark.parametrize(
    "error", [None, ValueError("…"), FileNotFoundError(errno.ENOENT, "…"), Told(sqlstate="23505")]
)
def test_other_errors_stay_what_they_are(error: Exception | None) -> None:
    assert explained(error) is None


def test_the_extras_are_those_of_the_project() -> None:
    project = tomllib.loads((Path(__file__).parents[4] / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    stated = project["optional-dependencies"]
    assert {extra: {Requirement(one).name for one in stated[extra]} for extra in EXTRAS} == {
        extra: set(libraries) for extra, libraries in EXTRAS.items()
    }
    always = {Requirement(one).name for one in project["dependencies"]}
    assert always.isdisjoint(library for libraries in EXTRAS.values() for library in libraries)


@pytest.mark.parametrize(
    ("library", "extra"), [("polars", "evaluation"), ("numba", "roadmap"), ("splink", "matching")]
)
def test_a_library_that_was_left_out_names_its_extra(
    library: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(NotInstalled, match=rf"tenglong\[{extra}\]"):
        check_installed(extra)
    with pytest.raises(ImportError) as found:
        __import__(library)
    assert isinstance(explained(found.value), NotInstalled)


def test_what_is_installed_is_no_trouble() -> None:
    for extra in ("evaluation", "roadmap", "matching"):
        check_installed(extra)
