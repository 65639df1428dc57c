"""The parent's side: rows come back, and whatever happens to the child becomes a sentence."""

import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from tenglong.domain.intake.readers import sandbox
from tenglong.domain.intake.readers.limits import Limits
from tenglong.domain.intake.readers.sandbox import read_table, start_reading
from tenglong.domain.kernel.errors import BadFile, NotFound
from tests.intake_files import write_xlsx


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    header = ["企业名称", "信用代码", "用地(公顷)"]
    return write_xlsx(tmp_path / "a.xlsx", [header, *([f"演示{n}厂", f"91{n:016}", n] for n in range(50))])


def test_rows_can_be_walked_more_than_once(ledger: Path) -> None:
    with read_table(ledger, "台账.xlsx", "case_ledger") as table:
        first, again = list(table.rows()), list(table.rows())
    assert first == again and len(first) == table.summary.read == 50
    assert table.column_ids == {"firm_name", "code", "land"}
    assert first[2].cells["land"].ref == "C4" and first[2].value("land") == 30


def test_who_needs_some_columns_gets_the_same_rows_with_those_cells(ledger: Path) -> None:
    with read_table(ledger, "台账.xlsx", "case_ledger") as table:
        for whole, some in zip(table.rows(), table.rows({"firm_name", "town"}), strict=True):
            assert some.cells == {"firm_name": whole.cells["firm_name"]}
            assert (some.sheet, some.row, some.said, some.digest) == (
                whole.sheet,
                whole.row,
                whole.said,
                whole.digest,
            )


def test_rows_may_be_walked_while_the_file_is_read_and_a_refusal_comes_with_them(
    ledger: Path, tmp_path: Path
) -> None:
    with start_reading(ledger, "台账.xlsx", "case_ledger") as table:
        assert len(list(table.rows())) == table.rows_in_all == 50
    (tmp_path / "b.xlsx").write_bytes(b"%PDF")
    with start_reading(tmp_path / "b.xlsx", "名单.xlsx", "firms") as table:
        with pytest.raises(BadFile, match="PDF"):
            list(table.rows())


def test_refusals_come_through(tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"%PDF")
    with pytest.raises(BadFile, match="“名单.xlsx”实际上是“PDF 文件”"):
        read_table(tmp_path / "a.xlsx", "名单.xlsx", "firms")


def test_an_unknown_kind_is_refused_before_a_child_is_started(ledger: Path) -> None:
    with pytest.raises(NotFound):
        read_table(ledger, "a.xlsx", "taxes")


def test_a_sheet_that_needs_too_much_memory_is_a_sentence(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = 1, 2
    book.save(tmp_path / "far.xlsx")
    with pytest.raises(BadFile, match="请删除多余的空行空列"):
        read_table(tmp_path / "far.xlsx", "far.xlsx", "firms")


def test_too_little_time_is_a_sentence(ledger: Path) -> None:
    with pytest.raises(BadFile, match="读取时间超过"):
        read_table(ledger, "a.xlsx", "firms", limits=Limits(wall_seconds=0))


def test_a_crash_is_a_sentence_and_is_logged(
    ledger: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sandbox, "RESULT", "never-written.json")
    with pytest.raises(BadFile, match="请联系管理员"):
        read_table(ledger, "a.xlsx", "firms")
    assert "intake child failed" in caplog.text


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (
            "os.kill(os.getpid(), signal.SIGABRT)",
            "占用的内存超过上限",
        ),  # so a library ends that gets no memory
        ("raise MemoryError", "占用的内存超过上限"),
        ("os.kill(os.getpid(), signal.SIGXCPU)", "读取时间超过"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "读取时间超过"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "请联系管理员"),
        ("sys.exit(6)", "请联系管理员"),
    ],
)
def test_however_the_child_ends_there_is_a_sentence(
    end: str, said: str, ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = subprocess.Popen
    ended = [sys.executable, "-c", f"import os, signal, sys; {end}"]
    monkeypatch.setattr(sandbox.subprocess, "Popen", lambda command, **more: start(ended, **more))
    with pytest.raises(BadFile, match=said):
        read_table(ledger, "a.xlsx", "firms")


def test_the_child_knows_nothing_of_the_servers_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    assert not {"DATABASE_URL", "TENGLONG_SECRET_KEY"} & set(sandbox._environment())
