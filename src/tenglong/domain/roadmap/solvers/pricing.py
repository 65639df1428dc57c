"""Prices, what those of orders add to starts, and the certificate that prices make; no solver's library needed."""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from tenglong.domain.roadmap.options import Options
from tenglong.domain.roadmap.plans import Certificate
from tenglong.domain.roadmap.problems import Ints, Problem

Reals = npt.NDArray[np.float64]
_MOST_BELOW = 10**6
_SAFE = 2.0**61
_LARGEST = 2.0**50


@dataclass(frozen=True)
class Prices:
    """The price of one more unit of each row, and of each order in each period; none is negative."""

    rows: Reals
    orders: Reals


def no_prices(options: Options) -> Prices:
    """Everything is free."""
    return Prices(np.zeros(options.rows), np.zeros((len(options.orders), options.periods)))


class OrderLines:
    """The firms that stand in orders, and what prices of the orders add to their starts."""

    def __init__(self, options: Options):
        self.options, orders = options, options.orders
        firms = np.unique(np.concatenate([orders.first, orders.then]))
        self.line = np.full(options.firms, -1, np.int32)
        self.line[firms] = np.arange(len(firms))
        self.count = len(firms)

    def moved(self, price: Any) -> Any:
        """By ordered firm and period of start."""
        orders, periods = self.options.orders, self.options.periods
        moved = np.zeros((self.count, periods), price.dtype)
        after = price[:, ::-1].cumsum(axis=1)[:, ::-1]
        np.subtract.at(moved, self.line[orders.then], after)
        for k, gap in enumerate(orders.gap):
            moved[self.line[orders.first[k]], : max(0, periods - gap)] += after[k, gap:]
        return moved


class DualFunction(Protocol):
    """What a certificate asks for."""

    options: Options

    def value(self, prices: Prices) -> float:
        """L(prices), up to rounding of floating-point numbers."""

    def largest(self, prices: Prices, value: float) -> float:
        """No number in the sum that is L(prices), which is `value`, is larger."""

    def exact_best(self, rows: Ints, orders: Ints, below: int) -> int:
        """The sum of the best values of all firms, times `below`, under prices that are whole numbers over `below`."""


def certificate(problem: Problem, dual: DualFunction, prices: Prices) -> Certificate:
    """The prices as fractions of few digits, and the bound that these prove: whole numbers throughout."""
    options = dual.options
    below = _denominator(dual, prices)
    rows, orders = (
        np.rint(np.clip(one * below, 0, _LARGEST)).astype(np.int64) for one in (prices.rows, prices.orders)
    )
    best = dual.exact_best(rows, orders, below)
    total = best + sum(
        int(price) * int(capacity) for price, capacity in zip(rows, options.capacity, strict=True)
    )
    limits = len(problem.limits)
    return Certificate(
        below,
        tuple(rows[:limits].tolist()),
        tuple(rows[limits:].tolist()),
        tuple((int(k), int(t), int(orders[k, t])) for k, t in np.argwhere(orders)),
        total // below,
    )


def _denominator(dual: DualFunction, prices: Prices) -> int:
    """The smallest power of ten at which rounding the prices costs little, if the sums still fit 64 bits."""
    slack = float(np.abs(dual.options.capacity).sum()) + dual.options.firms
    value = dual.value(prices)
    wanted = slack / max(1.0, 1e-7 * abs(value))
    most = min(float(_MOST_BELOW), _SAFE / dual.largest(prices, value))
    below = 1
    while below < wanted and below * 10 <= most:
        below *= 10
    return below


def prices_of(options: Options, certificate: Certificate) -> Prices | None:
    """The prices of a certificate; None where it belongs to other limits, aims or orders."""
    below = certificate.denominator
    rows = np.array([*certificate.limits, *certificate.floors], float)
    lines = np.array(certificate.orders, np.int64).reshape(-1, 3)
    shape = len(options.orders), options.periods
    if len(certificate.limits) != options.limits or len(rows) != options.rows or below <= 0:
        return None
    if (rows < 0).any() or (lines < 0).any() or (lines[:, :2] >= shape).any():
        return None
    orders = np.zeros(shape)
    orders[lines[:, 0], lines[:, 1]] = lines[:, 2] / below
    return Prices(rows / below, orders)
