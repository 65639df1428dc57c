"""Large problems: prices, plans by annealing under them, then small parts solved exactly until the work is done."""

import numpy as np

from tenglong.domain.roadmap.plans import Reason
from tenglong.domain.roadmap.problems import Ints
from tenglong.domain.roadmap.solvers import annealing, exact, neighbourhoods, rounding
from tenglong.domain.roadmap.solvers.pricing import Reals
from tenglong.domain.roadmap.solvers.search import Search

MOST_RELAXED = 40_000
"""Options up to which the linear relaxation is solved for a slightly better bound."""
ROUNDS = 6
GROUP = 200
"""Firms that are solved exactly at once."""
LOSSES = (0.05, 0.1, 0.2)


def run(search: Search) -> Reason:
    """Search until the plan is good enough, a limit is reached, or nothing gets better."""
    exact.start_prices(search)
    small = search.problem.options() <= MOST_RELAXED
    if search.plan is None and small and not search.over():
        conflict = exact.relaxation(search)
        if conflict:
            return conflict
    annealing.rounds(search, ROUNDS)
    if search.plan is None:
        return search.over() or _whole(search)
    if small and not search.over():
        exact.relaxation(search)
        rounding.tighten(search)
    search.stage = "neighbourhoods"
    return _polish(search)


def _whole(search: Search) -> Reason:
    """No plan was found: leave it to branch and bound, which finds one or proves that there is none."""
    return exact.relaxation(search) or search.over() or exact.tree(search)


def _polish(search: Search) -> Reason:
    """Solve the most wasteful groups of firms exactly, again and again, with more options each time."""
    for loss in LOSSES:
        better = True
        while better:
            better = False
            for firms in wasteful(search):
                reason = search.over()
                if reason:
                    return reason
                assert search.prices is not None
                most = loss * annealing.mean_value(search)
                better |= neighbourhoods.reoptimise(
                    search, search.prices, firms, most, neighbourhoods.Effort()
                )
    return Reason.NO_IMPROVEMENT


def wasteful(search: Search) -> list[Ints]:
    """Groups of firms that share rows, the group that loses most first."""
    group, waste = waste_by_group(search)
    order = np.argsort(-waste, kind="stable")
    found = []
    for number in order.tolist():
        firms = np.flatnonzero(group == number)
        firms = firms[search.chance.permutation(len(firms))]
        found += [np.sort(firms[k : k + GROUP]) for k in range(0, len(firms), GROUP)]
    return found


def waste_by_group(search: Search) -> tuple[Ints, Reals]:
    """The group of each firm, by the amount whose rows tell firms apart and idle most; what each group loses."""
    assert search.prices is not None and search.plan is not None
    arrays, periods = search.options.arrays, search.options.arrays.worth.shape[1]
    idle = search.prices.rows * search.slack((search.plan.measure, search.plan.start))
    begin = arrays.row_start[::periods]
    cell_of = np.repeat(np.arange(search.options.cells), np.diff(begin))
    pairs = np.unique(np.stack([cell_of, arrays.row]), axis=1)
    shared = np.bincount(pairs[1], minlength=search.options.rows) > 1
    own = pairs[:, ~shared[pairs[1]]]
    by_cell = np.bincount(own[0], idle[own[1]], search.options.cells)
    best, amount = -1.0, -1
    for number in range(arrays.cell.shape[1]):
        cells = np.unique(arrays.cell[:, number])
        if len(cells) > 1 and by_cell[cells].sum() > best:
            best, amount = float(by_cell[cells].sum()), number
    if amount < 0:
        group = search.chance.integers(0, 1 + search.options.firms // GROUP, search.options.firms)
        return group, np.zeros(int(group.max(initial=0)) + 1)
    group = arrays.cell[:, amount].astype(np.int64)
    return group, by_cell.astype(float)
