"""What follows many others begins when the last of them has begun, or not at all."""

import numpy as np
import pytest

from tenglong.domain.roadmap.followers import followers, following, settle
from tests.unit.domain.roadmap.small import content, problem

PARCEL = {"id": "parcel:B", "measures": [{"name": "parcel", "amounts": {"land": 2}}]}
FOLLOWS = [{"first": "A", "then": "parcel:B"}, {"first": "B", "then": "parcel:B", "gap": 1}]
WISH = {"id": "c", "where": {"zone": "东"}, "by": 3, "bonus": 1}


@pytest.mark.parametrize(
    ("starts", "parcel", "wish"),
    [
        ([1, 0, 2], 1, 2),
        ([1, 1, 2], 2, 2),
        ([1, 0, 3], 1, -1),
        ([-1, 0, 2], -1, -1),
        ([0, 3, 0], -1, 2),
    ],
)
def test_it_begins_as_early_as_may_be_or_waits(starts: list[int], parcel: int, wish: int) -> None:
    found = problem(firms=[*content()["firms"], PARCEL], orders=FOLLOWS, clearances=[WISH])
    measure, start = np.zeros(5, np.int64), np.array([*starts, 9, 9])
    assert followers(found) == [3, 4]
    settle(found, measure, start)
    assert start[3:].tolist() == [parcel, wish]
    assert (measure[3:] >= 0).tolist() == [parcel >= 0, wish >= 0]


def test_only_those_that_follow_some_firms_are_settled() -> None:
    found = problem(firms=[*content()["firms"], PARCEL], orders=FOLLOWS, clearances=[WISH])
    assert [following(found, firms) for firms in ([], [1], [2], [0, 2])] == [[], [3], [4], [3, 4]]
    measure, start = np.zeros(5, np.int64), np.array([1, 0, 2, 9, 9])
    settle(found, measure, start, following(found, [1]))
    assert start.tolist() == [1, 0, 2, 1, 9]


def test_what_follows_a_follower_follows_too() -> None:
    zoned = PARCEL | {"tags": {"zone": "东"}}
    found = problem(firms=[*content()["firms"], zoned], orders=FOLLOWS, clearances=[WISH])
    assert following(found, [1]) == [3, 4]
