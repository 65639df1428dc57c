"""What was announced, as a part of the problem file."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from tenglong.domain.kernel.errors import BadFile
from tenglong.domain.roadmap.checking import check
from tenglong.domain.roadmap.plans import Plan
from tenglong.domain.roadmap.problems import Problem
from tenglong.domain.roadmap.solvers.exhaustive import best_plan
from tenglong.domain.roadmap.stability import STABILITY, Announced, with_announced
from tests.unit.domain.roadmap.small import problem


def announced(per_period: float = 0.05, other: float = 100, **choice: Any) -> Problem:
    said = {"firm": "B", "measure": "close", "start": 2} | choice
    return problem(announced={"per_period": per_period, "other": other, "choices": [said]})


def test_a_file_says_the_same_as_the_announcement() -> None:
    promised = Plan(np.array([-1, 2, -1]), np.array([-1, 1, -1]), 0)
    nobody = np.zeros(3, bool)
    expected = with_announced(problem(), Announced(promised, nobody, Decimal("0.05"), Decimal(100)))
    found = announced()
    for table in ("parts", "measures"):
        for name in type(getattr(found, table)).__annotations__:
            left, right = (getattr(getattr(one, table), name) for one in (found, expected))
            assert np.array_equal(left, right)
    assert [aim.worth.tolist() for aim in found.aims] == [aim.worth.tolist() for aim in expected.aims]


@pytest.mark.parametrize(("per_period", "start"), [(0.05, 1), (0.5, 3)])
def test_a_promise_is_kept_where_it_is_dear_enough(per_period: float, start: int) -> None:
    plan = best_plan(announced(per_period, start=4))
    assert plan is not None and plan.start[1] == start
    assert check(announced(per_period, start=4), plan) == ()


def test_a_measure_that_a_firm_no_longer_has_cannot_be_kept() -> None:
    found = announced(measure="upgrade")
    assert found.amounts[-1].id == STABILITY
    assert not (found.parts.amount == len(found.amounts) - 1).any()


def test_without_a_cost_nothing_is_added() -> None:
    assert [amount.id for amount in announced(0, 0).amounts] == ["land", "money"]


def test_unknown_firms_and_taken_names_are_refused() -> None:
    with pytest.raises(BadFile, match="D"):
        announced(firm="D")
    amounts = {"land": {"kind": "brings"}, "money": {"kind": "takes"}, STABILITY: {"kind": "brings"}}
    said = {"per_period": 1, "other": 1, "choices": []}
    with pytest.raises(BadFile, match=STABILITY):
        problem(amounts=amounts, announced=said)
