"""Shares come out exactly; days stay within their span."""

from datetime import date
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.demo.chance import dealt, shares, signing_rush, steps_before


@given(
    seed=st.integers(0, 999),
    count=st.integers(1, 60),
    step=st.sampled_from([1, 25]),
    extra=st.integers(0, 4000),
)
def test_shares_sum_exactly_in_whole_steps(seed, count, step, extra):
    total = (2 * count + extra) * step
    parts = shares(Random(seed), total, count, spread=0.9, least=2 * step, step=step)
    assert sum(parts) == total
    assert len(parts) == count
    assert all(part >= 2 * step and part % step == 0 for part in parts)


def test_shares_refuse_what_cannot_be_split():
    with pytest.raises(ValueError, match="cannot be split"):
        shares(Random(1), 10, 4, spread=0.5, least=3)
    with pytest.raises(ValueError, match="cannot be split"):
        shares(Random(1), 30, 2, spread=0.5, least=25, step=25)


@given(seed=st.integers(0, 999), span=st.integers(0, 40), count=st.integers(1, 8))
def test_steps_are_different_days_that_end_on_the_last(seed, span, count):
    first = date(2021, 9, 11)
    last = date.fromordinal(first.toordinal() + span)
    days = steps_before(Random(seed), first, last, count)
    assert days == sorted(set(days))
    assert days[-1] == last
    assert days[0] >= first


def test_signing_rushes_before_each_bonus_ends():
    for deadline in (29, 59, 99):
        assert signing_rush(deadline) > signing_rush(deadline + 1)
        assert signing_rush(deadline) > signing_rush(deadline - 10)


def test_cards_are_dealt_as_often_as_asked():
    cards = dealt(Random(1), [("a", 3), ("b", 1)])
    assert sorted(cards) == ["a", "a", "a", "b"]
