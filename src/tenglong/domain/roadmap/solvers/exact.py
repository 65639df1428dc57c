"""Branch and bound on the whole model with HiGHS: for small and medium problems.

Prices come first: they give a certificate, a plan to start from, and leave out options that no better plan can hold.
"""

import numpy as np

from tenglong.domain.roadmap.plans import Reason
from tenglong.domain.roadmap.solvers import annealing, branching, first, highs, near, rounding
from tenglong.domain.roadmap.solvers.dual import descend
from tenglong.domain.roadmap.solvers.pricing import Prices
from tenglong.domain.roadmap.solvers.search import Search

ROUNDS = 3
FIRST_SHARE, MOST_NODES = 0.2, 500
"""Of time and work, and nodes, that HiGHS may take before the proof begins."""
NODES_PER_WORK = 1.0
"""Nodes of the tree that count as much as a million parts looked at."""


def run(search: Search) -> Reason:
    """Search until the plan is proven, or a limit is reached."""
    start_prices(search)
    reason = search.over() or relaxation(search)
    if reason:
        return reason
    if search.prices is not None:
        annealing.rounds(search, ROUNDS)
    rounding.tighten(search)
    return search.over() or (_proven(search) if branching.fits(search) else tree(search))


def _proven(search: Search) -> Reason:
    """Branch and bound of HiGHS for a good plan, our own for the proof of it, then HiGHS again with what is left."""
    reason = tree(search, FIRST_SHARE)
    if reason == Reason.CONFLICT:
        return reason
    branching.prove(search)
    over = search.over()
    if over is not None:
        return over
    return reason if reason == Reason.CLAIMED else tree(search)


def start_prices(search: Search) -> None:
    """Prices by descent, from known ones if there are any, and a plan from them.

    A known plan is filled up under the known prices, beside one that these give anew, and the better improved first:
    when there is little time, that is most of the answer.
    """
    if search.plan is not None and search.prices is not None:
        search.offer(*first.plan_from(search, search.prices, (search.plan.measure, search.plan.start)))
        search.offer(*first.plan_from(search, search.prices))
        search.stage = "annealing"
        annealing.one_round(search, 0)
        if search.over():
            return
    search.stage = "prices"

    def seen(prices: Prices) -> bool:
        search.spend(120 * search.sweep())
        search.prove(prices)
        return search.over() is None

    def goes_on() -> bool:  # as long as there is no plan, half of the time is left for finding one
        return search.over() is None and (search.plan is not None or search.left() > search.seconds)

    descend(search.dual, seen, start=search.prices, least=search.least, goes_on=goes_on)
    if search.prices is not None and not search.over():
        search.stage = "first plan"
        search.offer(*first.plan_from(search, search.prices))


def relaxation(search: Search) -> Reason | None:
    """The linear relaxation: the best prices there are.

    A conflict, if even shares of all options cannot meet the limits.
    """
    search.stage = "relaxation"
    columns = near.all_near(search)
    model = highs.Model(search.options, columns, search.options.capacity, search.options.arrays.must)
    answer = highs.solve(
        model, highs.Ask(seconds=search.left(), goes_on=lambda _: not search.stopped), whole=False
    )
    search.spend(20 * len(columns) / 1e3)
    if answer.status == "Infeasible" and search.plan is None:
        return Reason.CONFLICT
    if answer.prices is not None:
        search.prove(answer.prices)
        if search.plan is None and search.prices is not None:
            search.offer(*first.plan_from(search, search.prices))
    return None


def tree(search: Search, share: float = 1.0) -> Reason:
    """Branch and bound, with a share of the time and the work that are left."""
    search.stage = "tree"
    columns = near.all_near(search)
    model = highs.Model(search.options, columns, search.options.capacity, search.options.arrays.must)

    def goes_on(bound: float) -> bool:
        if np.isfinite(bound) and search.plan and bound < 1e300:
            search.claims("HiGHS", max(bound, float(search.plan.value)))
        return not search.stopped and not search.good_enough()

    ask = highs.Ask(
        seconds=share * search.left(),
        nodes=int(min(share * search.work_left() * NODES_PER_WORK, MOST_NODES if share < 1 else 2e9)),
        gap=search.limits.gap,
        start=near.guess(search, columns),
        found=lambda taken: near.offer(search, columns, taken),
        goes_on=goes_on,
    )
    answer = highs.solve(model, ask, whole=True)
    if answer.taken is not None:
        near.offer(search, columns, answer.taken)
    if answer.status == "Infeasible" and search.plan is None:
        return Reason.CONFLICT
    if answer.status in ("Optimal", "Infeasible"):
        assert search.plan is not None
        search.claims(
            "HiGHS", max(answer.bound if answer.status == "Optimal" else 0.0, float(search.plan.value))
        )
        return Reason.CLAIMED
    return search.over() or (Reason.TIME if answer.status == "Time limit reached" else Reason.WORK)
