"""A plan changed by hand: what is asked for is done to the letter, and told what it breaks."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import Message, msg
from tenglong.domain.roadmap.breaches import breaches
from tenglong.domain.roadmap.checking import arrivals, check, worth_of
from tenglong.domain.roadmap.followers import following, settle
from tenglong.domain.roadmap.plans import Certificate, Plan, gap_between
from tenglong.domain.roadmap.problems import WAITS, Problem
from tenglong.domain.roadmap.wording import Names, Worth, firm_words, option_words, period_words

Choice = tuple[str, int] | None
"""A measure and the period of its start, counted from 1 as in plan files; None: the firm waits."""


@dataclass(frozen=True)
class Verdict:
    """What a changed plan breaks (nothing: it may be used), and how far it is from the bound of the problem."""

    broken: tuple[Message, ...]
    gap: Fraction | None
    difference: Message


def adjusted(problem: Problem, plan: Plan, choices: Mapping[str, Choice], names: Names | None = None) -> Plan:
    """The plan with these choices by firm id. Bonuses for their zones and the land of their parcels follow.

    Raises:
        BadValue: there is no such firm, or the choice is not among its options.
    """
    measure, start = plan.measure.copy(), plan.start.copy()
    place = {id: number for number, id in enumerate(problem.firms.ids)}
    for id, choice in choices.items():
        if id not in place:
            raise BadValue(msg("路线图中没有编号为“{id}”的企业，请刷新页面后重试。", id=id))
        firm = place[id]
        measure[firm], start[firm] = _option(problem, firm, choice, names or Names())
    settle(problem, measure, start, following(problem, [place[id] for id in choices]))
    value = worth_of(problem.aim.worth, arrivals(problem, Plan(measure, start, 0)))
    return Plan(measure, start, value)


def verdict(
    problem: Problem, before: Plan, after: Plan, certificate: Certificate | None, names: Names | None = None
) -> Verdict:
    """What the plan `after` breaks, its gap against the same bound, and what it gains or loses against `before`."""
    broken = breaches(problem, after, names)
    if not broken:
        broken = check(problem, after)
    gap = gap_between(after, certificate.bound) if certificate else None
    worth, won = Worth.of(problem, before), after.value - before.value
    if not won:
        return Verdict(broken, gap, msg("调整后方案价值不变。"))
    said = worth.more(won) if won > 0 else worth.less(-won)
    return Verdict(broken, gap, msg("调整后{difference}。", difference=said))


def _option(problem: Problem, firm: int, choice: Choice, names: Names) -> tuple[int, int]:
    """The option of a firm as indices. Raises BadValue."""
    if choice is None:
        if problem.firms.must[firm]:
            raise BadValue(msg("{firm}必须启动，不能改为等待。", firm=firm_words(problem, firm, names)))
        return WAITS, WAITS
    name, period = choice
    measures = problem.measures
    for k in problem.measures_of(firm):
        if measures.names[measures.name[k]] == name and measures.first[k] <= measures.last[k]:
            first, last = int(measures.first[k]), int(measures.last[k])
            if first <= period - 1 <= last:
                return k, period - 1
            fields = {
                "firm": firm_words(problem, firm, names),
                "measure": names.measure(name),
                "window": period_words(problem, first, last, names),
            }
            raise BadValue(msg("{firm}的“{measure}”只能在“{window}”内开始，请另选日期。", **fields))
    fields = {"firm": firm_words(problem, firm, names), "measure": names.measure(name)}
    raise BadValue(msg("{firm}不能采用“{measure}”，请从它的可选措施中选择。", **fields))


def options_in_words(
    problem: Problem, firm: int, names: Names | None = None
) -> list[tuple[Choice, Message | str]]:
    """What a firm may be changed to, waiting last."""
    measures, names = problem.measures, names or Names()
    found: list[tuple[Choice, Message | str]] = [
        ((measures.names[measures.name[k]], start + 1), option_words(problem, k, start, names))
        for k in problem.measures_of(firm)
        for start in range(int(measures.first[k]), int(measures.last[k]) + 1)
    ]
    if not problem.firms.must[firm]:
        found.append((None, option_words(problem, WAITS, WAITS, names)))
    return found


def changed_firms(before: Plan, after: Plan) -> list[int]:
    """The firms whose option differs."""
    differs = (before.measure != after.measure) | (before.start != after.start)
    return [int(firm) for firm in np.flatnonzero(differs)]
