"""Small random roadmap problems with every kind of limit, order, profile, obligation and tier, as their JSON."""

from typing import Any

import orjson
from hypothesis import strategies as st

from tenglong.domain.roadmap.files.problems import parse_problem
from tenglong.domain.roadmap.problems import Problem

PERIODS = 3
AMOUNTS = {
    "land": {"kind": "brings", "decimals": 1},
    "money": {"kind": "takes", "decimals": 0},
    "days": {"kind": "takes", "decimals": 0, "profile": [0.3, 0.7]},
}
ZONES = ("east", "west")
SIZES = st.integers(0, 12)


@st.composite
def amounts(draw: st.DrawFn, starts: int) -> Any:
    """An amount: a number, tiers, or one of them with a profile."""
    total = draw(st.one_of(SIZES, st.lists(SIZES, min_size=starts, max_size=starts)))
    if draw(st.integers(0, 3)):
        return total
    return {"total": total, "profile": draw(st.sampled_from([[0.5, 0.5], [0.2, 0.3, 0.5], [0, 1]]))}


@st.composite
def measures(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """A measure with a window of starts."""
    first = draw(st.integers(1, PERIODS))
    last = draw(st.integers(first, PERIODS))
    chosen = draw(st.lists(st.sampled_from(sorted(AMOUNTS)), unique=True, min_size=1))
    given_ = {name: draw(amounts(last - first + 1)) for name in chosen}
    return {
        "name": f"m{number}",
        "from": first,
        "until": last,
        "duration": draw(st.integers(1, 3)),
        "amounts": given_,
    }


@st.composite
def limits(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """A limit of any kind."""
    first = draw(st.integers(1, PERIODS))
    limit: dict[str, Any] = {
        "id": f"l{number}",
        "amount": draw(st.sampled_from(sorted(AMOUNTS))),
        "from": first,
    }
    if draw(st.booleans()):
        limit["until"] = draw(st.integers(first, PERIODS))
    if draw(st.booleans()):
        limit["where"] = {"zone": draw(st.sampled_from(ZONES))}
    kind, most = draw(st.sampled_from([("at_most", 25), ("at_most", 25), ("at_least", 8)]))
    return limit | {kind: draw(st.integers(0, most))}


@st.composite
def contents(draw: st.DrawFn) -> dict[str, Any]:
    """A whole problem."""
    count = draw(st.integers(2, 4))
    firms = [
        {
            "id": f"F{i}",
            "tags": {"zone": ZONES[i] if i < len(ZONES) else draw(st.sampled_from(ZONES))},
            "must": draw(st.sampled_from([False, False, True])),
            "measures": [draw(measures(number)) for number in range(draw(st.integers(1, 2)))],
        }
        for i in range(count)
    ]
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(
        lambda pair: pair[0] != pair[1]
    )
    orders = [
        {"first": f"F{a}", "then": f"F{b}", "gap": draw(st.integers(0, 2))}
        for a, b in draw(st.lists(pairs, max_size=3))
    ]
    content = {
        "format": "tenglong-roadmap/1",
        "periods": ["2026-01-01", "2026-04-01", "2026-07-01"],
        "amounts": AMOUNTS,
        "firms": firms,
        "limits": [draw(limits(number)) for number in range(draw(st.integers(0, 4)))],
        "orders": orders,
    }
    if draw(st.booleans()):
        content["aim"] = {"kind": "benefit", "weights": {"land": 1.5, "money": -0.2}, "discount": 0.9}
        bonus = draw(st.sampled_from([None, 3.5]))
        where = {"zone": draw(st.sampled_from(ZONES))}
        clearance = {"id": "c", "where": where, "by": draw(st.integers(1, PERIODS))} | (
            {"bonus": bonus} if bonus else {}
        )
        content["clearances"] = draw(st.sampled_from([[], [clearance]]))
    else:
        content["aim"] = {"kind": "cost", "amount": "money"}
    return content


def problems() -> st.SearchStrategy[Problem]:
    """The problems themselves."""
    return contents().map(lambda content: parse_problem(orjson.dumps(content), "problem.json"))
