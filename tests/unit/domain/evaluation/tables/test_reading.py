"""The door gives the same firms for every kind of file, or a sentence."""

from pathlib import Path

import pytest

from tenglong.domain.kernel.errors import BadFile, BadValue, UserError
from tests.unit.domain.evaluation.tables.samples import FIRMS, HEADER, Cells, read, write_csv, write_table

SUFFIXES = (".csv", ".xlsx", ".parquet")


def changed(column: str, header: str | None = None, *cells: str) -> Cells:
    """The sample with another header or other cells in one column."""
    at = HEADER.index(column)
    rows = [list(HEADER), *map(list, FIRMS)]
    rows[0][at] = header if header is not None else rows[0][at]
    for row, cell in zip(rows[1:], cells, strict=False):
        row[at] = cell
    return rows


def refusal(path: Path) -> str:
    """The sentence with which a file is refused."""
    with pytest.raises((BadFile, BadValue)) as raised:
        read(path)
    return str(raised.value)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_kind_of_file_gives_the_same_typed_rows(suffix: str, tmp_path: Path) -> None:
    table, rows = read(write_table(tmp_path / f"firms{suffix}", [HEADER, *FIRMS]))
    assert (table.rows, table.years, table.unread) == (3, (2022,), ())
    assert rows.select("id", "year", "tax", "energy", "land", "industry", "fresh").rows() == [
        ("X1", 2022, 120.5, 300.0, 10.0, "17", False),
        ("X2", 2022, 80.0, None, 12.5, "17", False),
        ("X3", 2022, 0.1, 45.0, 8.0, "18", True),
    ]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_units_of_a_header_are_converted_exactly(suffix: str, tmp_path: Path) -> None:
    rows = changed("实缴税收(万元)", "实缴税收(元)", "１,２３４,５６７.8", "0.1", "-3")
    _, frame = read(write_table(tmp_path / f"firms{suffix}", rows))
    assert frame["tax"].to_list() == [123.45678, 0.00001, -0.0003]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_row_that_cannot_be_read_is_listed_with_its_cell(suffix: str, tmp_path: Path) -> None:
    table, frame = read(write_table(tmp_path / f"firms{suffix}", changed("用地面积(亩)", None, "10", "十亩")))
    (row,) = table.unread
    assert table.rows + len(table.unread) == len(FIRMS)
    assert (row.id, row.reason, frame["id"].to_list()) == ("X2", "unreadable", ["X1", "X3"])
    assert ("F2" if suffix == ".parquet" else "F3") in str(row.message)
    assert "不是数字" in str(row.message)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_cell_of_a_row_that_cannot_be_read_is_named(suffix: str, tmp_path: Path) -> None:
    rows = changed("用地面积(亩)", None, "10", "十亩")
    rows[2][3] = "很多"
    (row,) = read(write_table(tmp_path / f"firms{suffix}", rows))[0].unread
    cells = [str(one).partition("：")[0].rpartition("!")[2] for one in (row.message, *row.others)]
    assert cells == (["D2", "F2"] if suffix == ".parquet" else ["D3", "F3"])


@pytest.mark.slow
@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("mark", ["NaN", "nan", "-nan"])
def test_what_programs_write_for_no_number_is_missing(mark: str, suffix: str, tmp_path: Path) -> None:
    rows = changed("用地面积(亩)", None, mark, f" {mark} ")
    rows[2][3] = "３"  # this row is read cell by cell
    table, frame = read(write_table(tmp_path / f"firms{suffix}", rows))
    assert table.unread == () and frame["land"].to_list()[:2] == [None, None]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_rows_without_a_name_or_year_are_listed(suffix: str, tmp_path: Path) -> None:
    rows = changed("统一社会信用代码", None, "", "X2", "X3")
    rows[3][2] = ""
    table, _ = read(write_table(tmp_path / f"firms{suffix}", rows))
    assert {row.reason for row in table.unread} == {"no_id", "no_year"}
    assert table.rows == 1


@pytest.mark.slow
@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (changed("用地面积(亩)", "占用土地(亩)"), "缺少“用地面积”"),
        (changed("用地面积(亩)", "用地面积统计"), "用地面积←用地面积统计"),
        (changed("用地面积(亩)", "用地面积(平方丈)"), "“平方丈”不是可识别的单位"),
        (changed("综合能耗(等价值,吨标煤)", "综合能耗(当量值,吨标煤)"), "评价办法要求等价"),
        (changed("统一社会信用代码", None, "X1", "X2", "X1"), "不止一行：X1"),
        (changed("年度", "实缴税收(元)"), "几列都表示“实缴税收”"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(
    suffix: str, rows: Cells, said: str, tmp_path: Path
) -> None:
    assert said in refusal(write_table(tmp_path / f"firms{suffix}", rows))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_without_codes_names_tell_the_firms_apart(suffix: str, tmp_path: Path) -> None:
    _, frame = read(write_table(tmp_path / f"firms{suffix}", changed("统一社会信用代码", "备注")))
    assert frame["id"].to_list() == ["演示一厂", "演示二厂", "演示三厂"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_two_bases_in_one_column_are_refused(suffix: str, tmp_path: Path) -> None:
    header = [*HEADER[:4], "综合能耗(吨标煤)", *HEADER[5:], "能耗口径"]
    rows = [[*row, basis] for row, basis in zip(FIRMS, ("等价", "", "当量"), strict=True)]
    said = refusal(write_table(tmp_path / f"firms{suffix}", [header, *rows]))
    assert "混用了不同口径" in said and "当量" in said


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_basis_that_is_not_said_is_noted(suffix: str, tmp_path: Path) -> None:
    rows = changed("综合能耗(等价值,吨标煤)", "综合能耗(吨标煤)")
    table, _ = read(write_table(tmp_path / f"firms{suffix}", rows))
    assert any("没有写明口径" in str(note) for note in table.notes)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_without_a_year_all_rows_are_of_the_year_asked_for(suffix: str, tmp_path: Path) -> None:
    path = write_table(tmp_path / f"firms{suffix}", [row[:2] + row[3:] for row in (HEADER, *FIRMS)])
    assert read(path)[0].years == (2022,)
    assert read(path, year=2019)[0].years == (2019,)


def test_neither_name_nor_code(tmp_path: Path) -> None:
    assert "分不清是哪家企业" in refusal(write_csv(tmp_path / "a.csv", [row[2:] for row in (HEADER, *FIRMS)]))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", b"", "是空的"),
        ("a.csv", b"\xff\xff\xff\xff", "编码无法识别"),
        ("a.csv", b"%PDF-1.4", "PDF"),
        ("a.parquet", b"PAR1 and nothing else", "Parquet"),
        ("a.xlsx", b"PK\x03\x04broken", "已损坏"),
        ("a.xlsx", b"a,b\n", "文本文件"),
        ("a.csv", '企业名称,"实缴税收\n'.encode(), "引号不成对"),
    ],
)
def test_files_that_are_not_what_they_say(name: str, content: bytes, said: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    assert said in refusal(tmp_path / name)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "无法打开" in refusal(tmp_path / "nowhere.csv")


def test_hostile_workbooks_give_a_sentence(shared: Path) -> None:
    zoo = shared / "data/05_excel/fixture_zoo"
    for path in sorted(zoo.glob("nasty_5*"))[:6] + [
        zoo / "nasty_54764.xlsx",
        zoo / "nasty_pass_protected.xlsx",
    ]:
        with pytest.raises(UserError):
            read(path)
