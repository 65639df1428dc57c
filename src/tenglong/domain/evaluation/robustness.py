"""How sure the grades are: what small errors of the figures, or other weights, would change.

For the review before publication: a firm near a threshold deserves a second look at its figures.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tenglong.domain.evaluation.explanation import Margin, extremes, margins
from tenglong.domain.evaluation.results import Evaluation
from tenglong.domain.evaluation.rounding import COMPARED_PLACES, rounded
from tenglong.domain.evaluation.schemes import Scheme
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
