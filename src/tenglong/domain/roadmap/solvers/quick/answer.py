"""The first answer: a plan and a bound, the proof that there is no plan, or nothing; the same for the same problem."""

from collections.abc import Callable

import numpy as np

from tenglong.domain.roadmap.options import Options, compiled
from tenglong.domain.roadmap.plans import Plan, Reason, Solution, Status, gap_between
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.solvers.pricing import Prices, certificate, no_prices, prices_of
from tenglong.domain.roadmap.solvers.quick.bounds import QuickDual, least_value
from tenglong.domain.roadmap.solvers.quick.drafts import Draft, drafted, fill, put
from tenglong.domain.roadmap.solvers.quick.mending import mend
from tenglong.domain.roadmap.solvers.quick.offering import hopeless, take_out
from tenglong.domain.roadmap.solvers.quick.prices import rough_prices
from tenglong.domain.roadmap.solvers.quick.tables import worth_of

METHOD = "quick"
TRIES = (0.05, 0.1, 0.02)
"""By which share more than they do targets are made to ask for, one try after the other."""
STARTS = ((5_000, 100), (30_000, 4), (10**9, 3))
"""Up to how many firms how many starts of each measure may be chosen."""
MOST_ANEW = 3_000
"""Firms up to which a plan is made anew beside a known one that was mended: that is never worse."""
MOST_PROVEN = 20_000
"""Firms up to which a bound is added up here too: with compiled code it is done sooner."""


def first_answer(
    problem: Problem,
    known: Solution | None = None,
    gap: float = 0.0,
    over: Callable[[], bool] = lambda: False,
) -> Solution:
    """What is found at once; `known` is a solution of a like problem, `gap` is good enough, `over` ends it."""
    options = compiled(problem)
    take_out(options)
    if hopeless(options):
        return Solution(Status.INFEASIBLE, Reason.CONFLICT, METHOD, None, None)
    dual = QuickDual(options)
    prices, plan = _known_start(options, dual, known, over)
    if plan is None or options.firms <= MOST_ANEW and not over():
        rough, new = _rough_start(options, dual, prices, over)
        prices = min(rough, prices, key=dual.value) if options.firms <= MOST_PROVEN else rough
        plan = max((one for one in (plan, new) if one is not None), key=lambda one: one.value, default=None)
    return _solution(problem, plan, dual, prices, gap)


def _rough_start(
    options: Options, dual: QuickDual, prices: Prices, over: Callable[[], bool]
) -> tuple[Prices, Plan | None]:
    """Rough prices and a plan from them, unless the prices prove that there is none."""
    least = least_value(options) if options.firms <= MOST_PROVEN else 0
    for more in TRIES:
        prices = rough_prices(options, more)
        if options.firms <= MOST_PROVEN and dual.value(prices) < least - abs(least) * 1e-6 - 1:
            break
        draft = drafted(options, dual.tables(prices), _starts(options))
        fill(draft)
        plan = _mended(options, draft, over)
        if plan is not None or over():
            return prices, plan
    return prices, None


def _known_start(
    options: Options, dual: QuickDual, known: Solution | None, over: Callable[[], bool]
) -> tuple[Prices, Plan | None]:
    """The known prices, and the known plan mended where it breaks a limit now, then filled up."""
    prices = None
    if known is not None and known.certificate is not None:
        prices = prices_of(options, known.certificate)
    if known is None or known.plan is None or known.plan.measure.shape != (options.firms,):
        return prices or no_prices(options), None
    draft = drafted(options, dual.tables(prices or no_prices(options)), options.periods)
    put(draft, known.plan)
    plan = _mended(options, draft, over)
    if plan is not None:
        draft.tried[:] = False
        fill(draft)
        plan = max(plan, _mended(options, draft, over) or plan, key=lambda one: one.value)
    return prices or no_prices(options), plan


def _mended(options: Options, draft: Draft, over: Callable[[], bool]) -> Plan | None:
    """The plan of a draft, if it can be mended; added up again exactly."""
    if not mend(draft, over) or not draft.holds():
        return None
    measure, start = draft.choice()
    acts = np.sort(draft.chosen[draft.chosen >= 0])
    return Plan(measure, start, int(worth_of(options, draft.some.part(acts)).sum()))


def _starts(options: Options) -> int:
    return next(starts for most, starts in STARTS if options.firms <= most)


def _solution(problem: Problem, plan: Plan | None, dual: QuickDual, prices: Prices, gap: float) -> Solution:
    """The plan with what the prices prove."""
    if plan is not None and dual.options.firms > MOST_PROVEN:
        return Solution(Status.FEASIBLE, Reason.TIME, METHOD, plan, None)
    proof = certificate(problem, dual, prices)
    if plan is None:
        hopeless_ = proof.bound < least_value(dual.options)
        status, reason = (Status.INFEASIBLE, Reason.CONFLICT) if hopeless_ else (Status.STOPPED, Reason.TIME)
        return Solution(status, reason, METHOD, None, proof)
    missing = gap_between(plan, proof.bound)
    if missing == 0:
        return Solution(Status.OPTIMAL, Reason.CERTIFIED, METHOD, plan, proof)
    if missing is not None and missing <= gap:
        return Solution(Status.WITHIN_GAP, Reason.CERTIFIED, METHOD, plan, proof)
    return Solution(Status.FEASIBLE, Reason.TIME, METHOD, plan, proof)
