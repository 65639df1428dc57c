"""Options under prices: the dual function, hard or smoothed, and the best options of each firm.

`net` is what a unit of a cell is worth in a period after prices; `moved` what the prices of orders add to a start, by
ordered firm (`ordered` is its line, or -1).
"""

from typing import Any

import numpy as np
from numba import njit

from tenglong.domain.roadmap.options import Arrays

NONE = -1e300
"""The value of an option that is not there."""


@njit(cache=True, nogil=True)
def gains(o: Arrays, firm: int, measure: int, prices: Any, gain: Any) -> None:
    """The value under prices of each start of a measure, in `gain[start]` for its first … last start."""
    net, ordered, moved = prices
    first, last = o.first[measure], o.last[measure]
    for start in range(first, last + 1):
        gain[start] = 0
    for k in range(o.part_start[measure], o.part_start[measure + 1]):
        value = o.value[k]
        cell, lag = o.cell[firm, o.amount[k]], o.lag[k]
        for start in range(max(first, o.from_[k]), min(last, o.until[k]) + 1):
            gain[start] += value * net[cell, start + lag]
    line = ordered[firm]
    if line >= 0:
        for start in range(first, last + 1):
            gain[start] += moved[line, start]


@njit(cache=True, nogil=True)
def bound(o: Arrays, prices: Any, firms: tuple[int, int], gain: Any) -> int:
    """The sum of the best values of the firms from … to, in the numbers of `gain`: whole for whole prices."""
    total = gain[0] - gain[0]
    for firm in range(firms[0], firms[1]):
        found = not o.must[firm]
        best = total - total
        for measure in range(o.measure_start[firm], o.measure_start[firm + 1]):
            gains(o, firm, measure, prices, gain)
            for start in range(o.first[measure], o.last[measure] + 1):
                if o.offered[measure, start] and (not found or gain[start] > best):
                    best = gain[start]
                    found = True
        total += best
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def smoothed(o: Arrays, prices: Any, firms: tuple[int, int], heat: float, used: Any) -> float:
    """The dual function of the firms from … to, its maxima smoothed by `heat`.

    `used` = (amounts by cell and period, starts by ordered firm and period, squares) receives the expected amounts and
    starts, and the variance of the amounts.
    """
    ordered, (cells, starts, squares) = prices[1], used
    periods = o.worth.shape[1]
    most = 1
    for firm in range(firms[0], firms[1]):
        most = max(most, o.measure_start[firm + 1] - o.measure_start[firm])
    gain = np.empty((most, periods))
    total = 0.0
    for firm in range(firms[0], firms[1]):
        begin, end = o.measure_start[firm], o.measure_start[firm + 1]
        best = NONE if o.must[firm] else 0.0
        for measure in range(begin, end):
            gains(o, firm, measure, prices, gain[measure - begin])
            for start in range(o.first[measure], o.last[measure] + 1):
                if not o.offered[measure, start]:
                    gain[measure - begin, start] = NONE
                best = max(best, gain[measure - begin, start])
        weight = 0.0 if o.must[firm] else np.exp(-best / heat)
        for measure in range(begin, end):
            for start in range(o.first[measure], o.last[measure] + 1):
                below = (gain[measure - begin, start] - best) / heat
                gain[measure - begin, start] = np.exp(below) if below > -30.0 else 0.0
                weight += gain[measure - begin, start]
        total += best + heat * np.log(weight)
        for measure in range(begin, end):
            share = gain[measure - begin]
            first, last = o.first[measure], o.last[measure]
            some = 0.0
            for start in range(first, last + 1):
                share[start] /= weight
                some += share[start]
            if some == 0.0:
                continue
            for k in range(o.part_start[measure], o.part_start[measure + 1]):
                cell, lag = o.cell[firm, o.amount[k]], o.lag[k]
                for start in range(max(first, o.from_[k]), min(last, o.until[k]) + 1):
                    amount = share[start] * o.value[k]
                    cells[cell, start + lag] += amount
                    squares[cell, start + lag] += (1.0 - share[start]) * amount * o.value[k]
            if ordered[firm] >= 0:
                for start in range(first, last + 1):
                    starts[ordered[firm], start] += share[start]
    return total


@njit(cache=True, nogil=True)
def best_two(o: Arrays, prices: Any, best: Any, second: Any, choice: Any) -> None:
    """The best and second best value of each firm under prices, its best option in `choice` = (measure, start)."""
    measures, starts = choice
    gain = np.zeros(o.worth.shape[1])
    for firm in range(len(best)):
        top, after = (NONE, NONE) if o.must[firm] else (0.0, NONE)
        measures[firm] = starts[firm] = -1
        for measure in range(o.measure_start[firm], o.measure_start[firm + 1]):
            gains(o, firm, measure, prices, gain)
            for start in range(o.first[measure], o.last[measure] + 1):
                if not o.offered[measure, start]:
                    continue
                if gain[start] > top:
                    top, after = gain[start], top
                    measures[firm], starts[firm] = measure, start
                elif gain[start] > after:
                    after = gain[start]
        best[firm], second[firm] = top, after


@njit(cache=True, nogil=True)
def near_best(o: Arrays, prices: Any, firms: Any, most_loss: float, fill: bool) -> Any:
    """The options of `firms` that lose at most `most_loss` against the best one of their firm under prices.

    Returns (begin, measure, start, loss) in lists by firm, waiting as (-1, -1); without `fill` only `begin`.
    """
    begin = np.zeros(len(firms) + 1, np.int64)
    gain = np.zeros(o.worth.shape[1])
    for turn in range(2 if fill else 1):
        size = begin[-1] if turn else 0
        if turn == 0:
            measures, starts, losses = np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0)
        else:
            measures, starts, losses = np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size)
        for number in range(len(firms)):
            firm, count = firms[number], 0
            best = NONE if o.must[firm] else 0.0
            for measure in range(o.measure_start[firm], o.measure_start[firm + 1]):
                gains(o, firm, measure, prices, gain)
                for start in range(o.first[measure], o.last[measure] + 1):
                    if o.offered[measure, start]:
                        best = max(best, gain[start])
            if not o.must[firm] and best <= most_loss:
                if turn:
                    place = begin[number]
                    measures[place], starts[place], losses[place] = -1, -1, best
                count += 1
            for measure in range(o.measure_start[firm], o.measure_start[firm + 1]):
                gains(o, firm, measure, prices, gain)
                for start in range(o.first[measure], o.last[measure] + 1):
                    if o.offered[measure, start] and best - gain[start] <= most_loss:
                        if turn:
                            place = begin[number] + count
                            measures[place], starts[place], losses[place] = measure, start, best - gain[start]
                        count += 1
            if turn == 0:
                begin[number + 1] = begin[number] + count
    return begin, measures, starts, losses
