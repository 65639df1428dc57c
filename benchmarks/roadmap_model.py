"""A whole roadmap problem as one integer program, for solvers that are not ours: a column for each option.

Built from the problem's own columns (docs/algorithms/roadmap.md 1-3) with none of the solvers' code, so that the
comparison does not rest on what it compares.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csc_array, csr_array

from tenglong.domain.roadmap.plans import Plan
from tenglong.domain.roadmap.problems import WAITS, Flags, Ints, Limit, Problem


@dataclass(frozen=True)
class Columns:
    """The options, by firm; those of firm i are `firm_start[i]` … `firm_start[i + 1]`."""

    firm: Ints
    measure: Ints
    start: Ints
    value: Ints
    firm_start: Ints

    def __len__(self) -> int:
        return len(self.firm)


@dataclass(frozen=True)
class Whole:
    """Maximise the value of what is taken; `lower` ≤ `matrix` × taken ≤ `upper`, each column 0 or 1. Whole numbers."""

    problem: Problem
    columns: Columns
    matrix: Any
    lower: Ints
    upper: Ints

    def plan(self, taken: Flags) -> Plan:
        """The plan of the columns that are taken; its value is added up exactly."""
        measure = np.full(len(self.problem.firms), WAITS, np.int64)
        start = measure.copy()
        firm = self.columns.firm[taken]
        measure[firm], start[firm] = self.columns.measure[taken], self.columns.start[taken]
        return Plan(measure, start, int(self.columns.value[taken].sum()))


FREE = np.iinfo(np.int64).min
"""The lower side of a row that has none."""

Rows = tuple[Ints, Ints, Ints]
"""Row, column and number of each entry; rows are counted from 0 in each kind."""


@dataclass(frozen=True)
class _Parts:
    """What the options bring and take, part by part."""

    column: Ints
    amount: Ints
    period: Ints
    quantity: Ints

    def worth(self, worth: Ints, columns: int) -> Ints:
        """The sum by column."""
        total = np.zeros(columns, np.int64)
        np.add.at(total, self.column, worth[self.amount, self.period] * self.quantity)
        return total


def whole(problem: Problem) -> Whole:
    """The integer program of a problem."""
    columns, parts = _columns(problem)
    kinds = [_limits(problem, columns, parts), _floors(problem, columns, parts), _orders(problem, columns)]
    kinds.append((columns.firm, np.arange(len(columns)), np.ones(len(columns), np.int64)))
    capacity = [limit.bound if limit.at_most else -limit.bound for limit in problem.limits]
    floors = [-floor.least for floor in problem.floors]
    firms = len(problem.firms)
    heights = [len(capacity), len(floors), len(problem.orders) * problem.periods, firms]
    above = np.cumsum([0, *heights])
    rows = np.concatenate([kind[0] + top for kind, top in zip(kinds, above, strict=False)])
    places = np.concatenate([kind[1] for kind in kinds])
    numbers = np.concatenate([kind[2] for kind in kinds])
    shape = (int(above[-1]), len(columns))
    upper = np.concatenate([capacity, floors, np.zeros(heights[2]), np.ones(firms)]).astype(np.int64)
    lower = np.full(shape[0], FREE)
    lower[above[3] :][problem.firms.must] = 1
    kept = np.ones(shape[0], bool)
    kept[above[2] : above[3]] = np.isin(np.arange(heights[2]), kinds[2][0])
    matrix = csc_array(csr_array((numbers, (rows, places)), shape=shape)[kept])
    matrix.sort_indices()
    return Whole(problem, columns, matrix, lower[kept], upper[kept])


def _columns(problem: Problem) -> tuple[Columns, _Parts]:
    """The options and their parts."""
    measures, parts = problem.measures, problem.parts
    count = (measures.last.astype(np.int64) - measures.first + 1).clip(min=0)
    measure = np.repeat(np.arange(len(measures)), count)
    start = _running(count) + measures.first[measure]
    begin = measures.part_start
    lines = (begin[1:] - begin[:-1])[measure]
    column = np.repeat(np.arange(len(measure)), lines)
    part = _running(lines) + begin[measure][column]
    begun = start[column]
    counts = (parts.first[part] <= begun) & (begun <= parts.last[part])
    column, part, begun = column[counts], part[counts], begun[counts]
    found = _Parts(column, parts.amount[part].astype(np.int64), begun + parts.lag[part], parts.value[part])
    firm = measures.firm[measure].astype(np.int64)
    firm_start = np.searchsorted(firm, np.arange(len(problem.firms) + 1))
    value = found.worth(problem.aim.worth, len(measure))
    return Columns(firm, measure, start, value, firm_start), found


def _running(count: Ints) -> Ints:
    """0 … count - 1 for each count, one after the other."""
    ends = np.cumsum(count)
    return np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - count, count)


def _limits(problem: Problem, columns: Columns, parts: _Parts) -> Rows:
    """The entries of the limits; an at_least is negated to an at_most."""
    spans: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for number, limit in enumerate(problem.limits):
        spans[limit.amount, limit.first, limit.last].append(number)
    return _joined(_span(problem, columns, parts, numbers) for numbers in spans.values())


def _span(problem: Problem, columns: Columns, parts: _Parts, numbers: list[int]) -> Rows:
    """The entries of limits on one amount in the same periods."""
    limits = [problem.limits[number] for number in numbers]
    one: Limit = limits[0]
    inside = (parts.amount == one.amount) & (parts.period >= one.first) & (parts.period <= one.last)
    used = np.zeros(len(columns), np.int64)
    np.add.at(used, parts.column[inside], parts.quantity[inside])
    users = np.flatnonzero(used)
    firms = len(problem.firms)
    members = csr_array(np.stack([limit.firms(problem.firms.tags, 0, firms) for limit in limits], axis=1))
    theirs = members[columns.firm[users]]
    column = np.repeat(users, np.diff(theirs.indptr))
    sign = np.array([1 if limit.at_most else -1 for limit in limits])
    return np.array(numbers)[theirs.indices], column, sign[theirs.indices] * used[column]


def _floors(problem: Problem, columns: Columns, parts: _Parts) -> Rows:
    """The entries of earlier aims, negated."""
    worths = (parts.worth(floor.aim.worth, len(columns)) for floor in problem.floors)
    every = np.arange(len(columns))
    return _joined((np.full(len(columns), k), every, -worth) for k, worth in enumerate(worths))


def _orders(problem: Problem, columns: Columns) -> Rows:
    """For each order and period: who comes second has started by then only if the first had `gap` earlier."""
    found = []
    for k, (first, then, gap) in enumerate(
        zip(problem.orders.first, problem.orders.then, problem.orders.gap, strict=True)
    ):
        early, late = (np.arange(*columns.firm_start[firm : firm + 2]) for firm in (int(first), int(then)))
        for period in np.unique(columns.start[late]):
            second = late[columns.start[late] <= period]
            before = early[columns.start[early] <= period - gap]
            number = np.repeat([1, -1], [len(second), len(before)])
            row = np.full(len(number), k * problem.periods + period)
            found.append((row, np.concatenate([second, before]), number))
    return _joined(found)


def _joined(pieces: Iterator[Rows] | list[Rows]) -> Rows:
    """Entries one after the other."""
    none = np.zeros(0, np.int64)
    kept = [(none, none, none), *pieces]
    rows, columns, numbers = (np.concatenate([piece[n] for piece in kept]) for n in range(3))
    return rows, columns, numbers
