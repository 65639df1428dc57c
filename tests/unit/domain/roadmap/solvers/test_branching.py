from tenglong.domain.roadmap.checking import check
from tenglong.domain.roadmap.plans import Branch, Certificate, Reason, Status
from tenglong.domain.roadmap.solvers import annealing, branching, exact
from tenglong.domain.roadmap.solvers.exhaustive import best_plan
from tenglong.domain.roadmap.solvers.search import Search
from tests.unit.domain.roadmap.small import crowded, problem, search


def ready(found: Search) -> Search:
    """Prices and a plan."""
    exact.start_prices(found)
    exact.relaxation(found)
    annealing.rounds(found, 1)
    return found


def test_three_firms_are_proven_which_prices_alone_leave_open_by_a_tenth() -> None:
    found, judge = search(problem()), best_plan(problem())
    solution = found.solution("exact", exact.run(found))
    assert solution.plan is not None and solution.certificate is not None and judge is not None
    assert solution.plan.value == judge.value == solution.certificate.bound
    assert solution.certificate.priced > 1.1 * judge.value
    assert (solution.status, solution.reason, solution.gap) == (Status.OPTIMAL, Reason.CERTIFIED, 0)
    assert check(problem(), solution.plan, solution.certificate) == ()


def test_every_branch_has_two_sides_and_every_leaf_prices() -> None:
    found = ready(search(crowded(12)))
    assert branching.prove(found)
    assert found.certificate is not None and found.plan is not None
    tree = found.certificate.tree
    branches = [one for one in tree if isinstance(one, Branch)]
    leaves = [one for one in tree if isinstance(one, Certificate)]
    assert len(leaves) == len(branches) + 1 > 5
    assert found.certificate.bound == found.plan.value < found.certificate.priced


def test_without_time_work_or_a_plan_nothing_is_kept() -> None:
    assert not branching.prove(search(problem()))
    found = ready(search(crowded(12)))
    found.limits = type(found.limits)(work=found.spent + 0.001)
    assert not branching.prove(found)
    assert found.certificate is not None and found.certificate.tree == ()


def test_large_problems_are_not_tried() -> None:
    assert branching.fits(search(crowded(20))) and not branching.fits(search(crowded(200)))
