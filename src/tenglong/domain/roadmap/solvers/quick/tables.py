"""Options written out as columns, for some firms at a time, and what they are worth under prices."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from tenglong.domain.roadmap.options import Options
from tenglong.domain.roadmap.problems import Flags, Ints
from tenglong.domain.roadmap.solvers.pricing import OrderLines, Prices

LOWEST = -1e300


class Listed(NamedTuple):
    """Options, firm by firm: those of the k-th firm are `begin[k]` … `begin[k + 1]`."""

    firm: Ints
    measure: Ints
    start: Ints
    begin: Ints

    def part(self, chosen: Ints) -> "Listed":
        """Some of the options, in ascending order."""
        begin = np.searchsorted(chosen, self.begin)
        return Listed(self.firm[chosen], self.measure[chosen], self.start[chosen], begin)


class Parts(NamedTuple):
    """What options bring and take: `value` at a place, which is a cell and a period; options ascend."""

    option: Ints
    place: Ints
    value: Ints


class Uses(NamedTuple):
    """What options use of rows; those of option c are `begin[c]` … `begin[c + 1]`. A row may be named twice."""

    begin: Ints
    row: Ints
    use: Ints


def spans(begin: Any, end: Any) -> tuple[Ints, Ints]:
    """The numbers `begin[k]` … `end[k]` - 1 one after the other, and k for each."""
    count = np.maximum(end.astype(np.int64) - begin, 0)
    owner = np.repeat(np.arange(len(count)), count)
    return owner, np.arange(len(owner)) - (np.cumsum(count) - count)[owner] + begin[owner]


def listed(options: Options, firms: Ints) -> Listed:
    """All options that are offered to some firms."""
    arrays = options.arrays
    line, measure = spans(arrays.measure_start[firms], arrays.measure_start[firms + 1])
    own, start = spans(arrays.first[measure].astype(np.int64), arrays.last[measure].astype(np.int64) + 1)
    line, measure = line[own], measure[own]
    kept = arrays.offered[measure, start]
    line = line[kept]
    begin = np.searchsorted(line, np.arange(len(firms) + 1))
    return Listed(firms[line], measure[kept], start[kept], begin)


def parts_of(options: Options, some: Listed) -> Parts:
    """The parts of some options."""
    arrays = options.arrays
    option, part = spans(arrays.part_start[some.measure], arrays.part_start[some.measure + 1])
    at = some.start[option]
    kept = (arrays.from_[part] <= at) & (at <= arrays.until[part])
    option, part, at = option[kept], part[kept], at[kept]
    cell = arrays.cell[some.firm[option], arrays.amount[part]].astype(np.int64)
    return Parts(option, cell * arrays.worth.shape[1] + at + arrays.lag[part], arrays.value[part])


def uses_of(options: Options, some: Listed) -> Uses:
    """The rows that some options use."""
    arrays, parts = options.arrays, parts_of(options, some)
    own, line = spans(arrays.row_start[parts.place], arrays.row_start[parts.place + 1])
    begin = np.searchsorted(parts.option[own], np.arange(len(some.firm) + 1))
    return Uses(begin, arrays.row[line].astype(np.int64), arrays.coefficient[line] * parts.value[own])


def worth_of(options: Options, some: Listed) -> Ints:
    """The value of some options, exactly."""
    parts = parts_of(options, some)
    return summed(parts.value * options.arrays.worth.ravel()[parts.place], parts.option, len(some.firm))


def summed(numbers: Any, owner: Ints, count: int) -> Any:
    """The sum of the numbers of each owner, who ascend; whole numbers exactly, even where part sums wrap."""
    total = np.concatenate([np.zeros(1, numbers.dtype), np.cumsum(numbers)])
    edge = np.searchsorted(owner, np.arange(count + 1))
    return total[edge[1:]] - total[edge[:-1]]


def largest(numbers: Any, begin: Ints, none: Any) -> Any:
    """The largest number of each span; `none` for one that is empty."""
    found = np.full(len(begin) - 1, none, numbers.dtype)
    full = begin[1:] > begin[:-1]
    if full.any():
        found[full] = np.maximum.reduceat(numbers, begin[:-1][full])
    return found


def best_of(gain: Any, begin: Ints, must: Flags) -> Any:
    """The best that each firm can do: waiting is worth nothing, and not for all to choose."""
    lowest = np.iinfo(np.int64).min // 4 if gain.dtype == np.int64 else LOWEST
    best = largest(gain, begin, lowest)
    return np.where(must, best, np.maximum(best, 0))


@dataclass(frozen=True)
class Tables:
    """What a unit is worth under prices, by place, and what orders add to starts; whole numbers over a denominator
    or, for estimates, floats."""

    net: Any
    lines: OrderLines
    moved: Any

    def gain(self, options: Options, some: Listed) -> Any:
        """What some options are worth under the prices."""
        parts = parts_of(options, some)
        found = summed(parts.value * self.net[parts.place], parts.option, len(some.firm))
        line = self.lines.line[some.firm]
        if len(self.moved):
            found = found + np.where(line >= 0, self.moved[np.maximum(line, 0), some.start], 0)
        return found


def gains(options: Options, table: Tables) -> Any:
    """What every measure is worth by period of start, offered or not."""
    arrays, periods = options.arrays, options.periods
    measures = len(arrays.part_start) - 1
    owner = np.repeat(np.arange(options.firms), np.diff(arrays.measure_start))
    measure = np.repeat(np.arange(measures), np.diff(arrays.part_start))
    place = arrays.cell[owner[measure], arrays.amount].astype(np.int64) * arrays.worth.shape[1] + arrays.lag
    found = np.zeros((measures, periods))
    for start in range(periods):
        counts = (arrays.from_ <= start) & (start <= arrays.until)
        worth = np.where(counts, arrays.value * table.net[place + np.where(counts, start, 0)], 0.0)
        found[:, start] = np.bincount(measure, worth, measures)
    line = table.lines.line[owner]
    if len(table.moved):
        found += np.where((line >= 0)[:, None], table.moved[np.maximum(line, 0)], 0.0)
    return found


def priced_rows(options: Options, rows: Any) -> Any:
    """What the rows take from a unit at each place: exact for whole numbers."""
    arrays = options.arrays
    taken = arrays.coefficient * rows[arrays.row]
    total = np.concatenate([np.zeros(1, taken.dtype), np.cumsum(taken)])
    return total[arrays.row_start[1:]] - total[arrays.row_start[:-1]]


def tables(options: Options, prices: Prices, lines: OrderLines) -> Tables:
    """The tables of prices."""
    net = options.arrays.worth.ravel() - priced_rows(options, prices.rows)
    return Tables(net, lines, lines.moved(prices.orders))
