"""Files collected because they broke other programs: each gives rows or a sentence, never a traceback."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path

import pytest

from tenglong.domain.intake.kinds import table_kind, table_kinds
from tenglong.domain.intake.readers.child import RESULT, ROWS, parse
from tenglong.domain.intake.readers.limits import Limits
from tenglong.domain.intake.readers.sandbox import read_table
from tenglong.domain.intake.rows import Summary
from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.kernel.messages import Message

KINDS = list(table_kinds())


def outcome(path: Path, kind_id: str) -> str:
    """What became of the file: the word rows, or the sentence."""
    try:
        with read_table(path, path.name, kind_id) as table:
            assert sum(1 for _ in table.rows()) == table.summary.read
            return "rows"
    except BadFile as error:
        return str(error)


def outcome_here(path: Path, kind_id: str, folder: Path) -> str:
    """The same by what the sandbox runs, in this process."""
    parse(path, path.name, table_kind(kind_id), Limits(), folder)
    result = json.loads((folder / RESULT).read_text(encoding="utf-8"))
    if "bad_file" in result:
        return str(Message.from_json(result["bad_file"]))
    said = map(json.loads, (folder / ROWS).read_text(encoding="utf-8").splitlines())
    assert sum(isinstance(line, list) for line in said) == Summary.from_json(result["summary"]).read
    return "rows"


def unexplained(outcomes: dict[Path, str]) -> list[str]:
    """The files that gave neither rows nor a sentence with their name."""
    return [path.name for path, said in outcomes.items() if said != "rows" and path.name not in said]


def of_each(files: list[Path], outcome: Callable[[Path], str]) -> dict[Path, str]:
    """What became of every file."""
    with ThreadPoolExecutor(3) as pool:
        return dict(zip(files, pool.map(outcome, files), strict=True))


@pytest.fixture(scope="module")
def files(shared: Path) -> list[Path]:
    """All of them."""
    found = sorted(path for path in (shared / "data/05_excel").rglob("*") if path.suffix)
    assert found
    return found


@pytest.mark.slow
def test_every_file_gives_rows_or_a_sentence(files: list[Path], caplog: pytest.LogCaptureFixture) -> None:
    """Each in the sandbox, as tables of the kinds in turn: a file is opened before anybody asks what it is for."""
    kinds = dict(zip(files, cycle(KINDS)))
    outcomes = of_each(files, lambda path: outcome(path, kinds[path]))
    assert unexplained(outcomes) == []
    assert caplog.records == [], "a crash of the child would have been logged"


@pytest.mark.slow
@pytest.mark.parametrize("kind_id", KINDS)
def test_every_file_as_every_kind_of_table(files: list[Path], kind_id: str, tmp_path: Path) -> None:
    assert unexplained({path: outcome_here(path, kind_id, tmp_path) for path in files}) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nasty_54764.xlsx", "XML 实体定义"),
        ("nasty_pass_protected.xlsx", "打开密码"),
        ("nasty_password_2002_40_xor.xls", "打开密码"),
        ("nasty_xlmmacro.xlsm", "含有宏"),
        ("nasty_testEXCEL_4.xls", "Excel 4.0"),
        ("nasty_OOM_alloc3.xls", "已损坏"),
        ("nasty_missing-bits.xlsx", "不是表格"),
        ("nasty_empty_sheet.xlsx", "是空的"),
    ],
)
def test_the_sentence_says_what_is_wrong(shared: Path, name: str, sentence: str) -> None:
    assert sentence in outcome(shared / "data/05_excel/fixture_zoo" / name, "firms")
