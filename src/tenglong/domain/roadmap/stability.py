"""Re-planning that keeps promises (docs/algorithms/roadmap.md 7.4): what is announced moves as little as possible.

Keeping an announced option earns a reward, others earn less of it, waiting earns nothing; so penalties become an
amount like any other, and solvers and the checker need not know of them.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import numpy as np

from tenglong.domain.roadmap.plans import Plan
from tenglong.domain.roadmap.problems import WAITS, Amount, Flags, Ints, Parts, Problem

STABILITY = "stability"
"""The amount by which what is kept is rewarded."""


@dataclass(frozen=True)
class Announced:
    """A plan that people know of, and what it costs to depart from it, in units of the aim.

    `per_period` for each period earlier or later, `other` for another measure; waiting costs as much as another measure
    in the farthest period. `signed` firms keep their option.
    """

    plan: Plan
    signed: Flags
    per_period: Decimal
    other: Decimal


def with_announced(problem: Problem, announced: Announced) -> Problem:
    """The problem in which departing from the announced plan costs, and signed firms have their option only."""
    fixed = _signed(problem, announced)
    measure, start, value = _rewards(fixed, announced)
    amounts = len(problem.amounts)
    small = np.zeros(len(measure), np.int16)
    more = Parts(small + np.int16(amounts), small, start.astype(np.int16), start.astype(np.int16), value)
    owner = np.repeat(np.arange(len(problem.measures)), np.diff(problem.measures.part_start))
    owner = np.concatenate([owner, measure])
    order = np.argsort(owner, kind="stable")
    columns: list[Any] = [
        np.concatenate([getattr(problem.parts, name), getattr(more, name)])[order]
        for name in Parts.__annotations__
    ]
    part_start = np.zeros(len(problem.measures) + 1, np.int64)
    np.cumsum(np.bincount(owner, minlength=len(problem.measures)), out=part_start[1:])
    aims = tuple(
        replace(aim, worth=np.vstack([aim.worth, np.full((1, aim.worth.shape[1]), int(n == 0))]))
        for n, aim in enumerate(problem.aims)
    )
    floors = tuple(
        replace(
            floor,
            aim=replace(floor.aim, worth=np.vstack([floor.aim.worth, np.zeros_like(floor.aim.worth[:1])])),
        )
        for floor in problem.floors
    )
    return replace(
        fixed,
        amounts=(*problem.amounts, Amount(STABILITY, "", problem.aim.places, takes=False)),
        measures=replace(fixed.measures, part_start=part_start),
        parts=Parts(*columns),
        aims=aims,
        floors=floors,
    )


def _signed(problem: Problem, announced: Announced) -> Problem:
    """Signed firms have their announced option only, and must take it."""
    signed = announced.signed & (announced.plan.measure != WAITS)
    measures = problem.measures
    bound = signed[measures.firm]
    theirs = announced.plan.measure[measures.firm] == np.arange(len(measures))
    start = announced.plan.start[measures.firm]
    first = np.where(bound, np.where(theirs, start, 1), measures.first).astype(np.int16)
    last = np.where(bound, np.where(theirs, start, 0), measures.last).astype(np.int16)
    return replace(
        problem,
        firms=replace(problem.firms, must=problem.firms.must | signed),
        measures=replace(measures, first=first, last=last),
    )


def _rewards(problem: Problem, announced: Announced) -> tuple[Ints, Ints, Ints]:
    """For each option of a firm with an announced one: measure, start and reward."""
    per_period, other = (
        int(one.scaleb(problem.aim.places)) for one in (announced.per_period, announced.other)
    )
    measures = problem.measures
    promised = np.flatnonzero(announced.plan.measure[measures.firm] != WAITS)
    count = (measures.last[promised].astype(np.int64) - measures.first[promised] + 1).clip(min=0)
    measure = np.repeat(promised, count)
    start = np.arange(len(measure)) - np.repeat(np.cumsum(count) - count, count) + measures.first[measure]
    firm = measures.firm[measure]
    moved = np.abs(start - announced.plan.start[firm])
    changed = announced.plan.measure[firm] != measure
    value = other + per_period * problem.periods - per_period * moved - other * changed
    kept = value > 0
    return measure[kept], start[kept], value[kept].astype(np.int64)
