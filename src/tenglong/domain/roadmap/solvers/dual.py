"""Prices of limits and orders, and the bound that they prove (docs/algorithms/roadmap.md 4.2, 5).

The dual function is a maximum over each firm's options: it has kinks, on which gradient methods stall. A smoothed
maximum (a softmax at some heat) has none; L-BFGS-B minimises it while the heat falls.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_array

from tenglong.domain.roadmap.options import Options
from tenglong.domain.roadmap.problems import Ints
from tenglong.domain.roadmap.solvers.kernels import pricing
from tenglong.domain.roadmap.solvers.pricing import OrderLines, Prices, Reals, no_prices

STAGES, COOLING, FIRST_HEAT = 6, 0.2, 0.08
STEPS = 150
HIGHEST = 1e4
"""The highest scaled price: where limits contradict each other, prices would rise for ever."""
_CHUNKS = 8
_THREADS = 2


class Dual:
    """The dual function of some options; a sum over fixed pieces, so that threads do not change it."""

    def __init__(self, options: Options):
        self.options = options
        arrays = options.arrays
        shape = (len(arrays.row_start) - 1, options.rows)
        self._rows = csr_array((arrays.coefficient.astype(float), arrays.row, arrays.row_start), shape=shape)
        self._squared = self._rows.power(2)
        self._orders = OrderLines(options)
        self._line, self._lines = self._orders.line, self._orders.count
        count = _CHUNKS if options.firms > 1000 * _CHUNKS else 1
        edges = [options.firms * k // count for k in range(count + 1)]
        self._pieces = list(zip(edges[:-1], edges[1:], strict=True))
        self._pool = ThreadPoolExecutor(_THREADS)

    def no_prices(self) -> Prices:
        """Everything is free."""
        return no_prices(self.options)

    def tables(self, prices: Prices) -> Any:
        """What kernels ask for: (net worth by cell and period, line of ordered firms, what orders add to starts)."""
        worth = self.options.arrays.worth
        net = worth - (self._rows @ prices.rows).reshape(worth.shape)
        return np.ascontiguousarray(net), self._line, self._orders.moved(prices.orders)

    def value(self, prices: Prices) -> float:
        """L(prices), up to rounding of floating-point numbers."""
        tables = self.tables(prices)
        arrays, width = self.options.arrays, self.options.arrays.worth.shape[1]
        found = self._pool.map(
            lambda piece: pricing.bound(arrays, tables, piece, np.zeros(width)), self._pieces
        )
        return float(sum(found)) + float(prices.rows @ self.options.capacity)

    def smoothed(self, prices: Prices, heat: float) -> tuple[float, Prices, Reals]:
        """L(prices) with maxima smoothed, its gradient, and the variance of what each row is expected to use."""
        options, shape = self.options, self.options.arrays.worth.shape
        tables = self.tables(prices)
        used = [
            (np.zeros(shape), np.zeros((self._lines, options.periods)), np.zeros(shape)) for _ in self._pieces
        ]
        found = self._pool.map(
            lambda piece, use: pricing.smoothed(options.arrays, tables, piece, heat, use), self._pieces, used
        )
        value = sum(found) + float(prices.rows @ options.capacity)
        cells, starts, squares = (np.sum(some, axis=0) for some in zip(*used, strict=True))
        rows = options.capacity - self._rows.T @ cells.ravel()
        variance = self._squared.T @ squares.ravel()
        return value, Prices(rows, self._order_gradient(starts)), variance

    def _order_gradient(self, starts: Any) -> Reals:
        orders = self.options.orders
        begun = starts.cumsum(axis=1)
        slope = -begun[self._line[orders.then]]
        for k, gap in enumerate(orders.gap):
            slope[k, gap:] += begun[self._line[orders.first[k]], : max(0, self.options.periods - gap)]
        return slope

    def exact_best(self, rows: Ints, orders: Ints, below: int) -> int:
        """The sum of the best values of all firms, times `below`, under prices that are whole numbers over `below`."""
        arrays = self.options.arrays
        used = csr_array((arrays.coefficient, arrays.row, arrays.row_start), shape=self._rows.shape) @ rows
        tables = (
            arrays.worth * below - used.reshape(arrays.worth.shape),
            self._line,
            self._orders.moved(orders),
        )
        width = arrays.worth.shape[1]
        found = self._pool.map(
            lambda piece: pricing.bound(arrays, tables, piece, np.zeros(width, np.int64)), self._pieces
        )
        return sum(int(one) for one in found)

    def largest(self, prices: Prices, value: float) -> float:
        """No number in the sum that is L(prices), which is `value`, is larger."""
        arrays = self.options.arrays
        net = np.abs(self.tables(prices)[0]).max(initial=1.0)
        part = float(arrays.value.max(initial=1)) * 64
        return max(net * part, abs(value) + float(np.abs(prices.rows * self.options.capacity).sum()))

    def best_two(self, prices: Prices) -> tuple[Reals, Reals, Ints, Ints]:
        """The best and second best value of each firm under prices, and its best option (measure, start)."""
        count = self.options.firms
        best, second = np.zeros(count), np.zeros(count)
        choice = np.zeros(count, np.int64), np.zeros(count, np.int64)
        pricing.best_two(self.options.arrays, self.tables(prices), best, second, choice)
        return best, second, *choice

    def near_best(self, prices: Prices, firms: Ints, most_loss: float) -> tuple[Ints, Ints, Ints, Reals]:
        """The options of `firms` that lose at most so much under prices: line in `firms`, measure, start, loss."""
        tables = self.tables(prices)
        begin, _, _, _ = pricing.near_best(self.options.arrays, tables, firms, most_loss, False)
        begin, measure, start, loss = pricing.near_best(self.options.arrays, tables, firms, most_loss, True)
        return np.repeat(np.arange(len(firms)), np.diff(begin)), measure, start, loss


def descend(
    dual: Dual,
    seen: Callable[[Prices], bool],
    *,
    start: Prices | None = None,
    least: float = -np.inf,
    goes_on: Callable[[], bool] = lambda: True,
) -> None:
    """Minimise the dual function; `seen` is told the prices after each heat and says whether to go on.

    A heat ends at once below `least`, because where limits contradict each other there is no minimum, and when
    `goes_on`, which is asked after each step, says no.

    Prices are scaled so that the curvature is about the same in all directions: by the spread of what a row would use
    if every firm chose by lot. Where money is paid in instalments, rows pull against each other: 40 steps for each
    heat were measured to leave a twentieth of a percent, and a plan with idle money, where these leave nothing.
    """
    prices, mean = start or _first_guess(dual), _mean_best(dual)
    spread = dual.smoothed(dual.no_prices(), 1e6 * mean)[2]
    scale = np.concatenate([mean / np.sqrt(np.maximum(spread, 1e-9)), np.full(prices.orders.size, mean)])
    if not len(scale):
        seen(prices)
        return
    for heat in heats(mean, warm=start is not None):

        def function(point: Reals, heat: float = heat) -> tuple[float, Reals]:
            value, slope, _ = dual.smoothed(_unpacked(dual.options, point * scale), heat)
            return value, _packed(slope) * scale

        def low_enough(intermediate_result: Any) -> None:
            if intermediate_result.fun < least or not goes_on():
                raise StopIteration

        found = minimize(
            function,
            _packed(prices) / scale,
            jac=True,
            method="L-BFGS-B",
            bounds=[(0, HIGHEST)] * len(scale),
            callback=low_enough,
            options={"maxiter": STEPS, "maxfun": 2 * STEPS, "maxcor": 50, "ftol": 1e-8, "gtol": 1e-14},
        )
        prices = _unpacked(dual.options, found.x * scale)
        if not seen(prices):
            return


def _first_guess(dual: Dual) -> Prices:
    """Half of the value of the options for free, shared out among the rows with capacity."""
    options, free = dual.options, dual.no_prices()
    share = 0.5 * max(dual.value(free), 0.0) / max(1, options.rows)
    return Prices(np.where(options.capacity > 0, share / np.maximum(options.capacity, 1), 0.0), free.orders)


def _mean_best(dual: Dual) -> float:
    """The best value of the average firm when everything is free."""
    best, _, _, _ = dual.best_two(dual.no_prices())
    return max(float(np.abs(best).mean()) if len(best) else 0.0, 1e-6)


def heats(mean: float, *, warm: bool) -> Iterator[float]:
    """Falling heats, from a share of the mean value; from a colder one for prices that are good already."""
    for stage in range(STAGES // 2 if warm else 0, STAGES):
        yield FIRST_HEAT * mean * COOLING**stage


def _packed(prices: Prices) -> Reals:
    return np.concatenate([prices.rows, prices.orders.ravel()])


def _unpacked(options: Options, point: Reals) -> Prices:
    return Prices(point[: options.rows], point[options.rows :].reshape(len(options.orders), options.periods))
