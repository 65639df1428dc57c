"""Problems, searches and judgements as they were last looked at: equal facts, seed and work give equal roadmaps.

A plan that was announced must come out again from the same facts after every change of the program, unless the
change is meant to find other plans. So the course of a search counts, not only that its plan is good.
"""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from tenglong.domain.kernel.calendar import shipped_calendar
from tenglong.domain.roadmap.explanation import explain_firm
from tenglong.domain.roadmap.facts import FirmFacts
from tenglong.domain.roadmap.files.plans import solution_to_json
from tenglong.domain.roadmap.files.problems import parse_problem
from tenglong.domain.roadmap.generation.building import generate, lines
from tenglong.domain.roadmap.plans import Solution
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.settings import default_settings
from tenglong.domain.roadmap.shadow_prices import shadow_prices
from tenglong.domain.roadmap.solvers.running import first_plan, run
from tenglong.domain.roadmap.solvers.search import Search
from tenglong.domain.roadmap.solvers.search_limits import Limits
from tenglong.domain.roadmap.three_ables.judging import judge
from tests.kept import first_difference
from tests.unit.domain.roadmap.invented import DEADLINE, START, province, xitang
from tests.unit.domain.roadmap.small import crowded, problem

FACTS = xitang(6, 12, 3, 3)
FUND = {"total": 40000, "cash": {"2021-08": 9000, "2021-09": 12000, "2021-11": 19000}}


def read(generated: Any) -> Problem:
    return parse_problem(generated.to_bytes(), "p.json")


def made(facts: list[FirmFacts], **stated: Any) -> Any:
    return generate(facts, default_settings(START, DEADLINE, **stated), shipped_calendar())


def cluster() -> Any:
    return made(FACTS, fund=FUND)


def searched(
    one: Problem, method: str, work: float, known: Solution | None = None
) -> tuple[Solution, list[str]]:
    """The solution, and its course: where it stood each time it told, what it spent, and its whole plan."""
    told: list[str] = []
    spent: list[float] = []

    def hear(search: Search, point: Any) -> None:
        told.append(f"{point.stage} {point.value} {point.bound}")
        spent.append(search.spent)

    found = run(one, method, Limits(seed=1, work=work), hear, known)
    plan = [] if found.plan is None else [f"{found.plan.measure.tolist()}", f"{found.plan.start.tolist()}"]
    end = f"{found.status} {found.reason}, spent {spent[-1]:.6f}, {found.claim}, {found.certificate}"
    return found, [*dict.fromkeys(told), *plan, end]


def course(one: Problem, method: str, work: float) -> Callable[[], list[str]]:
    return lambda: searched(one, method, work)[1]


def rows(value: dict[str, Any]) -> list[str]:
    """JSON with a line for each member of its lists."""
    lines = []
    for name, part in value.items():
        lines += [
            f"{name}: {orjson.dumps(one, default=str).decode()}"
            for one in (part if isinstance(part, list) else [part])
        ]
    return lines


def explained() -> list[str]:
    one = crowded(12)
    found, _ = searched(one, "exact", 200)
    assert found.plan is not None and found.certificate is not None
    said = [repr(explain_firm(one, found.plan, found.certificate, firm)) for firm in range(4)]
    said += [repr(price) for price in shadow_prices(one, found.plan, found.certificate)]
    return [*said, *rows(orjson.loads(solution_to_json(one, found)))]


def planned() -> list[str]:
    generated, settings = cluster(), default_settings(START, DEADLINE, fund=FUND)
    one = read(generated)
    plan = lines(generated, one, first_plan(one))
    judged = judge(FACTS, plan, settings, shipped_calendar())
    checks = [check for checks in judged.firms.values() for check in checks]
    return [*map(repr, plan), *map(repr, judged.plan), *map(repr, checks), repr(judged.zones)]


COURSES: dict[str, Callable[[], list[str]]] = {
    "search-exact": course(crowded(16), "exact", 60),
    "search-small": course(problem(), "exhaustive", 100),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", COURSES)
def test_a_search_takes_the_course_that_was_kept(name: str) -> None:
    assert first_difference(name, COURSES[name]()) == ""


OTHERS: dict[str, Callable[[], list[str]]] = {
    "generated-cluster": lambda: rows(cluster().problem),
    "generated-province": lambda: rows(made(province(8)).problem),
    "explained": explained,
    "planned": planned,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", OTHERS)
def test_what_is_said_of_a_roadmap_is_as_it_was_kept(name: str) -> None:
    assert first_difference(name, OTHERS[name]()) == ""
