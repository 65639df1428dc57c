"""Files collected because they broke other programs: each gives rows or a sentence, never a traceback."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tenglong.domain.intake.kinds import table_kinds
from tenglong.domain.intake.readers.sandbox import read_table
from tenglong.domain.kernel.errors import BadFile


def outcome(path: Path, kind_id: str) -> str:
    """What became of the file: the word rows, or the sentence."""
    try:
        with read_table(path, path.name, kind_id) as table:
            assert sum(1 for _ in table.rows()) == table.summary.read
            return "rows"
    except BadFile as error:
        return str(error)


@pytest.mark.slow
@pytest.mark.parametrize("kind_id", table_kinds())
def test_every_file_gives_rows_or_a_sentence(
    shared: Path, kind_id: str, caplog: pytest.LogCaptureFixture
) -> None:
    files = sorted(path for path in (shared / "data/05_excel").rglob("*") if path.suffix)
    assert files
    with ThreadPoolExecutor(3) as pool:
        outcomes = dict(zip(files, pool.map(lambda path: outcome(path, kind_id), files), strict=True))
    assert [path.name for path, said in outcomes.items() if said != "rows" and path.name not in said] == []
    assert caplog.records == [], "a crash of the child would have been logged"


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
