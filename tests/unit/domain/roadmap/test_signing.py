"""The board of contracts: parts add up, days run down at a pace, months say what is due and what was paid."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from tenglong.domain.roadmap.signing import Board, Deal, board_of, days_to_sign

START = date(2021, 4, 27)


def deal(party: str = "", team: str = "", day: int | None = None, **more: object) -> Deal:
    """A target, signed on the `day`-th day of the roster."""
    signed_on = None if day is None else START + timedelta(days=day - 1)
    usual = {"target": True, "zone": "", "price": None, "paid": Decimal(0)}
    return Deal(party=party, team=team, signed_on=signed_on, **(usual | more))


DEALS = [
    deal("landlord", "一组", 1, zone="东区", price=Decimal(100), paid=Decimal(30),
         instalments=((date(2021, 5, 1), Decimal(60)), (date(2021, 7, 1), Decimal(40)))),
    deal("tenant", "一组", 1, zone="西区", price=Decimal(10), paid=Decimal(12)),
    deal("tenant", "二组", 100, zone="东区"),
    deal("owner", "", 101),
    deal("tenant", "二组", price=Decimal(50), instalments=((date(2021, 6, 1), Decimal(50)),)),
    deal("tenant", "三组", 5, target=False, price=Decimal(70)),
    deal("tenant", "三组", 5, target=False, price=Decimal(70), paid=Decimal(20)),
]  # fmt: skip


def board() -> Board:
    """The board of these deals."""
    return board_of(DEALS, [(date(2021, 5, 3), Decimal(42)), (date(2021, 5, 9), Decimal(20))], START)


def test_teams_and_zones_add_up_to_the_whole() -> None:
    whole = board().whole
    assert (whole.targets, whole.signed, whole.left) == (5, 4, 1)
    assert (whole.landlords, whole.tenants) == (1, 2)
    assert (whole.price, whole.paid, whole.owed) == (180, 62, 120)
    for lines in (board().teams, board().zones):
        for name in ("targets", "signed", "left", "landlords", "tenants", "price", "paid", "owed"):
            assert sum(getattr(line, name) for line in lines) == getattr(whole, name)


def test_the_most_signed_stand_first_and_those_without_a_name_last() -> None:
    assert [(line.name, line.signed) for line in board().teams] == [
        ("一组", 2), ("二组", 1), ("三组", 0), ("", 1),
    ]  # fmt: skip


def test_who_was_taken_off_the_list_counts_for_money_only_and_only_if_paid() -> None:
    third = next(line for line in board().teams if line.name == "三组")
    assert (third.targets, third.signed, third.price, third.paid, third.owed) == (0, 0, 70, 20, 50)


def test_the_days_run_down_beside_an_even_pace() -> None:
    found = board()
    assert days_to_sign() == 100 and found.last_day == date(2021, 8, 4)
    assert [(one.number, one.signed, one.total, one.left, one.even) for one in found.days] == [
        (1, 2, 2, 3, Fraction(99, 20)), (100, 1, 3, 2, 0), (101, 1, 4, 1, 0),
    ]  # fmt: skip
    assert found.within == 3


def test_a_month_says_what_contracts_in_force_make_due_and_what_was_paid() -> None:
    assert [(one.month, one.due, one.paid) for one in board().months] == [
        ("2021-05", 60, 62), ("2021-07", 40, 0),
    ]  # fmt: skip


def test_a_roster_without_cases_has_an_empty_board() -> None:
    found = board_of([], [], START)
    assert (found.whole.targets, found.teams, found.days, found.months, found.within) == (0, (), (), (), 0)
