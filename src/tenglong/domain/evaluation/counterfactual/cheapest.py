"""The cheapest change of a firm's own figures that lifts it out of its grade, everything else staying as it is.

Every answer is found by evaluating the whole table again with the changed figures: who falls to make room, how the
cut and the benchmarks move, caps and rules after the quota are all in it. A single change is minimal: one unit of its
last place less fails. Where a larger change can do worse than a smaller one, a smaller one that also passes may be
overlooked. What may be changed, and how far the search goes, is data (counterfactual.toml).
"""

from tenglong.domain.evaluation.counterfactual.firm import FirmSearch, changeable, order_of
from tenglong.domain.evaluation.counterfactual.results import Counterfactual
from tenglong.domain.evaluation.expressions import names
from tenglong.domain.evaluation.expressions.parsing import parse
from tenglong.domain.evaluation.replay import replay
from tenglong.domain.evaluation.schemes import Adjustment, Scheme
from tenglong.domain.evaluation.trials import Standings, Trials


def counterfactual(scheme: Scheme, trials: Trials, firm: str) -> Counterfactual:
    """What would lift `firm` out of its grade; empty where it is not rated or already has the best grade.

    Raises:
        NotFound: the firm has no row in the year.
    """
    search = FirmSearch(scheme, trials, firm)
    place, base = search.place, search.base
    total, grade = base.totals[place], base.grades[place]
    if scheme.grades is None or total is None or grade == scheme.grades.steps[0].grade:
        return Counterfactual(firm, grade, total)
    held_by = _held_by(scheme, base, place)
    if any(_beyond_figures(scheme, rule, grade) for rule in held_by):
        return Counterfactual(firm, grade, total, held_by=held_by, hopeless=True)
    single, futile = search.singles()
    pair, together = search.shared()
    return Counterfactual(firm, grade, total, single, pair, together, futile, search.unreported(), held_by)


def _held_by(scheme: Scheme, base: Standings, place: int) -> tuple[Adjustment, ...]:
    """The rules without one of which the firm would have a better grade, and vetoes that forbid it one."""
    fitted, quota = base.adjustments[place], base.quota_grades[place]
    order = order_of(scheme)

    def without(rule: Adjustment) -> str:
        turns = replay(scheme, quota, [one for one in fitted if one != rule.id])
        return turns[-1].after if turns else quota

    rules = [rule for rule in scheme.adjust if rule.id in fitted]
    now = order[base.grades[place]]
    return tuple(
        rule
        for rule in rules
        if order[without(rule)] < now or (rule.kind == "veto" and order[rule.grade] == now)
    )


def _beyond_figures(scheme: Scheme, rule: Adjustment, grade: str) -> bool:
    """Whether a veto caps the firm at its grade for reasons that no changed figure touches."""
    read = set(names(parse(rule.when, where=rule.id)))
    own = {*changeable(scheme), *(one.id for one in scheme.indicator), "total", "rank", "grade"}
    return rule.kind == "veto" and rule.grade == grade and not read & own
