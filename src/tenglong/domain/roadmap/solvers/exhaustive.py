"""Tries every combination: the judge of the other solvers for tiny problems, written for obviousness."""

from dataclasses import dataclass

import numpy as np

from tenglong.domain.roadmap.plans import Plan
from tenglong.domain.roadmap.problems import WAITS, Flags, Ints, Problem

MOST = 2_000_000


@dataclass(frozen=True)
class _Choices:
    """The options of one firm, waiting among them: measure, start, value and use of each row."""

    measure: Ints
    start: Ints
    value: Ints
    use: Ints


def combinations(problem: Problem) -> int:
    """How many combinations there are."""
    count = 1
    for firm in range(len(problem.firms)):
        count *= len(_options(problem, firm))
    return count


def best_plan(problem: Problem) -> Plan | None:
    """The plan of the largest value, the first in the order of the options among equals; None: no plan is feasible."""
    firms = [_choices(problem, firm) for firm in range(len(problem.firms))]
    shape = tuple(len(choices.value) for choices in firms)
    feasible, value = np.ones(shape, bool), np.zeros(shape, np.int64)
    for firm, choices in enumerate(firms):
        value += _along(choices.value, firm, shape)
    for row, capacity in enumerate(_capacities(problem)):
        used = np.zeros(shape, np.int64)
        for firm, choices in enumerate(firms):
            used += _along(choices.use[:, row], firm, shape)
        feasible &= used <= capacity
    feasible &= _ordered(problem, firms, shape)
    if not feasible.any():
        return None
    best = np.unravel_index(np.argmax(np.where(feasible, value, np.iinfo(np.int64).min)), shape)
    picked = list(zip(firms, best, strict=True))
    measure = np.array([choices.measure[k] for choices, k in picked], np.int64)
    start = np.array([choices.start[k] for choices, k in picked], np.int64)
    return Plan(measure, start, int(value[best]))


def _along(column: Ints, firm: int, shape: tuple[int, ...]) -> Ints:
    """A column of one firm's options, to be added to an array of all combinations."""
    return column.reshape([-1 if axis == firm else 1 for axis in range(len(shape))])


def _ordered(problem: Problem, firms: list[_Choices], shape: tuple[int, ...]) -> Flags:
    allowed = np.ones(shape, bool)
    for first, then, gap in zip(problem.orders.first, problem.orders.then, problem.orders.gap, strict=True):
        earlier, later = _along(firms[first].start, first, shape), _along(firms[then].start, then, shape)
        allowed &= (later == WAITS) | ((earlier != WAITS) & (later >= earlier + gap))
    return allowed


def _options(problem: Problem, firm: int) -> list[tuple[int, int]]:
    waits = [] if problem.firms.must[firm] else [(WAITS, WAITS)]
    return waits + [
        (measure, start)
        for measure in problem.measures_of(firm)
        for start in range(problem.measures.first[measure], problem.measures.last[measure] + 1)
    ]


def _choices(problem: Problem, firm: int) -> _Choices:
    options = _options(problem, firm)
    value = np.zeros(len(options), np.int64)
    use = np.zeros((len(options), len(problem.limits) + len(problem.floors)), np.int64)
    fits = [limit.firms(problem.firms.tags, firm, firm + 1)[0] for limit in problem.limits]
    for number, (measure, start) in enumerate(options):
        for amount, period, quantity in problem.parts_of(measure, start) if measure != WAITS else ():
            value[number] += problem.aim.worth[amount, period] * quantity
            for row, limit in enumerate(problem.limits):
                if fits[row] and limit.amount == amount and limit.first <= period <= limit.last:
                    use[number, row] += quantity if limit.at_most else -quantity
            for row, floor in enumerate(problem.floors, len(problem.limits)):
                use[number, row] -= floor.aim.worth[amount, period] * quantity
    measures, starts = (np.array([one[n] for one in options], np.int64) for n in (0, 1))
    return _Choices(measures, starts, value, use)


def _capacities(problem: Problem) -> list[int]:
    limits = [limit.bound if limit.at_most else -limit.bound for limit in problem.limits]
    return limits + [-floor.least for floor in problem.floors]
