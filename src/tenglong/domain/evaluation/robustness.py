"""How sure the grades are: what small errors of the figures, or other weights, would change.

For the review before publication: a firm near a threshold deserves a second look at its figures.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from random import Random

from tenglong.domain.evaluation.counterfactual_firm import changeable
from tenglong.domain.evaluation.explanation import Margin, extremes, margins
from tenglong.domain.evaluation.results import Evaluation
from tenglong.domain.evaluation.rounding import COMPARED_PLACES, rounded
from tenglong.domain.evaluation.schemes import Scheme
from tenglong.domain.evaluation.trials import Changed, Standings, Trials


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


@dataclass(frozen=True)
class JointErrors:
    """Evaluations with random errors: how many there were, and how often each firm got each final grade.

    Only firms that have a total without errors are in `grades`.
    """

    error: Decimal
    runs: int
    grades: Mapping[str, Mapping[str, int]]

    def changed(self, base: Standings) -> Mapping[str, Fraction]:
        """The share of runs in which a firm's grade was another, for firms to which that happened."""
        shares = {
            firm: 1 - Fraction(counts.get(base.grades[base.place[firm]], 0), self.runs)
            for firm, counts in self.grades.items()
        }
        return {firm: share for firm, share in shares.items() if share}


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


def joint_errors(scheme: Scheme, trials: Trials, error: Decimal, seeds: Iterable[int]) -> JointErrors:
    """Evaluates once for each seed with every figure that indicators read wrong by up to ± `error` (0.05 is 5 %).

    Errors are independent and uniform. Equal seeds give equal answers.
    """
    base = trials.ask(scheme, {})
    rated = [firm for firm, total in zip(base.ids, base.totals, strict=True) if total is not None]
    counts: dict[str, Counter[str]] = {firm: Counter() for firm in rated}
    figures = {
        name: [None if value is None else float(value) for value in trials.numbers[name]]
        for name in changeable(scheme)
    }
    runs = 0
    for seed in seeds:
        runs += 1
        found = trials.ask(scheme, _disturbed(trials, figures, float(error), Random(seed)))
        for firm in rated:
            counts[firm][found.grades[found.place[firm]]] += 1
    return JointErrors(error, runs, counts)


def _disturbed(
    trials: Trials, figures: Mapping[str, Sequence[float | None]], error: float, chance: Random
) -> Changed:
    """The figures of the year, each multiplied by a number between 1 - error and 1 + error."""
    draw = chance.random
    return {
        name: [
            value if value is None or year != trials.year else value * (1 + error * (2 * draw() - 1))
            for value, year in zip(values, trials.years, strict=True)
        ]
        for name, values in figures.items()
    }


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
