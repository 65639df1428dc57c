from tenglong.domain.roadmap.checking import check
from tenglong.domain.roadmap.solvers.exhaustive import best_plan, combinations
from tests.unit.domain.roadmap.small import problem


def test_every_combination_is_counted() -> None:
    assert combinations(problem()) == 8 * 4 * 5


def test_the_best_feasible_plan_is_found() -> None:
    plan = best_plan(problem())
    assert plan is not None
    assert (
        plan.value == 5_900_000
    )  # B at once, C a quarter later: 2 + 4 × 0.95 - and 1 of A's 3.34 comes to less
    assert check(problem(), plan) == ()


def test_where_nothing_is_feasible_there_is_no_plan() -> None:
    assert best_plan(problem(limits=[{"id": "m", "amount": "money", "at_most": 1}])) is None
