import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.roadmap import check as checker
from tenglong.domain.roadmap.files.content import written
from tenglong.domain.roadmap.files.plans import solution_to_json
from tenglong.domain.roadmap.plans import Certificate
from tenglong.domain.roadmap.solvers import annealing, exact, rounding
from tenglong.domain.roadmap.solvers.running import run
from tenglong.domain.roadmap.solvers.search import Search
from tenglong.domain.roadmap.solvers.search_limits import Limits
from tests.unit.domain.roadmap.small import content, crowded, crowded_rows, problem, search


def ready(found: Search) -> Search:
    """Prices and a plan."""
    exact.start_prices(found)
    exact.relaxation(found)
    annealing.rounds(found, 1)
    return found


@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=6),
    st.integers(0, 150),
    st.integers(1, 80),
)
def test_what_fits_a_limit_fits_it_rounded(units: list[int], more: int, divisor: int) -> None:
    bound = sum(units) + more
    made = rounding.share(np.array(units), bound, divisor)
    assert made.sum() <= rounding.share(bound, bound, divisor)
    assert made.tolist() == [checker.rounded_share(one, bound, divisor) for one in units]


def test_a_use_of_just_over_a_half_is_as_dear_as_a_half() -> None:
    assert [int(rounding.share(units, 100, 51)) for units in (1, 50, 51, 60, 100)] == [0, 1, 2, 2, 2]


def test_rounded_limits_prove_more_than_prices_alone() -> None:
    found = ready(search(crowded(40)))
    rounding.tighten(found)
    rounding.conclude(found)
    certificate = found.certificate
    assert found.plan is not None and certificate is not None
    [leaf] = certificate.tree
    assert isinstance(leaf, Certificate) and leaf.rounded
    assert certificate.bound - found.plan.value < 0.5 * (certificate.priced - found.plan.value)


def test_the_bound_is_the_one_that_the_checker_adds_up() -> None:
    limits = [
        {
            "id": f"m{z}-{q}",
            "amount": "money",
            "where": {"zone": f"Z{z}"},
            "from": q,
            "until": q,
            "at_most": 60,
        }
        for z in range(4)
        for q in range(1, 5)
    ]
    limits.append({"id": "least", "amount": "land", "at_least": 20})
    orders = [{"first": "F1", "then": "F2", "gap": 1}, {"first": "F7", "then": "F5"}]
    rows = crowded_rows(26, seed=3)
    rows[3]["must"] = True
    raw = written(content(firms=rows, limits=limits, orders=orders))
    one = problem(firms=rows, limits=limits, orders=orders)
    for work in (400.0, 1500.0):
        solution = run(one, "prices", Limits(work=work), lambda *_: None)
        file = solution_to_json(one, solution)
        assert solution.certificate is not None and solution.certificate.tree
        verdict = checker.check(raw, file)
        assert (verdict.code, verdict.english[:4]) == (checker.PROVEN, "The "), verdict


def test_without_a_plan_or_anything_near_nothing_is_rounded() -> None:
    found = search(crowded(12))
    rounding.tighten(found)
    assert found.leaf is None
    rounding.conclude(found)
    assert found.certificate is None
