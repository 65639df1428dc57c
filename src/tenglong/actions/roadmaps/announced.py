"""What keeping the promises of an earlier roadmap costs."""

from collections.abc import Mapping
from typing import Any

from tenglong.domain.roadmap.checking import arrivals, worth_of
from tenglong.domain.roadmap.plans import Plan, Solution, choices
from tenglong.domain.roadmap.problems import Problem

Promises = Mapping[str, tuple[str, int]]
"""Measure and start (from 1) by firm."""


def price_of_promises(
    free: tuple[Problem, Solution], kept: tuple[Problem, Plan], promised: Promises
) -> dict[str, Any]:
    """As it is stored: the best plan found without promises against the one that keeps them.

    The plan with promises is a plan without them too, so the price is never below nothing; the certificate of the free
    problem says how much it may be at most.
    """
    problem, solution = free
    aim = problem.aim
    value = worth_of(aim.worth, arrivals(problem, kept[1]))
    best = value if solution.plan is None else max(value, solution.plan.value)
    most = None if solution.certificate is None else aim.natural(solution.certificate.bound - value)
    return {
        "price": f"{aim.natural(best - value):f}",
        "most": None if most is None else f"{most:f}",
        "free_value": f"{aim.natural(best):f}",
        "kept_value": f"{aim.natural(value):f}",
        **_counts(*kept, promised),
    }


def _counts(problem: Problem, plan: Plan, promised: Promises) -> dict[str, int]:
    chosen = {one["firm"]: (one["measure"], one["start"]) for one in choices(problem, plan)}
    counts = {"kept": 0, "moved": 0, "changed": 0}
    for firm, said in promised.items():
        now = chosen.get(firm)
        counts["kept" if now == said else "moved" if now and now[0] == said[0] else "changed"] += 1
    return counts
