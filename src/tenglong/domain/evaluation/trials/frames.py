"""Trials on a frame of Polars with the columnar engine, for tables too large for the reference."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import narwhals as nw
import polars as pl

from tenglong.domain.evaluation.engines.columnar import evaluate_frame, evaluated
from tenglong.domain.evaluation.engines.columnar.peers import MISSING_TEXT, key
from tenglong.domain.evaluation.results import Group
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.evaluation.trials.standings import Benchmarks, Changed, Row, Standings, Trials, exact


def trials_on_frame(scheme: Scheme, frame: pl.DataFrame, year: int) -> Trials:
    """Trials on a table with `id`, `year` and the columns of the scheme under their ids; numbers may be doubles."""
    kinds = {name: column.type for name, column in scheme.column.items() if name in frame.columns}
    order = frame.filter(pl.col("year") == year).select("id")

    def ask(asked: Scheme, changed: Changed) -> Standings:
        lazy = evaluate_frame(asked, _edited(frame, changed), year=year, detail="grades")
        assert isinstance(lazy, pl.LazyFrame)
        return _standings(asked, order.join(lazy.collect(), on="id", how="left", maintain_order="left"))

    def benchmarks(asked: Scheme, changed: Changed) -> Benchmarks:
        return _benchmarks(asked, nw.from_native(_edited(frame, changed)), year)

    return Trials(
        year,
        frame["id"].to_list(),
        frame["year"].to_list(),
        {name: list(map(exact, frame[name])) for name, kind in kinds.items() if kind == "number"},
        {name: frame[name].to_list() for name, kind in kinds.items() if kind == "text"},
        ask,
        benchmarks,
    )


def trials_on_columns(scheme: Scheme, rows: Sequence[Row], year: int) -> Trials:
    """Like `trials_on_frame`, for rows with `id`, `year` and values of the types of the scheme's columns."""
    kinds = {"number": pl.Float64, "text": pl.String, "flag": pl.Boolean}
    columns = {name: kinds[column.type] for name, column in scheme.column.items()}
    series = [
        pl.Series("id", [row["id"] for row in rows], pl.String),
        pl.Series("year", [row["year"] for row in rows]),
    ]
    for name, kind in columns.items():
        values = [row.get(name) for row in rows]
        if kind == pl.Float64:
            values = [None if value is None else float(value) for value in values]
        series.append(pl.Series(name, values, kind))
    return trials_on_frame(scheme, pl.DataFrame(series), year)


def _edited(frame: pl.DataFrame, changed: Changed) -> pl.LazyFrame:
    """The table with the changed columns; a decimal becomes the double that prints as it."""
    return frame.with_columns(
        pl.Series(name, [None if value is None else float(value) for value in values], dtype=pl.Float64)
        for name, values in changed.items()
    ).lazy()


def _standings(scheme: Scheme, found: pl.DataFrame) -> Standings:
    places = scheme.total.places
    status, reason = found["status"].cast(pl.String), found["reason"].cast(pl.String)
    reasons = pl.select(pl.when(status == "out_of_scope").then(status).otherwise(reason)).to_series()
    adjustments: Mapping[str, Sequence[str]] = {
        text: tuple(text.split()) for text in found["adjustments"].unique()
    }
    return Standings(
        found["id"].to_list(),
        reasons.to_list(),
        [None if total is None else Decimal(f"{total:.{places}f}") for total in found["total"]],
        found["rank"].to_list(),
        found["grade_by_quota"].cast(pl.String).to_list(),
        [adjustments[text] for text in found["adjustments"].cast(pl.String)],
        found["grade"].cast(pl.String).to_list(),
    )


def _benchmarks(scheme: Scheme, frame: nw.LazyFrame[Any], year: int) -> Benchmarks:
    """The computed benchmarks, doubles as the shortest decimals that print as them."""
    found: dict[str, dict[Group, Fraction]] = {}
    for by, table in evaluated(scheme, frame, year=year, detail="grades").standards.tables:
        rows = table.collect().to_native().to_dicts()
        for indicator in scheme.indicator:
            name = f"_b_{indicator.id}"
            if rows and name in rows[0]:
                found[indicator.id] = {
                    tuple(None if row[key(one)] == MISSING_TEXT else row[key(one)] for one in by): Fraction(
                        repr(row[name])
                    )
                    for row in rows
                    if row[name] is not None
                }
    return found
