from tenglong.domain.roadmap.aims import after_aims, next_aim
from tenglong.domain.roadmap.checking import check
from tenglong.domain.roadmap.solvers.exhaustive import best_plan
from tenglong.domain.roadmap.solvers.running import run
from tenglong.domain.roadmap.solvers.search_limits import Limits
from tests.unit.domain.roadmap.small import problem

AIMS = [{"kind": "benefit", "weights": {"land": 1}, "tolerance": 0.5}, {"kind": "cost", "amount": "money"}]


def test_the_next_aim_keeps_what_the_first_reached_less_its_tolerance() -> None:
    first = problem(aim=AIMS)
    best = best_plan(first)
    assert best is not None
    second = next_aim(first, best.value)
    assert (second.aim.name, second.floors[0].least) == ("cost", best.value - best.value // 2)
    cheapest = best_plan(second)
    solution = run(second, "exact", Limits(), lambda search, point: None)
    assert cheapest is not None and solution.plan is not None
    assert solution.plan.value == cheapest.value > -150
    assert check(second, solution.plan, solution.certificate) == ()
    assert after_aims(first, (second.floors[0].least,)).floors[0].least == second.floors[0].least


def test_the_checker_sees_when_an_earlier_aim_is_given_up() -> None:
    first = problem(aim=AIMS)
    best = best_plan(first)
    assert best is not None
    cheapest = best_plan(next_aim(first, best.value))
    assert cheapest is not None
    strict = after_aims(first, (best.value + 1,))
    assert any("前一目标" in str(one) for one in check(strict, cheapest))
