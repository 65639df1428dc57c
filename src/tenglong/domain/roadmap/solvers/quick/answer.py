"""The first answer: a plan and a bound, the proof that there is no plan, or nothing; the same for the same problem."""

import numpy as np

from tenglong.domain.roadmap.options import Options, compiled
from tenglong.domain.roadmap.plans import Plan, Reason, Solution, Status
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.solvers.pricing import Prices, certificate, no_prices
from tenglong.domain.roadmap.solvers.quick.bounds import QuickDual, least_value
from tenglong.domain.roadmap.solvers.quick.drafts import Draft, drafted, fill
from tenglong.domain.roadmap.solvers.quick.mending import mend
from tenglong.domain.roadmap.solvers.quick.offering import hopeless, take_out
from tenglong.domain.roadmap.solvers.quick.prices import rough_prices
from tenglong.domain.roadmap.solvers.quick.tables import worth_of

TRIES = (0.03, 0.08)
"""By which share more than they do targets are made to ask for, one try after the other."""
KEPT = ((5_000, 24), (30_000, 8), (10**9, 4))
"""Up to how many firms how many options of each may be chosen."""


def first_answer(problem: Problem) -> Solution:
    """What is found at once, without asking a clock."""
    options = compiled(problem)
    take_out(options)
    if hopeless(options):
        return Solution(Status.INFEASIBLE, Reason.CONFLICT, "quick", None, None)
    plan, prices = None, no_prices(options)
    dual = QuickDual(options)
    for more in TRIES:
        prices = rough_prices(options, more)
        draft = drafted(options, dual.tables(prices), _kept(options))
        fill(draft)
        if mend(draft) and (draft.total(draft.chosen[draft.chosen >= 0]) <= options.capacity).all():
            plan = _plan(options, draft)
            break
    return _solution(problem, plan, dual, prices)


def _kept(options: Options) -> int:
    return next(kept for most, kept in KEPT if options.firms <= most)


def _plan(options: Options, draft: Draft) -> Plan:
    measure, start = draft.choice()
    acts = draft.chosen[draft.chosen >= 0]
    return Plan(measure, start, int(worth_of(options, draft.some.part(np.sort(acts))).sum()))


def _solution(problem: Problem, plan: Plan | None, dual: QuickDual, prices: Prices) -> Solution:
    """The plan with what the prices prove."""
    proof = certificate(problem, dual, prices)
    if plan is None and proof.bound < least_value(dual.options):
        return Solution(Status.INFEASIBLE, Reason.CONFLICT, "quick", None, proof)
    status = Status.STOPPED if plan is None else Status.FEASIBLE
    return Solution(status, Reason.TIME, "quick", plan, proof)
