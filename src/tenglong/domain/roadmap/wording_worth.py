"""The aim of a problem in words: money saved, energy freed, or points with what they come to in the main benefit.

A point (分) is the unit of the weights of an aim.
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Self

import numpy as np

from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.roadmap.checking import arrivals
from tenglong.domain.roadmap.plans import Plan
from tenglong.domain.roadmap.problems import Amount, Problem
from tenglong.domain.roadmap.problems_rules import WISHES
from tenglong.domain.roadmap.stability import STABILITY
from tenglong.domain.roadmap.wording import amount_label, said


@dataclass(frozen=True)
class Worth:
    """How a difference in the aim is told.

    `amount` is the only one that the aim is about (`alone`: worth the same in every period), or the one that brings
    most of the value of the plan; a unit of it is worth `each` in units of the aim, on average in the plan. None: the
    plan brings nothing.
    """

    problem: Problem
    cost: bool
    alone: bool
    amount: Amount | None = None
    each: Fraction = Fraction(1)

    @classmethod
    def of(cls, problem: Problem, plan: Plan) -> Self:
        """The words that suit the aim of the problem and what a plan reaches."""
        worth = problem.aim.worth
        about = np.flatnonzero(worth.any(axis=1)).tolist()
        if len(about) == 1 and (worth[about[0]] == worth[about[0], 0]).all():
            amount, unit = problem.amounts[about[0]], int(worth[about[0], 0])
            each = Fraction(abs(unit) * 10**amount.places, 10**problem.aim.places)
            return cls(problem, cost=unit < 0, alone=True, amount=amount, each=each)
        return cls(problem, False, False, *_main_benefit(problem, plan))

    def natural(self, whole: Fraction | int) -> Fraction:
        """A number of stored units of the aim in its units."""
        return Fraction(whole) / 10**self.problem.aim.places

    def units(self, whole: Fraction | int) -> Decimal | None:
        """What a difference comes to in the one amount or the main benefit, rounded; None where there is none."""
        return None if self.amount is None else said(self.natural(whole) / self.each)

    def total(self, whole: int) -> Message:
        """The value of a plan."""
        if self.alone and self.amount is not None:
            sign = -1 if self.cost else 1
            return msg("{amount} {x}{unit}", **self._fields(sign * whole))
        return msg("价值 {x} 分", x=said(self.natural(whole)))

    def more(self, whole: Fraction | int) -> Message:
        """That a plan is better by so much."""
        if self.cost:
            return msg("少支出{amount} {x}{unit}", **self._fields(whole))
        if self.alone:
            return msg("多{amount} {x}{unit}", **self._fields(whole))
        return self._with_equivalent(msg("多得 {x} 分", x=said(self.natural(whole))), whole)

    def less(self, whole: Fraction | int) -> Message:
        """That a plan is worse by so much."""
        if self.cost:
            return msg("多支出{amount} {x}{unit}", **self._fields(whole))
        if self.alone:
            return msg("少{amount} {x}{unit}", **self._fields(whole))
        return self._with_equivalent(msg("少得 {x} 分", x=said(self.natural(whole))), whole)

    def _fields(self, whole: Fraction | int) -> dict[str, object]:
        assert self.amount is not None
        return {"amount": amount_label(self.amount.id), "x": self.units(whole), "unit": self.amount.unit}

    def _with_equivalent(self, message: Message, whole: Fraction | int) -> Message:
        if self.amount is None:
            return message
        return msg("{value}（折合{amount} {x}{unit}）", value=message, **self._fields(whole))


def _main_benefit(problem: Problem, plan: Plan) -> tuple[Amount | None, Fraction]:
    """The benefit that brings most of the value, and what a unit of it is worth on average; rewards are none."""
    arrived = arrivals(problem, plan)
    worth = problem.aim.worth[arrived.amount, arrived.period] * arrived.value
    value = [int(worth[arrived.amount == number].sum()) for number in range(len(problem.amounts))]
    real = [number for number, amount in enumerate(problem.amounts) if amount.id not in (STABILITY, WISHES)]
    best = max(real, key=lambda number: value[number], default=-1)
    if best < 0 or value[best] <= 0:
        return None, Fraction(1)
    amount = problem.amounts[best]
    total = Fraction(int(arrived.value[arrived.amount == best].sum()), 10**amount.places)
    return amount, Fraction(value[best], 10**problem.aim.places) / total
