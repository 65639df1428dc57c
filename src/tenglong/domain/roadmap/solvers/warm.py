"""Starts from what is known of a like problem: the same firms, measures and orders, perhaps other bounds (7.3).

Nothing of it is trusted: prices prove a new bound, and the plan is offered, or mended first where it breaks a limit.
"""

import numpy as np

from tenglong.domain.roadmap.plans import Certificate, Plan, Solution
from tenglong.domain.roadmap.problems import WAITS, Flags
from tenglong.domain.roadmap.solvers.first import mend
from tenglong.domain.roadmap.solvers.pricing import prices_of
from tenglong.domain.roadmap.solvers.search import Search


def begin(search: Search, known: Solution) -> None:
    """Prove and offer what is known, as far as it fits the problem; what does not is left out."""
    search.stage = "known"
    if known.certificate is not None:
        prices = prices_of(search.options, known.certificate)
        if prices is not None:
            search.prove(prices)
        rounded = [one for one in known.certificate.tree if isinstance(one, Certificate) and one.rounded]
        if len(known.certificate.tree) == 1 and prices is not None:
            search.leaf = next(iter(rounded), None)
    if known.plan is not None and fits(search, known.plan):
        choice = known.plan.measure.copy(), known.plan.start.copy()
        prices = search.prices or search.dual.no_prices()
        if search.offer(*choice) or mend(search, prices, choice, search.slack(choice)):
            search.offer(*choice)


def fits(search: Search, plan: Plan) -> bool:
    """Whether every choice is an option of its firm."""
    arrays = search.options.arrays
    if plan.measure.shape != (search.options.firms,) or plan.start.shape != plan.measure.shape:
        return False
    waits = (plan.measure == WAITS) & (plan.start == WAITS)
    theirs = (plan.measure >= arrays.measure_start[:-1]) & (plan.measure < arrays.measure_start[1:])
    return bool((waits | theirs & _in_window(search, plan, theirs)).all())


def _in_window(search: Search, plan: Plan, theirs: Flags) -> Flags:
    arrays = search.options.arrays
    if not len(arrays.first):
        return theirs
    measure = np.where(theirs, plan.measure, 0)
    inside: Flags = (arrays.first[measure] <= plan.start) & (plan.start <= arrays.last[measure])
    return inside
