"""How sure the grades are: what small errors of the figures, or other weights, would change.

For the review before publication: a firm near a threshold deserves a second look at its figures.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tenglong.domain.evaluation.engines.reference import Rank, first_grade
from tenglong.domain.evaluation.engines.reference.scores import Standard, scored
from tenglong.domain.evaluation.explanation import Margin, extremes, group_of, margins, weight_factor
from tenglong.domain.evaluation.replay import replay
from tenglong.domain.evaluation.results import Evaluation, Group, Item, Outcome
from tenglong.domain.evaluation.rounding import COMPARED_PLACES, rounded
from tenglong.domain.evaluation.schemes import Grades, Indicator, Scheme
from tenglong.domain.evaluation.trials import Standings, Trials


@dataclass(frozen=True)
class Near:
    """A firm at a threshold: its grade by quota, its final grade, and how near the other grade is."""

    firm: str
    grade_by_quota: str
    grade: str
    margin: Margin


@dataclass(frozen=True)
class Switch:
    """A firm whose final grade would be another."""

    firm: str
    before: str
    after: str


@dataclass(frozen=True)
class WeightChange:
    """One weight changed, the others scaled so that their sum stays; and whose grades that changes."""

    indicator: str
    before: Decimal
    after: Decimal
    switches: tuple[Switch, ...]


def near_thresholds(scheme: Scheme, evaluation: Evaluation, points: Decimal) -> tuple[Near, ...]:
    """The firms whose total lies at most `points` from another grade by quota, the nearest first."""
    among = extremes(scheme, evaluation)
    near = [
        Near(one.id, one.grade_by_quota, one.grade, margin)
        for one in evaluation.outcomes
        for margin in margins(scheme, one, among)
        if margin is not None and margin.points <= points
    ]
    return tuple(sorted(near, key=lambda one: (one.margin.points, one.firm)))


def weight_changes(scheme: Scheme, trials: Trials, points: Decimal) -> tuple[WeightChange, ...]:
    """Each weight raised and lowered by `points`, with the firms whose final grade that changes.

    A weight that would be zero or less, or leave nothing for the others, is not tried.
    """
    base = trials.ask(scheme, {})
    return tuple(
        WeightChange(name, before, after, tuple(switches(base, trials.ask(changed, {}))))
        for name, before, after, changed in _reweighted(scheme, points)
    )


def _reweighted(scheme: Scheme, points: Decimal) -> Iterator[tuple[str, Decimal, Decimal, Scheme]]:
    whole = sum((one.weight for one in scheme.indicator), Decimal(0))
    for chosen in scheme.indicator:
        for after in (chosen.weight + points, chosen.weight - points):
            if 0 < after < whole:
                scale = Fraction(whole - after) / Fraction(whole - chosen.weight)
                weights = {
                    one.id: rounded(Fraction(one.weight) * scale, COMPARED_PLACES) for one in scheme.indicator
                } | {chosen.id: after}
                indicators = tuple(
                    one.model_copy(update={"weight": weights[one.id]}) for one in scheme.indicator
                )
                changed = scheme.model_copy(update={"indicator": indicators})
                yield chosen.id, chosen.weight, after, changed


def switches(before: Standings, after: Standings) -> Iterator[Switch]:
    """The firms that have another final grade in `after`, which has the same rows."""
    for firm, old, new in zip(before.ids, before.grades, after.grades, strict=True):
        if old != new:
            yield Switch(firm, old, new)


# Between which ranks and grades errors of its own figures can move a firm, all other firms staying as they
# are.
#
# Benchmarks, bonus, deduction and the rules that fitted stay those of the run. Each figure may be wrong by
# a share of itself, so a ratio of two by (1 + e) / (1 - e). Where one figure helps one indicator and hurts
# another the interval is wider than what can happen; for values that are differences of figures it may be
# too narrow.


@dataclass(frozen=True)
class Interval:
    """The best and the worst that errors of a firm's own figures can make of it."""

    firm: str
    lowest: Decimal
    highest: Decimal
    best_rank: int
    worst_rank: int
    best_grade: str
    worst_grade: str

    @property
    def certain(self) -> bool:
        """Whether the final grade is the same at both ends."""
        return self.best_grade == self.worst_grade


def intervals(scheme: Scheme, evaluation: Evaluation, trials: Trials, error: Decimal) -> tuple[Interval, ...]:
    """The interval of every rated firm, each figure being wrong by up to ± `error` (0.05 is 5 %)."""
    if scheme.grades is None:
        return ()
    measures = {one.id: _measure(one, evaluation) for one in scheme.indicator}
    places = {trials.ids[row]: row for row, year in enumerate(trials.years) if year == trials.year}
    units = _units(scheme, trials, places)
    totals = _totals(scheme, evaluation, units)
    found = []
    for one in evaluation.outcomes:
        if one.total is not None:
            texts = {name: values[places[one.id]] for name, values in trials.texts.items()}
            bounds = _bounds(scheme, one, measures, texts, Fraction(error))
            others = totals[group_of(scheme, one)].without(one.total)
            found.append(_interval(scheme, scheme.grades, one, others, bounds))
    return tuple(found)


class _Totals:
    """The totals of a peer group in order, with one of them left out."""

    def __init__(self, totals: Sequence[Decimal], own: Decimal | None = None):
        self._totals, self._own = totals, own

    def without(self, own: Decimal) -> "_Totals":
        return _Totals(self._totals, own)

    def above(self, total: Decimal) -> int:
        """How many others have more."""
        return (
            len(self._totals)
            - bisect_right(self._totals, total)
            - (self._own is not None and self._own > total)
        )

    def equal(self, total: Decimal) -> int:
        """How many others have as much."""
        return bisect_right(self._totals, total) - bisect_left(self._totals, total) - (self._own == total)


def _measure(indicator: Indicator, evaluation: Evaluation) -> Standard:
    """The indicator as one that reads its own value, held against what the run held it against."""
    own = indicator.model_copy(update={"numerator": indicator.id, "denominator": ""})
    return Standard(own, evaluation.benchmarks.get(indicator.id, {}), evaluation.ranges.get(indicator.id, {}))


def _units(scheme: Scheme, trials: Trials, places: Mapping[str, int]) -> Mapping[str, str]:
    """What each firm counts as in ranks: itself, or the firms that it was merged with (1.5)."""
    if scheme.merge is None or scheme.merge.counts == "each":
        return {firm: firm for firm in places}
    keys = trials.texts[scheme.merge.by]
    return {firm: firm if (key := keys[row]) is None else f"\n{key}" for firm, row in places.items()}


def _totals(scheme: Scheme, evaluation: Evaluation, units: Mapping[str, str]) -> Mapping[Group, _Totals]:
    found: dict[Group, dict[str, Decimal]] = {}
    for one in evaluation.outcomes:
        if one.total is not None:
            found.setdefault(group_of(scheme, one), {})[units[one.id]] = one.total
    return {group: _Totals(sorted(totals.values())) for group, totals in found.items()}


def _bounds(
    scheme: Scheme,
    one: Outcome,
    measures: Mapping[str, Standard],
    texts: Mapping[str, str | None],
    error: Fraction,
) -> tuple[Decimal, Decimal]:
    """The lowest and the highest total."""
    ends: list[tuple[Fraction, ...]] = []
    for indicator, item in zip(scheme.indicator, one.items, strict=True):
        rows = [{**texts, item.indicator: value} for value in _values(indicator, item, error)]
        found = [scored(measures[item.indicator], row, scheme.total.score_places).item.score for row in rows]
        ends.append((item.score or Fraction(0), *(score for score in found if score is not None)))
    factor = weight_factor(scheme, one)
    lowest, highest = (
        _total(scheme, factor * sum((pick(end) for end in ends), Fraction(0)) + one.bonus - one.deduction)
        for pick in (min, max)
    )
    return lowest, highest


def _values(indicator: Indicator, item: Item, error: Fraction) -> tuple[Fraction, ...]:
    """Both ends of what the value may be; none where a rule gave the score, which stays."""
    if item.how != "value" or item.value is None or item.score is None:
        return ()
    if indicator.denominator:
        return item.value * (1 - error) / (1 + error), item.value * (1 + error) / (1 - error)
    return item.value * (1 - error), item.value * (1 + error)


def _total(scheme: Scheme, exact: Fraction) -> Decimal:
    """Cut and rounded (4.2, 4.3)."""
    if scheme.total.floor is not None:
        exact = max(exact, Fraction(scheme.total.floor))
    if scheme.total.cap is not None:
        exact = min(exact, Fraction(scheme.total.cap))
    return rounded(exact, scheme.total.places)


def _interval(
    scheme: Scheme, grades: Grades, one: Outcome, others: _Totals, bounds: tuple[Decimal, Decimal]
) -> Interval:
    (lowest, highest), peers = bounds, one.peers or 0
    if (
        grades.tie_break
    ):  # who is ahead among equals is not known: the best for the best end, the worst for the worst
        best = Rank(1 + others.above(highest), 1, peers)
        worst = Rank(1 + others.above(lowest) + others.equal(lowest), 1, peers)
    else:
        best = Rank(1 + others.above(highest), 1 + others.equal(highest), peers)
        worst = Rank(1 + others.above(lowest), 1 + others.equal(lowest), peers)
    return Interval(
        one.id,
        lowest,
        highest,
        best.rank,
        worst.rank,
        _final(scheme, grades, one, highest, best),
        _final(scheme, grades, one, lowest, worst),
    )


def _final(scheme: Scheme, grades: Grades, one: Outcome, total: Decimal, rank: Rank) -> str:
    """The grade that this total and rank would give, after the rules that fitted."""
    quota = grades.steps[first_grade(grades, total, rank)].grade
    turns = replay(scheme, quota, one.adjustments)
    return turns[-1].after if turns else quota
