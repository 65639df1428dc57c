"""First plans from prices: fill by certainty, mend what is broken, improve firm by firm."""

import numpy as np

from tenglong.domain.roadmap.problems import WAITS, Ints
from tenglong.domain.roadmap.solvers.kernels import moves
from tenglong.domain.roadmap.solvers.pricing import Prices
from tenglong.domain.roadmap.solvers.search import Search

PASSES = 3
LEAST_MENDING, MENDING, IN_VAIN = 12, 40, 4
"""Rounds of mending, and how many of them in a row, after the first ones, may bring nothing."""
Choice = tuple[Ints, Ints]


def plan_from(search: Search, prices: Prices, start: Choice | None = None) -> Choice:
    """A plan, mostly feasible, near the best under `prices`; `start` is where to begin instead of with nothing."""
    options, arrays = search.options, search.options.arrays
    best, second, _, _ = search.dual.best_two(prices)
    order = before_first(search, np.argsort(second - best, kind="stable"))
    tables = search.dual.tables(prices)
    plan = waiting(options.firms) if start is None else (start[0].copy(), start[1].copy())
    slack = search.slack(plan)
    open_ = order if start is None else order[plan[0][order] == WAITS]
    moves.fill(arrays, open_, tables, slack, plan)
    search.spend(3 * search.sweep())
    mend(search, prices, plan, slack)
    improved(search, plan, slack, order[::-1])
    return plan


def waiting(firms: int) -> Choice:
    """Everybody waits."""
    return np.full(firms, WAITS, np.int64), np.full(firms, WAITS, np.int64)


def improved(search: Search, plan: Choice, slack: Ints, order: Ints) -> None:
    """Improve a plan firm by firm until little is won."""
    for _ in range(PASSES):
        won = moves.improve(search.options.arrays, np.ascontiguousarray(order), slack, plan)
        search.spend(2 * search.sweep())
        if not won or search.over():
            break


def mend(search: Search, prices: Prices, plan: Choice, slack: Ints) -> bool:
    """Change firms until no row is broken and everybody who must start does; whether that was reached.

    Small losses are tried first; a row that stays broken weighs more from round to round.
    """
    arrays = search.options.arrays
    tables = search.dual.tables(prices)
    best, _, _, _ = search.dual.best_two(prices)
    weight = 1.0 / np.maximum(np.abs(search.options.capacity), 1)
    scale = weight.copy()
    loss = 1e-3 * max(float(np.abs(best).sum()) / max(1, len(best)), 1e-9)
    least, vain = np.inf, 0
    for turn in range(MENDING):
        broken = int((arrays.must & (plan[0] == WAITS)).sum()) - float(np.minimum(slack, 0) @ scale)
        if not broken:
            return True
        vain = 0 if broken < least or turn < LEAST_MENDING else vain + 1
        if search.over() or vain > IN_VAIN:
            return False
        least = min(least, broken)
        order = np.argsort(search.chance.random(search.options.firms), kind="stable")
        heaviest = float(weight.max(initial=1.0))
        changed = moves.mend(arrays, order, tables, (slack, weight, 1.0 + heaviest), plan, loss)
        search.spend(4 * search.sweep())
        loss *= 2.0
        if not changed:
            weight = np.where(slack < 0, weight * 2.0, weight)
    return False


def before_first(search: Search, order: Ints) -> Ints:
    """The same order, but who must come first in time comes first here."""
    arrays = search.options.arrays
    if not len(arrays.before):
        return order
    done = np.zeros(search.options.firms, bool)
    found: list[int] = []
    for firm in order.tolist():
        stack = [firm]
        while stack:
            one = stack[-1]
            ahead = arrays.before[arrays.before_start[one] : arrays.before_start[one + 1]]
            open_ = [other for other in ahead.tolist() if not done[other] and other not in stack]
            if done[one] or not open_:
                stack.pop()
                if not done[one]:
                    done[one] = True
                    found.append(one)
            else:
                stack.append(open_[0])
    return np.array(found, np.int64)
