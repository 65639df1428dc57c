"""Rough prices from a sample of the firms, by accelerated descent on the smoothed dual function.

The step of each row is as long as the spread of what it would use allows. After a few steps only the best options of
each firm are still looked at: the others hardly count, and a step costs a quarter.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from tenglong.domain.roadmap.options import Options
from tenglong.domain.roadmap.problems import Flags, Ints
from tenglong.domain.roadmap.solvers.pricing import Prices, Reals, no_prices
from tenglong.domain.roadmap.solvers.quick.tables import (
    Listed,
    Parts,
    best_of,
    largest,
    listed,
    parts_of,
    priced_rows,
    summed,
)

SAMPLE = 4000
"""The most firms that prices are made from."""
STEPS, FIRST_STEPS, KEPT = 80, 16, 8
LENGTH, HOT, COLD = 0.6, 0.3, 0.008


@dataclass
class Sample:
    """The options of some firms, and the capacity that is theirs."""

    options: Options
    some: Listed
    parts: Parts
    capacity: Reals

    def gain(self, rows: Reals) -> Reals:
        """What the options are worth under prices of rows."""
        net = self.options.arrays.worth.ravel() - priced_rows(self.options, rows)
        worth = self.parts.value * net[self.parts.place]
        found: Any = np.bincount(self.parts.option, worth, len(self.some.firm))
        return found

    def kept(self, chosen: Ints) -> "Sample":
        """With some of the options only."""
        some = self.some.part(chosen)
        return Sample(self.options, some, parts_of(self.options, some), self.capacity)


def rough_prices(options: Options, more: float) -> Prices:
    """Prices for targets that ask for a share `more` than they do, so that a plan has some to spare."""
    if not options.rows or not options.firms:
        return no_prices(options)
    chosen = _chosen(options)
    some = listed(options, chosen)
    capacity = options.capacity * _shares(options, chosen)
    capacity = np.where(capacity < 0, capacity * (1 + more), capacity)
    sample = Sample(options, some, parts_of(options, some), capacity)
    return Prices(_descended(sample, chosen), no_prices(options).orders)


def _chosen(options: Options) -> Ints:
    """Every so many firms, among those that the limits cannot tell apart."""
    count = min(options.firms, SAMPLE)
    order = np.lexsort(options.arrays.cell.T)
    return np.sort(order[np.linspace(0, options.firms - 1, count).astype(np.int64)])


def _shares(options: Options, chosen: Ints) -> Reals:
    """Which share of what the firms may use of each row is that of the chosen ones."""
    arrays = options.arrays
    measures = len(arrays.part_start) - 1
    firm = np.repeat(np.arange(options.firms), np.diff(arrays.measure_start))
    own = np.repeat(np.arange(measures), np.diff(arrays.part_start))
    cell = arrays.cell[firm[own], arrays.amount].astype(np.int64)
    inside = np.zeros(options.firms, bool)
    inside[chosen] = True
    value = arrays.value.astype(float)
    all_of, theirs = (
        np.bincount(cell, value * weight, options.cells) for weight in (1.0, inside[firm[own]].astype(float))
    )
    place = np.repeat(np.arange(len(arrays.row_start) - 1), np.diff(arrays.row_start))
    of_row, mine = (
        np.bincount(arrays.row, one[place // arrays.worth.shape[1]], options.rows) for one in (all_of, theirs)
    )
    return np.where(of_row > 0, mine / np.maximum(of_row, 1e-9), len(chosen) / options.firms)


def _descended(sample: Sample, chosen: Ints) -> Reals:
    options, must = sample.options, sample.options.arrays.must[chosen]
    free = np.maximum(largest(sample.gain(np.zeros(options.rows)), sample.some.begin, 0.0), 0.0)
    mean = max(float(free.mean()), 1e-6)
    share = 0.5 * float(free.sum()) / options.rows
    price = np.where(sample.capacity > 0, share / np.maximum(np.abs(sample.capacity), 1.0), 0.0)
    ahead, momentum, spread = price, 1.0, np.zeros(options.rows)
    for step in range(STEPS):
        heat = mean * HOT * (COLD / HOT) ** (step / (STEPS - 1))
        if step == FIRST_STEPS:
            sample = sample.kept(_best(sample, ahead))
        slope, now = _slope(sample, ahead, heat, must)
        spread = np.maximum(0.7 * spread + 0.3 * now, now)
        length = LENGTH * heat / np.maximum(spread, 1e-9 * max(float(spread.max()), 1e-9))
        new = np.maximum(0.0, ahead - length * slope)
        further = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        if slope @ (new - price) > 0:
            momentum = further = 1.0
        ahead = np.maximum(0.0, new + (momentum - 1) / further * (new - price))
        price, momentum = new, further
    return price


def _best(sample: Sample, rows: Reals) -> Ints:
    """The best few options of each firm."""
    gain = sample.gain(rows)
    line = np.repeat(np.arange(len(sample.some.begin) - 1), np.diff(sample.some.begin))
    order = np.lexsort((-gain, line))
    rank = np.arange(len(order)) - sample.some.begin[line]
    return np.sort(order[rank < KEPT])


def _slope(sample: Sample, rows: Reals, heat: float, must: Flags) -> tuple[Reals, Reals]:
    """The gradient by row, and the spread of what each row would use."""
    options, some, parts = sample.options, sample.some, sample.parts
    arrays, places = options.arrays, len(options.arrays.row_start) - 1
    gain = sample.gain(rows)
    best = best_of(gain, some.begin, must)
    line = np.repeat(np.arange(len(best)), np.diff(some.begin))
    weight = np.exp((gain - best[line]) / heat)
    waits = np.where(must, 0.0, np.exp(-np.maximum(best, 0.0) / heat))
    total = summed(weight, line, len(best)) + waits
    used = (weight / total[line])[parts.option] * parts.value
    place = np.repeat(np.arange(places), np.diff(arrays.row_start))
    once, twice = (np.bincount(parts.place, one, places)[place] for one in (used, used * parts.value))
    use = np.bincount(arrays.row, arrays.coefficient * once, options.rows)
    spread: Any = np.bincount(arrays.row, arrays.coefficient.astype(float) ** 2 * twice, options.rows)
    return sample.capacity - use, spread
