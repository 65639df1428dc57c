"""Odd rows among plain ones keep their place and their meaning."""

from pathlib import Path

from tests.unit.domain.evaluation.tables.samples import FIRMS, HEADER, read, write_csv


def test_odd_rows_stand_where_they_stood(tmp_path: Path) -> None:
    odd = ("演示零厂", "X0", "2022年度", "3 ", "１", "1公顷", "17", "×")
    table, frame = read(write_csv(tmp_path / "a.csv", [HEADER, FIRMS[0], odd, FIRMS[1]]))
    assert frame["id"].to_list() == ["X1", "X0", "X2"]
    assert frame.filter(frame["id"] == "X0").select("tax", "energy", "land", "fresh").row(0) == (
        3,
        1,
        15,
        False,
    )
    assert table.unread == ()


def test_a_thousand_rows_and_one_that_is_odd(tmp_path: Path) -> None:
    rows = [("演示厂", f"F{n}", "2022", str(n), "1", "1", "17", "否") for n in range(1000)]
    rows[500] = (*rows[500][:3], "五百", *rows[500][4:])
    table, frame = read(write_csv(tmp_path / "a.csv", [HEADER, *rows]))
    assert frame["tax"].to_list() == [float(n) for n in range(1000) if n != 500]
    assert [row.place for row in table.unread] == ["a.csv!502"]
