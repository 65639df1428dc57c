"""Small roadmap problems for tests: a landlord and tenants in two zones."""

from typing import Any

import numpy as np
import orjson

from tenglong.domain.roadmap.files.problems import parse_problem
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.solvers.search import Search
from tenglong.domain.roadmap.solvers.search_limits import Limits


def content(**changes: Any) -> dict[str, Any]:
    """Three firms, four quarters, money in the first and land in the end."""
    return {
        "format": "tenglong-roadmap/1",
        "name": "three firms",
        "periods": ["2026-01-01", "2026-04-01", "2026-07-01", "2026-10-01"],
        "amounts": {
            "land": {"kind": "brings", "unit": "亩", "decimals": 2},
            "money": {"kind": "takes", "unit": "万元", "decimals": 1},
        },
        "firms": [
            {
                "id": "A",
                "tags": {"zone": "东"},
                "measures": [
                    {"name": "close", "duration": 2, "amounts": {"land": 3.34, "money": [10, 9, 8, 7]}},
                    {
                        "name": "upgrade",
                        "from": 2,
                        "amounts": {"land": 1, "money": {"total": 3, "profile": [0.3, 0.3, 0.4]}},
                    },
                ],
            },
            {
                "id": "B",
                "must": True,
                "tags": {"zone": "西"},
                "measures": [{"name": "close", "amounts": {"land": 2, "money": 5}}],
            },
            {
                "id": "C",
                "tags": {"zone": "东"},
                "measures": [{"name": "close", "amounts": {"land": 4, "money": 8}}],
            },
        ],
        "limits": [
            {"id": "first-quarter", "amount": "money", "from": 1, "until": 1, "at_most": 9.99},
            {"id": "money", "amount": "money", "at_most": 15},
            {"id": "east", "amount": "land", "where": {"zone": "东"}, "until": 4, "at_least": 1},
        ],
        "orders": [{"first": "B", "then": "A", "gap": 1}],
        "aim": {"kind": "benefit", "weights": {"land": 1.0}, "discount": 0.95},
    } | changes


def problem(**changes: Any) -> Problem:
    """The problem itself."""
    return parse_problem(orjson.dumps(content(**changes)), "p.json")


def crowded_rows(firms: int = 40, seed: int = 1) -> list[dict[str, Any]]:
    """Many like firms in four zones, each with two measures."""
    r = np.random.default_rng(seed)
    land, money = r.integers(5, 60, firms).tolist(), r.integers(5, 60, firms).tolist()
    return [
        {
            "id": f"F{i}",
            "tags": {"zone": f"Z{i % 4}"},
            "measures": [
                {"name": "close", "amounts": {"land": land[i], "money": money[i]}},
                {"name": "upgrade", "amounts": {"land": land[i] / 4, "money": money[i] / 5}},
            ],
        }
        for i in range(firms)
    ]


def crowded(firms: int = 40, seed: int = 1) -> Problem:
    """Many like firms that compete for money by quarter: worth a search."""
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
    return problem(firms=crowded_rows(firms, seed), limits=limits, orders=[])


def search(problem: Problem, **limits: Any) -> Search:
    """A search that tells nobody."""
    return Search(problem, Limits(**limits))
