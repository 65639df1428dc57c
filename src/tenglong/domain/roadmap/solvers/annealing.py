"""Turns prices into plans by annealing (docs/algorithms/roadmap.md 5).

Under good prices firms are almost indifferent between their best options, and a plan loses value in two ways only: by
options that are not best, and by priced capacity that is left idle. Annealing begins with the first alone, at a heat
of a thousandth of a firm's value, and lets the second, and penalties for broken rows, grow while it cools.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tenglong.domain.roadmap.problems import WAITS, Ints
from tenglong.domain.roadmap.solvers import highs
from tenglong.domain.roadmap.solvers.dual import Prices, Reals
from tenglong.domain.roadmap.solvers.first import Choice, improved, mend, plan_from
from tenglong.domain.roadmap.solvers.kernels.annealing import anneal
from tenglong.domain.roadmap.solvers.search import Search

MOST_MOVES, LEAST_SWEEPS, MOST_SWEEPS = 15_000_000, 100, 3000


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
    turns: int = 60
    may_wait: bool = False


def annealed(search: Search, prices: Prices, plan: Choice, firms: Ints, course: Course) -> Choice:
    """A plan in which `firms` have chosen anew; it may break rows."""
    options, mean = search.options, mean_value(search)
    measure, table, chosen = _table(search, prices, plan, firms, course)
    slack = search.slack(plan).astype(float)
    start = plan[1].copy()
    capacity = np.maximum(np.abs(options.capacity), 1)
    floor = 0.02 * mean * options.firms / max(1, options.rows) / capacity
    seed = search.chance.integers(1, 2**63, 1, dtype=np.uint64)
    state = chosen, start, slack, prices.rows, np.maximum(prices.rows, floor), seed
    heats = np.geomspace(course.hot, course.cold, course.turns) * mean
    idle = np.geomspace(course.soft, 1.0, course.turns)
    broken = np.geomspace(course.soft, course.hard, course.turns)
    schedule = np.stack([heats, idle, broken, heats * course.fine], 1)
    moves = max(1, course.sweeps * len(firms) // course.turns)
    for turn in schedule:
        if search.stopped or not search.left():
            break
        anneal(options.arrays, table, state, turn[None], moves)
        search.spend(moves / 1e5)
    found = plan[0].copy(), plan[1].copy()
    found[0][firms], found[1][firms] = measure[chosen], table[2][chosen]
    return found


def rounds(search: Search, count: int) -> None:
    """Anneal so often, from the best plan so far, unless the search is over before."""
    search.stage = "annealing"
    for turn in range(count):
        if search.over():
            return
        _round(search, turn)


def _round(search: Search, turn: int) -> None:
    """One annealing from the best plan so far; every second one is longer."""
    assert search.prices is not None
    count = max(1, search.options.firms)
    sweeps = int(np.clip(MOST_MOVES * (1 + turn // 2) / count, LEAST_SWEEPS, MOST_SWEEPS * (1 + turn)))
    plan = (search.plan.measure, search.plan.start) if search.plan else plan_from(search, search.prices)
    course = Course(sweeps=sweeps, most_loss=(0.1, 0.05, 0.2)[turn % 3])
    found = annealed(search, search.prices, plan, np.arange(search.options.firms), course)
    finish(search, found)


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
    free = own[~options.arrays.must[firms]] if course.may_wait else own[:0]
    line = np.concatenate([line, own, free])
    measure = np.concatenate([measure, plan[0][firms], np.full(len(free), WAITS)])
    start = np.concatenate([start, plan[1][firms], np.full(len(free), WAITS)])
    order = np.lexsort((start, measure, line))
    line, measure, start = line[order], measure[order], start[order]
    same = (np.diff(line) == 0) & (np.diff(measure) == 0) & (np.diff(start) == 0)
    kept = np.append(True, ~same)
    line, measure, start = line[kept], measure[kept], start[kept]
    current = (measure == plan[0][firms][line]) & (start == plan[1][firms][line])
    gain, begin, row, use, alone = _uses(search, prices, firms[line], measure, start)
    keep = ~alone | current
    line, measure, start, gain = line[keep], measure[keep], start[keep], gain[keep]
    length = np.diff(begin)
    row, use = row[np.repeat(keep, length)], use[np.repeat(keep, length)]
    table = (
        firms,
        _begin(np.bincount(line, minlength=len(firms))),
        start,
        gain,
        _begin(length[keep]),
        row,
        use,
    )
    return measure, table, np.flatnonzero(current[keep])


def _uses(
    search: Search, prices: Prices, firm: Ints, measure: Ints, start: Ints
) -> tuple[Reals, Ints, Ints, Reals, Any]:
    """The gains of options under prices, their uses by row in ascending order, and which break a row alone."""
    columns = highs.columns_of(search.options, firm, measure, start)
    real = np.flatnonzero(measure != WAITS)
    owner = np.repeat(real, np.diff(columns.begin))
    order = np.lexsort((columns.row, owner))
    owner, row, use = owner[order], columns.row[order], columns.use[order]
    gain = -np.bincount(owner, use * prices.rows[row], len(firm))
    gain[real] += columns.value
    _, line, moved = search.dual.tables(prices)
    if len(moved):
        gain[real] += np.where(line[columns.firm] >= 0, moved[line[columns.firm], columns.start], 0.0)
    too_much = (use > 0) & (use > search.options.capacity[row])
    alone = np.bincount(owner, too_much, len(firm)) > 0
    return gain.astype(float), _begin(np.bincount(owner, minlength=len(firm))), row, use.astype(float), alone


def _begin(counts: Ints) -> Ints:
    begin = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=begin[1:])
    return begin
