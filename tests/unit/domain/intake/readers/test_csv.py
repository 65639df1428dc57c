"""Text files in the encodings and shapes that arrive."""

from pathlib import Path

import pytest

from tenglong.domain.intake.raw import RawRow
from tenglong.domain.intake.readers.csv import read_csv
from tenglong.domain.intake.readers.limits import Limits
from tenglong.domain.kernel.errors import BadFile

TEXT = "企业名称,备注\n演示一厂,甲\n"


def rows(path: Path, content: bytes, limits: Limits | None = None) -> list[RawRow]:
    path.write_bytes(content)
    (sheet,) = read_csv(path, "a.csv", limits or Limits()).sheets()
    return list(sheet.rows())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    found = rows(tmp_path / "a.csv", TEXT.encode(encoding))
    assert found == [(1, ["企业名称", "备注"]), (2, ["演示一厂", "甲"])]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters(tmp_path: Path, delimiter: str) -> None:
    found = rows(tmp_path / "a.csv", TEXT.replace(",", delimiter).encode())
    assert found[1] == (2, ["演示一厂", "甲"])


def test_a_quoted_line_break_does_not_begin_a_row_and_a_blank_line_is_one(tmp_path: Path) -> None:
    found = rows(
        tmp_path / "a.csv", '名称,备注\r\n"演示,一厂","第一行\r\n第二行"\r\n\r\n乙,"他说""好"""\r\n'.encode()
    )
    assert found[1:] == [(2, ["演示,一厂", "第一行\r\n第二行"]), (3, []), (4, ["乙", '他说"好"'])]


def test_an_open_quote_is_told_and_not_swallowed(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="第 2 行的引号不成对"):
        rows(tmp_path / "a.csv", '名称,备注\n"演示一厂,甲\n乙,丙\n'.encode())


def test_an_unknown_encoding_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="文字编码无法识别"):
        rows(tmp_path / "a.csv", b"\xff\xff\x80,\xff")


def test_too_many_rows_are_refused_and_never_cut_off(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="超过 1 行"):
        rows(tmp_path / "a.csv", TEXT.encode(), Limits(rows=1))


def test_a_table_that_reaches_its_limits_exactly_is_read(tmp_path: Path) -> None:
    cells = rows(tmp_path / "a.csv", TEXT.encode())
    whole = Limits(rows=len(cells), columns=max(len(row) for _, row in cells))
    assert rows(tmp_path / "a.csv", TEXT.encode(), whole) == cells
    with pytest.raises(BadFile, match=f"{whole.columns - 1} 列的上限"):
        rows(tmp_path / "a.csv", TEXT.encode(), Limits(columns=whole.columns - 1))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_gives_a_known_header_however_often_another_sign_stands_in_texts(
    tmp_path: Path, delimiter: str
) -> None:
    others = "".join(sign * 20 for sign in ",;\t|" if sign != delimiter)
    text = f"演示台账\n县(市、区){delimiter}企业名称{delimiter}备注\n甲县{delimiter}演示一厂{delimiter}{others}\n"
    assert rows(tmp_path / "a.csv", text.encode())[1][1] == ["县(市、区)", "企业名称", "备注"]


def test_blanks_at_the_end_have_no_size(tmp_path: Path) -> None:
    content = "企业名称,备注,,,\n演示一厂,,,,\n,,,,\n".encode()
    assert len(rows(tmp_path / "a.csv", content, Limits(rows=2, columns=2))) == 3
