"""What values are held against: benchmarks and ranges by group (docs/algorithms/evaluation.md §3.3–3.5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw

from tenglong.domain.evaluation.engines.columnar.expressions import divided
from tenglong.domain.evaluation.engines.columnar.numbers import rounded
from tenglong.domain.evaluation.engines.columnar.peers import Frame, Settle, by_group, joined, key
from tenglong.domain.evaluation.schemes import Benchmark, Indicator, Scheme

By = tuple[str, ...]


@dataclass(frozen=True)
class Standards:
    """Small tables: `tables` by the columns of their groups, with `_b_…`, `_lo_…`, `_hi_…` for each indicator."""

    tables: Sequence[tuple[By, Frame]]

    def beside(self, rows: Frame) -> Frame:
        """The rows with the benchmarks and ranges of their groups."""
        for by, table in self.tables:
            rows = joined(rows, table, by)
        return rows


def standards(scheme: Scheme, this: Frame, last: Frame | None, settle: Settle) -> Standards:
    """The computed benchmarks and ranges; `this` are the eligible rows, `last` those of the year before."""
    lazy: list[tuple[By, Frame]] = []
    for year, peers in (("this", this), ("last", last)):
        for by, indicators in _by_group(scheme, year).items():
            assert peers is not None
            lazy.append((by, _table(this, peers, by, indicators, year)))
    for by, indicators in _ranges_by_group(scheme).items():
        measures: dict[str, nw.Expr] = {}
        for indicator in indicators:
            value = nw.col(f"_v_{indicator.id}")
            measures |= {f"_lo_{indicator.id}": value.min(), f"_hi_{indicator.id}": value.max()}
        lazy.append((by, by_group(this, by, measures)))
    tables = settle([table for _, table in lazy])
    return Standards([(by, table) for (by, _), table in zip(lazy, tables, strict=True)])


def needs_last_year(scheme: Scheme) -> bool:
    """Whether a benchmark is that of the year before."""
    return bool(_by_group(scheme, "last"))


def benchmark_of(indicator: Indicator) -> nw.Expr | None:
    """The benchmark of a row (3.3), maybe missing or not positive; None for methods without one."""
    benchmark = indicator.benchmark
    if benchmark is None:
        return None
    if benchmark.given is not None:
        return nw.lit(float(benchmark.given))
    if benchmark.given_by:
        return _given_by(benchmark)
    return nw.col(f"_b_{indicator.id}")


def _given_by(benchmark: Benchmark) -> nw.Expr:
    otherwise = None if benchmark.otherwise is None else float(benchmark.otherwise)
    stated = [float(number) for number in benchmark.values.values()]
    column = nw.col(benchmark.given_by).fill_null("")
    return column.replace_strict(
        list(benchmark.values), stated, default=nw.lit(otherwise, dtype=nw.Float64), return_dtype=nw.Float64
    )


def _by_group(scheme: Scheme, year: str) -> Mapping[By, list[Indicator]]:
    """The indicators with a computed benchmark of that year, by the columns of its groups."""
    groups: dict[By, list[Indicator]] = {}
    for indicator in scheme.indicator:
        benchmark = indicator.benchmark
        if benchmark and benchmark.given is None and not benchmark.given_by and benchmark.year == year:
            groups.setdefault(benchmark.by, []).append(indicator)
    return groups


def _ranges_by_group(scheme: Scheme) -> Mapping[By, list[Indicator]]:
    groups: dict[By, list[Indicator]] = {}
    for indicator in scheme.indicator:
        if indicator.method == "minmax":
            groups.setdefault(indicator.by, []).append(indicator)
    return groups


def _table(this: Frame, peers: Frame, by: By, indicators: Sequence[Indicator], year: str) -> Frame:
    """The benchmarks of each group of this year's rows."""
    measures: dict[str, nw.Expr] = {}
    for indicator in indicators:
        measures |= _measures(indicator)
    table = by_group(peers, by, measures)
    keys = [key(column) for column in by]
    if by and year == "last":
        table = joined(this.select(*keys).unique(), table, by)
    whole = {indicator.id for indicator in indicators if by and (_at_least(indicator) > 1 or year == "last")}
    if whole:
        everybody = {f"{name}_all": measure for name, measure in measures.items()}
        table = joined(table, by_group(peers, (), everybody), ())
    finished = [_finished(one, whole=one.id in whole).alias(f"_b_{one.id}") for one in indicators]
    return table.select(*keys, *finished)


def _measures(indicator: Indicator) -> dict[str, nw.Expr]:
    """What is computed for each group: the statistic, and the number of values it is made of."""
    return {
        f"_raw_{indicator.id}": _statistic(indicator),
        f"_n_{indicator.id}": nw.col(f"_v_{indicator.id}").count(),
    }


def _statistic(indicator: Indicator) -> nw.Expr:
    value, benchmark = nw.col(f"_v_{indicator.id}"), indicator.benchmark
    assert benchmark is not None
    if benchmark.average == "firms":
        return value.mean()
    if benchmark.average == "pooled":
        above, below = (
            nw.when(~value.is_null()).then(nw.col(f"_{part}_{indicator.id}")).sum() for part in ("num", "den")
        )
        return divided(above, below)
    if benchmark.quantile is not None:
        return value.quantile(float(benchmark.quantile), "linear")
    return value.max() if benchmark.max else value.min()


def _at_least(indicator: Indicator) -> int:
    return indicator.benchmark.at_least if indicator.benchmark else 1


def _finished(indicator: Indicator, *, whole: bool) -> nw.Expr:
    """The benchmark of a group, or that of all where the group is too small; times the factor, rounded."""
    benchmark = indicator.benchmark
    assert benchmark is not None
    found = nw.col(f"_raw_{indicator.id}")
    if whole:
        enough = nw.col(f"_n_{indicator.id}") >= benchmark.at_least
        found = nw.when(enough).then(found).otherwise(nw.col(f"_raw_{indicator.id}_all"))
    found = found * float(benchmark.factor)
    return found if benchmark.places is None else rounded(found, benchmark.places)
