"""How sentences about a roadmap name amounts, limits and periods: by label and date, never by number (wording.toml)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Self

import numpy as np

from tenglong.domain.kernel.messages import Message, label, msg
from tenglong.domain.kernel.quantities import Exact, half_up, plain
from tenglong.domain.kernel.rulefiles import load_rules
from tenglong.domain.roadmap.checking import arrivals
from tenglong.domain.roadmap.followers import PARCELS
from tenglong.domain.roadmap.plans import Plan
from tenglong.domain.roadmap.problems import ALWAYS, WAITS, Amount, Limit, Problem
from tenglong.domain.roadmap.problems.rules import WISHES
from tenglong.domain.roadmap.stability import STABILITY

PLACES = 2
"""Decimal places of numbers in sentences; trailing zeros are left out."""


@dataclass(frozen=True)
class Names:
    """What a problem file knows by id only: firms by id, values of tags by tag and code, measures by id.

    `until` is the last day of the plan, which the last period may reach beyond.
    """

    firms: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    measures: Mapping[str, str] = field(default_factory=dict)
    until: date | None = None

    def firm(self, id: str) -> str:
        """The name of a firm; its id where none is known."""
        return self.firms.get(id, id)

    def measure(self, id: str) -> Message | str:
        """The label of a measure; its id where none is known."""
        return label(self.measures[id]) if id in self.measures else id

    def value(self, tag: str, code: str) -> str:
        """What the value of a tag is called."""
        return self.tags.get(tag, {}).get(code, code)


@cache
def _words() -> dict[str, dict[str, dict[str, str]]]:
    content = load_rules("tenglong.domain.roadmap", "wording.toml").content
    return {"amount": content["amount"], "tag": content["tag"]}


def amount_label(id: str) -> Message | str:
    """What an amount is called; its id where the program does not know it."""
    known = _words()["amount"].get(id)
    return label(known["zh"]) if known else id


def amount_step(id: str) -> Decimal:
    """The change of an amount, in its unit, that one talks about: a million yuan, ten staff days."""
    return Decimal(_words()["amount"].get(id, {"step": "1"})["step"])


def tag_label(id: str) -> Message | str:
    """What a tag is called."""
    known = _words()["tag"].get(id)
    return label(known["zh"]) if known else id


def said(value: Exact) -> Decimal:
    """A number as sentences print it: rounded half up once, without trailing zeros."""
    return plain(half_up(value, PLACES))


def last_day(problem: Problem, period: int, names: Names) -> date | None:
    """The last day of a period; of the last period that of the plan.

    Where that is not known the last period is as long as the one before; None: there is only one.
    """
    starts = problem.starts
    if period + 1 < len(starts):
        return starts[period + 1] - timedelta(days=1)
    if names.until is not None or len(starts) == 1:
        return names.until
    start, before = starts[-1], starts[-2]
    if start.day == before.day:
        months = (start.year - before.year) * 12 + start.month - before.month
        later = start.year * 12 + start.month - 1 + months
        return date(later // 12, later % 12 + 1, min(start.day, 28)) - timedelta(days=1)
    return start + (start - before) - timedelta(days=1)


def period_words(problem: Problem, first: int, last: int, names: Names) -> Message:
    """The days of the periods `first` … `last`: a month or quarter by its name."""
    start, end = problem.starts[first], last_day(problem, last, names)
    if end is None:
        return msg("{start} 起", start=start)
    following = end + timedelta(days=1)
    months = (following.year - start.year) * 12 + following.month - start.month
    if start.day == following.day == 1 and months == 1:
        return msg("{year} 年 {month} 月", year=start.year, month=start.month)
    if start.day == following.day == 1 and months == 3 and start.month % 3 == 1:
        return msg("{year} 年第 {quarter} 季度", year=start.year, quarter=start.month // 3 + 1)
    return msg("{start} 至 {end}", start=start, end=end)


def span_words(problem: Problem, limit: Limit, names: Names) -> Message:
    """The time that a limit is about."""
    if limit.last == ALWAYS:
        if limit.first == 0:
            return msg("全程")
        return msg("{start} 起", start=problem.starts[limit.first])
    if limit.first == 0 and limit.last > 0:
        return msg("截至 {end}", end=last_day(problem, limit.last, names))
    return period_words(problem, limit.first, limit.last, names)


def limit_words(problem: Problem, number: int, names: Names) -> Message:
    """What a limit is about: which amount, whose and when."""
    limit = problem.limits[number]
    amount, span = amount_label(problem.amounts[limit.amount].id), span_words(problem, limit, names)
    if not limit.where:
        return msg("{amount}（{span}）", amount=amount, span=span)
    return msg("{amount}（{whose}，{span}）", amount=amount, whose=_whose(limit, names), span=span)


def _whose(limit: Limit, names: Names) -> Message:
    tags = [
        msg("{tag}“{value}”", tag=tag_label(tag), value="、".join(names.value(tag, one) for one in values))
        for tag, values in limit.where
    ]
    found = tags.pop()
    for one in reversed(tags):
        found = msg("{first}、{rest}", first=one, rest=found)
    return found


def firm_words(problem: Problem, firm: int, names: Names) -> Message:
    """A firm by its name; a wish for clearance and a parcel by what they are."""
    id = problem.firms.ids[firm]
    if id.startswith(f"{WISHES}:"):
        return msg("整区清零奖励“{name}”", name=id.removeprefix(f"{WISHES}:"))
    if id.startswith(f"{PARCELS}:"):
        return msg("“{name}”的宗地整体移交", name=names.firm(id.removeprefix(f"{PARCELS}:")))
    return msg("企业“{name}”", name=names.firm(id))


def option_words(problem: Problem, measure: int, start: int, names: Names) -> Message:
    """An option: which measure, from which day."""
    if measure == WAITS:
        return msg("等待")
    name = names.measure(problem.measures.names[problem.measures.name[measure]])
    return msg("{measure}（{day} 开始）", measure=name, day=problem.starts[start])


# The aim of a problem in words: money saved, energy freed, or points with what they come to in the main
# benefit.
#
# A point (分) is the unit of the weights of an aim.


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
