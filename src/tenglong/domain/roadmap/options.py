"""A problem as the arrays that solvers work on (docs/algorithms/roadmap.md 1.3, 2.1).

Options are not written out: a hundred thousand firms have millions. Firms that the limits on an amount cannot tell
apart share a *cell* of that amount. What a unit of the amount is worth, and which rows (limits) it uses, depends on the
cell and on the period of arrival only, so prices are a small table (cells × periods) and an option is the few parts of
its measure.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tenglong.domain.roadmap.problems import Codes, Flags, Ints, Limit, Orders, Periods, Problem


class Arrays(NamedTuple):
    """What compiled code reads. Rows are the limits, then the floors; an at_least is negated to an at_most.

    `row_start[c * periods + p]` … are the rows that cell c uses in period p, `coefficient` per unit. The orders of a
    firm stand in two lists: those in which it comes second (`before`: who comes first) and first (`after`).
    `offered[m, s]` is whether measure m may start in period s: solvers take out what breaks a limit all alone.
    """

    measure_start: Ints
    part_start: Ints
    first: Periods
    last: Periods
    offered: Flags
    must: Flags
    amount: Periods
    lag: Periods
    from_: Periods
    until: Periods
    value: Ints
    cell: Codes
    worth: Ints
    row_start: Ints
    row: Codes
    coefficient: Ints
    before_start: Ints
    before: Codes
    before_gap: Periods
    after_start: Ints
    after: Codes
    after_gap: Periods


@dataclass(frozen=True)
class Options:
    """The arrays, the capacities of the rows, and the orders."""

    arrays: Arrays
    capacity: Ints
    orders: Orders
    periods: int
    limits: int
    """So many rows are limits; the others are floors."""

    @property
    def firms(self) -> int:
        """How many firms there are."""
        return len(self.arrays.must)

    @property
    def rows(self) -> int:
        """How many limits and floors there are."""
        return len(self.capacity)

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return len(self.arrays.worth)


def compiled(problem: Problem) -> Options:
    """The arrays of a problem."""
    cell, of_amount, limits = _cells(problem)
    row_start, row, coefficient = _rows(problem, of_amount, limits)
    before_start, before = _listed(problem.orders.then, len(problem.firms))
    after_start, after = _listed(problem.orders.first, len(problem.firms))
    measures, parts, orders = problem.measures, problem.parts, problem.orders
    arrays = Arrays(
        measure_start=problem.firms.measure_start,
        part_start=measures.part_start,
        first=measures.first,
        last=measures.last,
        offered=_offered(problem),
        must=problem.firms.must,
        amount=parts.amount,
        lag=parts.lag,
        from_=parts.first,
        until=parts.last,
        value=parts.value,
        cell=cell,
        worth=np.ascontiguousarray(problem.aim.worth[of_amount]),
        row_start=row_start,
        row=row,
        coefficient=coefficient,
        before_start=before_start,
        before=orders.first[before],
        before_gap=orders.gap[before],
        after_start=after_start,
        after=orders.then[after],
        after_gap=orders.gap[after],
    )
    capacity = [limit.bound if limit.at_most else -limit.bound for limit in problem.limits]
    capacity += [-floor.least for floor in problem.floors]
    return Options(arrays, np.array(capacity, np.int64), orders, problem.periods, len(problem.limits))


def _offered(problem: Problem) -> Flags:
    """Whether a measure may start in a period."""
    periods = np.arange(problem.periods, dtype=np.int16)
    first, last = problem.measures.first[:, None], problem.measures.last[:, None]
    return (first <= periods) & (periods <= last)


def _cells(problem: Problem) -> tuple[Codes, Ints, list[tuple[int, Ints]]]:
    """The cell of each firm and amount; the amount of each cell; each limit's number with its cells."""
    cell = np.zeros((len(problem.firms), len(problem.amounts)), np.int32)
    of_amount: list[int] = []
    found: list[tuple[int, Ints]] = []
    for amount in range(len(problem.amounts)):
        mine = [(number, limit) for number, limit in enumerate(problem.limits) if limit.amount == amount]
        group, sample = _groups(problem, [limit for _, limit in mine])
        cell[:, amount] = group + len(of_amount)
        for number, limit in mine:
            fits = np.ones(len(sample), bool)
            for key, values in limit.where:
                tag = problem.firms.tags[key]
                fits &= np.isin(tag.codes[sample], [tag.names.index(value) for value in values])
            found.append((number, np.flatnonzero(fits) + len(of_amount)))
        of_amount += [amount] * len(sample)
    return cell, np.array(of_amount, np.int64), found


def _groups(problem: Problem, limits: list[Limit]) -> tuple[Codes, Ints]:
    """The firms by the tags that the limits ask for: the group of each, and one firm of each group."""
    group = np.zeros(len(problem.firms), np.int64)
    sample = np.zeros(min(1, len(group)), np.int64)
    for key in sorted({key for limit in limits for key, _ in limit.where}):
        tag = problem.firms.tags[key]
        _, sample, group = np.unique(
            group * (len(tag.names) + 1) + tag.codes + 1, return_index=True, return_inverse=True
        )
    return group.astype(np.int32), sample


def _rows(problem: Problem, of_amount: Ints, limits: list[tuple[int, Ints]]) -> tuple[Ints, Codes, Ints]:
    """Which rows a cell uses in a period, and how much per unit."""
    places: list[Ints] = []
    rows: list[Codes] = []
    coefficients: list[Ints] = []
    arrivals = problem.arrivals
    for number, cells in limits:
        limit = problem.limits[number]
        periods = np.arange(limit.first, min(limit.last, arrivals - 1) + 1)
        at = (cells[:, None] * arrivals + periods[None]).ravel()
        places.append(at)
        rows.append(np.full(len(at), number, np.int32))
        coefficients.append(np.full(len(at), 1 if limit.at_most else -1, np.int64))
    for number, floor in enumerate(problem.floors, len(problem.limits)):
        worth = floor.aim.worth[of_amount].ravel()
        at = np.flatnonzero(worth)
        places.append(at)
        rows.append(np.full(len(at), number, np.int32))
        coefficients.append(-worth[at])
    return _sorted(places, rows, coefficients, len(of_amount) * arrivals)


def _sorted(
    places: list[Ints], rows: list[Codes], coefficients: list[Ints], count: int
) -> tuple[Ints, Codes, Ints]:
    place = np.concatenate([*places, np.zeros(0, np.int64)])
    order = np.argsort(place, kind="stable")
    start = np.zeros(count + 1, np.int64)
    np.cumsum(np.bincount(place, minlength=count), out=start[1:])
    row = np.concatenate([*rows, np.zeros(0, np.int32)])[order]
    return start, row, np.concatenate([*coefficients, np.zeros(0, np.int64)])[order]


def _listed(firm: Codes, firms: int) -> tuple[Ints, Ints]:
    """Where the orders of each firm start, and the orders in that order."""
    start = np.zeros(firms + 1, np.int64)
    np.cumsum(np.bincount(firm, minlength=firms), out=start[1:])
    return start, np.argsort(firm, kind="stable")
