"""Which solver for which size, and the one door to all of them (docs/algorithms/roadmap.md 5)."""

from collections.abc import Callable

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg
from tenglong.domain.roadmap.plans import Plan, Point, Reason, Solution
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.solvers import exact, exhaustive, prices
from tenglong.domain.roadmap.solvers.search import Limits, Search

METHODS = ("auto", "exhaustive", "exact", "prices")
MOST_EXACT = 100_000
"""Options up to which branch and bound on the whole model is tried (measured: docs/reference, `make bench`)."""


def run(problem: Problem, method: str, limits: Limits, report: Callable[[Search, Point], None]) -> Solution:
    """Solve in this process; `child.solve` does so in one that can be killed."""
    chosen = chosen_method(problem, method)
    search = Search(problem, limits, report)
    if search.hopeless():
        return search.solution(chosen, Reason.CONFLICT)
    return search.solution(chosen, _deeds(chosen)(search))


def chosen_method(problem: Problem, method: str) -> str:
    """The solver for a problem, unless one is named. Raises BadValue for an unknown name."""
    if method not in METHODS:
        known = "、".join(METHODS)
        raise BadValue(msg("没有名为“{method}”的求解方法，可选：{known}。", method=method, known=known))
    if method != "auto":
        return method
    return "exact" if problem.options() <= MOST_EXACT else "prices"


def _deeds(method: str) -> Callable[[Search], Reason]:
    return {"exhaustive": _exhaustive, "exact": exact.run, "prices": prices.run}[method]


def _exhaustive(search: Search) -> Reason:
    if exhaustive.combinations(search.problem) > exhaustive.MOST:
        return Reason.TOO_LARGE
    exact.start_prices(search)
    plan = exhaustive.best_plan(search.problem)
    if plan is None:
        return Reason.CONFLICT
    search.offer(plan.measure, plan.start)
    return Reason.ALL_TRIED


def first_plan(problem: Problem) -> Plan:
    """A good plan at once: prices and a plan from them. Raises BadValue where none is found."""
    search = Search(problem, Limits())
    exact.start_prices(search)
    if search.plan is None:
        raise BadValue(msg("没有找到可行的方案，请放宽限制。"))
    return search.plan
