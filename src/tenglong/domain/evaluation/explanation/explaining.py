"""Why a firm got the grade it got: what lost the points, where it stands, what each rule did, how near the next
grade is (docs/algorithms/evaluation.md §3–7). Data first; `explanation_wording` says it in sentences.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from tenglong.domain.evaluation.engines.reference import cuts
from tenglong.domain.evaluation.replay import Turn, replay
from tenglong.domain.evaluation.results import Evaluation, Group, How, Outcome
from tenglong.domain.evaluation.schemes import Indicator, Scheme
from tenglong.domain.kernel.errors import NotFound
from tenglong.domain.kernel.messages import msg

Extremes = Mapping[Group, Mapping[str, tuple[Decimal, Decimal]]]
"""The lowest and the highest total of each grade by quota, by peer group."""


@dataclass(frozen=True)
class Mark:
    """One indicator of a firm. All points are after the factor of 4.2, so that marks and bonus add up to the total.

    `full` is the highest possible score, without a cap the weight; `at_benchmark` what a firm at the benchmark gets;
    either is None where the method knows none; `share` the part of the total, None where the total is not positive. All
    points are None where the indicator does not count.
    """

    indicator: Indicator
    how: How | None
    value: Fraction | None
    benchmark: Fraction | None
    score: Fraction | None
    full: Fraction | None
    at_benchmark: Fraction | None
    share: Fraction | None

    @property
    def lost(self) -> Fraction | None:
        """Points short of full marks; negative where an indicator without a cap gained more than its weight."""
        return None if self.score is None or self.full is None else self.full - self.score

    @property
    def lost_to_benchmark(self) -> Fraction | None:
        """Points short of what the benchmark gives; negative for a firm that is better."""
        return None if self.score is None or self.at_benchmark is None else self.at_benchmark - self.score


@dataclass(frozen=True)
class Span:
    """The ranks `first` to `last` among the peers that a grade takes by quota; empty where last < first."""

    grade: str
    first: int
    last: int


@dataclass(frozen=True)
class Margin:
    """How far it is to another grade by quota: `points` from the firm's total to `cut`, both as positive distance.

    Upwards, `cut` is the lowest total of that grade today; downwards it is the highest total of that grade, or by
    score the limit below which the firm falls. It is a distance, not a promise: the cut moves with every firm
    (`counterfactual`).
    """

    grade: str
    cut: Decimal
    points: Decimal


@dataclass(frozen=True)
class Explanation:
    """Everything that made one firm's result. Of a firm that is not rated only `outcome` and the values speak."""

    scheme: Scheme
    outcome: Outcome
    marks: tuple[Mark, ...]
    spans: tuple[Span, ...] = ()
    turns: tuple[Turn, ...] = ()
    up: Margin | None = None
    down: Margin | None = None
    known: Mapping[str, Fraction | None] = field(default_factory=dict)
    """Figures of the firm by column, as far as they are at hand: they tell why an indicator has no value."""


def explain(scheme: Scheme, evaluation: Evaluation, firm: str) -> Explanation:
    """Why `firm` got its result in a run of `scheme`.

    Raises:
        NotFound: no row of the run's year has this id.
    """
    outcome = next((one for one in evaluation.outcomes if one.id == firm), None)
    if outcome is None:
        problem = "{year} 年的评价里没有企业“{firm}”，请检查编号或年度。"
        raise NotFound(msg(problem, firm=firm, year=evaluation.year))
    marks = tuple(_marks(scheme, outcome))
    if outcome.total is None or scheme.grades is None or outcome.peers is None:
        return Explanation(scheme, outcome, marks)
    return Explanation(
        scheme,
        outcome,
        marks,
        tuple(_spans(scheme, outcome.peers)),
        replay(scheme, outcome.grade_by_quota, outcome.adjustments),
        *margins(scheme, outcome, extremes(scheme, evaluation)),
    )


def group_of(scheme: Scheme, outcome: Outcome) -> Group:
    """The key of the firm's peers in `Evaluation.cuts`."""
    return tuple(outcome.group[column] for column in (scheme.grades.peers if scheme.grades else ()))


def weight_factor(scheme: Scheme, outcome: Outcome) -> Fraction:
    """What the scores are multiplied by because some indicators do not count for the firm (4.2)."""
    weights = {one.id: Fraction(one.weight) for one in scheme.indicator}
    counting = sum(weights[item.indicator] for item in outcome.items if item.score is not None)
    return sum(weights.values(), Fraction(0)) / counting if counting else Fraction(1)


def _marks(scheme: Scheme, outcome: Outcome) -> Iterator[Mark]:
    factor = weight_factor(scheme, outcome)
    items = {item.indicator: item for item in outcome.items}
    for indicator in scheme.indicator:
        item = items[indicator.id]
        if item.score is None:
            yield Mark(indicator, item.how, item.value, item.benchmark, None, None, None, None)
            continue
        score, total = item.score * factor, outcome.total
        full, at_benchmark = (
            None if points is None else points * factor
            for points in (_full(indicator), _at_benchmark(indicator))
        )
        share = score / Fraction(total) if total is not None and total > 0 else None
        yield Mark(indicator, item.how, item.value, item.benchmark, score, full, at_benchmark, share)


def _full(indicator: Indicator) -> Fraction | None:
    """The highest score, as the rule `full` gives it (3.2); a value that is its own score knows none."""
    if indicator.method == "value":
        return None
    weight = Fraction(indicator.weight)
    return weight * Fraction(indicator.cap) if indicator.cap is not None else weight


def _at_benchmark(indicator: Indicator) -> Fraction | None:
    """The score of a firm whose value is the benchmark (3.6)."""
    weight, floor = Fraction(indicator.weight), Fraction(indicator.floor)
    if indicator.method == "ratio":
        reached = Fraction(1) if indicator.cap is None else min(Fraction(1), Fraction(indicator.cap))
        return weight * max(floor, reached)
    if indicator.method == "inverse":
        k = Fraction(indicator.k)
        return weight * max(floor, min((k - 1) / k, Fraction(1)))
    return None


def _spans(scheme: Scheme, peers: int) -> Iterator[Span]:
    if scheme.grades is None or scheme.grades.by != "quota":
        return
    first = 1
    for step, last in zip(scheme.grades.steps, [*cuts(scheme.grades, peers), peers], strict=True):
        yield Span(step.grade, first, last)
        first = last + 1


def extremes(scheme: Scheme, evaluation: Evaluation) -> Extremes:
    """The lowest and the highest total of each grade by quota, by peer group."""
    found: dict[Group, dict[str, tuple[Decimal, Decimal]]] = {}
    for one in evaluation.outcomes:
        if one.total is not None:
            grades = found.setdefault(group_of(scheme, one), {})
            lowest, highest = grades.get(one.grade_by_quota, (one.total, one.total))
            grades[one.grade_by_quota] = min(lowest, one.total), max(highest, one.total)
    return found


def margins(scheme: Scheme, outcome: Outcome, among: Extremes) -> tuple[Margin | None, Margin | None]:
    """How far it is up and down for a firm: to the nearest grade that somebody has, or by score to the next limit."""
    if scheme.grades is None or outcome.total is None:
        return None, None
    steps, total = scheme.grades.steps, outcome.total
    place = [step.grade for step in steps].index(outcome.grade_by_quota)
    up = down = None
    if scheme.grades.by == "score":
        above, own = steps[place - 1].from_ if place else None, steps[place].from_
        up = None if above is None else Margin(steps[place - 1].grade, above, above - total)
        return up, None if own is None else Margin(steps[place + 1].grade, own, total - own)
    taken = among[group_of(scheme, outcome)]
    for step in reversed(steps[:place]):
        if up is None and step.grade in taken:
            lowest, _ = taken[step.grade]
            up = Margin(step.grade, lowest, lowest - total)
    for step in steps[place + 1 :]:
        if down is None and step.grade in taken:
            _, highest = taken[step.grade]
            down = Margin(step.grade, highest, total - highest)
    return up, down
