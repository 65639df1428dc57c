"""Solves in this process; `choose.solve` does so in one that can be killed."""

from collections.abc import Callable

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg
from tenglong.domain.roadmap.plans import Plan, Point, Reason, Solution
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.solvers import branching, exact, exhaustive, prices, rounding, warm
from tenglong.domain.roadmap.solvers.search import Search
from tenglong.domain.roadmap.solvers.search_limits import Limits


def run(
    problem: Problem,
    method: str,
    limits: Limits,
    report: Callable[[Search, Point], None],
    known: Solution | None = None,
) -> Solution:
    """What the named solver finds within the limits, from what is `known` of a like problem."""
    search = Search(problem, limits, report)
    if search.hopeless():
        return search.solution(method, Reason.CONFLICT)
    if known is not None:
        warm.begin(search, known)
    deeds = {"exhaustive": _exhaustive, "exact": exact.run, "prices": prices.run}
    reason = deeds[method](search)
    rounding.conclude(search)
    return search.solution(method, reason)


def _exhaustive(search: Search) -> Reason:
    if exhaustive.combinations(search.problem) > exhaustive.MOST:
        return Reason.TOO_LARGE
    exact.start_prices(search)
    plan = exhaustive.best_plan(search.problem)
    if plan is None:
        return Reason.CONFLICT
    search.offer(plan.measure, plan.start)
    branching.prove(search)
    return search.over() or Reason.ALL_TRIED


def first_plan(problem: Problem) -> Plan:
    """A good plan at once: prices and a plan from them. Raises BadValue where none is found."""
    search = Search(problem, Limits())
    exact.start_prices(search)
    if search.plan is None:
        raise BadValue(msg("没有找到可行的方案，请放宽限制。"))
    return search.plan
