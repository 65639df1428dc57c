"""Starts from what is known of a like problem: the same firms, measures and orders, perhaps other bounds (7.3).

Nothing of it is trusted: prices prove a new bound, and the plan is offered, or mended first where it breaks a limit.
"""

import numpy as np

from tenglong.domain.roadmap.plans import Certificate, Plan, Solution
from tenglong.domain.roadmap.problems import WAITS, Flags
from tenglong.domain.roadmap.solvers.dual import Prices
from tenglong.domain.roadmap.solvers.first import mend
from tenglong.domain.roadmap.solvers.search import Search


def begin(search: Search, known: Solution) -> None:
    """Prove and offer what is known, as far as it fits the problem; what does not is left out."""
    search.stage = "known"
    if known.certificate is not None:
        prices = prices_of(search, known.certificate)
        if prices is not None:
            search.prove(prices)
    if known.plan is not None and fits(search, known.plan):
        choice = known.plan.measure.copy(), known.plan.start.copy()
        prices = search.prices or search.dual.no_prices()
        if search.offer(*choice) or mend(search, prices, choice, search.slack(choice)):
            search.offer(*choice)


def prices_of(search: Search, certificate: Certificate) -> Prices | None:
    """The prices of a certificate; None where it belongs to other limits, aims or orders."""
    options, below = search.options, certificate.denominator
    rows = np.array([*certificate.limits, *certificate.floors], float)
    lines = np.array(certificate.orders, np.int64).reshape(-1, 3)
    shape = len(options.orders), options.periods
    if len(certificate.limits) != options.limits or len(rows) != options.rows or below <= 0:
        return None
    if (rows < 0).any() or (lines < 0).any() or (lines[:, :2] >= shape).any():
        return None
    orders = np.zeros(shape)
    orders[lines[:, 0], lines[:, 1]] = lines[:, 2] / below
    return Prices(rows / below, orders)


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
