"""Fuzzes the checker with what a grammar makes of right files: it never falls over, never hangs, never accepts falsely.

What it accepts is looked at again by the second checker, which tries every plan.
"""

import copy
import json
import os
import random
import time
from functools import cache
from typing import Any

from tenglong.domain.roadmap import check
from tests.unit.domain.roadmap.second import Second, best_plans, exactly, named, plan_file, rich

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"
TRIALS = 100_000 if THOROUGH else 2_000
BASES = 60 if THOROUGH else 12
ATOMS: list[Any] = [
    *(
        None,
        True,
        False,
        -1,
        0,
        1,
        2,
        3,
        5,
        0.5,
        -0.5,
        2.5,
        10**30,
        400,
        401,
        1e-7,
        float("nan"),
        float("inf"),
    ),
    *(
        "",
        "0",
        "1",
        "x",
        "A",
        "B",
        "money",
        "1/0",
        "1e30000000",
        "-0",
        "land",
        "optimal",
        "infeasible",
        "\ud800",
        "9" * 5000,
    ),
    *([], {}, [[]], [None], {"": 1}, {"zone": "东"}, {"file": "x"}, [0, 1, 5], [[0, 0, 1]]),
]
LETTERS = [
    b'"',
    b",",
    b":",
    b"{",
    b"}",
    b"[",
    b"]",
    b"0",
    b"-",
    b"e9",
    b".",
    b"\\",
    b"\xff",
    b"\x00",
    b" ",
    b"null",
]

Files = tuple[dict[str, Any], dict[str, Any]]


@cache
def base(number: int) -> Files:
    """A problem with its right plan: the rich one with other numbers and some of its rules."""
    chance = random.Random(number)
    while True:
        file = rich()
        for limit in file["limits"]:
            key = "at_most" if "at_most" in limit else "at_least"
            limit[key] = round(limit[key] * chance.choice([0.9, 1, 1.1, 1.5]), 1)
        for firm in file["firms"]:
            for measure in firm["measures"]:
                measure["amounts"]["land"] = round(chance.uniform(0, 5), 2)
        for key in ("limits", "orders", "clearances", "announced", "timings"):
            if chance.random() < 0.2 and key != "timings":
                del file[key]
        if chance.random() < 0.5:
            file["aim"] = file["aim"][chance.randrange(2)]
        try:
            saids = best_plans(file)
        except AssertionError:
            continue
        if check.check(json.dumps(file).encode(), json.dumps(honest(file, saids, chance)).encode()).code:
            continue  # a bonus is no whole number in a cost: both checkers have it otherwise
        return file, honest(file, saids, random.Random(number))


def honest(file: dict[str, Any], saids: Any, chance: random.Random) -> dict[str, Any]:
    """The plan file under some prices."""
    second = Second(exactly(file))
    prices = [some_prices(file, second, chance, aim) for aim in range(len(saids))]
    for aim, one in enumerate(prices):
        if chance.random() < 0.6:
            one["tree"] = some_tree(file, second, chance, aim, 0)
    return plan_file(file, saids, prices)


def some_prices(file: dict[str, Any], second: Second, chance: random.Random, aim: int) -> dict[str, Any]:
    """Prices of everything."""
    return {
        "denominator": chance.randint(1, 9),
        "limits": {one["id"]: chance.randint(1, 90_000) for one in file.get("limits", [])},
        "floors": [chance.randint(0, 3) for _ in range(aim)],
        "orders": [[number, 1, chance.randint(1, 10**6)] for number in range(len(second.orders))],
    }


def some_leaf(file: dict[str, Any], second: Second, chance: random.Random, aim: int) -> dict[str, Any]:
    """Prices of everything, sometimes of rounded limits too."""
    found, most = some_prices(file, second, chance, aim), [one for one in second.limits if "at_most" in one]
    if most and chance.random() < 0.6:
        found["rounded"] = [
            {
                "limit": chance.choice(most)["id"],
                "divisor": chance.randint(1, 2000),
                "price": chance.randint(0, 9000),
            }
            for _ in range(chance.randint(0, 3))
        ]
    return found


def some_tree(file: dict[str, Any], second: Second, chance: random.Random, aim: int, depth: int) -> list[Any]:
    """Branches by any firm, with leaves of any prices."""
    if chance.random() < 0.2 + 0.2 * depth:
        return [None if chance.random() < 0.3 else some_leaf(file, second, chance, aim)]
    id = chance.choice(sorted(second.options))
    branch: dict[str, Any] = {"firm": id}
    first = chance.randint(1, second.periods)
    if chance.random() < 0.6:
        branch |= {"from": first, "until": chance.randint(first, second.periods)}
    if second.options[id] and chance.random() < 0.5:
        branch["measure"] = chance.choice(sorted(measure for measure, _ in second.options[id]))
    sides = [some_tree(file, second, chance, aim, depth + 1) for _ in range(2)]
    return [branch, *sides[0], *sides[1]]


def places(content: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every path into a content."""
    found = [path] if path else []
    steps = (
        content.items()
        if isinstance(content, dict)
        else enumerate(content)
        if isinstance(content, list)
        else ()
    )
    for key, one in steps:
        found += places(one, (*path, key))
    return found


def mutated(content: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """One change of the tree."""
    found = copy.deepcopy(content)
    paths = places(found)
    *steps, last = chance.choice(paths)
    here = found
    for step in steps:
        here = here[step]
    value = here[last]
    kind = chance.random()
    if kind < 0.15:
        del here[last]
    elif kind < 0.3 and isinstance(here, dict):
        here[chance.choice(["x", "kept", "claimed", "must", "until", "where", "gap", *here])] = value
    elif kind < 0.3:
        here.insert(last, copy.deepcopy(value))
    elif kind < 0.65 and type(value) in (int, float):
        here[last] = round(value + chance.choice([-1, 1, -0.1, 0.1, 0.01, -0.01]), 3)
    elif kind < 0.75:
        other = found
        for step in chance.choice(paths):
            other = other[step]
        here[last] = copy.deepcopy(other)
    else:
        here[last] = chance.choice(ATOMS)
    return found


def garbled(raw: bytes, chance: random.Random) -> bytes:
    """One change of the bytes."""
    place, more = chance.randrange(len(raw)), chance.randrange(1, 40)
    kind = chance.random()
    if kind < 0.3:
        return raw[:place] + raw[place + more :]
    if kind < 0.8:
        return raw[:place] + chance.choice(LETTERS) + raw[place + chance.randrange(2) :]
    return raw[:place] + raw[place : place + more] * 2 + raw[place + more :]


def trial(number: int) -> tuple[bytes, bytes]:
    """A problem file and a plan file, one of them at least changed."""
    chance = random.Random(number)
    file, plan = base(chance.randrange(BASES))
    for _ in range(chance.choice([1, 1, 1, 2, 4])):
        if chance.random() < 0.5:
            plan = mutated(plan, chance)
        else:
            file = mutated(file, chance)
    if chance.random() < 0.6:
        try:
            plan = named(file, plan)
        except (TypeError, KeyError, ValueError, ArithmeticError):  # no digest can be made of it
            plan = dict(plan)
    raw = [json.dumps(one).encode() for one in (file, plan)]
    if chance.random() < 0.1:
        which = chance.randrange(2)
        raw[which] = garbled(raw[which], chance)
    return raw[0], raw[1]


def test_nothing_false_is_accepted_and_nothing_falls_over() -> None:
    accepted, codes = 0, set()
    for number in range(TRIALS):
        problem, plan = trial(number)
        began = time.process_time()
        verdict = check.check(problem, plan)
        assert time.process_time() - began < 20, number  # it never hangs
        codes.add(verdict.code)
        if verdict.code == check.PROVEN:
            accepted += 1
            confirm(json.loads(problem), json.loads(plan), number)
    assert codes >= {check.PROVEN, check.REFUSED}
    assert accepted > TRIALS / 200


def confirm(file: dict[str, Any], plan: dict[str, Any], number: int) -> None:
    """The second checker says the same, and no plan is better than the bounds."""
    second, floors = Second(exactly(file)), []
    if plan["status"] == "infeasible":
        assert second.best(0, []) is None, number
        return
    saids = []
    for aim, stated in enumerate(plan["aims"]):
        choices = stated.get("choices", plan["choices"])
        said = {one["firm"]: (one["measure"], one["start"]) for one in choices}
        best = second.best(aim, floors)
        assert second.feasible(said, floors) and best is not None, number
        bound = second.bound(aim, floors, stated["certificate"], second.value(aim, said))
        assert second.value(aim, said) <= second.value(aim, best) <= bound, number
        floors.append(second.kept(aim, said))
        saids.append(said)
    again = plan_file(file, saids, [one["certificate"] for one in plan["aims"]])
    for key in ("status", "digest", "problem"):
        assert plan[key] == again[key], number
    assert [{**one, "choices": 0} for one in plan["aims"]] == [
        {**one, "choices": 0} for one in again["aims"]
    ], number
