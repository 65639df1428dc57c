"""Values, scores and totals (docs/algorithms/evaluation.md §3, §4)."""

from collections.abc import Sequence
from decimal import Decimal
from functools import partial, reduce
from operator import add, and_, or_

import narwhals as nw

from tenglong.domain.evaluation.engines.columnar.benchmarks import benchmark_of
from tenglong.domain.evaluation.engines.columnar.expressions import Reading, compiled, tree
from tenglong.domain.evaluation.engines.columnar.labels import Labels
from tenglong.domain.evaluation.engines.columnar.numbers import (
    against,
    comparable,
    half_up,
    negative,
    positive,
    rounded,
)
from tenglong.domain.evaluation.engines.columnar.peers import Frame, Settle, by_group, joined
from tenglong.domain.evaluation.rounding import LARGEST_TOTAL
from tenglong.domain.evaluation.schemes import Indicator, Points, Scheme

COUNTS_NOT = frozenset({"excluded", "not_rated"})
"""Rules under which an indicator has no score."""

Averages = Sequence[tuple[tuple[str, ...], Frame]]
"""Average scores as `_avg_…`, by the columns of their groups."""


def with_values(scheme: Scheme, rows: Frame, reading: Reading) -> Frame:
    """The rows with the value of each indicator as `_v_…`, and `_num_…` and `_den_…` (3.1)."""
    parts: list[nw.Expr] = []
    values: list[nw.Expr] = []
    for one in scheme.indicator:
        parts.append(compiled(tree(one.numerator), reading).cast(nw.Float64).alias(f"_num_{one.id}"))
        value = nw.col(f"_num_{one.id}")
        if one.denominator:
            parts.append(compiled(tree(one.denominator), reading).cast(nw.Float64).alias(f"_den_{one.id}"))
            below = nw.col(f"_den_{one.id}")
            value = nw.when(positive(below)).then(value / below)
        values.append(value.alias(f"_v_{one.id}"))
    return rows.with_columns(*parts).with_columns(*values)


def rule_of(indicator: Indicator, how: str) -> str | Decimal:
    """The rule for a special case (3.2, 3.5)."""
    match how:
        case "no_denominator":
            return indicator.missing if indicator.no_denominator is None else indicator.no_denominator
        case "negative":
            return indicator.negative
        case "zero":
            return indicator.zero
        case _:
            return indicator.missing


def cases_of(indicator: Indicator) -> list[str]:
    """The special cases that may turn up with this indicator, in the order in which they are tried."""
    found = ["missing", *(["no_denominator"] if indicator.denominator else [])]
    found += [how for how in ("negative", "zero") if rule_of(indicator, how) != "as_value"]
    computed = indicator.benchmark is not None and indicator.benchmark.given is None
    return [*found, "no_benchmark"] if computed else found


def with_own_scores(scheme: Scheme, rows: Frame, labels: Labels) -> Frame:
    """The rows with `_h_…`, how each indicator is scored, and `_o_…`, the score by its own value (3.6)."""
    rows = rows.with_columns(*(_how(one, labels).alias(f"_h_{one.id}") for one in scheme.indicator))
    own = [
        nw.when(nw.col(f"_h_{one.id}") == "value")
        .then(_kept(_own_score(one), scheme.total.score_places))
        .alias(f"_o_{one.id}")
        for one in scheme.indicator
    ]
    return rows.with_columns(*own)


def ruled_as(indicator: Indicator, rule: str) -> nw.Expr | None:
    """Whether a row falls under that rule of the indicator; None if no row can."""
    return (
        _falls_under(indicator, rule)
        if rule in map(partial(rule_of, indicator), cases_of(indicator))
        else None
    )


def none_counts(scheme: Scheme) -> nw.Expr | None:
    """Whether no indicator counts for a row (4.2); None if one always does."""
    excluded = [ruled_as(indicator, "excluded") for indicator in scheme.indicator]
    possible = [one for one in excluded if one is not None]
    return reduce(and_, possible) if len(possible) == len(excluded) else None


def with_scores(scheme: Scheme, rows: Frame, settle: Settle) -> tuple[Frame, Averages]:
    """The rows with the final scores `_s_…`, missing where an indicator does not count; and the averages (3.2)."""
    rated = rows.filter(nw.col("_rated"))
    groups: dict[tuple[str, ...], list[Indicator]] = {}
    for one in scheme.indicator:
        if ruled_as(one, "average") is not None:
            groups.setdefault(_average_by(scheme, one), []).append(one)
    means = [
        by_group(rated, by, {f"_avg_{one.id}": nw.col(f"_o_{one.id}").mean() for one in indicators})
        for by, indicators in groups.items()
    ]
    averages = list(zip(groups, settle(means), strict=True))
    for by, table in averages:
        rows = joined(rows, table, by)
    places = scheme.total.score_places
    return rows.with_columns(
        *(_score(one, places).alias(f"_s_{one.id}") for one in scheme.indicator)
    ), averages


def with_total(scheme: Scheme, rows: Frame, reading: Reading) -> Frame:
    """The rows with `_points`, and `_t`, the total in whole units of its last place (4); `_r` says who is rated."""
    rows = rows.with_columns(_points=_points(scheme, reading))
    total = _weighted(scheme) + nw.col("_points")
    if scheme.total.floor is not None:
        total = nw.max_horizontal(total, nw.lit(float(scheme.total.floor)))
    if scheme.total.cap is not None:
        total = nw.min_horizontal(total, nw.lit(float(scheme.total.cap)))
    total = total.clip(-float(LARGEST_TOTAL), float(LARGEST_TOTAL))
    whole = half_up(total, scheme.total.places).cast(nw.Int64)
    return rows.with_columns(_t=nw.when(nw.col("_rated")).then(whole))


def _falls_under(indicator: Indicator, rule: str | Decimal) -> nw.Expr:
    hows = [how for how in cases_of(indicator) if rule_of(indicator, how) == rule]
    return reduce(or_, (nw.col(f"_h_{indicator.id}") == how for how in hows))


def _average_by(scheme: Scheme, indicator: Indicator) -> tuple[str, ...]:
    if indicator.average_by is not None:
        return indicator.average_by
    return scheme.grades.peers if scheme.grades else ()


def _how(indicator: Indicator, labels: Labels) -> nw.Expr:
    """Which special case a row is (3.2), or "value"."""
    value, benchmark = nw.col(f"_v_{indicator.id}"), benchmark_of(indicator)
    parts = [nw.col(f"_{part}_{indicator.id}").is_null() for part in ("num", "den")]
    tests = {
        "missing": parts[0] | parts[1] if indicator.denominator else parts[0],
        "no_denominator": value.is_null(),
        "negative": negative(value),
        "zero": against(value, "=", Decimal(0)),
    }
    if benchmark is not None:
        tests["no_benchmark"] = ~positive(benchmark).fill_null(False)
    return labels.chosen([(tests[how], how) for how in cases_of(indicator)], "value")


def _own_score(indicator: Indicator) -> nw.Expr:
    value, benchmark = nw.col(f"_v_{indicator.id}"), benchmark_of(indicator)
    weight = float(indicator.weight)
    if indicator.method == "value":
        return value * weight
    if indicator.method == "minmax":
        return _within_range(indicator, value)
    assert benchmark is not None
    share = value / benchmark
    if indicator.method == "inverse":
        share = (float(indicator.k) - share) / float(indicator.k)
        return share.clip(float(indicator.floor), 1.0) * weight
    highest = None if indicator.cap is None else float(indicator.cap)
    return share.clip(float(indicator.floor), highest) * weight


def _within_range(indicator: Indicator, value: nw.Expr) -> nw.Expr:
    lowest, highest = nw.col(f"_lo_{indicator.id}"), nw.col(f"_hi_{indicator.id}")
    weight, base = float(indicator.weight), float(indicator.base)
    share = (value - lowest) / (highest - lowest) * (1 - base) + base
    return nw.when(comparable(lowest) != comparable(highest)).then(share * weight).otherwise(nw.lit(weight))


def _kept(score: nw.Expr, places: int | None) -> nw.Expr:
    """A score as it is kept: exact, or rounded to what will be printed (3.7)."""
    return score if places is None else rounded(score, places)


def _score(indicator: Indicator, places: int | None) -> nw.Expr:
    """The own score, or what the rule of the special case gives; the rule of most cases fills what is left."""
    score = nw.col(f"_o_{indicator.id}")
    rules = [rule_of(indicator, how) for how in cases_of(indicator)]
    usual = max(rules, key=rules.count)
    for rule in dict.fromkeys(rules):
        if rule != usual:
            given = _by_rule(indicator, rule, places)
            score = nw.when(_falls_under(indicator, rule)).then(given).otherwise(score)
    if usual in COUNTS_NOT:
        return score
    if COUNTS_NOT.isdisjoint(rules):
        return score.fill_null(_by_rule(indicator, usual, places))
    return nw.when(_falls_under(indicator, usual)).then(_by_rule(indicator, usual, places)).otherwise(score)


def _by_rule(indicator: Indicator, rule: str | Decimal, places: int | None) -> nw.Expr:
    match rule:
        case Decimal():
            return nw.lit(float(rule))
        case "average":
            return _kept(nw.col(f"_avg_{indicator.id}").fill_null(0.0), places)
        case "full":
            cap = 1.0 if indicator.cap is None else float(indicator.cap)
            return nw.lit(float(indicator.weight) * cap)
        case word if word in COUNTS_NOT:
            return nw.lit(None, dtype=nw.Float64)
        case _:
            return nw.lit(0.0)


def _weighted(scheme: Scheme) -> nw.Expr:
    """The sum of the scores, raised to the sum of all weights where some do not count (4.2)."""
    scores = [nw.col(f"_s_{one.id}") for one in scheme.indicator]
    if all(ruled_as(one, "excluded") is None for one in scheme.indicator):
        return reduce(add, scores)
    counted = [
        nw.when(~score.is_null()).then(nw.lit(float(one.weight))).otherwise(nw.lit(0.0))
        for score, one in zip(scores, scheme.indicator, strict=True)
    ]
    every = float(sum((one.weight for one in scheme.indicator), Decimal(0)))
    total, weight = reduce(add, (score.fill_null(0.0) for score in scores)), reduce(add, counted)
    return nw.when(positive(weight)).then(total * every / weight)


def _points(scheme: Scheme, reading: Reading) -> nw.Expr:
    """Bonus minus deduction, each within its limit (4.1)."""
    amounts = [_amount(one, reading) for one in scheme.points]
    limit = scheme.points_limit
    bonus = _cut([amount.clip(0.0, None) for amount in amounts], limit.bonus)
    deduction = _cut([(-amount).clip(0.0, None) for amount in amounts], limit.deduction)
    return bonus - deduction


def _cut(amounts: Sequence[nw.Expr], limit: Decimal | None) -> nw.Expr:
    total = reduce(add, amounts) if amounts else nw.lit(0.0)
    return total if limit is None else nw.min_horizontal(total, nw.lit(float(limit)))


def _amount(points: Points, reading: Reading) -> nw.Expr:
    stated = points.points
    amount = nw.lit(float(stated)) if isinstance(stated, Decimal) else compiled(tree(stated), reading)
    if points.when:
        amount = nw.when(compiled(tree(points.when), reading)).then(amount)
    return amount.fill_null(0.0)
