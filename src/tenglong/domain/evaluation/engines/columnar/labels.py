"""Columns that hold one of a few known words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import narwhals as nw


@dataclass(frozen=True)
class Labels:
    """How an engine holds words: as an enumeration where it has one, else as text."""

    enumerated: bool

    @classmethod
    def of(cls, frame: nw.LazyFrame[Any]) -> "Labels":
        """What the engine of this frame offers."""
        return cls(enumerated=frame.implementation.is_polars() or frame.implementation.is_duckdb())

    def chosen(self, cases: Sequence[tuple[nw.Expr, str]], otherwise: str | None) -> nw.Expr:
        """The word of the first case that is true, else `otherwise`."""
        words = [word for _, word in cases] + ([] if otherwise is None else [otherwise])
        dtype = nw.Enum(list(dict.fromkeys(words))) if self.enumerated else nw.String()
        if not cases:
            return nw.lit(otherwise, dtype=dtype)
        (first, word), *others = cases
        chain = nw.when(first).then(nw.lit(word, dtype=dtype))
        for test, word in others:
            chain = chain.when(test).then(nw.lit(word, dtype=dtype))
        return chain.otherwise(nw.lit(otherwise, dtype=dtype))
