"""What more of a scarce limit would bring and less of it would cost, in words (docs/algorithms/roadmap.md 7.2).

A price is the slope of the bound. What a step may bring at most, and must cost at least, follows from the certificate:
the same prices prove a bound for the changed problem.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import floor

import numpy as np

from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.roadmap.checking import certified_bound
from tenglong.domain.roadmap.explanation import priced_options
from tenglong.domain.roadmap.plans import Certificate, Plan
from tenglong.domain.roadmap.problems import Ints, Limit, Problem
from tenglong.domain.roadmap.wording import Names, Worth, amount_step, limit_words, said

_MOST_LET_IN = 200
"""Firms that are looked at one by one; for more the bound is computed again for all."""


@dataclass(frozen=True)
class ShadowPrice:
    """The price of a limit with its meaning. Values are exact, in units of the aim; `step` in the unit of the amount.

    Easing the limit by one step brings about `per_step`, and no plan is then better than this one by more than
    `gain_at_most`; tightening it costs about `per_step` too, and at least `loss_at_least`.
    """

    limit: str
    label: Message
    unit: str
    per_unit: Fraction
    step: Decimal
    per_step: Fraction
    gain_at_most: Fraction
    loss_at_least: Fraction
    sentences: tuple[Message, ...]


def shadow_prices(
    problem: Problem, plan: Plan, certificate: Certificate, names: Names | None = None
) -> tuple[ShadowPrice, ...]:
    """The limits with a price, the one whose step matters most first; effects that round to nothing are left out, and
    steps that do not exist."""
    words, easing = (names or Names(), Worth.of(problem, plan)), Easing(problem, certificate)
    found = [
        _priced(problem, plan, easing, number, words)
        for number, price in enumerate(certificate.limits)
        if price
    ]
    told = (one for one in found if said(one.per_step) and one.sentences)
    return tuple(sorted(told, key=lambda one: -one.per_step))


def eased(problem: Problem, number: int, by: int) -> Problem:
    """The problem in which a limit is eased by so many stored units (negative: tightened)."""
    limit = problem.limits[number]
    bound = limit.bound + by if limit.at_most else limit.bound - by
    limits = list(problem.limits)
    limits[number] = replace(limit, bound=bound)
    return replace(problem, limits=tuple(limits))


class Easing:
    """The bounds that the prices of a certificate prove for problems with one limit eased or tightened."""

    def __init__(self, problem: Problem, certificate: Certificate):
        self.problem, self.certificate = problem, certificate
        self._largest: dict[int, Ints] = {}

    def bound(self, number: int, by: int) -> int:
        """No plan is worth more once a limit is eased by so many stored units (negative: tightened).

        L(prices) moves by price × step, and by what options are worth that a wider limit lets in because they broke it
        all alone. The certificate states its bound without a fraction, so the largest is assumed.
        """
        certificate = self.certificate
        below = certificate.denominator
        firms = self._let_in(number) if by > 0 else []
        if len(firms) > _MOST_LET_IN:
            again = certified_bound(eased(self.problem, number, by), certificate)
            if again is not None:
                return again
        more = sum((self._won(number, by, firm) for firm in firms), Fraction(0))
        return floor(certificate.priced + Fraction(below - 1 + certificate.limits[number] * by, below) + more)

    def _let_in(self, number: int) -> list[int]:
        """The firms of which some measure may break the limit all alone, however its parts fall into periods."""
        limit, measures = self.problem.limits[number], self.problem.measures
        if not limit.at_most:
            return []
        large = np.flatnonzero(self._totals(limit.amount) > limit.bound)
        firms = np.unique(measures.firm[large])
        theirs = limit.firms(self.problem.firms.tags, 0, len(self.problem.firms))
        return [int(firm) for firm in firms[theirs[firms]]]

    def _totals(self, amount: int) -> Ints:
        """The most that each measure takes of an amount, whenever it starts."""
        if amount not in self._largest:
            parts, begin = self.problem.parts, self.problem.measures.part_start
            largest = np.zeros(len(begin) - 1, np.int64)
            for start in range(self.problem.periods):
                counts = (parts.amount == amount) & (parts.first <= start) & (start <= parts.last)
                up_to = np.concatenate([[0], np.cumsum(np.where(counts, parts.value, 0))])
                largest = np.maximum(largest, up_to[begin[1:]] - up_to[begin[:-1]])
            self._largest[amount] = largest
        return self._largest[amount]

    def _won(self, number: int, by: int, firm: int) -> Fraction:
        """By how much the best option of a firm under the prices is better once the limit is wider."""
        wider = eased(self.problem, number, by)
        before, after = (
            max(one.worth for one in priced_options(problem, self.certificate, firm) if one.alone)
            for problem in (self.problem, wider)
        )
        return after - before


def step_of(problem: Problem, limit: Limit) -> int:
    """The step, in stored units: what one talks about, but at most about a tenth of the limit."""
    amount = problem.amounts[limit.amount]
    step = int(amount_step(amount.id).scaleb(amount.places))
    while step >= 10 and step > abs(limit.bound) > 0:
        step //= 10
    return max(1, step)


def _priced(
    problem: Problem, plan: Plan, easing: Easing, number: int, words: tuple[Names, Worth]
) -> ShadowPrice:
    limit, (names, worth), certificate = problem.limits[number], words, easing.certificate
    amount, by = problem.amounts[limit.amount], step_of(problem, limit)
    price = certificate.price(number)
    most = easing.bound(number, by) - plan.value
    least = max(0, plan.value - easing.bound(number, -by))
    label = limit_words(problem, number, names)
    fields: dict[str, object] = {
        "limit": label,
        "step": said(amount.natural(by)),
        "unit": amount.unit,
        "gain": worth.more(price * by),
        "most": worth.more(most),
        "loss": worth.less(price * by),
        "least": worth.less(least),
    }
    missing = certificate.bound - plan.value
    told = _capacity(fields, proven=least > 0) if limit.at_most else _target(fields, proven=least > 0)
    there = tuple(one for one, exists in zip(told, steps_exist(problem, number, by), strict=True) if exists)
    sentences = (*there, _reach(worth, price * by, missing)) if there else ()
    return ShadowPrice(
        limit=limit.id,
        label=label,
        unit=amount.unit,
        per_unit=worth.natural(price * 10**amount.places),
        step=amount.natural(by),
        per_step=worth.natural(price * by),
        gain_at_most=worth.natural(most),
        loss_at_least=worth.natural(least),
        sentences=sentences,
    )


def steps_exist(problem: Problem, number: int, by: int) -> tuple[bool, bool]:
    """Whether a limit can be eased and tightened by a step: there is no capacity and no target below nothing, and no
    target beyond what all firms together could bring if nothing else limited them."""
    limit = problem.limits[number]
    if limit.at_most:
        return True, limit.bound >= by
    return limit.bound >= by, limit.bound + by <= _most(problem, number)


def _most(problem: Problem, number: int) -> int:
    """The most that all firms together may bring to a target, each by its best option."""
    limit, measures, parts = problem.limits[number], problem.measures, problem.parts
    begin, best = measures.part_start, np.zeros(len(measures), np.int64)
    for start in range(problem.periods):
        arrives = start + parts.lag.astype(np.int64)
        counts = (parts.amount == limit.amount) & (parts.first <= start) & (start <= parts.last)
        counts &= (limit.first <= arrives) & (arrives <= limit.last)
        up_to = np.concatenate([[0], np.cumsum(np.where(counts, parts.value, 0))])
        offered = (measures.first <= start) & (start <= measures.last)
        best = np.maximum(best, np.where(offered, up_to[begin[1:]] - up_to[begin[:-1]], 0))
    of_firm = np.zeros(len(problem.firms), np.int64)
    np.maximum.at(of_firm, measures.firm, best)
    return int(of_firm[limit.firms(problem.firms.tags, 0, len(problem.firms))].sum())


def _capacity(fields: dict[str, object], *, proven: bool) -> tuple[Message, Message]:
    more = msg("{limit}每增加 {step}{unit}，约可{gain}，最多可{most}。", **fields)
    if proven:
        return more, msg("{limit}每减少 {step}{unit}，约会{loss}，至少会{least}。", **fields)
    return more, msg("{limit}每减少 {step}{unit}，约会{loss}。", **fields)


def _target(fields: dict[str, object], *, proven: bool) -> tuple[Message, Message]:
    more = msg("{limit}目标每降低 {step}{unit}，约可{gain}，最多可{most}。", **fields)
    if proven:
        return more, msg("{limit}目标每提高 {step}{unit}，约会{loss}，至少会{least}。", **fields)
    return more, msg("{limit}目标每提高 {step}{unit}，约会{loss}。", **fields)


def _reach(worth: Worth, effect: Fraction, missing: int) -> Message:
    """How far the estimate may be trusted."""
    if effect <= missing:
        gap = worth.more(missing)
        return msg(
            "这是估算，只宜用来比较轻重：方案本身最多还可{gap}。实际效果请用假设分析重算。",
            gap=gap,
        )
    return msg(
        "这是估算：加得越多，每一份带来的越少；减得越多，每一份损失的越多。变动较大时请用假设分析重算。"
    )
