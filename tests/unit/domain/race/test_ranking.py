"""Ranks, pace and the order of the board."""

from datetime import date
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.kernel.periods import Window
from tenglong.domain.kernel.rulebook import SHIPPED
from tenglong.domain.race.ranking import Entrant, board, policy, ranks, rate_of

SEPTEMBER = Window(date(2021, 9, 1), date(2021, 12, 31))
AS_OF = date(2021, 11, 9)


def unit(order: int, target: int | None, done: int, *, window: Window = SEPTEMBER) -> Entrant:
    goal = None if target is None else Fraction(target)
    zero = Fraction(0)
    return Entrant(f"U{order}", f"单位{order}", order, goal, window, Fraction(done), zero, zero, zero)


def test_ties_share_a_rank_and_the_next_is_skipped():
    """domain.md §11.3-9: 1, 2, 2, 4."""
    assert ranks({"a": Fraction(90), "b": Fraction(80), "c": Fraction(80), "d": Fraction(1)}) == {
        "a": 1,
        "b": 2,
        "c": 2,
        "d": 4,
    }


def test_equal_shares_of_unequal_targets_are_a_tie():
    rows = board([unit(0, 3, 1), unit(1, 6, 2), unit(2, 10, 9)], AS_OF, policy(SHIPPED))
    assert [(row.entrant.order, row.rank) for row in rows] == [(2, 1), (0, 2), (1, 2)]


def test_the_pace_is_that_of_the_lists_own_window():
    """domain.md §2.1 F21: on 9 November 57.4 % of the window since September, 85.8 % of the year."""
    (row,) = board([unit(0, 730, 520)], AS_OF, policy(SHIPPED))
    assert row.pace == Fraction(70, 122) * 100
    assert row.difference == Fraction(520, 730) * 100 - Fraction(7000, 122)
    assert row.card is not None
    assert row.card.id == "green"
    year = Window(date(2021, 1, 1), date(2021, 12, 31))
    (row,) = board([unit(0, 730, 520, window=year)], AS_OF, policy(SHIPPED))
    assert row.card is not None
    assert row.card.id == "red"


def test_units_without_a_target_are_not_ranked_and_stand_last_in_official_order():
    rows = board([unit(0, None, 5), unit(1, 0, 0), unit(2, 4, 1)], AS_OF, policy(SHIPPED))
    assert [(row.entrant.order, row.rank, row.rate, row.card is None) for row in rows] == [
        (2, 1, 25, False),
        (0, None, None, True),
        (1, None, None, True),
    ]


def test_nobody_is_ranked_before_the_window_begins():
    (row,) = board([unit(0, 4, 1)], date(2021, 8, 31), policy(SHIPPED))
    assert (row.rank, row.rate, row.difference, row.card) == (None, None, None, None)
    (row,) = board([unit(0, 4, 1)], date(2021, 9, 1), policy(SHIPPED))
    assert row.rank == 1


def test_a_change_upwards_is_positive():
    rows = board([unit(0, 10, 9), unit(1, 10, 1)], AS_OF, policy(SHIPPED), {"U0": 2, "U1": 1})
    assert [(row.rank, row.last_rank, row.change) for row in rows] == [(1, 2, 1), (2, 1, -1)]


@given(st.lists(st.tuples(st.integers(0, 6) | st.none(), st.integers(0, 6)), min_size=1, max_size=9))
def test_a_rank_is_one_more_than_the_number_of_better_units(goals):
    entrants = [unit(order, target, done) for order, (target, done) in enumerate(goals)]
    rows = board(entrants, AS_OF, policy(SHIPPED))
    assert sorted(row.entrant.order for row in rows) == list(range(len(goals)))
    for row in rows:
        mine = rate_of(row.entrant, AS_OF)
        better = [e for e in entrants if mine is not None and (rate_of(e, AS_OF) or -1) > mine]
        assert row.rank == (None if mine is None else 1 + len(better))
    places = [row.rank or 99 for row in rows]
    assert places == sorted(places)
