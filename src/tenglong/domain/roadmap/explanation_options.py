"""The options of one firm under the prices of a certificate, as whole numbers (docs/algorithms/roadmap.md 4.2, 7.1).

What an option is worth under prices is its value less what it takes from limits times their prices. L(prices) takes the
best option of each firm, so a plan that holds an option which is worse by `loss` is worth at most L(prices) - `loss`.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from tenglong.domain.roadmap.plans import Certificate
from tenglong.domain.roadmap.problems import WAITS, Ints, Problem


@dataclass(frozen=True)
class PricedOption:
    """An option (both `WAITS`: waiting) in stored units: its value, and what it adds to each limit that it touches.

    `paid` is what it pays to limits, earlier aims and orders, `worth` = value - paid. `alone` says whether it keeps
    every at_most limit all alone: no feasible plan holds it otherwise.
    """

    measure: int
    start: int
    value: int
    use: dict[int, int]
    paid: Fraction
    alone: bool

    @property
    def worth(self) -> Fraction:
        """The value under the prices."""
        return self.value - self.paid


def priced_options(problem: Problem, certificate: Certificate, firm: int) -> list[PricedOption]:
    """All options of a firm, waiting first unless it must start."""
    found = [] if problem.firms.must[firm] else [(WAITS, WAITS)]
    found += [
        (measure, start)
        for measure in problem.measures_of(firm)
        for start in range(int(problem.measures.first[measure]), int(problem.measures.last[measure]) + 1)
    ]
    pricing = _Pricing(problem, certificate, firm)
    return [pricing.option(measure, start) for measure, start in found]


def limit_uses(problem: Problem, firm: int, measure: int, start: int) -> dict[int, int]:
    """What an option adds to each limit that it touches, in stored units."""
    parts = [] if measure == WAITS else list(problem.parts_of(measure, start))
    return _uses(problem, _limits_on(problem, firm), parts)


def _limits_on(problem: Problem, firm: int) -> list[int]:
    """The limits that a firm counts for: a look at its own tags, where `Limit.firms` looks at columns."""
    codes = {key: int(tag.codes[firm]) for key, tag in problem.firms.tags.items()}
    own = {key: problem.firms.tags[key].names[code] for key, code in codes.items() if code >= 0}
    return [
        number
        for number, limit in enumerate(problem.limits)
        if all(own.get(key) in values for key, values in limit.where)
    ]


def _uses(problem: Problem, limits: list[int], parts: list[tuple[int, int, int]]) -> dict[int, int]:
    found = {}
    for number in limits:
        limit = problem.limits[number]
        used = sum(
            quantity
            for amount, period, quantity in parts
            if amount == limit.amount and limit.first <= period <= limit.last
        )
        if used:
            found[number] = used
    return found


class _Pricing:
    """One firm: the limits and the prices of orders that are about it."""

    def __init__(self, problem: Problem, certificate: Certificate, firm: int):
        self._problem, self._certificate = problem, certificate
        self._limits = _limits_on(problem, firm)
        orders = problem.orders
        begin = {int(k): int(orders.gap[k]) for k in np.flatnonzero(orders.first == firm)}
        then = set(np.flatnonzero(orders.then == firm).tolist())
        some = [row for row in certificate.orders if row[0] in begin or row[0] in then]
        self._pays = [(period, price) for order, period, price in some if order in then]
        self._earns = [(period - begin[order], price) for order, period, price in some if order in begin]

    def option(self, measure: int, start: int) -> PricedOption:
        """An option with what it pays."""
        problem, certificate = self._problem, self._certificate
        parts = [] if measure == WAITS else list(problem.parts_of(measure, start))
        use, alone, paid = _uses(problem, self._limits, parts), True, self._paid_to_orders(start)
        for number, used in use.items():
            limit = problem.limits[number]
            paid += certificate.limits[number] * (used if limit.at_most else -used)
            alone &= not limit.at_most or used <= limit.bound
        for price, floor in zip(certificate.floors, problem.floors, strict=True):
            paid -= price * _worth(floor.aim.worth, parts)
        share = Fraction(paid, certificate.denominator)
        return PricedOption(measure, start, _worth(problem.aim.worth, parts), use, share, alone)

    def _paid_to_orders(self, start: int) -> int:
        """What a start pays for coming before others, less what it earns by letting others start."""
        if start == WAITS:
            return 0
        paid = sum(price for period, price in self._pays if start <= period)
        return paid - sum(price for period, price in self._earns if start <= period)


def _worth(worth: Ints, parts: list[tuple[int, int, int]]) -> int:
    return sum(int(worth[amount, period]) * quantity for amount, period, quantity in parts)


def most_with(options: list[PricedOption], option: PricedOption, certificate: Certificate) -> int | None:
    """No plan that holds the option of this firm is worth more; None: no feasible plan holds it at all.

    The certificate states L(prices) without its fraction, so the largest fraction is assumed.
    """
    if not option.alone:
        return None
    best = max(one.worth for one in options if one.alone)
    below = certificate.denominator
    most = certificate.bound + Fraction(below - 1, below) - (best - option.worth)
    return most.numerator // most.denominator
