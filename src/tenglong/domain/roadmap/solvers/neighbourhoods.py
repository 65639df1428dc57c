"""Improves a plan by solving small parts of it exactly: some firms are free, all others stay as they are."""

from dataclasses import dataclass

import numpy as np

from tenglong.domain.roadmap.problems import WAITS, Ints
from tenglong.domain.roadmap.solvers import highs, near
from tenglong.domain.roadmap.solvers.kernels import uses
from tenglong.domain.roadmap.solvers.pricing import Prices
from tenglong.domain.roadmap.solvers.search import Search


@dataclass(frozen=True)
class Effort:
    """How much one neighbourhood may cost: nodes of its tree, the gap at which it is good enough,
    and seconds, which count only in a search that is limited by time: one limited by work must not ask a clock."""

    nodes: int = 200
    seconds: float = 5.0
    gap: float = 1e-5


def reoptimise(search: Search, prices: Prices, firms: Ints, most_loss: float, effort: Effort) -> bool:
    """Choose anew for `firms` among the options that lose at most so much; whether the plan became better."""
    plan = search.plan
    assert plan is not None
    model = _model(search, prices, firms, most_loss)
    before = plan.value
    ask = highs.Ask(
        seconds=search.left() if search.limits.seconds is None else min(effort.seconds, search.left()),
        nodes=effort.nodes,
        gap=effort.gap,
        start=near.guess(search, model.columns),
        goes_on=lambda _: not search.stopped,
    )
    answer = highs.solve(model, ask, whole=True)
    search.spend(len(model.columns) / 1e3 * (10 + answer.nodes))
    if answer.taken is not None:
        near.offer(search, model.columns, answer.taken, (plan.measure, plan.start))
    assert search.plan is not None
    return search.plan.value > before


def _model(search: Search, prices: Prices, firms: Ints, most_loss: float) -> highs.Model:
    plan, options = search.plan, search.options
    assert plan is not None
    line, measure, start, _ = search.dual.near_best(prices, firms, most_loss)
    started = firms[plan.measure[firms] != WAITS]
    firm = np.concatenate([firms[line], started])
    measure = np.concatenate([measure, plan.measure[started]])
    start = np.concatenate([start, plan.start[started]])
    _, kept = np.unique(np.stack([firm, measure, start]), axis=1, return_index=True)
    firm, measure, start = firm[kept], measure[kept], start[kept]
    inside = np.zeros(options.firms, bool)
    inside[firms] = True
    low, high, must = uses.windows(options.arrays, firms, inside, plan.start)
    place = np.empty(options.firms, np.int64)
    place[firms] = np.arange(len(firms))
    allowed = (measure == WAITS) | ((start >= low[place[firm]]) & (start <= high[place[firm]]))
    columns = highs.columns_of(options, firm[allowed], measure[allowed], start[allowed])
    others = plan.measure.copy()
    others[firms] = WAITS
    obliged = options.arrays.must.copy()
    obliged[firms] |= must
    return highs.Model(options, columns, search.slack((others, plan.start)), obliged, inside)
