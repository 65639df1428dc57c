"""The Pareto front of benefit and money: the first aim under a limit that moves in equal steps, all certified (3.3)."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

import numpy as np

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.kernel.messages import msg
from tenglong.domain.roadmap.checking import arrivals, certified_bound, check, worth_of
from tenglong.domain.roadmap.plans import Certificate, Plan, Point, Solution, gap_between
from tenglong.domain.roadmap.problems import ALWAYS, Aim, Limit, Problem
from tenglong.domain.roadmap.solvers.choose import solve
from tenglong.domain.roadmap.what_if import from_first_aim, totals

FRONT = "front"
"""The limit that is moved, where the problem has none on the amount in all."""

Progress = Callable[[int, int], bool | None]
"""Hears how many points of how many are done; when it answers True, the front ends with these."""


@dataclass(frozen=True)
class FrontPoint:
    """The best plan found when the amount in all is at most `limit`.

    Limit and amounts are in their units, value and bound in the aim's. The certificate is for
    `limited(problem, amount, limit)`.
    """

    limit: Decimal
    value: Decimal
    bound: Decimal | None
    gap: Fraction | None
    amounts: dict[str, Decimal]
    plan: Plan
    certificate: Certificate | None


def pareto(
    problem: Problem,
    *,
    amount: str = "money",
    points: int = 10,
    seconds: float | None = None,
    seed: int = 0,
    work: float | None = None,
    known: Solution | None = None,
    on_progress: Progress | None = None,
) -> tuple[FrontPoint, ...]:
    """Points from the least amount that a plan needs to what the best plan without the limit takes, in equal steps.

    A limit on the amount in all that the problem has is set aside. Neither values nor bounds fall from point to point.
    Nothing where no plan was found. `known` is a solution of the problem, from which the search begins. `seconds` and
    `work` are shared out among the points.

    Raises:
        BadValue: fewer than two points, or the problem has no such amount.
    """
    if points < 2:
        raise BadValue(msg("成本与效益曲线至少要有两个点，现为 {points}。", points=points))
    first, solves = from_first_aim(problem), points + 1
    search = _Search(
        first,
        _number_of(first, amount),
        points,
        seconds=None if seconds is None else seconds / solves,
        work=None if work is None else work / solves,
        seed=seed,
        known=known,
        told=on_progress,
    )
    found = search.points()
    return tuple(search.point(*one) for one in _with_better_bounds(found))


def limited(problem: Problem, amount: str, limit: Decimal) -> Problem:
    """The problem of the first aim in which the amount in all is at most `limit`, in its unit.

    Raises:
        BadValue: the problem has no such amount.
    """
    first = from_first_aim(problem)
    number = _number_of(first, amount)
    return _limited(first, number, int(limit.scaleb(first.amounts[number].places)))


def _number_of(problem: Problem, amount: str) -> int:
    for number, one in enumerate(problem.amounts):
        if one.id == amount:
            return number
    raise BadValue(msg("问题中没有名为“{amount}”的数量，无法计算曲线。", amount=amount))


def _limited(problem: Problem, amount: int, bound: int) -> Problem:
    """A limit that is there already keeps its place and name; the others do not change."""
    limits = list(problem.limits)
    for number, limit in enumerate(limits):
        in_all = limit.first == 0 and limit.last == ALWAYS and not limit.where
        if limit.amount == amount and limit.at_most and in_all:
            limits[number] = replace(limit, bound=bound)
            break
    else:
        limits.append(Limit(FRONT, amount, (), 0, ALWAYS, True, bound))
    return replace(problem, aims=problem.aims[:1], limits=tuple(limits), digest="")


Known = tuple[Problem, Plan, Certificate | None]


@dataclass
class _Search:
    """The points of one front, from the smallest limit to the largest: a plan stays possible when the limit grows."""

    problem: Problem
    amount: int
    wanted: int
    seconds: float | None
    work: float | None
    seed: int
    known: Solution | None
    told: Progress | None
    done: int = 0
    stopped: bool = False

    def points(self) -> list[Known]:
        """Problem, plan and certificate of each limit; each search begins where the one before ended."""
        mine = self.problem.parts.amount == self.amount
        free = _limited(self.problem, self.amount, int(self.problem.parts.value[mine].sum()))
        richest = self._solved(free, self.known)
        if richest.plan is None:
            return []
        least = self._cheapest(free, richest)
        low, high = self._used(least), self._used(richest.plan)
        found: list[Known] = []
        before = replace(richest, plan=least)
        for limit in _steps(low, max(low, high), self.wanted)[:-1]:
            if self.stopped:
                return found
            problem = _limited(self.problem, self.amount, limit)
            solution = self._solved(problem, before)
            best = _better(solution.plan, before.plan or least)
            before = replace(solution, plan=best, certificate=solution.certificate or before.certificate)
            found.append((problem, best, solution.certificate))
        last = _limited(self.problem, self.amount, max(low, high))
        certificate = _moved(last, richest.certificate)
        return [*found, (last, _better(richest.plan, before.plan or least), certificate)]

    def point(self, problem: Problem, plan: Plan, certificate: Certificate | None) -> FrontPoint:
        """A point in natural units."""
        limit = next(one for one in problem.limits if self._is_moved(one))
        return FrontPoint(
            limit=problem.amounts[self.amount].natural(limit.bound),
            value=problem.aim.natural(plan.value),
            bound=None if certificate is None else problem.aim.natural(certificate.bound),
            gap=None if certificate is None else gap_between(plan, certificate.bound),
            amounts=totals(problem, plan),
            plan=plan,
            certificate=certificate,
        )

    def _is_moved(self, limit: Limit) -> bool:
        in_all = limit.first == 0 and limit.last == ALWAYS and not limit.where
        return limit.amount == self.amount and limit.at_most and in_all

    def _solved(self, problem: Problem, known: Solution | None = None) -> Solution:
        def heard(point: Point) -> bool | None:
            self.stopped |= bool(self.told and self.told(self.done, self.wanted))
            return self.stopped

        solution = solve(
            problem, seed=self.seed, seconds=self.seconds, work=self.work, on_progress=heard, known=known
        )
        self.done += 1
        return solution

    def _cheapest(self, free: Problem, known: Solution) -> Plan:
        """A plan that takes as little as is found, sought from a known one; its value is that of the first aim."""
        waiting = Plan.waiting(len(free.firms))
        if check(free, waiting) == ():
            return waiting
        worth = np.zeros_like(free.aim.worth)
        worth[self.amount] = -1
        cost = Aim("cost", worth, free.amounts[self.amount].places)
        assert known.plan is not None
        plan = self._solved(replace(free, aims=(cost,)), replace(known, certificate=None)).plan or known.plan
        return replace(plan, value=worth_of(free.aim.worth, arrivals(free, plan)))

    def _used(self, plan: Plan) -> int:
        arrived = arrivals(self.problem, plan)
        return int(arrived.value[arrived.amount == self.amount].sum())


def _steps(low: int, high: int, points: int) -> list[int]:
    """Limits in equal steps, rounded down; each once."""
    return sorted({low + (high - low) * k // (points - 1) for k in range(points)})


def _better(found: Plan | None, possible: Plan) -> Plan:
    """The better of a plan that was found and one that is still possible."""
    return possible if found is None or found.value < possible.value else found


def _moved(problem: Problem, certificate: Certificate | None) -> Certificate | None:
    """The same prices for a problem whose limits have other bounds."""
    bound = None if certificate is None else certified_bound(problem, certificate)
    return None if certificate is None or bound is None else certificate.without_tree(bound)


def _with_better_bounds(found: list[Known]) -> list[Known]:
    """A smaller limit has no larger bound: the prices of the next point prove it, where they prove more."""
    better: list[Known] = []
    later: Certificate | None = None
    for problem, plan, certificate in reversed(found):
        moved = _moved(problem, later)
        if moved is not None and (certificate is None or moved.bound < certificate.bound):
            certificate = moved
        later = certificate
        better.append((problem, plan, certificate))
    return better[::-1]
