"""What a running solver knows: the best plan, the best bound, what it may still spend, and whom it tells."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from tenglong.domain.roadmap.options import Options, compiled
from tenglong.domain.roadmap.plans import (
    Branch,
    Certificate,
    Claim,
    Plan,
    Point,
    Reason,
    Solution,
    Status,
    gap_between,
)
from tenglong.domain.roadmap.problems import WAITS, Ints, Problem
from tenglong.domain.roadmap.solvers.dual import Dual
from tenglong.domain.roadmap.solvers.kernels.uses import hopeless, least_value, take_out, total_uses
from tenglong.domain.roadmap.solvers.pricing import Prices, certificate
from tenglong.domain.roadmap.solvers.search_limits import Limits


@dataclass
class Search:
    """One run of a solver on a problem."""

    problem: Problem
    limits: Limits
    report: Callable[["Search", Point], None] = lambda search, point: None
    plan: Plan | None = None
    prices: Prices | None = None
    certificate: Certificate | None = None
    claim: Claim | None = None
    leaf: Certificate | None = None
    """Prices of rounded limits, which prove more than those of the certificate."""
    stage: str = ""
    spent: float = 0.0
    stopped: bool = False
    trajectory: list[Point] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.started = time.monotonic() if self.limits.began is None else self.limits.began
        self.options: Options = compiled(self.problem)
        take_out(self.options.arrays, self.options.limits, self.options.capacity)
        self.dual = Dual(self.options)
        self.chance = np.random.default_rng(self.limits.seed)

    def hopeless(self) -> bool:
        """Whether a firm that must start has no option."""
        return int(hopeless(self.options.arrays)) >= 0

    @property
    def seconds(self) -> float:
        """Since the search began."""
        return time.monotonic() - self.started

    def left(self) -> float:
        """Seconds that are left; a large number where there is no limit."""
        return 1e9 if self.limits.seconds is None else max(0.0, self.limits.seconds - self.seconds)

    def work_left(self) -> float:
        """Work that is left."""
        return 1e12 if self.limits.work is None else max(0.0, self.limits.work - self.spent)

    def spend(self, parts: float) -> None:
        """So much work was done, in millions of parts or columns looked at."""
        self.spent += parts

    def sweep(self) -> float:
        """The work of looking at every start of every part once."""
        return len(self.options.arrays.value) * self.options.periods / 1e6

    @cached_property
    def least(self) -> int:
        """No plan is worth less."""
        return int(least_value(self.options.arrays))

    def over(self) -> Reason | None:
        """Why the search should end now, if it should.

        A bound below what any plan is worth proves that there is none.
        """
        if self.certificate is not None and self.certificate.bound < self.least:
            return Reason.CONFLICT
        if self.good_enough():
            return Reason.CERTIFIED
        if self.stopped:
            return Reason.INTERRUPTED
        if self.work_left() <= 0:
            return Reason.WORK
        return Reason.TIME if self.left() <= 0 else None

    def good_enough(self) -> bool:
        """Whether the plan is within the wanted gap of the certified bound."""
        gap = gap_between(self.plan, self.certificate.bound) if self.certificate else None
        return gap is not None and gap <= self.limits.gap

    def offer(self, measure: Ints, start: Ints) -> bool:
        """Keep a plan if it is feasible and the best so far; whether it is feasible."""
        use = np.zeros(self.options.rows, np.int64)
        value = int(total_uses(self.options.arrays, measure, start, use))
        if (use > self.options.capacity).any() or not self._possible(measure, start):
            return False
        if self.plan is None or value > self.plan.value:
            self.plan = Plan(measure.copy(), start.copy(), value)
            self.tell()
        return True

    def _possible(self, measure: Ints, start: Ints) -> bool:
        orders = self.options.orders
        first, then = start[orders.first], start[orders.then]
        ordered = (then == WAITS) | ((first != WAITS) & (then >= first + orders.gap))
        return bool(ordered.all() and not (self.options.arrays.must & (measure == WAITS)).any())

    def prove(self, prices: Prices) -> int:
        """Keep prices if they prove the best bound so far; the bound that they prove."""
        found = certificate(self.problem, self.dual, prices)
        if self.certificate is None or found.bound < self.certificate.bound:
            self.prices, self.certificate = prices, found
            self.tell()
        return found.bound

    def split(self, tree: tuple[Branch | Certificate | None, ...]) -> None:
        """Keep a tree of branches that proves that no plan is better than the best so far."""
        assert self.plan is not None and self.certificate is not None
        alone = self.certificate.priced
        self.certificate = replace(self.certificate, tree=tree, alone=alone, bound=self.plan.value)
        self.tell()

    def claims(self, solver: str, bound: float) -> None:
        """Keep a bound that only a solver knows, if it is the best so far."""
        whole = int(np.floor(bound + 1e-6 * max(1.0, abs(bound)) * 1e-3))
        if self.claim is None or whole < self.claim.bound:
            self.claim = Claim(solver, whole)
            self.tell()

    def slack(self, plan: tuple[Ints, Ints]) -> Ints:
        """What each row has left under a plan; negative where it is broken."""
        use = np.zeros(self.options.rows, np.int64)
        total_uses(self.options.arrays, *plan, use)
        left: Ints = self.options.capacity - use
        return left

    def tell(self) -> None:
        """Note where the search stands."""
        point = Point(
            round(self.seconds, 3),
            self.plan.value if self.plan else None,
            self.certificate.bound if self.certificate else None,
            self.claim.bound if self.claim else None,
            self.stage,
        )
        self.trajectory.append(point)
        self.report(self, point)

    def solution(self, method: str, reason: Reason) -> Solution:
        """What was found, and how good it is."""
        return Solution(
            self._status(reason),
            reason,
            method,
            self.plan,
            self.certificate,
            self.claim,
            tuple(self.trajectory),
        )

    def _status(self, reason: Reason) -> Status:
        if reason == Reason.CONFLICT:
            return Status.INFEASIBLE
        if self.plan is None:
            return Status.STOPPED
        if self.certificate is not None and self.certificate.bound <= self.plan.value:
            return Status.OPTIMAL
        return Status.WITHIN_GAP if self.good_enough() and self.limits.gap else Status.FEASIBLE


def stop_on_signal(search: Search) -> None:
    """An interrupt asks the search to end with what it has."""

    def stop(number: int, frame: Any) -> None:
        search.stopped = True

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
