import numpy as np

from tenglong.domain.roadmap.solvers import annealing, exact
from tenglong.domain.roadmap.solvers.search import Search
from tests.unit.domain.roadmap.small import crowded, search


def chains(seed: int, firms: int = 40) -> tuple[Search, list[annealing.Chain]]:
    found = search(crowded(), seed=seed)
    exact.start_prices(found)
    assert found.plan is not None
    plan = found.plan.measure, found.plan.start
    return found, annealing.annealed(found, plan, np.arange(firms), annealing.Course(sweeps=200))


def listed(made: list[annealing.Chain]) -> list[list[int]]:
    return [[*column.tolist()] for chain in made for column in (*chain.last, *chain.best)]


def test_the_same_seed_gives_the_same_chains_each_with_its_own_luck() -> None:
    _, one = chains(1)
    assert listed(one) == listed(chains(1)[1])
    assert listed(one[:1]) != listed(one[1:])


def test_the_best_of_a_chain_breaks_nothing_and_is_worth_what_it_says() -> None:
    found, made = chains(1)
    assert found.plan is not None
    before = found.plan.value
    for chain in made:
        assert chain.more >= 0
        other = search(crowded())
        assert other.offer(*chain.best) and other.plan is not None
        assert other.plan.value == before + round(chain.more)


def test_a_plan_that_breaks_limits_is_led_back() -> None:
    found, _ = chains(1)
    best, _, measure, start = found.dual.best_two(found.prices or found.dual.no_prices())
    assert (found.slack((measure, start)) < 0).any()
    course = annealing.Course(sweeps=400)
    made = annealing.annealed(found, (measure, start), np.arange(len(best)), course)
    assert any(chain.more > -np.inf and (found.slack(chain.best) >= 0).all() for chain in made)


def test_rounds_make_a_plan_no_worse() -> None:
    found = search(crowded())
    exact.start_prices(found)
    assert found.plan is not None
    before = found.plan.value
    annealing.rounds(found, 3)
    assert found.plan.value >= before
    assert found.certificate is not None and found.plan.value >= 0.94 * found.certificate.bound


def test_firms_outside_stay_as_they_are() -> None:
    found, made = chains(1, firms=10)
    assert found.plan is not None
    for measure, start in (choice for chain in made for choice in (chain.last, chain.best)):
        assert (measure[10:] == found.plan.measure[10:]).all() and (start[10:] == found.plan.start[10:]).all()
