"""Benchmarks and scores (docs/algorithms/evaluation.md §3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from tenglong.domain.evaluation.engines.reference.expressions import (
    Row,
    group_of,
    grouped,
    mean,
    number,
    quantile,
    total_of,
)
from tenglong.domain.evaluation.engines.reference.rows import measured
from tenglong.domain.evaluation.expressions.parsing import parse
from tenglong.domain.evaluation.results import Group, Item
from tenglong.domain.evaluation.rounding import compared, rounded
from tenglong.domain.evaluation.schemes import Benchmark, Indicator

Range = tuple[Fraction, Fraction]


@dataclass(frozen=True)
class Standard:
    """What the values of one indicator are held against: benchmarks and ranges by group."""

    indicator: Indicator
    benchmarks: Mapping[Group, Fraction]
    ranges: Mapping[Group, Range]


@dataclass(frozen=True)
class Scored:
    """An item, and the rule that still has to give its score; None if the score is there."""

    item: Item
    rule: str | Decimal | None


def standard(indicator: Indicator, this: Sequence[Row], last: Sequence[Row]) -> Standard:
    """The benchmarks and ranges for the eligible rows of `this` year; `last` are the rows of the year before."""
    benchmarks: dict[Group, Fraction] = {}
    if indicator.benchmark is not None:
        peers = last if indicator.benchmark.year == "last" else this
        for group in dict.fromkeys(group_of(row, _by(indicator.benchmark)) for row in this):
            found = _benchmark(indicator, indicator.benchmark, group, peers)
            if found is not None:
                benchmarks[group] = found
    ranges: dict[Group, Range] = {}
    if indicator.method == "minmax":
        for group, rows in grouped(this, indicator.by).items():
            values = _values(indicator, rows)
            if values:
                ranges[group] = (min(values), max(values))
    return Standard(indicator, benchmarks, ranges)


def scored(measure: Standard, row: Row, places: int | None) -> Scored:
    """One indicator of one eligible row: its own score, or the rule that applies instead (3.2, 3.5).

    `places` are those that scores are rounded to, None if they are not (3.7).
    """
    indicator = measure.indicator
    value, how = measured(indicator, row)
    rules = {
        "missing": indicator.missing,
        "no_denominator": indicator.missing if indicator.no_denominator is None else indicator.no_denominator,
        "negative": indicator.negative,
        "zero": indicator.zero,
        "value": "as_value",
    }
    benchmark = None
    if indicator.benchmark is not None:
        benchmark = measure.benchmarks.get(group_of(row, _by(indicator.benchmark)))
        benchmark = benchmark if benchmark is not None and compared(benchmark) > 0 else None
    item = Item(indicator.id, value, benchmark, None, how)
    if value is None or rules[how] != "as_value":
        return Scored(item, rules[how])
    if indicator.benchmark is not None and benchmark is None:
        return Scored(replace(item, how="no_benchmark"), indicator.missing)
    score = kept(_own_score(measure, row, value, benchmark or Fraction(1)), places)
    return Scored(replace(item, how="value", score=score), None)


def ruled(scored: Scored, indicator: Indicator, average: Fraction) -> Item:
    """The item with the score that its rule gives; None for an indicator that does not count (3.2)."""
    weight = Fraction(indicator.weight)
    match scored.rule:
        case None:
            return scored.item
        case Decimal() as points:
            return replace(scored.item, score=Fraction(points))
        case "average":
            return replace(scored.item, score=average)
        case "full":
            return replace(
                scored.item, score=weight * Fraction(1 if indicator.cap is None else indicator.cap)
            )
        case "excluded":
            return scored.item
        case _:
            return replace(scored.item, score=Fraction(0))


def kept(score: Fraction, places: int | None) -> Fraction:
    """A score as it is kept: exact, or rounded to what will be printed (3.7)."""
    return score if places is None else Fraction(rounded(score, places))


def _by(benchmark: Benchmark) -> tuple[str, ...]:
    """The columns that decide which benchmark applies to a row."""
    return (benchmark.given_by,) if benchmark.given_by else benchmark.by


def _benchmark(
    indicator: Indicator, benchmark: Benchmark, group: Group, peers: Sequence[Row]
) -> Fraction | None:
    """The benchmark of one group (3.3); None if there is nothing to compute it from."""
    if benchmark.given is not None:
        return Fraction(benchmark.given)
    if benchmark.given_by:
        (key,) = group
        stated = benchmark.otherwise if key is None else benchmark.values.get(key, benchmark.otherwise)
        return None if stated is None else Fraction(stated)
    rows = [row for row in peers if row[indicator.id] is not None]
    alike = [row for row in rows if group_of(row, benchmark.by) == group]
    if len(alike) >= benchmark.at_least:
        rows = alike
    if not rows:
        return None
    result = _statistic(indicator, benchmark, rows) * Fraction(benchmark.factor)
    return result if benchmark.places is None else Fraction(rounded(result, benchmark.places))


def _statistic(indicator: Indicator, benchmark: Benchmark, rows: Sequence[Row]) -> Fraction:
    """Over rows that all have a value, at least one."""
    values = _values(indicator, rows)
    if benchmark.average == "firms":
        return mean(values)
    if benchmark.average == "pooled":
        return _sum(indicator.numerator, rows) / _sum(indicator.denominator, rows)
    if benchmark.quantile is not None:
        return quantile(values, Fraction(benchmark.quantile))
    return max(values) if benchmark.max else min(values)


def _values(indicator: Indicator, rows: Sequence[Row]) -> list[Fraction]:
    return [value for row in rows if isinstance(value := row[indicator.id], Fraction)]


def _sum(text: str, rows: Sequence[Row]) -> Fraction:
    found = (number(parse(text, where=text), row, {}) for row in rows)
    return total_of(value for value in found if value is not None)


def _own_score(measure: Standard, row: Row, value: Fraction, benchmark: Fraction) -> Fraction:
    """The score by method (3.6)."""
    indicator = measure.indicator
    weight, floor = Fraction(indicator.weight), Fraction(indicator.floor)
    if indicator.method == "value":
        return weight * value
    if indicator.method == "ratio":
        share = max(value / benchmark, floor)
        return weight * (share if indicator.cap is None else min(share, Fraction(indicator.cap)))
    if indicator.method == "inverse":
        k = Fraction(indicator.k)
        return weight * min(max((k - value / benchmark) / k, floor), Fraction(1))
    lowest, highest = measure.ranges[group_of(row, indicator.by)]
    if compared(lowest) == compared(highest):
        return weight
    base = Fraction(indicator.base)
    return weight * (base + (1 - base) * (value - lowest) / (highest - lowest))
