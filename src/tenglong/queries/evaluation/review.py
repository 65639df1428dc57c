"""The review before publication: firms near a threshold, and grades that small errors or other weights change."""

from dataclasses import dataclass
from decimal import Decimal

from tenglong.domain.access.policy import Scope
from tenglong.domain.evaluation.explanation import Margin
from tenglong.domain.evaluation.robustness import Interval, intervals, near_thresholds, weight_changes
from tenglong.domain.evaluation.schemes import Indicator
from tenglong.queries.evaluation.firm import rests_on, trials_of
from tenglong.queries.evaluation.results import ResultFilter, ResultRow, all_results
from tenglong.queries.evaluation.runs import evaluation_of, scheme_file
from tenglong.queries.remembered import remembered
from tenglong.store.models import Evaluation


@dataclass(frozen=True)
class Doubtful:
    """A firm to look at again: how near another grade is, and what errors of its own figures could make of it."""

    row: ResultRow
    margin: Margin | None
    interval: Interval | None


@dataclass(frozen=True)
class OtherWeight:
    """A weight changed by a few points, the others scaled, and how many of the firms seen would change grade."""

    indicator: Indicator
    before: Decimal
    after: Decimal
    count: int


def near_firms(run: Evaluation, points: Decimal) -> dict[int, Margin]:
    """The firms of a run whose total lies at most `points` from another grade by quota, with the nearest one."""
    return remembered(f"near-{rests_on(run)}-{points}", lambda: _near(run, points), lasting=True)


def doubtful(run: Evaluation, scope: Scope, *, points: Decimal, percent: Decimal) -> list[Doubtful]:
    """The firms near a threshold, then those whose grade errors of up to ± `percent` could change.

    Raises:
        BadFile: the kept table of the run is not there.
    """
    near = near_firms(run, points)
    key = f"intervals-{rests_on(run)}-{percent}"
    unsure = remembered(key, lambda: _unsure(run, percent), lasting=True)
    wanted = ResultFilter(firms=frozenset((*near, *unsure)))
    found = [
        Doubtful(row, near.get(row.firm_id), unsure.get(row.firm_id))
        for row in all_results(run, scope, wanted)
    ]
    return sorted(
        found, key=lambda one: (one.margin is None, one.margin.points if one.margin else 0, one.row.name)
    )


def other_weights(run: Evaluation, scope: Scope, points: Decimal) -> list[OtherWeight]:
    """Each weight raised and lowered by `points`, with how many firms that may be seen would change grade.

    Raises:
        BadFile: the kept table of the run is not there.
    """
    scheme = scheme_file(run.scheme)
    key = f"weights-{rests_on(run)}-{points}"
    found = remembered(key, lambda: weight_changes(scheme, trials_of(run), points), lasting=True)
    seen = {row.firm_id for row in all_results(run, scope, ResultFilter())}
    indicators = {one.id: one for one in scheme.indicator}
    return [
        OtherWeight(
            indicators[one.indicator],
            one.before,
            one.after,
            sum(int(switch.firm) in seen for switch in one.switches),
        )
        for one in found
    ]


def _near(run: Evaluation, points: Decimal) -> dict[int, Margin]:
    found: dict[int, Margin] = {}
    for one in near_thresholds(scheme_file(run.scheme), evaluation_of(run), points):
        found.setdefault(int(one.firm), one.margin)
    return found


def _unsure(run: Evaluation, percent: Decimal) -> dict[int, Interval]:
    found = intervals(scheme_file(run.scheme), evaluation_of(run), trials_of(run), percent / 100)
    return {int(one.firm): one for one in found if not one.certain}
