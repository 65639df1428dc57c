"""Solvers of roadmaps against the judge, the checker against tampering, contradictions against their minimality."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tenglong.domain.roadmap.aims import next_aim
from tenglong.domain.roadmap.checking import check
from tenglong.domain.roadmap.infeasible.rules import Rules
from tenglong.domain.roadmap.infeasible.search import cheapest_relaxation, conflict
from tenglong.domain.roadmap.plans import Certificate, Plan, Reason, Solution, Status
from tenglong.domain.roadmap.problems import WAITS, Aim, Problem
from tenglong.domain.roadmap.solvers.exhaustive import best_plan
from tenglong.domain.roadmap.solvers.running import run
from tenglong.domain.roadmap.solvers.search_limits import Limits
from tests.property.roadmap.problems import problems

pytestmark = pytest.mark.slow


def solved(problem: Problem, method: str, seed: int = 0, known: Solution | None = None) -> Solution:
    return run(problem, method, Limits(seed=seed, work=2000), lambda search, point: None, known)


@given(problems())
def test_the_exact_solver_agrees_with_the_judge(problem: Problem) -> None:
    judge, solution = best_plan(problem), solved(problem, "exact")
    if judge is None:
        assert (solution.status, solution.reason) == (Status.INFEASIBLE, Reason.CONFLICT)
        return
    assert solution.plan is not None
    assert solution.plan.value == judge.value
    assert check(problem, solution.plan, solution.certificate) == ()


@given(problems(), st.integers(0, 3))
def test_prices_find_a_plan_within_their_certified_gap(problem: Problem, seed: int) -> None:
    judge, solution = best_plan(problem), solved(problem, "prices", seed)
    if judge is None:
        assert solution.plan is None
        return
    assert solution.plan is not None and solution.certificate is not None
    assert solution.plan.value <= judge.value <= solution.certificate.bound
    assert check(problem, solution.plan, solution.certificate) == ()


@given(problems())
@settings(max_examples=30)
def test_a_list_of_aims_is_followed_as_the_judge_would(problem: Problem) -> None:
    """The second aim, least money, under the floor that the first one reached."""
    judge = best_plan(problem)
    assume(judge is not None)
    assert judge is not None
    worth = np.zeros_like(problem.aim.worth)
    worth[[amount.id for amount in problem.amounts].index("money")] = -1
    second = next_aim(replace(problem, aims=(problem.aim, Aim("least money", worth, 0))), judge.value)
    wanted, first = best_plan(second), solved(problem, "exact")
    assert wanted is not None and first.plan is not None
    for method in ("exact", "prices"):
        found = run(second, method, Limits(work=2000), lambda search, point: None, first)
        assert found.plan is not None and found.certificate is not None
        assert found.plan.value <= wanted.value <= found.certificate.bound
        assert check(second, found.plan, found.certificate) == ()
        assert method == "prices" or found.plan.value == wanted.value


@given(problems(), problems())
@settings(max_examples=30)
def test_what_is_known_of_another_problem_does_no_harm(problem: Problem, other: Problem) -> None:
    judge, solution = best_plan(problem), solved(problem, "exact", known=solved(other, "exact"))
    assert (judge is None) == (solution.plan is None)
    if judge is not None and solution.plan is not None:
        assert solution.plan.value == judge.value
        assert check(problem, solution.plan, solution.certificate) == ()


@given(problems(), st.integers(0, 3))
@settings(max_examples=15)
def test_the_same_seed_and_work_give_the_same_plan(problem: Problem, seed: int) -> None:
    one, two = (solved(problem, "prices", seed) for _ in range(2))
    assert (one.certificate, one.status, one.reason) == (two.certificate, two.status, two.reason)
    assert (one.plan is None) == (two.plan is None)
    if one.plan and two.plan:
        assert (one.plan.measure == two.plan.measure).all() and (one.plan.start == two.plan.start).all()


@given(problems(), st.data())
def test_the_checker_accepts_only_what_the_judge_would(problem: Problem, data: st.DataObject) -> None:
    """Any plan at all: the checker accepts it exactly when, alone, it is feasible and its value is as stated."""
    measure = np.full(len(problem.firms), WAITS, np.int64)
    start = measure.copy()
    for firm in range(len(problem.firms)):
        picked = data.draw(st.sampled_from([WAITS, *problem.measures_of(firm)]))
        if picked != WAITS:
            low, high = int(problem.measures.first[picked]), int(problem.measures.last[picked])
            measure[firm], start[firm] = picked, data.draw(st.integers(low, max(low, high)))
    alone = best_plan(only(problem, measure, start))
    value = 0 if alone is None else alone.value
    assert (check(problem, Plan(measure, start, value)) == ()) is (alone is not None)
    if alone is not None:
        assert check(problem, Plan(measure, start, value + 1)) != ()


def only(problem: Problem, measure: np.ndarray, start: np.ndarray) -> Problem:
    """The problem in which every firm has that one option, or none."""
    window = np.arange(len(problem.measures)) == measure[problem.measures.firm]
    at = start[problem.measures.firm]
    first = np.where(window, np.maximum(problem.measures.first, at), 1).astype(np.int16)
    last = np.where(window, np.minimum(problem.measures.last, at), 0).astype(np.int16)
    must = problem.firms.must | (measure != WAITS)
    return replace(
        problem,
        firms=replace(problem.firms, must=must),
        measures=replace(problem.measures, first=first, last=last),
    )


@given(problems(), st.data())
def test_the_checker_rejects_a_tampered_certificate(problem: Problem, data: st.DataObject) -> None:
    solution = solved(problem, "exact")
    assume(solution.plan is not None and solution.certificate is not None)
    plan, honest = solution.plan, solution.certificate
    assert plan is not None and honest is not None
    tampered: list[Certificate] = [
        replace(honest, bound=honest.bound - data.draw(st.integers(1, 1000))),
        replace(honest, bound=honest.bound + data.draw(st.integers(1, 1000))),
        replace(honest, denominator=0),
    ]
    if honest.limits:
        tampered += [
            replace(honest, limits=honest.limits[1:]),
            replace(honest, limits=(-1, *honest.limits[1:])),
        ]
    for certificate in tampered:
        assert check(problem, plan, certificate) != ()


@given(problems())
@settings(max_examples=30)
def test_a_contradiction_is_minimal(problem: Problem) -> None:
    assume(best_plan(problem) is None)
    found = conflict(problem)
    assert found is not None
    assert best_plan(with_rules(problem, found)) is None
    for kind in ("limits", "orders", "must"):
        for rule in getattr(found, kind):
            rest = replace(found, **{kind: tuple(one for one in getattr(found, kind) if one != rule)})
            assert best_plan(with_rules(problem, rest)) is not None


@given(problems())
@settings(max_examples=30)
def test_the_cheapest_relaxation_makes_a_plan_possible(problem: Problem) -> None:
    moved = cheapest_relaxation(problem)
    if moved is None:
        assert best_plan(replace(problem, limits=())) is None
        return
    assert (best_plan(problem) is None) == bool(moved)
    limits = list(problem.limits)
    for one in moved:
        limit = limits[one.limit]
        limits[one.limit] = replace(limit, bound=limit.bound + (one.by if limit.at_most else -one.by))
    assert best_plan(replace(problem, limits=tuple(limits))) is not None


def with_rules(problem: Problem, rules: Rules) -> Problem:
    """The problem with those rules only."""
    must = np.zeros(len(problem.firms), bool)
    must[list(rules.must)] = True
    kept = list(rules.orders)
    orders = problem.orders
    return replace(
        problem,
        limits=tuple(problem.limits[number] for number in rules.limits),
        orders=type(orders)(orders.first[kept], orders.then[kept], orders.gap[kept]),
        firms=replace(problem.firms, must=must),
    )
