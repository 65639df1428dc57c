"""An announced plan in a problem file: what it costs to depart from it (docs/algorithms/roadmap.md 7.4)."""

from collections.abc import Iterator

import numpy as np

from tenglong.domain.kernel.messages import msg
from tenglong.domain.roadmap.plans import Plan
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.problems_amounts import exact
from tenglong.domain.roadmap.problems_format import AnnouncedSpec, ProblemSpec
from tenglong.domain.roadmap.problems_sentences import wrong
from tenglong.domain.roadmap.stability import STABILITY, Announced, with_announced


def with_announcement(problem: Problem, spec: ProblemSpec, name: str) -> Problem:
    """The problem with rewards for keeping what the file says was announced; itself where it says nothing.

    A choice whose measure the firm no longer has cannot be kept, and is passed over.
    """
    if spec.announced is None:
        return problem
    if STABILITY in spec.amounts:
        raise wrong(name, f"amounts.{STABILITY}", msg("这一名称已用于对原方案的保持，请改名。"))
    if spec.announced.per_period == 0 == spec.announced.other:
        return problem
    announced = Announced(
        _plan(problem, spec.announced, name),
        np.zeros(len(problem.firms), bool),
        exact(spec.announced.per_period),
        exact(spec.announced.other),
    )
    return with_announced(problem, announced)


def _plan(problem: Problem, said: AnnouncedSpec, name: str) -> Plan:
    place = {id: number for number, id in enumerate(problem.firms.ids)}
    plan = Plan.waiting(len(problem.firms))
    for choice in said.choices:
        if choice.firm not in place:
            raise wrong(name, "announced", msg("没有编号为“{id}”的企业。", id=choice.firm))
        firm = place[choice.firm]
        for measure in _named(problem, firm, choice.measure):
            plan.measure[firm], plan.start[firm] = measure, choice.start - 1
    return plan


def _named(problem: Problem, firm: int, measure: str) -> Iterator[int]:
    names = problem.measures
    return (k for k in problem.measures_of(firm) if names.names[names.name[k]] == measure)
