"""The options that a better plan may hold, and plans as shares of them."""

import numpy as np

from tenglong.domain.roadmap.problems import WAITS, Ints
from tenglong.domain.roadmap.solvers import first, highs
from tenglong.domain.roadmap.solvers.pricing import Reals
from tenglong.domain.roadmap.solvers.search import Search


def all_near(search: Search) -> highs.Columns:
    """The options that a plan better than the best so far may hold."""
    loss = np.inf
    if search.plan and search.certificate:
        bound = search.certificate.priced
        loss = bound - search.plan.value + 1e-6 * max(1.0, abs(bound)) + 1.0
    prices = search.prices or search.dual.no_prices()
    firms = np.arange(search.options.firms)
    line, measure, start, _ = search.dual.near_best(prices, firms, loss)
    return highs.columns_of(search.options, firms[line], measure, start)


def guess(search: Search, columns: highs.Columns) -> Reals | None:
    """The best plan so far as shares of columns."""
    if search.plan is None:
        return None
    plan = search.plan
    same = (plan.measure[columns.firm] == columns.measure) & (plan.start[columns.firm] == columns.start)
    return same.astype(float)


def offer(
    search: Search, columns: highs.Columns, taken: Reals, base: tuple[Ints, Ints] | None = None
) -> bool:
    """Offer the plan in which firms take their columns; other firms do as in `base`, or wait."""
    measure, start = first.waiting(search.options.firms) if base is None else (base[0].copy(), base[1].copy())
    if base is not None:
        measure[columns.firm] = start[columns.firm] = WAITS
    chosen = taken > 0.5
    measure[columns.firm[chosen]] = columns.measure[chosen]
    start[columns.firm[chosen]] = columns.start[chosen]
    return search.offer(measure, start)


def step(search: Search) -> int:
    """What divides the value of every option, so of every plan."""
    options = search.options
    firms = np.arange(options.firms)
    line, measure, start, _ = search.dual.near_best(search.dual.no_prices(), firms, np.inf)
    columns = highs.columns_of(options, firms[line], measure, start)
    return max(1, int(np.gcd.reduce(columns.value, initial=0)))
