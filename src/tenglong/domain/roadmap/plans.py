"""A plan, its certificate, and what a solver says about both (docs/algorithms/roadmap.md 4)."""

from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

import numpy as np

from tenglong.domain.roadmap.problems import WAITS, Ints, Problem


class Status(StrEnum):
    """How far a solver came."""

    OPTIMAL = "optimal"
    """The certificate proves it, in a list of aims that of each; what a solver claims is no proof."""
    WITHIN_GAP = "within_gap"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    STOPPED = "stopped"
    FAILED = "failed"


class Reason(StrEnum):
    """Why it ended there."""

    CERTIFIED = "certified"
    """The certified bound allows no better plan (or, within a gap, none better by more)."""
    CLAIMED = "claimed"
    """A solver's own bound says so."""
    ALL_TRIED = "all_tried"
    """Every combination was tried."""
    CONFLICT = "conflict"
    """The limits contradict each other."""
    WORK = "work"
    """The limit of work was reached."""
    TIME = "time"
    """The limit of time was reached."""
    INTERRUPTED = "interrupted"
    """Somebody stopped it."""
    NO_IMPROVEMENT = "no_improvement"
    """The search found nothing better any more."""
    BY_HAND = "by_hand"
    """Somebody changed the plan; the bound is that of the plan it was made from."""
    TOO_LARGE = "too_large"
    """The method is not for problems of this size."""
    MEMORY = "memory"
    """The process ran out of memory."""
    CRASHED = "crashed"
    """The process ended without an answer."""


@dataclass(frozen=True)
class Plan:
    """For each firm the measure (an index of `Problem.measures`) and the period of its start, or `WAITS` for both."""

    measure: Ints
    start: Ints
    value: int

    @staticmethod
    def waiting(firms: int) -> "Plan":
        """Everybody waits."""
        return Plan(np.full(firms, WAITS, np.int64), np.full(firms, WAITS, np.int64), 0)


@dataclass(frozen=True)
class Branch:
    """Splits plans by a firm: it takes one of its options that start in the periods `first` … `last`, or it does not.

    With a `measure` (an index of `Problem.measures`) only options of that count.
    """

    firm: int
    measure: int | None
    first: int
    last: int


@dataclass(frozen=True)
class Certificate:
    """Prices ≥ 0, whole numbers over `denominator`, and the bound that they prove (4.2).

    `limits` and `floors` are in the order of the problem; `orders` holds (order, period, price) where there is one.
    The value of every feasible plan is a whole number, so `bound` is L(prices) without its fraction; with a `tree` it
    is what the tree proves, and L(prices) is `alone`. Nodes of a tree: a branch, those of its first side, those of its
    second; leaves are certificates of the plans that are left there, or None where these prices will do. A leaf may
    also price limits that are `rounded`: (limit, divisor, price).
    """

    denominator: int
    limits: tuple[int, ...]
    floors: tuple[int, ...]
    orders: tuple[tuple[int, int, int], ...]
    bound: int
    tree: "tuple[Branch | Certificate | None, ...]" = ()
    alone: int | None = None
    rounded: tuple[tuple[int, int, int], ...] = ()

    @property
    def priced(self) -> int:
        """The bound that the prices prove without the tree."""
        return self.bound if self.alone is None else self.alone

    def without_tree(self, bound: int | None = None) -> "Certificate":
        """The prices alone, with the bound that they prove (for another problem)."""
        return replace(self, bound=self.priced if bound is None else bound, tree=(), alone=None)

    def price(self, limit: int) -> Fraction:
        """The price of one more stored unit of a limit, in stored units of the aim."""
        return Fraction(self.limits[limit], self.denominator)


@dataclass(frozen=True)
class Claim:
    """A bound that only a solver knows."""

    solver: str
    bound: int


@dataclass(frozen=True)
class Point:
    """Where a solver stood after so many seconds; `bound` is the certified one."""

    seconds: float
    value: int | None
    bound: int | None
    claimed: int | None = None
    stage: str = ""


@dataclass(frozen=True)
class Solution:
    """What a solver found; without a feasible plan `plan` is None."""

    status: Status
    reason: Reason
    method: str
    plan: Plan | None
    certificate: Certificate | None
    claim: Claim | None = None
    trajectory: tuple[Point, ...] = ()

    @property
    def gap(self) -> Fraction | None:
        """The certified gap: (bound - value) / bound."""
        return None if self.certificate is None else gap_between(self.plan, self.certificate.bound)

    @property
    def claimed_gap(self) -> Fraction | None:
        """The gap to the bound that a solver claims."""
        return None if self.claim is None else gap_between(self.plan, self.claim.bound)


def proven(solution: Solution) -> bool:
    """Whether the certificate proves that no plan is better."""
    plan, certificate = solution.plan, solution.certificate
    return plan is not None and certificate is not None and certificate.bound <= plan.value


def gap_between(plan: Plan | None, bound: int) -> Fraction | None:
    """(bound - value) / |bound|; None without a plan, or where the bound is 0 and not met."""
    if plan is None:
        return None
    missing = bound - plan.value
    if not missing:
        return Fraction(0)
    return Fraction(missing, abs(bound)) if bound else None


def choices(problem: Problem, plan: Plan) -> list[dict[str, str | int]]:
    """Who does what when, as a file says it; who waits is left out."""
    firms, names = problem.firms.ids, problem.measures.names
    return [
        {
            "firm": firms[i],
            "measure": names[problem.measures.name[plan.measure[i]]],
            "start": int(plan.start[i]) + 1,
        }
        for i in np.flatnonzero(plan.measure != WAITS)
    ]
