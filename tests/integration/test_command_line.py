"""What the command line refuses: one sentence, the documented exit code, no traceback."""

from argparse import Namespace
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from tenglong.actions.reporting import bulletins as actions
from tenglong.cli.__main__ import main
from tenglong.cli.reporting import bulletins
from tenglong.domain.kernel.errors import BadValue
from tests.integration.campaign.world import build_places, make_roster

pytestmark = pytest.mark.django_db


@pytest.fixture
def roster() -> str:
    """The code of a roster without entries."""
    build_places()
    return make_roster().code


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--as-of", "2021-02-30"], "无法识别"),
        (["--as-of", "0001-01-01"], "无法识别"),
        (["--as-of", "2199-12-31"], "晚于今天"),
        (["--known-at", "yesterday"], "无法识别"),
        (["--known-at", "9999-12-31T23:59:59-08:00"], "无法识别"),
        (["--known-at", "0001-01-01"], "无法识别"),
    ],
)
@pytest.mark.parametrize("command", ["figures", "race"])
def test_days_and_moments_that_are_none(
    roster: str, command: str, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "--roster", roster, *arguments]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert said in told.err and told.err.count("\n") == 1


def test_a_bulletin_of_no_day(roster: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bulletin", "issue", "--roster", roster, "--as-of", "2021-13-01"]) == 2
    assert "无法识别" in capsys.readouterr().err


def test_a_place_where_nothing_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulletins, "issued_bulletin", lambda id, scope: None)
    again = SimpleNamespace(document=b"", digest="", identical=True)
    monkeypatch.setattr(actions, "reissue", lambda bulletin: again)
    with pytest.raises(BadValue, match="无法写入"):
        bulletins.run_reissue(Namespace(id=1, output=tmp_path / "missing" / "a.docx"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda rows: rows.all().delete(), "数据库还是空的"),
        (lambda rows: rows.filter(name__gt="0011").delete(), "须先升级"),
        (
            lambda rows: rows.create(
                app="store", name="9999_later", applied=datetime(2021, 11, 10, tzinfo=UTC)
            ),
            "较新的版本",
        ),
    ],
    ids=["empty", "earlier", "later"],
)
def test_a_database_of_another_version_is_called_one(
    change: Callable[[Any], Any], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change(MigrationRecorder(connection).migration_qs.filter(app="store"))
    assert main(["ledger", "verify"]) == 7
    told = capsys.readouterr()
    assert said in told.err and told.out == "" and "Traceback" not in told.err


@pytest.mark.parametrize(
    "command",
    [
        ["serve"],
        ["demo"],
        ["restore", "nowhere"],
        ["found", "--user", "a", "--name", "b", "--territory", "330400"],
    ],
    ids=lambda command: command[0],
)
def test_nothing_is_made_of_a_database_of_a_later_version(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Its migrations would do nothing, and the site would run on tables that it does not know."""
    MigrationRecorder(connection).record_applied("store", "9999_later")
    assert main(command) == 7
    told = capsys.readouterr()
    assert "较新的版本" in told.err and "升级前的备份" in told.err and told.out == ""
