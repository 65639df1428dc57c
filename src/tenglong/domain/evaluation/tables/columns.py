"""Cells of a whole column at once, with the meaning that intake gives to a single cell.

A cell is *plain* where the column can be converted without looking at it by itself; the few others go through
intake's own parsers, so that a file means the same whichever way it is read.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import polars as pl

from tenglong.domain.intake.kinds import ColumnType
from tenglong.domain.intake.numbers import NO_NUMBER
from tenglong.domain.intake.parsed import BLANKS
from tenglong.domain.intake.shapes import FoundColumn
from tenglong.domain.intake.values import parser_for
from tenglong.domain.kernel.folding import ALIKE, UNSEEN
from tenglong.domain.kernel.messages import Message

LARGEST = 1e12
_NUMBER = r"^(?:[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[+-]?\.\d+)(?:[eE][+-]?\d{1,3})?$"
_MARKS = "|".join(re.escape(mark) for mark in sorted(BLANKS - {""}))
_FORM = r"[^ -~\u4e00-\u9fff]"  # neither ASCII nor a common character: it may be another form of one
_SHORT = rf"^[^\u4e00-\u9fff]{{0,3}}{_FORM}[^\u4e00-\u9fff]{{0,3}}$|^.?{_FORM}.?$"
_UNUSUAL = rf"(?i)^(?:{_MARKS})$|^$|^=|[\p{{C}}\s&&[^ ]]|^\s|\s$|[{ALIKE}{UNSEEN}]|^#|^Err:|{_SHORT}"
_UNUSUAL_CODE = r"(?i)[^0-9A-Za-z_.-]|^[^0-9A-Za-z]*$|^(?:n/?a|null|none)$|^[0-9.]+e\+?[0-9]+$"
DTYPES = {
    ColumnType.NUMBER: pl.Float64,
    ColumnType.YES_NO: pl.Boolean,
    ColumnType.YEAR: pl.Int64,
}


@dataclass(frozen=True)
class Reading:
    """How one column is read: where a cell is plain, its value there, and the parser for all other cells."""

    found: FoundColumn
    plain: pl.Expr
    value: pl.Expr

    def parse(self, text: str) -> tuple[object, Message | None]:
        """A single cell: its value, or the sentence that says why there is none."""
        value, trouble = parser_for(self.found.column, self.found.factor, False)(text)
        if value is None and trouble:
            return None, trouble.message
        return (float(value) if isinstance(value, Decimal) else value), None


def reading(found: FoundColumn, source: pl.Expr, dtype: pl.DataType, words: list[str]) -> Reading:
    """The reading of one column; `words` are the different cells of a column with few of them (flag, year, choice)."""
    kind = found.column.type
    if kind is ColumnType.NUMBER and dtype.is_numeric():
        value = source.cast(pl.Float64)
        return Reading(found, pl.lit(True), _scaled(pl.when(value.is_finite()).then(value), found.factor))
    if kind is ColumnType.YES_NO and dtype == pl.Boolean:
        return Reading(found, pl.lit(True), source)
    text = as_text(source, dtype)
    if kind is ColumnType.NUMBER:
        return _number(found, text)
    if kind in (ColumnType.TEXT, ColumnType.CODE):
        return _text(found, text, kind)
    return _word(found, text, words)


def as_text(source: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """A column as the texts that a CSV would hold; "" where it is missing."""
    if dtype.is_float():
        whole = source.cast(pl.Int64, strict=False)
        plain = pl.when(whole.cast(pl.Float64) == source).then(whole.cast(pl.String))
        source = pl.when(source.is_finite()).then(plain.otherwise(source.cast(pl.String)))
    return source.cast(pl.String).fill_null("")


def key_of(text: pl.Expr) -> pl.Expr:
    """The cells half-width, without invisible characters, trimmed (intake's `tidy`)."""
    return text.str.normalize("NFKC").str.replace_all(f"[{UNSEEN}]", "").str.strip_chars()


def _number(found: FoundColumn, text: pl.Expr) -> Reading:
    """Half-width digits and marks for no number are plain; what else a number may look like is left to the parser."""
    said = text.str.strip_chars(" ")
    bare = pl.when(said.str.contains(_NUMBER)).then(said.str.replace_all(",", "", literal=True))
    value = bare.cast(pl.Float64, strict=False)
    fits = (value.abs() < LARGEST) & ((value * float(found.factor)).abs() < LARGEST)
    plain = fits.fill_null(False) | text.is_in(["", "-"]) | said.str.to_lowercase().is_in(list(NO_NUMBER))
    exact = value if found.factor == 1 else _scaled(bare, found.factor)
    return Reading(found, plain, exact)


def _text(found: FoundColumn, text: pl.Expr, kind: ColumnType) -> Reading:
    """A text is plain unless it may be a mark for nothing, a formula around a code, or holds what cannot be seen."""
    value = text.str.strip_chars(" ")
    odd = _UNUSUAL if kind is ColumnType.TEXT else _UNUSUAL_CODE
    plain = (text == "") | ~value.str.contains(odd)
    return Reading(found, plain, pl.when(value != "").then(value))


def _word(found: FoundColumn, text: pl.Expr, words: list[str]) -> Reading:
    """A column of few different cells: each is parsed once."""
    parse = parser_for(found.column, found.factor, False)
    said = {word: parse(word) for word in words}
    values = {word: value for word, (value, _) in said.items() if value is not None}
    troubled = [word for word, (_, trouble) in said.items() if trouble]
    dtype = DTYPES.get(found.column.type, pl.String)
    return Reading(
        found,
        ~text.is_in(troubled),
        text.replace_strict(list(values), list(values.values()), default=None, return_dtype=dtype),
    )


def _scaled(numbers: pl.Expr, factor: Decimal) -> pl.Expr:
    """Numbers, or the texts of numbers, times an exact factor: the nearest double of the exact product."""
    if factor == 1:
        return numbers
    return numbers.map_batches(_times(factor), return_dtype=pl.Float64)


def _times(factor: Decimal) -> Callable[[pl.Series], pl.Series]:
    def times(series: pl.Series) -> pl.Series:
        products = [None if cell is None else float(_decimal(cell) * factor) for cell in series]
        return pl.Series(series.name, products, dtype=pl.Float64)

    return times


def _decimal(cell: str | float) -> Decimal:
    try:
        return Decimal(cell if isinstance(cell, str) else repr(cell))
    except InvalidOperation:
        return Decimal("NaN")
