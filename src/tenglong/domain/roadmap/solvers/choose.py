"""Which solver for which size, and the one door to all of them (docs/algorithms/roadmap.md 5)."""

from dataclasses import replace
from typing import Any

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg
from tenglong.domain.roadmap.aims import next_aim
from tenglong.domain.roadmap.checking import certified_bound
from tenglong.domain.roadmap.plans import Certificate, Solution, Status, proven
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.solvers import child
from tenglong.domain.roadmap.solvers.search_limits import Limits
from tenglong.domain.roadmap.stability import Announced, with_announced

METHODS = ("auto", "exhaustive", "exact", "prices")
MOST_EXACT = 20_000
"""Options up to which branch and bound on the whole model closes the gap sooner than small parts do (measured)."""


def solve(
    problem: Problem,
    *,
    method: str = "auto",
    seed: int = 0,
    work: float | None = None,
    seconds: float | None = None,
    gap: float = 0.0,
    on_progress: child.Progress | None = None,
    announced: Announced | None = None,
    known: Solution | None = None,
) -> Solution:
    """The best plan found for the first aim, with its certificate.

    The solver runs in a process that is killed if it does not stop in time.

    `known` is a solution of a like problem: the same firms, measures and orders, perhaps other bounds or another aim.
    Its prices and its plan are where the search begins; nothing of it is trusted.

    With `announced` the problem solved, and to be checked, is `stability.with_announced(problem, announced)`.

    The same seed and limit of `work` give the same plan, as long as `seconds` do not end the search first. A plan
    within `gap` of the certified bound is good enough.

    Raises:
        BadValue: there is no such method.
    """
    if announced is not None:
        problem = with_announced(problem, announced)
    limits = Limits(seed=seed, work=work, seconds=seconds, gap=gap)
    found = child.solve(problem, chosen_method(problem, method), limits, on_progress, known)
    return _with_certificate(problem, found)


def _with_certificate(problem: Problem, found: Solution) -> Solution:
    """The solution, with the bound that no prices at all prove where time did not suffice for others."""
    if found.plan is None or found.certificate is not None:
        return found
    free = Certificate(1, (0,) * len(problem.limits), (0,) * len(problem.floors), (), 0)
    bound = certified_bound(problem, free)
    return found if bound is None else replace(found, certificate=replace(free, bound=bound))


def chosen_method(problem: Problem, method: str) -> str:
    """The solver for a problem, unless one is named. Raises BadValue for an unknown name."""
    if method not in METHODS:
        known = "、".join(METHODS)
        raise BadValue(msg("没有名为“{method}”的求解方法，可选：{known}。", method=method, known=known))
    if method != "auto":
        return method
    return "exact" if problem.options() <= MOST_EXACT else "prices"


def solve_aims(
    problem: Problem, *, seconds: float | None = None, **settings: Any
) -> tuple[Problem, Solution]:
    """The plan of the last aim of the list, and its problem, in which the earlier aims keep what they reached (3.2).

    Each aim has an equal share of `seconds`; `settings` as for `solve`. Where an aim finds no plan, its problem and
    solution are returned. The plan of each aim is where the search for the next one begins.
    """
    each = None if seconds is None else seconds / len(problem.aims)
    solution = solve(problem, seconds=each, **settings)
    while solution.plan is not None and len(problem.aims) > 1:
        problem = next_aim(problem, solution.plan.value, solution)
        solution = solve(problem, seconds=each, **settings | {"known": solution})
    return problem, _of_all_aims(problem, solution)


def _of_all_aims(problem: Problem, solution: Solution) -> Solution:
    """The solution of the last aim; optimal only if the plans of all earlier ones are proven to be."""
    reached = [one.reached for one in problem.floors if one.reached is not None and not proven(one.reached)]
    if solution.status != Status.OPTIMAL or not reached:
        return solution
    return replace(solution, status=Status.FEASIBLE, reason=reached[0].reason)
