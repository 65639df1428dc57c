"""Computes the bound of a certificate again, by exact addition (4.2).

L(λ) = Σ over firms of the best option under the prices + Σ price × capacity. An option that breaks an at_most limit all
alone is in no feasible plan and is passed over. All numbers are multiplied by the
denominator of the prices, so that they are whole; numbers that 64 bits might not hold become Python's own.
"""

from typing import Any

import numpy as np

from tenglong.domain.roadmap.plans import Certificate
from tenglong.domain.roadmap.problems import LARGEST, Ints, Problem

_AT_ONCE = 20_000
_SAFE = 2.0**62
_NONE = -(2**400)


def certified_bound(problem: Problem, certificate: Certificate) -> int | None:
    """L(prices) without its fraction; None where the prices do not fit the problem or one is negative."""
    if not _fits(problem, certificate):
        return None
    below = certificate.denominator
    total = sum(
        price * (limit.bound if limit.at_most else -limit.bound)
        for price, limit in zip(certificate.limits, problem.limits, strict=True)
    )
    total -= sum(price * floor.least for price, floor in zip(certificate.floors, problem.floors, strict=True))
    for low in range(0, len(problem.firms), _AT_ONCE):
        best = _best(problem, certificate, low, min(low + _AT_ONCE, len(problem.firms)))
        if best is None:
            return None
        total += best
    return total // below


def _fits(problem: Problem, certificate: Certificate) -> bool:
    return (
        certificate.denominator > 0
        and len(certificate.limits) == len(problem.limits)
        and len(certificate.floors) == len(problem.floors)
        and min((*certificate.limits, *certificate.floors, 0)) >= 0
        and all(
            0 <= order < len(problem.orders) and 0 <= period < problem.periods and price >= 0
            for order, period, price in certificate.orders
        )
    )


def _best(problem: Problem, certificate: Certificate, low: int, high: int) -> int | None:
    """Σ over the firms low … high - 1 of the value of the best option under the prices; None: one has none at all."""
    measures, parts = problem.measures, problem.parts
    first, last = (int(problem.firms.measure_start[i]) for i in (low, high))
    begin, end = int(measures.part_start[first]), int(measures.part_start[last])
    net = _net_worth(problem, certificate, low, high, int(parts.value[begin:end].max(initial=0)))
    moved = _moved(problem, certificate, low, high, net.dtype)
    part_measure = np.repeat(np.arange(first, last), np.diff(measures.part_start[first : last + 1]))
    firm = measures.firm[first:last].astype(np.int64) - low
    tightest = _tightest(problem, low, high)
    best = np.zeros(high - low, net.dtype)
    able = ~problem.firms.must[low:high]
    for start in range(problem.periods):
        k = begin + np.flatnonzero((parts.first[begin:end] <= start) & (start <= parts.last[begin:end]))
        of = part_measure[k - begin]
        worth = parts.value[k] * net[measures.firm[of] - low, parts.amount[k], start + parts.lag[k]]
        gained = np.zeros(last - first, net.dtype)
        np.add.at(gained, of - first, worth)
        if moved is not None:
            gained += moved[firm, start]
        may = (measures.first[first:last] <= start) & (start <= measures.last[first:last])
        for amount, (begins, ends), most in tightest:
            inside = parts.amount[k] == amount
            inside &= (start + parts.lag[k] >= begins) & (start + parts.lag[k] <= ends)
            used = np.zeros(last - first, np.int64)
            np.add.at(used, of[inside] - first, parts.value[k[inside]])
            may &= used <= most[firm]
        offered = np.flatnonzero(may)
        for_first_time = ~able[firm[offered]]
        best[firm[offered[for_first_time]]] = _NONE if net.dtype == object else np.iinfo(np.int64).min
        able[firm[offered]] = True
        np.maximum.at(best, firm[offered], gained[offered])
    return sum(best.tolist()) if able.all() else None


def _tightest(problem: Problem, low: int, high: int) -> list[tuple[int, tuple[int, int], Ints]]:
    """For each amount and span of periods with an at_most limit, the least of them for each firm."""
    found: dict[tuple[int, int, int], Ints] = {}
    for limit in problem.limits:
        if limit.at_most:
            none = np.full(high - low, LARGEST)
            most = found.setdefault((limit.amount, limit.first, limit.last), none)
            chosen = limit.firms(problem.firms.tags, low, high)
            most[chosen] = np.minimum(most[chosen], limit.bound)
    return [(amount, (first, last), most) for (amount, first, last), most in found.items()]


def _net_worth(problem: Problem, certificate: Certificate, low: int, high: int, largest: int) -> Any:
    """What a unit of each amount is worth under the prices, by firm and period of arrival."""
    below, floors = certificate.denominator, certificate.floors
    prices = sum(certificate.limits) + sum(
        price * int(np.abs(floor.aim.worth).max(initial=0))
        for price, floor in zip(floors, problem.floors, strict=True)
    )
    orders = sum(price for _, _, price in certificate.orders)
    worth = int(np.abs(problem.aim.worth).max(initial=0)) * below + prices
    parts = 1 + int(np.diff(problem.measures.part_start).max(initial=0))
    kind = np.int64 if float(worth) * largest * parts + orders < _SAFE and worth < _SAFE else object
    net = np.empty((high - low, len(problem.amounts), problem.arrivals), kind)
    net[:] = (problem.aim.worth.astype(kind) * below)[None]
    for price, floor in zip(floors, problem.floors, strict=True):
        net += floor.aim.worth.astype(kind)[None] * price
    for price, limit in zip(certificate.limits, problem.limits, strict=True):
        if price:
            chosen = limit.firms(problem.firms.tags, low, high)
            change = price if limit.at_most else -price
            net[chosen, limit.amount, limit.first : limit.last + 1] -= change
    return net


def _moved(problem: Problem, certificate: Certificate, low: int, high: int, kind: Any) -> Any:
    """What the prices of orders add to a start, by firm and period; None where there are none."""
    if not certificate.orders:
        return None
    moved = np.zeros((high - low, problem.periods), kind)
    for order, period, price in certificate.orders:
        then, first = int(problem.orders.then[order]), int(problem.orders.first[order])
        if low <= then < high:
            moved[then - low, : period + 1] -= price
        if low <= first < high:
            moved[first - low, : max(0, period - int(problem.orders.gap[order]) + 1)] += price
    return moved
