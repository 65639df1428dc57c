"""Turns prices into plans by annealing (docs/algorithms/roadmap.md 5).

Under good prices firms are almost indifferent between their best options, and a plan loses value in two ways only: by
options that are not best, and by priced capacity that is left idle. Annealing begins with the first alone, at a heat
of a thousandth of a firm's value, and lets the second, and penalties for broken rows, grow while it cools.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from tenglong.domain.roadmap.problems import WAITS, Ints
from tenglong.domain.roadmap.solvers import highs
from tenglong.domain.roadmap.solvers.first import Choice, improved, mend, plan_from
from tenglong.domain.roadmap.solvers.kernels.annealing import anneal
from tenglong.domain.roadmap.solvers.pricing import Prices, Reals
from tenglong.domain.roadmap.solvers.search import Search

QUICK_MOVES, MOST_MOVES, LEAST_SWEEPS, MOST_SWEEPS = 3_000_000, 15_000_000, 100, 3000
LOSSES = (0.1, 0.05, 0.2)


@dataclass(frozen=True)
class Course:
    """How an annealing runs; heats and losses are shares of the value of the average firm."""

    sweeps: int = 1000
    most_loss: float = 0.1
    hot: float = 1e-3
    cold: float = 1e-4
    soft: float = 1e-3
    hard: float = 3.0
    fine: float = 5.0
    fall: float = 0.95
    turns: int = 200
    firm: float = 0.75
    """From this part of the course on, penalties no longer fall."""
    chains: int = 2
    """Always as many, so that plans do not depend on the number of processors."""

    def schedule(self, mean: float) -> Reals:
        """Heat, idle, broken, fine and fall of each turn."""
        heats = np.geomspace(self.hot, self.cold, self.turns) * mean
        idle = np.geomspace(self.soft, 1.0, self.turns)
        broken = np.geomspace(self.soft, self.hard, self.turns)
        fall = np.where(np.arange(self.turns) < self.firm * self.turns, self.fall, 1.0)
        return np.stack([heats, idle, broken, heats * self.fine, fall], 1)


@dataclass(frozen=True)
class Chain:
    """One annealing: its last choice, and the best that breaks nothing, worth `more` than the plan it began with."""

    last: Choice
    best: Choice
    more: float


def annealed(search: Search, plan: Choice, firms: Ints, course: Course) -> list[Chain]:
    """Some annealings side by side from a plan, in which `firms` choose anew; each has its own luck."""
    prices, chains = search.prices, course.chains
    assert prices is not None
    measure, table, chosen = _table(search, prices, plan, firms, course)
    slack = search.slack(plan)
    feasible = bool((slack >= 0).all() and not (search.options.arrays.must & (plan[0] == WAITS)).any())
    seeds = search.chance.integers(1, 2**63, chains, dtype=np.uint64)
    penalty = _penalties(search, prices)
    moves = max(1, course.sweeps * len(firms) // course.turns)

    def chain(seed: Any) -> Chain:
        state = chosen.copy(), plan[1].copy(), slack.astype(float), prices.rows, penalty.copy(), penalty, seed
        value = np.array([0.0, 0.0 if feasible else -np.inf])
        counts = np.array([int((slack < 0).sum()), 0])
        noted, changed = np.zeros(len(firms), bool), np.zeros(len(firms), np.int64)
        best = chosen.copy(), value, counts, noted, changed
        for turn in course.schedule(mean_value(search)):
            if search.stopped or not search.left():
                break
            anneal(search.options.arrays, table, state, best, turn, moves)
        last, kept = (_with(plan, firms, (measure[one], table[2][one])) for one in (state[0], best[0]))
        return Chain(last, kept, float(value[1]))

    with ThreadPoolExecutor(chains) as pool:
        found = list(pool.map(chain, seeds[:, None]))
    search.spend(chains * course.turns * moves / 1e5)
    return found


def _with(plan: Choice, firms: Ints, chosen: Choice) -> Choice:
    """A plan in which `firms` do what they chose."""
    measure, start = plan[0].copy(), plan[1].copy()
    measure[firms], start[firms] = chosen
    return measure, start


def _penalties(search: Search, prices: Prices) -> Reals:
    """What a unit by which a row is broken costs at first: its price, or at least a little."""
    options = search.options
    capacity = np.maximum(np.abs(options.capacity), 1)
    floor = 0.02 * mean_value(search) * options.firms / max(1, options.rows) / capacity
    return np.maximum(prices.rows, floor)


def rounds(search: Search, count: int) -> None:
    """Anneal so often, from the best plan so far, unless the search is over before."""
    search.stage = "annealing"
    for turn in range(count):
        if search.over():
            return
        one_round(search, turn)


def one_round(search: Search, turn: int) -> None:
    """Some annealings from the best plan so far: a quick round first, and every second later one is longer."""
    assert search.prices is not None
    count = max(1, search.options.firms)
    moves = MOST_MOVES * (1 + turn // 2) if turn else QUICK_MOVES
    sweeps = int(np.clip(moves / count, LEAST_SWEEPS, MOST_SWEEPS * (1 + turn)))
    plan = (search.plan.measure, search.plan.start) if search.plan else plan_from(search, search.prices)
    course = Course(sweeps=sweeps, most_loss=LOSSES[turn % len(LOSSES)])
    found = annealed(search, plan, np.arange(search.options.firms), course)
    for chain in found:
        finish(search, chain.last if chain.more == -np.inf else chain.best)


def finish(search: Search, plan: Choice) -> None:
    """Mend what a plan breaks, improve it, and offer it."""
    assert search.prices is not None
    slack = search.slack(plan)
    order = np.argsort(search.chance.random(search.options.firms), kind="stable")
    mend(search, search.prices, plan, slack)
    improved(search, plan, slack, order)
    search.offer(*plan)


def mean_value(search: Search) -> float:
    """The value of the average firm under the bound."""
    bound = abs(search.certificate.bound) if search.certificate else 0
    return max(bound / max(1, search.options.firms), 1e-6)


def _table(
    search: Search, prices: Prices, plan: Choice, firms: Ints, course: Course
) -> tuple[Ints, Any, Ints]:
    """The near-best options of `firms` and what they have now: measures, the kernel's table, what is chosen."""
    options = search.options
    line, measure, start, _ = search.dual.near_best(prices, firms, course.most_loss * mean_value(search))
    own = np.arange(len(firms))
    line = np.concatenate([line, own])
    measure = np.concatenate([measure, plan[0][firms]])
    start = np.concatenate([start, plan[1][firms]])
    order = np.lexsort((start, measure, line))
    line, measure, start = line[order], measure[order], start[order]
    same = (np.diff(line) == 0) & (np.diff(measure) == 0) & (np.diff(start) == 0)
    kept = np.append(True, ~same)
    line, measure, start = line[kept], measure[kept], start[kept]
    current = (measure == plan[0][firms][line]) & (start == plan[1][firms][line])
    gain, begin, row, use, moved, alone = _uses(search, prices, firms[line], measure, start)
    keep = ~alone | current
    line, measure, start, gain, moved = (one[keep] for one in (line, measure, start, gain, moved))
    length = np.diff(begin)
    lines = np.full(options.firms, -1, np.int64)
    lines[firms] = own
    row, use = row[np.repeat(keep, length)], use[np.repeat(keep, length)]
    table = (
        firms,
        _begin(np.bincount(line, minlength=len(firms))),
        start,
        gain,
        _begin(length[keep]),
        row,
        use,
        moved,
        lines,
    )
    return measure, table, np.flatnonzero(current[keep])


def _uses(
    search: Search, prices: Prices, firm: Ints, measure: Ints, start: Ints
) -> tuple[Reals, Ints, Ints, Reals, Reals, Any]:
    """The gains of options under prices, begin, row and amount of their uses (rows ascending), what orders add to the
    gains, and which options break a row alone."""
    columns = highs.columns_of(search.options, firm, measure, start)
    real = np.flatnonzero(measure != WAITS)
    owner = np.repeat(real, np.diff(columns.begin))
    order = np.lexsort((columns.row, owner))
    owner, row, use = owner[order], columns.row[order], columns.use[order]
    gain = -np.bincount(owner, use * prices.rows[row], len(firm)).astype(float)
    gain[real] += columns.value
    _, line, priced = search.dual.tables(prices)
    moved = np.zeros(len(firm))
    if len(priced):
        moved[real] = np.where(line[columns.firm] >= 0, priced[line[columns.firm], columns.start], 0.0)
    too_much = (use > 0) & (use > search.options.capacity[row])
    alone = np.bincount(owner, too_much, len(firm)) > 0
    begin = _begin(np.bincount(owner, minlength=len(firm)))
    return gain, begin, row, use.astype(float), moved, alone


def _begin(counts: Ints) -> Ints:
    begin = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=begin[1:])
    return begin
