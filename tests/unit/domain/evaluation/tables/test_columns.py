"""A whole column means what its single cells mean to intake."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.evaluation.tables.columns import reading
from tenglong.domain.intake.kinds import Column, ColumnType, Unit
from tenglong.domain.intake.shapes import FoundColumn

UNIT = Unit("money", "万元", "万元", {"万元": Decimal(1)}, signed=True)


def found(kind: ColumnType, factor: str = "1") -> FoundColumn:
    unit = UNIT if kind is ColumnType.NUMBER else None
    column = Column("x", "税收", (), kind, unit, as_written=True)
    return FoundColumn(column, 1, 1, "税收", None, Decimal(factor), None, None)


def together(kind: ColumnType, cells: list[str], factor: str = "1") -> list[object]:
    """The cells read as a column, those that are not plain one by one."""
    words = cells if kind in (ColumnType.YES_NO, ColumnType.YEAR) else []
    read = reading(found(kind, factor), pl.col("x"), pl.String(), words)
    frame = pl.DataFrame({"x": cells}, schema={"x": pl.String})
    rows = frame.select(read.plain.alias("plain"), read.value.alias("value")).rows()
    return [value if plain else read.parse(cell)[0] for (plain, value), cell in zip(rows, cells, strict=True)]


def alone(kind: ColumnType, cell: str, factor: str = "1") -> object:
    """The cell as intake's own parser reads it."""
    return reading(found(kind, factor), pl.col("x"), pl.String(), []).parse(cell)[0]


NUMBERS = [
    "12",
    " 1,234.50 ",
    "１２．５",
    "-3",
    "+.5",
    "1e3",
    "约5",
    "12万元",
    "-",
    "无",
    "",
    "abc",
    "1,23",
    "9e12",
    "5%",
]
TEXTS = ["甲", " 乙 ", "—", '="0012"', "", "N/A", "\u200b", "１７"]
FLAGS = ["是", "否", "√", "0", "", "也许", "TRUE"]
CODES = ["91330421 MATE5T017P", "'007", "1.2E+17", "", "ab", "12345678901234567"]


@pytest.mark.parametrize(
    ("kind", "cells"),
    [
        (ColumnType.NUMBER, NUMBERS),
        (ColumnType.TEXT, TEXTS),
        (ColumnType.YES_NO, FLAGS),
        (ColumnType.CODE, CODES),
        (ColumnType.YEAR, ["2022", "2022年", "", "二〇二二", "99"]),
    ],
)
def test_a_column_means_what_its_cells_mean(kind: ColumnType, cells: list[str]) -> None:
    assert together(kind, cells) == [alone(kind, cell) for cell in cells]


@pytest.mark.slow
@given(
    st.lists(st.text(alphabet="0123456789.,-+eE％%亩约 １２—\u200b无", max_size=8), min_size=1, max_size=20)
)
def test_any_column_of_numbers_means_what_its_cells_mean(cells: list[str]) -> None:
    assert together(ColumnType.NUMBER, cells, "0.0001") == [
        alone(ColumnType.NUMBER, c, "0.0001") for c in cells
    ]


@pytest.mark.slow
@given(st.lists(st.text(max_size=6), min_size=1, max_size=10))
def test_any_column_of_texts_means_what_its_cells_mean(cells: list[str]) -> None:
    assert together(ColumnType.TEXT, cells) == [alone(ColumnType.TEXT, cell) for cell in cells]


def test_binary_numbers_are_the_decimals_that_print_as_them() -> None:
    read = reading(found(ColumnType.NUMBER, "0.0001"), pl.col("x"), pl.Float64(), [])
    frame = pl.DataFrame({"x": [0.1, float("nan"), float("inf"), None, 3.0]})
    assert frame.select(read.value).to_series().to_list() == [0.00001, None, None, None, 0.0003]


def test_numbers_in_a_column_of_texts_are_written_as_excel_shows_them() -> None:
    read = reading(found(ColumnType.TEXT), pl.col("x"), pl.Float64(), [])
    assert pl.DataFrame({"x": [17.0, 17.5, None]}).select(read.value).to_series().to_list() == [
        "17",
        "17.5",
        None,
    ]
