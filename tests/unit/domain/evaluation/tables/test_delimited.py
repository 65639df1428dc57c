"""CSV files as people save them."""

from pathlib import Path

import pytest

from tenglong.domain.kernel.errors import BadFile
from tests.unit.domain.evaluation.tables.samples import FIRMS, HEADER, read, write_csv


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_usual_encoding(encoding: str, tmp_path: Path) -> None:
    _, rows = read(write_csv(tmp_path / "a.csv", [HEADER, *FIRMS], encoding))
    assert rows["name"].to_list() == [row[0] for row in FIRMS]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_usual_delimiter(delimiter: str, tmp_path: Path) -> None:
    header = [cell.replace(",", "，") for cell in HEADER]
    lines = [delimiter.join(row) for row in (header, *FIRMS)]
    (tmp_path / "a.csv").write_text("\r\n".join(lines), encoding="utf-8")
    assert read(tmp_path / "a.csv")[0].rows == 3


def test_titles_totals_and_notes_are_no_firms(tmp_path: Path) -> None:
    total = ["合计", "", "", "200.6", "345", "30.5"]
    rows = [["演示县企业表"], [], HEADER, *FIRMS, [], total, ["备注：示例数据"], HEADER]
    table, frame = read(write_csv(tmp_path / "a.csv", rows))
    assert frame["id"].to_list() == ["X1", "X2", "X3"]
    assert table.unread == ()
    assert [str(note).partition("“")[0] for note in table.notes] == ["a.csv!8", "a.csv!9", "a.csv!10"]


def test_a_firm_whose_name_looks_like_a_total_is_a_firm(tmp_path: Path) -> None:
    firm = ("合计", *FIRMS[0][1:])
    _, frame = read(write_csv(tmp_path / "a.csv", [[*HEADER[1:], HEADER[0]], [*firm[1:], firm[0]]]))
    assert frame["name"].to_list() == ["合计"]


def test_line_breaks_and_quotes_inside_cells(tmp_path: Path) -> None:
    firm = ('演示"一"\n厂', *FIRMS[0][1:])
    table, frame = read(write_csv(tmp_path / "a.csv", [HEADER, firm, *FIRMS[1:2], ("坏", "X9", "2022", "?")]))
    assert frame["name"].to_list() == [firm[0], "演示二厂"]
    assert table.unread[0].place == "a.csv!4", "rows count as in Excel, whatever they contain"


def test_short_and_long_rows(tmp_path: Path) -> None:
    rows = [HEADER, [*FIRMS[0], "多余"], FIRMS[1][:4]]
    _, frame = read(write_csv(tmp_path / "a.csv", rows))
    assert frame["land"].to_list() == [10.0, None]


def test_a_table_without_firms(tmp_path: Path) -> None:
    assert read(write_csv(tmp_path / "a.csv", [HEADER]))[0].rows == 0


def test_other_tables_are_refused_with_their_headers(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="找到的表头是“姓名、年龄”"):
        read(write_csv(tmp_path / "a.csv", [["姓名", "年龄"], ["某", "3"]]))
