import pytest

from tenglong.domain.kernel.errors import BadValue
from tenglong.domain.roadmap.checking import check
from tenglong.domain.roadmap.plans import Reason, Status
from tenglong.domain.roadmap.solvers.running import first_plan, run
from tenglong.domain.roadmap.solvers.search import Limits
from tests.unit.domain.roadmap.small import crowded, problem


@pytest.mark.parametrize("method", ["exhaustive", "exact", "prices"])
def test_every_method_finds_the_best_plan_of_a_tiny_problem(method: str) -> None:
    solution = run(problem(), method, Limits(), lambda search, point: None)
    assert solution.plan is not None
    assert (solution.method, solution.plan.value) == (method, 5_900_000)


def test_too_many_combinations_are_refused() -> None:
    assert run(crowded(), "exhaustive", Limits(), lambda search, point: None).reason == Reason.TOO_LARGE


def test_who_must_start_and_cannot_is_a_conflict() -> None:
    limits = [{"id": "m", "amount": "money", "at_most": 4}]
    assert (
        run(problem(limits=limits), "exact", Limits(), lambda search, point: None).status == Status.INFEASIBLE
    )


def test_a_first_plan_is_there_at_once() -> None:
    assert check(crowded(), first_plan(crowded())) == ()
    with pytest.raises(BadValue):
        first_plan(problem(limits=[{"id": "m", "amount": "money", "at_most": 4}]))
