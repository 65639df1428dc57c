"""The dual function in NumPy, firms in pieces, so that memory stays small."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from tenglong.domain.roadmap.options import Options
from tenglong.domain.roadmap.problems import Ints
from tenglong.domain.roadmap.solvers.pricing import OrderLines, Prices
from tenglong.domain.roadmap.solvers.quick.tables import Tables, best_of, listed, tables, worth_of

PIECE = 20_000


class QuickDual:
    """As `dual.Dual`, without compiled code."""

    def __init__(self, options: Options):
        self.options, self.lines = options, OrderLines(options)

    def value(self, prices: Prices) -> float:
        """L(prices), up to rounding of floating-point numbers."""
        best = sum(float(piece.sum()) for piece in self._best(self.tables(prices)))
        return best + float(prices.rows @ self.options.capacity)

    def largest(self, prices: Prices, value: float) -> float:
        """No number in the sum that is L(prices), which is `value`, is larger."""
        net = float(np.abs(self.tables(prices).net).max(initial=1.0))
        part = float(self.options.arrays.value.max(initial=1)) * 64
        return max(net * part, abs(value) + float(np.abs(prices.rows * self.options.capacity).sum()))

    def exact_best(self, rows: Ints, orders: Ints, below: int) -> int:
        """The sum of the best values of all firms, times `below`, under prices that are whole numbers over `below`."""
        whole: Any = rows, orders
        table = self.tables(Prices(*whole), below)
        return sum(int(piece.sum()) for piece in self._best(table))

    def tables(self, prices: Prices, below: int = 1) -> Tables:
        """What units are worth under prices, times `below`."""
        table = tables(self.options, prices, self.lines)
        more = self.options.arrays.worth.ravel() * (below - 1)
        return Tables(table.net + more, table.lines, table.moved)

    def _best(self, table: Tables) -> Iterator[Ints]:
        for low in range(0, self.options.firms, PIECE):
            firms = np.arange(low, min(self.options.firms, low + PIECE))
            some = listed(self.options, firms)
            yield best_of(table.gain(self.options, some), some.begin, self.options.arrays.must[firms])


def least_value(options: Options) -> int:
    """No plan is worth less: the least that each firm can add, waiting where it may."""
    total = 0
    for low in range(0, options.firms, PIECE):
        firms = np.arange(low, min(options.firms, low + PIECE))
        some = listed(options, firms)
        total -= int(best_of(-worth_of(options, some), some.begin, options.arrays.must[firms]).sum())
    return total
