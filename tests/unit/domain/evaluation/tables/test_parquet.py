"""Parquet files: the scheme's own are taken as they are."""

import tempfile
from pathlib import Path

import polars as pl
import pytest

from tenglong.domain.evaluation.tables.parquet import read_parquet
from tenglong.domain.evaluation.tables.wanted import wanted_by
from tenglong.domain.kernel.errors import BadFile
from tests.unit.domain.evaluation.tables.samples import read, scheme

OWN = {
    "id": ["X1", "X2"],
    "year": [2022, 2022],
    "tax": [1.0, float("nan")],
    "energy": [3, 4],
    "land": [None, 2.5],
    "industry": ["17", None],
    "fresh": [True, None],
}


@pytest.mark.parametrize("changes", [{}, {"industry": [17, 18]}, {"id": [1, 2]}])
def test_a_file_with_the_own_columns_is_not_copied(changes: dict, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pl.DataFrame(OWN | changes).write_parquet(path)
    table = read_parquet(path, wanted_by(scheme()), tmp_path, year=2022)
    assert table.original and table.path == path and (table.rows, table.years) == (2, (2022,))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "column", "values"),
    [
        ({"tax": ["1,000", "-"]}, "tax", [1000.0, None]),
        ({"fresh": ["是", "否"]}, "fresh", [True, False]),
        ({"industry": [17.0, None]}, "industry", ["17", None]),
        ({"year": ["2022", "2022年"]}, "year", [2022, 2022]),
    ],
)
def test_other_types_are_converted(changes: dict, column: str, values: list, tmp_path: Path) -> None:
    pl.DataFrame(OWN | changes).write_parquet(tmp_path / "a.parquet")
    table, frame = read(tmp_path / "a.parquet")
    assert not table.original and frame[column].to_list() == values


def test_rows_without_an_id_are_listed(tmp_path: Path) -> None:
    pl.DataFrame(OWN | {"id": ["X1", None]}).write_parquet(tmp_path / "a.parquet")
    table, frame = read(tmp_path / "a.parquet")
    assert frame["id"].to_list() == ["X1"] and [row.reason for row in table.unread] == ["no_id"]


def test_a_folder_of_files_is_one_table(tmp_path: Path) -> None:
    for number in (1, 2):
        pl.DataFrame(OWN | {"id": [f"X{number}", f"Y{number}"]}).write_parquet(tmp_path / f"{number}.parquet")
    with tempfile.TemporaryDirectory() as folder:
        table = read_parquet(tmp_path, wanted_by(scheme()), Path(folder), year=2022)
    assert table.rows == 4


def test_a_firm_that_stands_twice_is_refused(tmp_path: Path) -> None:
    pl.DataFrame(OWN | {"id": ["X1", "X1"]}).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(BadFile, match="X1（a.parquet!1、a.parquet!2）"):
        read(tmp_path / "a.parquet")
    pl.DataFrame(OWN | {"id": ["X1", "X1"], "year": [2021, 2022]}).write_parquet(tmp_path / "a.parquet")
    assert read(tmp_path / "a.parquet")[0].years == (2021, 2022)
