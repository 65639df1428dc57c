"""The options of one firm under the prices of a certificate, as whole numbers (docs/algorithms/roadmap.md 4.2, 7.1).

What an option is worth under prices is its value less what it takes from limits times their prices. L(prices) takes the
best option of each firm, so a plan that holds an option which is worse by `loss` is worth at most L(prices) - `loss`.
"""

from dataclasses import dataclass
from fractions import Fraction

from tenglong.domain.roadmap.plans import Certificate
from tenglong.domain.roadmap.problems import WAITS, Ints, Problem


@dataclass(frozen=True)
class PricedOption:
    """An option (both `WAITS`: waiting) in stored units: its value, what it adds to each limit and earlier aim.

    `paid` is what it pays to limits, earlier aims and orders, `worth` = value - paid. `alone` says whether it keeps
    every at_most limit all alone: no feasible plan holds it otherwise.
    """

    measure: int
    start: int
    value: int
    use: tuple[int, ...]
    kept: tuple[int, ...]
    paid: Fraction
    alone: bool

    @property
    def worth(self) -> Fraction:
        """The value under the prices."""
        return self.value - self.paid


def priced_options(problem: Problem, certificate: Certificate, firm: int) -> list[PricedOption]:
    """All options of a firm, waiting first unless it must start."""
    mine = [
        number
        for number, limit in enumerate(problem.limits)
        if not limit.where or limit.firms(problem.firms.tags, firm, firm + 1)[0]
    ]
    found = [] if problem.firms.must[firm] else [(WAITS, WAITS)]
    found += [
        (measure, start)
        for measure in problem.measures_of(firm)
        for start in range(int(problem.measures.first[measure]), int(problem.measures.last[measure]) + 1)
    ]
    return [_priced(problem, certificate, (firm, measure, start), mine) for measure, start in found]


def _priced(
    problem: Problem, certificate: Certificate, option: tuple[int, int, int], mine: list[int]
) -> PricedOption:
    firm, measure, start = option
    parts = [] if measure == WAITS else list(problem.parts_of(measure, start))
    value = _worth(problem.aim.worth, parts)
    use = [0] * len(problem.limits)
    paid = _paid_to_orders(problem, certificate, firm, start)
    alone = True
    for number in mine:
        limit = problem.limits[number]
        use[number] = sum(
            quantity
            for amount, period, quantity in parts
            if amount == limit.amount and limit.first <= period <= limit.last
        )
        paid += certificate.limits[number] * (use[number] if limit.at_most else -use[number])
        alone &= not limit.at_most or use[number] <= limit.bound
    kept = [_worth(floor.aim.worth, parts) for floor in problem.floors]
    paid -= sum(price * one for price, one in zip(certificate.floors, kept, strict=True))
    share = Fraction(paid, certificate.denominator)
    return PricedOption(measure, start, value, tuple(use), tuple(kept), share, alone or measure == WAITS)


def _worth(worth: Ints, parts: list[tuple[int, int, int]]) -> int:
    return sum(int(worth[amount, period]) * quantity for amount, period, quantity in parts)


def _paid_to_orders(problem: Problem, certificate: Certificate, firm: int, start: int) -> int:
    """What a start pays for coming before others, less what it earns by letting others start."""
    if start == WAITS:
        return 0
    paid, orders = 0, problem.orders
    for order, period, price in certificate.orders:
        if orders.then[order] == firm and start <= period:
            paid += price
        if orders.first[order] == firm and start <= period - int(orders.gap[order]):
            paid -= price
    return paid


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
